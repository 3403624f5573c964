// The one row that a query reads, looked up by its key, without its score with every key; as logdepth/transformer/lookup does.
//
// Where all rows ask the same, the products with a key are its bonus. Keys that hold the same in all other places make a group,
// in which only the key of the greatest bonus can be read. So a query is scored with groups, of which there are few.
import { firstAlike, kindsOf, taken } from "./alike.js";
import { VANISHES } from "./arithmetic.js";

const MANTISSA = { Float32Array: 24, Float64Array: 53 };  // bits

// only(query): the key that has weight exactly 1, while all others have exactly 0; -1 where that is not sure. To be asked in
// the order of the tokens. null where a score may be rounded, so that nothing is sure.
export function lookUp(model, stream, head, looking) {
  if (!scoresAreExact(model, stream, head)) return null;
  const { queries, keys, causal, tokens } = looking, least = VANISHES[model.Numbers.name], { same, other } = parted(queries, tokens);
  const bonuses = bonusesOf(same.map(place => queries[place][1]), same.map(place => keys[place]), tokens), groups = kindsOf(firstAlike(other.map(place => keys[place]), tokens));
  const asked = other.map(place => queries[place]), held = other.map(place => taken(keys[place], groups.tokens));
  const bonus = new Float64Array(groups.tokens.length).fill(-Infinity), best = new Int32Array(bonus.length), near = new Int32Array(bonus.length), row = new Float64Array(bonus.length);
  let seen = 0, open = 0;
  return { only(query) {
    for (const last = causal ? query : tokens - 1; seen <= last; seen++) enter(seen);
    return query ? bestFor(query) : -1;  // the start token asks something else
  } };

  // A key becomes visible. near: how many keys of a group have a bonus so near to the best one that their weight is not 0 beside it.
  function enter(key) {
    const group = groups.places[key], lead = bonuses[key] - bonus[group];
    near[group] = lead >= -least ? 1 : near[group] + (lead > least);
    if (lead > 0) { bonus[group] = bonuses[key]; best[group] = key; }
    open = Math.max(open, group + 1);
  }

  function bestFor(query) {
    let top = 0, beside = 0;
    for (let group = 0; group < open; group++) row[group] = bonus[group];
    for (let place = 0; place < asked.length; place++) {
      const mine = asked[place][query], column = held[place];
      if (mine !== 0) for (let group = 0; group < open; group++) row[group] += mine * column[group];
    }
    for (let group = 1; group < open; group++) if (row[group] > row[top]) top = group;
    for (let group = 0; group < open; group++) if (row[group] - row[top] > least) beside += near[group];
    return beside === 1 ? best[top] : -1;
  }
}

// The places of the queries in which all rows ask the same, and the others.
function parted(queries, tokens) {
  const agrees = column => { for (let token = 2; token < tokens; token++) if (column[token] !== column[1]) return false; return true; }, places = queries.map((_, place) => place);
  return { same: places.filter(place => agrees(queries[place])), other: places.filter(place => !agrees(queries[place])) };
}

function bonusesOf(asked, columns, tokens) {
  const sum = new Float64Array(tokens);
  columns.forEach((column, at) => { if (asked[at]) for (let token = 0; token < tokens; token++) sum[token] += asked[at] * column[token]; });
  return sum;
}

// ---- exact scores ----

// Whether every score is exact in the model's format, in whatever order it is added up: all products are multiples of one
// power of two, and no partial sum leaves the integers that the mantissa holds.
function scoresAreExact(model, stream, head) {
  let most = 0, unit = Infinity;
  head.query.forEach((terms, place) => {
    const asks = reachOf(terms, stream), holds = reachOf(head.key[place], stream);
    most += asks.most * holds.most;
    unit = Math.min(unit, asks.unit * holds.unit);
  });
  return most < unit * 2 ** MANTISSA[model.Numbers.name];
}

// Of a weighted sum of columns: how far it is from 0 at most, and a power of two of which it is a multiple; 0 for none.
function reachOf(terms, stream) {
  let most = 0, unit = Infinity;
  for (const [place, weight] of terms) {
    const { furthest, whole } = factsOf(stream[place]);
    most += Math.abs(weight) * furthest;
    unit = whole ? Math.min(unit, lowestBit(weight)) : 0;
    if (!unit) return { most: Infinity, unit };
  }
  return { most, unit };
}

function lowestBit(value) {
  let bit = 1;
  while (value % bit) bit /= 2;
  while (value % (2 * bit) === 0) bit *= 2;
  return bit;
}

const facts = new WeakMap();  // of a column, which many blocks leave alone

function factsOf(column) {
  let found = facts.get(column);
  if (found) return found;
  found = { furthest: 0, whole: true };
  for (let token = 0; token < column.length; token++) {
    const value = column[token];
    if (value !== Math.floor(value)) found.whole = false;  // infinite ones have no bound, and NaN is no whole number
    if (Math.abs(value) > found.furthest) found.furthest = Math.abs(value);
  }
  facts.set(column, found);
  return found;
}
