// A compiled transformer and how it runs: what logdepth/transformer/transformer.py does, on one table.
import { firstAlike, kindsOf, taken } from "./alike.js";
import { add, combine, nearest, relu, sparse } from "./arithmetic.js";
import { attend } from "./heads.js";
import { Refused } from "./refused.js";

const FORMATS = { float32: Float32Array, float64: Float64Array };

// described: what Python wrote of the model (logdepth/explore/described.py); tensors: by unpack.
export function load(described, tensors) {
  const Numbers = FORMATS[described.dtype], width = described.residual.length;
  if (!Numbers) throw new Refused(`The model computes in ${described.dtype}, and this page in float32 and float64 only.`);
  const take = (name, ...shape) => {
    const held = tensors.get(name);
    if (!held || !(held.values instanceof Numbers) || String(held.shape) !== String(shape)) throw new Refused(`The weights ‘${name}’ are not those that the page describes.`);
    return held.values;
  };
  const attention = (at, { heads, key_width: keys, value_width: values }) => {
    const [query, key, value] = [["query", keys], ["key", keys], ["value", values]].map(([name, size]) => take(`blocks.${at}.attention.${name}`, heads.length, width, size));
    const output = take(`blocks.${at}.attention.output`, heads.length, values, width);
    return heads.map((label, head) => ({
      label,
      query: sparse(query, width, keys, head * width * keys),
      key: sparse(key, width, keys, head * width * keys),
      value: sparse(value, width, values, head * width * values),
      output: sparse(output, values, width, head * values * width),
    }));
  };
  const units = (at, hidden) => {
    const into = sparse(take(`blocks.${at}.mlp.into`, width, hidden), width, hidden), reads = [...new Set(into.flatMap(terms => terms.map(([place]) => place)))];
    return { into, reads, out: sparse(take(`blocks.${at}.mlp.out`, hidden, width), hidden, width) };
  };
  const blocks = described.blocks.map((block, at) => ({
    names: block.residual,
    heads: block.heads.length ? attention(at, block) : [],
    ...(block.hidden ? units(at, block.hidden) : { into: null, reads: [], out: null }),
  }));
  return {
    Numbers,
    width,
    rows: described.rows,
    causal: described.causal,
    names: described.residual,
    inputs: described.inputs.map(([name, high]) => ({ name, high, table: take(`embeddings.${name}`, high + 1, width) })),
    positions: positionsOf(take("positions", (described.positions ? described.positions.length : described.rows) + 1, width), described.positions, width),
    blocks,
    steps: described.order.map(at => blocks[at]),
    order: described.order,
    outputs: described.outputs.map(([name, high]) => ({ name, high, readout: sparse(take(`readouts.${name}`, width), width, 1)[0] })),
  };
}

// Run a model on a table. columns: name -> numbers. ablate: [[step, head], …], heads that add nothing.
//
// -> {tokens, outputs, streams, choices, ablate}. outputs: name -> integers of the rows. streams[s]: the residual stream
// before step s, an array of columns over all tokens, the last one that at the end; a column that a step leaves alone is
// the same array. choices[s]: for every head {keys, certain}, of every query the key of greatest weight, and how many
// queries put weight 1 on one key and exactly 0 on every other; null without attention.
export function runTransformer(model, columns, ablate = []) {
  const off = new Set(ablate.map(String));
  let stream = embed(model, columns);
  const streams = [stream], choices = [], tokens = stream[0].length;
  model.steps.forEach((block, step) => {
    const read = block.heads.map((head, number) => attend(model, stream, head, off.has(`${step},${number}`)));
    choices.push(read.length ? read.map(({ keys, certain }) => ({ keys, certain })) : null);
    if (read.length) stream = written(stream, block.heads.map((head, number) => [read[number].mixed, head.output]), tokens);
    if (block.into) stream = rectified(stream, block, tokens, model.Numbers);
    streams.push(stream);
  });
  return { tokens, outputs: outputs(model, stream, tokens), streams, choices, ablate };
}

// What positions add to the residual stream, as a function of the number of rows: lines of a table, or formulas of the
// row number times their weights (logdepth/transformer/positions.py), whose sum is taken in float64.
function positionsOf(weights, formulas, width) {
  if (!formulas) return () => weights;
  const of = ({ power, above, place, base, shift }, row) => {
    const quotient = Math.floor(Math.max(row - shift, 0) / place), x = Math.max((base ? quotient % base : quotient) - above, 0);
    return power === 0 ? 1 : power === 1 ? x : x * (x - 1) / 2;
  };
  return rows => {
    const table = new weights.constructor((rows + 1) * width);
    table.set(weights.subarray(0, width));
    for (let row = 1; row <= rows; row++) {
      const values = formulas.map(formula => of(formula, row));
      for (let column = 0; column < width; column++) table[row * width + column] = values.reduce((sum, value, at) => sum + value * weights[(at + 1) * width + column], 0);
    }
    return table;
  };
}

// The start token and the rows.
function embed(model, columns) {
  const { width, inputs, Numbers } = model, given = inputs.map(({ name }) => columns[name]), rows = given[0].length;
  const positions = model.positions(rows);
  return Array.from({ length: width }, (_, column) => {
    const values = new Numbers(rows + 1);
    for (let token = 0; token <= rows; token++) values[token] = positions[token * width + column];
    inputs.forEach(({ table }, field) => {
      for (let row = 0; row < rows; row++) values[row + 1] += table[given[field][row] * width + column];
    });
    return values;
  });
}

// The stream after a ReLU layer. Tokens that hold the same in all columns that it reads get the same: it is computed once.
function rectified(stream, { into, reads, out }, tokens, Numbers) {
  const kinds = kindsOf(firstAlike(reads.map(place => stream[place]), tokens)), few = kinds.tokens.length, read = [];
  for (const place of reads) read[place] = taken(stream[place], kinds.tokens);
  return written(stream, [[into.map(terms => relu(combine(read, terms, few, Numbers))), out]], few, kinds.places);
}

// The stream after what some parts add to it: [[columns, terms of every residual column], …], all of them in one sum.
// places: for every token, where its numbers stand in the columns; null, where they are those of all tokens.
export function written(stream, parts, tokens, places = null) {
  return stream.map((column, at) => {
    const touched = parts.filter(([, terms]) => terms[at].length);
    if (!touched.length) return column;
    const more = new column.constructor(tokens);
    for (const [columns, terms] of touched) for (const [place, weight] of terms[at]) {
      const part = columns[place];
      for (let token = 0; token < tokens; token++) more[token] += part[token] * weight;
    }
    return add(column, more, places);
  });
}

function outputs(model, stream, tokens) {
  return Object.fromEntries(model.outputs.map(({ name, high, readout }) => {
    const values = combine(stream, readout, tokens, model.Numbers).subarray(1);
    if (values.some(Number.isNaN)) throw new Refused(`Output ‘${name}’ is no number: the weights are too large for this input.`);
    return [name, Array.from(values, value => Math.min(high, Math.max(0, nearest(value))))];
  }));
}
