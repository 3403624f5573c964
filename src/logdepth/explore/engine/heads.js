// What a head of a compiled transformer reads.
import { firstAlike } from "./alike.js";
import { combined, softmax } from "./arithmetic.js";
import { lookUp } from "./lookup.js";

// The queries and keys of a head on a stream, for `weigh`.
export function look(model, stream, head) {
  const tokens = stream[0].length, project = part => part.map(terms => combined(stream, terms, tokens, model.Numbers));
  return { queries: project(head.query), keys: project(head.key), causal: model.causal, tokens };
}

// The attention weights of one query, in `row`; the number of keys that it sees.
export function weigh(looking, query, row) {
  const seen = looking.causal ? query + 1 : looking.tokens;
  score(looking, query, row, seen);
  softmax(row, seen);
  return seen;
}

// The scores of one query on the keys below `seen`, in `row`.
export function score({ queries, keys }, query, row, seen) {
  row.fill(0, 0, seen);
  for (let place = 0; place < queries.length; place++) {
    const mine = queries[place][query], column = keys[place];
    if (mine !== 0) for (let key = 0; key < seen; key++) row[key] += mine * column[key];
  }
}

// -> {keys, sharp, certain, mixed}. keys: of every query the key of greatest weight; sharp: 1 where it has weight 1 and every
// other exactly 0; certain: how many queries these are; mixed: a column for every place of the value, zeros if the head is ablated.
//
// A row is looked up by its key, where that is sure, and else the query is scored with all keys. Where all tokens see the same
// keys, tokens with one query read the same, to the last bit: it is found for the first of them, and the others take it over.
export function attend(model, stream, head, ablated) {
  const looking = look(model, stream, head), { tokens } = looking, sharp = new Uint8Array(tokens), keys = new Int32Array(tokens);
  const values = head.value.map(terms => combined(stream, terms, tokens, model.Numbers)), mixed = values.map(() => new model.Numbers(tokens));
  const first = model.causal ? null : firstAlike(looking.queries, tokens), known = lookUp(model, stream, head, looking), row = new model.Numbers(tokens);
  for (let query = 0; query < tokens; query++) {
    if (first && first[query] < query) continue;
    const only = known ? known.only(query) : -1;
    if (only < 0) { readAll(looking, query, row, { values, keys, sharp, mixed }); continue; }
    keys[query] = only;
    sharp[query] = 1;
    for (let place = 0; place < mixed.length; place++) mixed[place][query] = values[place][only] + 0;
  }
  if (first) for (const column of [keys, sharp, ...mixed]) takeOver(column, first);
  return { keys, sharp, certain: ones(sharp), mixed: ablated ? mixed.map(column => column.fill(0)) : mixed };
}

function ones(sharp) {
  let sum = 0;
  for (let token = 0; token < sharp.length; token++) sum += sharp[token];
  return sum;
}

// Every token has what the first one like it has.
function takeOver(column, first) {
  for (let token = 0; token < column.length; token++) column[token] = column[first[token]];
}

// One query on every key that it sees: what is found goes into `keys`, `sharp` and `mixed`.
function readAll(looking, query, row, { values, keys, sharp, mixed }) {
  const seen = weigh(looking, query, row);
  let best = 0, several = 0;
  for (let key = 0; key < seen; key++) {
    const weight = row[key];
    if (weight === 0) continue;
    several++;
    if (weight > row[best]) best = key;
    for (let place = 0; place < values.length; place++) mixed[place][query] += weight * values[place][key];
  }
  keys[query] = best;
  sharp[query] = Number(several === 1 && row[best] === 1);
}
