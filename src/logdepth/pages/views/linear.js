// Numbers, and sums of residual columns, in words.

const written = value => Number.isInteger(value) && Math.abs(value) < 1e12 ? value.toLocaleString("en") : String(+value.toPrecision(4));
export const plain = value => written(value).replace("-", "−");

// What a number is made of: "2·index − parent". terms: [[column, weight], …].
export function inWords(terms, names) {
  if (!terms.length) return "nothing";
  return terms.map(([column, weight], at) => {
    const size = Math.abs(weight), sign = weight < 0 ? (at ? " − " : "−") : at ? " + " : "";
    return `${sign}${size === 1 ? "" : `${plain(size)}·`}${names[column] || `column ${column}`}`;
  }).join("");
}
