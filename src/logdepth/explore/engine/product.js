// Why a query reads what it reads: the products of its vector with the keys', in a run that is at hand.
import { look, score } from "./heads.js";
import { softmax } from "./arithmetic.js";

// All scores and weights of one query of a head, and both vectors of the pair (query, key).
//
// -> {query: [numbers], key: [numbers], terms: [[asks, holds]] of every place, scale, scores, weights}; asks and holds: [[residual
// column, weight], …], what the number is made of; null of a trained network. scores, weights: of every key that is seen.
export function productOf(model, stream, head, query, key) {
  const looking = look(model, stream, head), seen = model.causal ? query + 1 : looking.tokens, scores = new model.Numbers(seen);
  score(looking, query, scores, seen);
  const at = (columns, token) => columns.map(column => column[token]), places = head.query.map((_, place) => place).filter(place => head.query[place].length && head.key[place].length);
  const kept = columns => places.map(place => columns[place]);
  return { query: kept(at(looking.queries, query)), key: kept(at(looking.keys, key)), terms: places.map(place => [head.query[place], head.key[place]]), scale: 1, ...weighed(scores) };
}

// The same of a head of a GPT-2. projected: queries, keys and values of all heads, (tokens, 3 · width).
export function productOfGpt2({ width, heads }, projected, head, query, key) {
  const size = width / heads, part = (token, first) => projected.subarray(token * 3 * width + first + head * size, token * 3 * width + first + (head + 1) * size), scale = 1 / Math.sqrt(size);
  const mine = part(query, 0), scores = new projected.constructor(query + 1);
  for (let other = 0; other <= query; other++) scores[other] = part(other, width).reduce((sum, value, at) => sum + mine[at] * value, 0) * scale;
  return { query: Array.from(mine), key: Array.from(part(key, width)), terms: null, scale, ...weighed(scores) };
}

function weighed(scores) {
  const weights = scores.slice();
  softmax(weights, weights.length);
  return { scores: Array.from(scores), weights: Array.from(weights) };
}
