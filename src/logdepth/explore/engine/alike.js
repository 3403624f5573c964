// Tokens that hold the same numbers, found by hashing.

// For every token the first token that holds the same in all columns, to the last bit. columns: typed arrays of one format.
export function firstAlike(columns, tokens) {
  const words = columns.map(({ buffer, byteOffset, byteLength }) => new Int32Array(buffer, byteOffset, byteLength / 4)), size = words.length ? words[0].length / tokens : 0;
  const hashes = new Int32Array(tokens), mask = (1 << Math.ceil(Math.log2(2 * tokens + 2))) - 1, table = new Int32Array(mask + 1).fill(-1), first = new Int32Array(tokens);
  for (const column of words) mix(hashes, column, size);
  for (let token = 0; token < tokens; token++) {
    let slot = hashes[token] & mask;
    while (table[slot] >= 0 && !alike(words, size, table[slot], token)) slot = slot + 1 & mask;
    if (table[slot] < 0) table[slot] = token;
    first[token] = table[slot];
  }
  return first;
}

// The different ones among tokens, {tokens, places}: the first of each kind, and for every token the place of its own there.
export function kindsOf(first) {
  const tokens = [], places = new Int32Array(first.length);
  first.forEach((one, token) => { places[token] = one === token ? tokens.push(token) - 1 : places[one]; });
  return { tokens, places };
}

// The numbers of a column at some tokens.
export function taken(column, tokens) {
  const found = new column.constructor(tokens.length);
  for (let at = 0; at < tokens.length; at++) found[at] = column[tokens[at]];
  return found;
}

// One column goes into the hashes of all tokens.
function mix(hashes, column, size) {
  for (let at = 0, token = 0; token < hashes.length; token++) for (let word = 0; word < size; word++, at++) {
    const mixed = Math.imul(hashes[token] ^ column[at], 0x9E3779B1);
    hashes[token] = mixed ^ mixed >>> 15;
  }
}

function alike(words, size, one, other) {
  for (const column of words) for (let at = 0; at < size; at++) if (column[one * size + at] !== column[other * size + at]) return false;
  return true;
}
