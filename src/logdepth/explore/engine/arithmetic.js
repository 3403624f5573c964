// Sums and softmax in the number format of a model, one operation after the other.
//
// Numbers stand in typed arrays of the model's own format, so that what is stored is rounded as Math.fround does. A sum
// of products adds one product after the other, in the order of the weights; each product is exact in float64 where the
// format is float32. The library leaves the order to its matrix products. Order does not matter: where heads only read
// rows, every partial sum is an integer that the format holds, in any order; where heads add, the bound of the compiler
// (sum_error in logdepth/gadgets/heads.py) holds for every order, and no integer that is read off it changes.

// The columns of a matrix without their zeros, [[place, weight], …] each. values: (rows, columns) from `first` on, row by row.
export function sparse(values, rows, columns, first = 0) {
  const terms = Array.from({ length: columns }, () => []);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const weight = values[first + row * columns + column];
      if (weight !== 0) terms[column].push([row, weight]);
    }
  return terms;
}

// Σ weight · column over the terms: an array over all tokens.
export function combine(columns, terms, tokens, Numbers) {
  const sum = new Numbers(tokens);
  for (const [place, weight] of terms) {
    const column = columns[place];
    for (let token = 0; token < tokens; token++) sum[token] += column[token] * weight;
  }
  return sum;
}

// The same to be read only: a column that stands alone, with weight 1, is not copied.
export function combined(columns, terms, tokens, Numbers) {
  return terms.length === 1 && terms[0][1] === 1 ? columns[terms[0][0]] : combine(columns, terms, tokens, Numbers);
}

export function relu(column) {
  for (let token = 0; token < column.length; token++) if (column[token] < 0) column[token] = 0;  // NaN stays
  return column;
}

// places: for every token, where its number stands in `more`; null: at the token.
export function add(column, more, places) {
  const sum = column.slice();
  if (places) for (let token = 0; token < sum.length; token++) sum[token] += more[places[token]];
  else for (let token = 0; token < sum.length; token++) sum[token] += more[token];
  return sum;
}

export const VANISHES = { Float32Array: -104, Float64Array: -746 };  // from here down the exponential rounds to exactly 0

// Scores of one query on the keys below `seen`, in `row`, to weights that sum up to 1.
export function softmax(row, seen) {
  const least = VANISHES[row.constructor.name];
  let most = -Infinity;
  for (let key = 0; key < seen; key++) if (row[key] > most) most = row[key];
  const total = new row.constructor(1);
  for (let key = 0; key < seen; key++) {
    const lost = row[key] - most;
    row[key] = lost === 0 ? 1 : lost <= least ? 0 : Math.exp(lost);  // lost is NaN where the scores are: so is the weight
    total[0] += row[key];
  }
  if (total[0] !== 1) for (let key = 0; key < seen; key++) row[key] /= total[0];
}

// The nearest integer, of two the even one, as NumPy and torch round.
export function nearest(value) {
  const rounded = Math.round(value);
  return (Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded) + 0;
}
