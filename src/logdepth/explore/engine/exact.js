// What the definition of an answer may call (logdepth/tasks/definitions.py): plain functions of lists, which know nothing of
// tasks, programs or transformers. Rows and vertices are numbered from 1, and 0 is none.
import { components } from "./forms.js";

// The position after the latest earlier occurrence of each letter; 0 where there is none.
export function find(letters) {
  const after = new Map();
  let before = null;
  return letters.map((letter, at) => {
    after.set(before, at + 1);
    before = letter;
    return after.get(letter) || 0;
  });
}

// The letter that k steps of `find` lead to, for every letter; 0 where there is none.
export function hop(tokens, k) {
  const step = [0, ...find(tokens)];
  let at = step.map((_, position) => position);
  for (let hops = 0; hops < k; hops++) {
    const onward = at.map(position => step[position]);
    if (onward.every((position, i) => position === at[i])) break;
    at = onward;
  }
  return at.slice(1).map(position => [0, ...tokens][position]);
}

// The same forwards: for every end, the letter that k steps lead to from the first one, each to after the latest occurrence
// of a letter before the end; 0 where there is none.
function acausalHop(tokens, k) {
  return tokens.map((_, end) => {
    const after = new Map();
    for (let at = 1; at <= end; at++) after.set(tokens[at - 1], at);
    let at = 0;
    for (let hops = 0; hops < k && at !== undefined; hops++) at = after.get(tokens[at]);
    return at === undefined ? 0 : tokens[at];
  });
}

// The row that k steps lead to from every row; `image` names the next one.
function iterate(image, k) {
  let at = image.map((_, row) => row + 1);
  for (let steps = 0; steps < k; steps++) at = at.map(row => image[row - 1]);
  return at;
}

// How many rows come after each in its list.
function ranks(following) {
  return following.map((_, row) => {
    let rank = 0;
    for (let at = row + 1; following[at - 1]; at = following[at - 1]) rank++;
    return rank;
  });
}

// The state of an automaton after every letter: moves[state][letter - 1] is the next one, and it starts in `start`.
function trace(letters, moves, start) {
  let state = start;
  return letters.map(letter => state = moves[state][letter - 1]);
}

// For every edge, 1 if it is in the forest of least weight; of equal edges the first ones are (Kruskal).
function forest(vertices, edges, weights) {
  const root = vertices.map((_, v) => v), chosen = edges.map(() => 0), of = v => root[v] === v ? v : root[v] = of(root[v]);
  for (const at of edges.map((_, i) => i).sort((a, b) => weights[a] - weights[b] || a - b)) {
    const [u, v] = edges[at].map(end => of(end - 1));
    if (u !== v) { root[u] = v; chosen[at] = 1; }
  }
  return chosen;
}

// For every vertex, the fewest arcs from `start` to it; -1 where none lead there.
function distances(vertices, arcs, start) {
  const next = Array.from({ length: vertices.length + 1 }, () => []), steps = new Map([[start, 0]]);
  for (const [u, v] of arcs) next[u].push(v);
  for (const at of steps.keys()) for (const to of next[at]) if (!steps.has(to)) steps.set(to, steps.get(at) + 1);
  return vertices.map(v => steps.has(v) ? steps.get(v) : -1);
}

function triangles(vertices, edges) {
  const beside = vertices.map(() => new Set());
  for (const [u, v] of edges) { beside[u - 1].add(v); beside[v - 1].add(u); }
  return edges.reduce((sum, [u, v]) => sum + [...beside[u - 1]].filter(w => beside[v - 1].has(w)).length, 0) / 3;
}

// The most that flows from s to t: as long as something is left on a path, the path of fewest edges carries more.
function maxFlow(vertices, edges, weights, s, t) {
  const left = Array.from({ length: vertices.length + 1 }, () => Array(vertices.length + 1).fill(0));
  edges.forEach(([u, v], at) => { left[u][v] = left[v][u] = weights[at]; });
  for (let flow = 0; ;) {
    const before = new Map([[s, 0]]), path = [];
    for (const at of before.keys()) left[at].forEach((rest, to) => { if (rest && !before.has(to)) before.set(to, at); });
    if (!before.has(t)) return flow;
    for (let at = t; at !== s; at = before.get(at)) path.push([before.get(at), at]);
    const more = Math.min(...path.map(([u, v]) => left[u][v]));
    for (const [u, v] of path) { left[u][v] -= more; left[v][u] += more; }
    flow += more;
  }
}

// What facts (subject, relation, object) lead to from a start, relation by relation; 0 where one is missing.
function followFacts(facts, [start, ...chain]) {
  let at = start;
  for (const asked of chain) {
    const fact = facts.find(([subject, relation]) => subject === at && relation === asked);
    at = fact ? fact[2] : 0;
  }
  return at;
}

export const FUNCTIONS = {
  len: list => list.length,
  sum: list => list.reduce((sum, one) => sum + Number(one), 0),
  any: list => list.some(Boolean),
  all: list => list.every(Boolean),
  min: (...given) => Math.min(...(Array.isArray(given[0]) ? given[0] : given)),
  max: (...given) => Math.max(...(Array.isArray(given[0]) ? given[0] : given)),
  abs: Math.abs,
  set: list => [...new Set(list)],
  sorted: list => list.slice().sort((a, b) => a - b),
  range: (...ends) => { const [first, last] = ends.length > 1 ? ends : [0, ends[0]]; return Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at); },
  zip: (...lists) => lists[0].map((_, at) => lists.map(list => list[at])),
  accumulate: list => { let sum = 0; return list.map(one => sum += one); },
  iterate,
  hop,
  acausal_hop: acausalHop,
  ranks,
  trace,
  components: (vertices, edges) => components(vertices.length, edges),
  distances,
  forest,
  triangles,
  max_flow: maxFlow,
  follow_facts: followFacts,
};
