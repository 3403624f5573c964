// Exact answers by plain means, for tasks where these are a few lines: they judge a model on the reader's own input. They
// are written from the definitions, as the `solve` of a task in Python is, and know nothing of programs or transformers.
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

function acausalHop(tokens, k) {
  return tokens.map((_, end) => {
    const after = new Map();
    for (let at = 1; at <= end; at++) after.set(tokens[at - 1], at);
    let at = 0;
    for (let hops = 0; hops < k && at !== undefined; hops++) at = after.get(tokens[at]);
    return at === undefined ? 0 : tokens[at];
  });
}

function ranks(following) {
  return following.map((_, row) => {
    let rank = 0;
    for (let at = row + 1; following[at - 1]; at = following[at - 1]) rank++;
    return rank;
  });
}

function degrees(n, edges) {
  const degree = Array(n).fill(0);
  for (const end of edges.flat()) degree[end - 1]++;
  return degree;
}

function forest({ vertices, edges, weights }) {
  const root = vertices.map((_, v) => v), chosen = edges.map(() => 0), of = v => root[v] === v ? v : root[v] = of(root[v]);
  for (const at of edges.map((_, i) => i).sort((a, b) => weights[a] - weights[b] || a - b)) {
    const [u, v] = edges[at].map(end => of(end - 1));
    if (u !== v) { root[u] = v; chosen[at] = 1; }
  }
  return chosen;
}

function distances(n, edges, start, directed) {
  const next = Array.from({ length: n + 1 }, () => []), steps = new Map([[start, 0]]);
  for (const [u, v] of edges) { next[u].push(v); if (!directed) next[v].push(u); }
  for (const at of steps.keys()) for (const to of next[at]) if (!steps.has(to)) steps.set(to, steps.get(at) + 1);
  return steps;
}

// The most that flows from s to t: as long as something is left on a path, the path of fewest edges carries more.
function greatestFlow({ vertices, edges, weights, question: [s, t] }) {
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

// The vertices at both ends of edges at v.
const beside = (edges, v) => new Set(edges.filter(edge => edge.includes(v)).flat());

function triangles({ edges }) {
  const joined = new Set(edges.flatMap(([u, v]) => [`${u} ${v}`, `${v} ${u}`])), ends = [...new Set(edges.flat())];
  return edges.reduce((sum, [u, v]) => sum + ends.filter(w => joined.has(`${u} ${w}`) && joined.has(`${v} ${w}`)).length, 0) / 3;
}

// Whether a table says facts and a question: blank rows for names, then facts of which no two say who is the same of one,
// then the steps, which all hold the start. A reader can type any other table; for it no answer is defined.
function isKin({ subject, relation, object, step }, { n, k, facts }) {
  const rows = subject.map((_, row) => row), said = rows.filter(row => subject[row] && !step[row]), first = rows.length - k, blank = first - said.length;
  const isBlank = row => !(subject[row] || relation[row] || object[row] || step[row]), isFact = row => object[row] && !step[row];
  const isStep = row => !object[row] && step[row] === row - first + 1 && subject[row] && subject[row] === subject[first];
  return blank > 0 && blank <= n * k && blank % k === 0 && said.length <= facts && new Set(said.map(row => `${subject[row]} ${relation[row]}`)).size === said.length
    && rows.every(row => row < blank ? isBlank(row) : relation[row] && Math.max(subject[row], object[row]) * k <= blank && (row < first ? isFact(row) : isStep(row)));
}

const groups = ({ vertices, edges }) => new Set(components(vertices.length, edges)).size;
const everywhere = value => (input, columns, entries) => Array(entries).fill(value(input));

// task -> (what is typed, columns, entries of the answer, parameters) -> the answer, or null where none is defined
const SOLVERS = {
  "induction-heads": (_, { token }) => hop(token, 1),
  "k-hop": (_, { token }, entries, { k }) => hop(token, k),
  "acausal-k-hop": (_, { token }, entries, { k }) => acausalHop(token, k),
  recall: tokens => {
    const asked = tokens[tokens.length - 1], values = tokens.filter((_, at) => at % 2 && tokens[at - 1] === asked);
    return [values.length ? values[values.length - 1] : 0];
  },
  "2-sum": (numbers, columns, entries, { modulus }) => {
    const held = new Set(numbers);
    return numbers.map(number => Number(held.has((modulus - number) % modulus)));
  },
  "3-sum": (numbers, columns, entries, { modulus }) => numbers.map(x => Number(numbers.some(y => numbers.some(z => (x + y + z) % modulus === 0)))),
  "sparse-averaging": (_, { value, ...named }, entries, { q }) => value.map((_, row) => Object.values(named).reduce((sum, rows) => sum + value[rows[row] - 1], 0) / q),
  broadcast: numbers => numbers.map(() => numbers[0]),
  "prefix-sum": numbers => { let sum = 0; return numbers.map(number => sum += number); },
  sort: numbers => numbers.slice().sort((a, b) => a - b),
  "list-ranking": ranks,
  composition: (image, columns, entries, { k }) => {
    let at = image.map((_, row) => row + 1);
    for (let steps = 0; steps < k; steps++) at = at.map(row => image[row - 1]);
    return at;
  },
  "1-vs-2-cycle": everywhere(groups),
  connectivity: everywhere(graph => Number(groups(graph) === 1)),
  components: ({ vertices, edges }) => components(vertices.length, edges),
  "spanning-forest": forest,
  "cycle-check": everywhere(graph => Number(graph.edges.length > graph.vertices.length - groups(graph))),
  diameter: everywhere(({ vertices, edges }) => Math.max(...vertices.flatMap((_, v) => [...distances(vertices.length, edges, v + 1, false).values()]))),
  reachability: ({ vertices, edges, question: [u, v] }) => [Number(distances(vertices.length, edges, u, true).has(v))],
  "node-count": everywhere(({ vertices }) => vertices.length),
  "edge-count": everywhere(({ edges }) => edges.length),
  "node-degree": ({ vertices, edges }) => degrees(vertices.length, edges),
  "connected-nodes": ({ vertices, edges, question: [v] }) => vertices.map((_, at) => Number(at + 1 !== v && beside(edges, v).has(at + 1))),
  "disconnected-nodes": ({ vertices, edges, question: [v] }) => vertices.map((_, at) => Number(at + 1 !== v && !beside(edges, v).has(at + 1))),
  "triangle-count": everywhere(triangles),
  "shortest-path": ({ vertices, edges, question: [u, v] }) => [distances(vertices.length, edges, u, false).get(v) || 0],
  "max-flow": graph => [greatestFlow(graph)],
  kin: (_, columns, entries, parameters) => {
    if (!isKin(columns, parameters)) return null;
    const { subject, relation, object, step } = columns;
    let at = subject[subject.length - 1];
    for (const asked of relation.filter((_, row) => step[row])) {
      const row = subject.findIndex((name, row) => !step[row] && name && name === at && relation[row] === asked);
      at = row < 0 ? 0 : object[row];
    }
    return [at];
  },
  "edge-existence": ({ edges, question: [u, v] }) => [Number(edges.some(([a, b]) => (a === u && b === v) || (a === v && b === u)))],
};

// The exact answer, or null for a task that has no solver here.
export function solve({ task, parameters }, input, columns, entries) {
  return task !== null && Object.hasOwn(SOLVERS, task) ? SOLVERS[task](input, columns, entries, parameters) : null;
}
