// Tokens that hold the same numbers, found by hashing.

// For every token the first token that holds the same in all columns, to the last bit. columns: typed arrays of one format.
export function firstAlike(columns, tokens) {
  const words = columns.map(({ buffer, byteOffset, byteLength }) => new Int32Array(buffer, byteOffset, byteLength / 4)), size = words.length ? words[0].length / tokens : 0;
  const mask = (1 << Math.ceil(Math.log2(2 * tokens + 2))) - 1, table = new Int32Array(mask + 1).fill(-1), first = new Int32Array(tokens);
  for (let token = 0; token < tokens; token++) {
    let slot = hash(words, size, token) & mask;
    while (table[slot] >= 0 && !alike(words, size, table[slot], token)) slot = slot + 1 & mask;
    if (table[slot] < 0) table[slot] = token;
    first[token] = table[slot];
  }
  return first;
}

function hash(words, size, token) {
  let found = 0;
  for (const column of words) for (let at = token * size; at < (token + 1) * size; at++) {
    found = Math.imul(found ^ column[at], 0x9E3779B1);
    found ^= found >>> 15;
  }
  return found;
}

function alike(words, size, one, other) {
  for (const column of words) for (let at = 0; at < size; at++) if (column[one * size + at] !== column[other * size + at]) return false;
  return true;
}
