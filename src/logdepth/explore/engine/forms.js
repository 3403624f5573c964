// Inputs: what is typed, by a form of logdepth/tasks/forms.py, becomes columns; and output columns become an answer.
// Nothing here knows a task: all that one needs is in its form.
import { inFourDigits, quote, show } from "./letters.js";
import { Refused } from "./refused.js";

const range = (first, last) => Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
const plural = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : what.endsWith("x") ? "" : "s"}`;

function require(holds, sentence) {
  if (!holds) throw new Refused(typeof sentence === "function" ? sentence() : sentence);
}

function requireCount(count, most, what) {
  require(count >= 1, `At least one ${what} is needed.`);
  require(count <= most, () => `The model takes at most ${plural(most, what)}; here are ${count.toLocaleString("en")}.`);
}

function requireNumbers(values, low, high, where) {
  require(Array.isArray(values), () => `${where} is no list of numbers.`);
  values.forEach((value, at) => require(Number.isInteger(value) && value >= low && value <= high,
    () => `${where} takes whole numbers from ${low} to ${high}; number ${at + 1} is ${String(value)}.`));
}

// ---- what is typed -> columns of numbers, name -> one for every row ----

const ENCODERS = {
  text(form, input) {
    require(typeof input === "string", "The input is no text.");
    const letters = [...input], numbers = new Map([...form.letters].map((letter, at) => [letter, at + 1]));
    requireCount(letters.length, form.most, "letter");
    letters.forEach((letter, at) => require(numbers.has(letter), () => `The letter ‘${quote(letter)}’ at position ${at + 1} is not among those of the model.`));
    return [[form.column, letters.map(letter => numbers.get(letter))]];
  },

  numbers(form, input) {
    require(Array.isArray(input), "The input is no list of numbers.");
    requireCount(input.length, form.most, "number");
    requireNumbers(input, form.low, form.high ?? input.length, "The model");
    if (form.turns.length) requireTurns(form.turns, input);
    if (form.lists) requireLists(input);
    return [[form.column, form.pairs ? pairRows(input.length).map(([first, second]) => first === second ? input[first] : 0) : input.slice()]];
  },

  graph(form, input) {
    const vertices = requireGraph(form, input), { edges } = input;
    if (form.cycles) requireCycles(input);
    let ends = edges;
    if (form.both_ways) {
      const arcs = [...edges, ...edges.map(([u, v]) => [v, u])];
      ends = form.orders[edges.length].map(at => arcs[at]);
    }
    const blank = Array(blankRows(form, vertices)).fill(0), asked = form.question ? [input.question] : [];
    const columns = form.columns.map((name, end) => [name, [...blank, ...[...ends, ...asked].map(edge => edge[end])]]);
    if (form.weight) columns.push([form.weight, [...blank, ...(input.weights || []), ...asked.map(() => 0)]]);
    if (form.question) columns.push([form.question, [...blank, ...ends.map(() => 0), 1]]);
    return columns;
  },

  facts(form, input) {
    requireFacts(form, input);
    const { names, facts, question: [start, ...chain] } = input, blank = Array(names.length * form.blank).fill(0), none = facts.map(() => 0);
    const values = [[...facts.map(fact => fact[0]), ...chain.map(() => start)], [...facts.map(fact => fact[1]), ...chain], [...facts.map(fact => fact[2]), ...chain.map(() => 0)], [...none, ...chain.map((_, step) => step + 1)]];
    return form.columns.map((name, at) => [name, [...blank, ...values[at]]]);
  },

  table(form, input) {
    require(input !== null && typeof input === "object", "The input is no table.");
    const columns = form.columns.map(({ name }) => [name, Object.hasOwn(input, name) ? input[name] : null]), rows = (columns[0][1] || []).length;
    requireCount(rows, form.most, "row");
    columns.forEach(([name, values], at) => {
      requireNumbers(values, 0, form.columns[at].high, `Column ‘${quote(name)}’`);
      require(values.length === rows, () => `Column ‘${quote(name)}’ has ${plural(values.length, "row")}, and ‘${quote(columns[0][0])}’ ${rows}.`);
    });
    if (form.distinct.length) requireDistinct(columns.filter(([name]) => form.distinct.includes(name)).map(([, values]) => values), rows);
    return columns;
  },
};

// An input as columns, name -> numbers. Throws Refused, with a sentence, for one that the model does not take.
export const encode = (form, input) => Object.fromEntries(ENCODERS[form.kind](form, input));

// How many rows the table of an input has; about as many, for one that is not taken.
export function rowsOf(form, input) {
  if (form.kind === "text") return [...input].length;
  if (form.kind === "numbers") return form.pairs ? input.length * (input.length + 1) / 2 : input.length;
  if (form.kind === "graph") return (blankRows(form, input.vertices.length) || 0) + input.edges.length * (form.both_ways ? 2 : 1) + (form.question ? 1 : 0);
  if (form.kind === "facts") return input.names.length * form.steps + input.facts.length + form.steps;
  return Math.max(0, ...Object.values(input).map(values => values.length));
}

function requireTurns(turns, input) {
  require(input.length % turns.length === 1, () => `Numbers come by turns, and the list ends with the first kind; an odd number of them is needed, not ${input.length}.`);
  input.forEach((value, at) => {
    const [low, high] = turns[at % turns.length];
    require(value >= low && value <= high, () => `Number ${at + 1} is from ${low} to ${high} here; it is ${value}.`);
  });
}

function requireLists(input) {
  const before = new Map();
  input.forEach((target, at) => {
    require(!before.has(target), () => `Row ${target} comes after both row ${before.get(target)} and row ${at + 1}; in lists it comes after one.`);
    if (target) before.set(target, at + 1);
  });
  let reached = 0;
  for (const head of range(1, input.length)) if (!before.has(head)) for (let row = head; row; row = input[row - 1]) reached++;
  require(reached === input.length, "Some rows go round in a circle; a list ends with 0.");
}

function requireDistinct(columns, rows) {
  for (const row of range(0, rows - 1)) {
    const named = columns.map(values => values[row]);
    require(named.every(value => value >= 1 && value <= rows), () => `Row ${row + 1} names a row that there is not; rows are 1 to ${rows}.`);
    require(new Set(named).size === named.length, () => `Row ${row + 1} names a row twice.`);
  }
}

function requireGraph(form, input) {
  require(input !== null && typeof input === "object" && Array.isArray(input.vertices) && Array.isArray(input.edges), "The input is no graph.");
  const { vertices, edges, weights, question, x, y } = input, n = vertices.length, isVertex = v => Number.isInteger(v) && v >= 1 && v <= n, seen = new Set();
  require(n >= 1, "A graph has at least one vertex.");
  require(n <= form.most, () => `The model takes at most ${form.most.toLocaleString("en")} vertices; this graph has ${n.toLocaleString("en")}.`);
  require(edges.length <= form.most_edges, () => `The model takes at most ${plural(form.most_edges, "edge")}; this graph has ${edges.length.toLocaleString("en")}.`);
  require(new Set(vertices.map(String)).size === n, "Two vertices have one name.");
  for (const places of [x ?? [], y ?? []]) require(Array.isArray(places) && [0, n].includes(places.length) && places.every(Number.isFinite), "The places of the vertices, x and y, are a number for each.");
  const name = v => quote(vertices[v - 1]);
  for (const edge of edges) {
    const [u, v] = edge;
    require(edge.length === 2 && isVertex(u) && isVertex(v), "An edge joins two vertices of the graph.");
    require(u !== v, () => `No edge leads from ${name(u)} to itself.`);
    const key = form.directed && !form.both_ways || u < v ? `${u} ${v}` : `${v} ${u}`;
    require(!seen.has(key), () => `The edge of ${name(u)} and ${name(v)} is there twice.`);
    seen.add(key);
  }
  if (form.weight) {
    require(Array.isArray(weights) && weights.length === edges.length, "Every edge needs a weight.");
    requireNumbers(weights, 0, form.highest_weight, "A weight");
  }
  if (form.question) require(Array.isArray(question) && question.length === 2 && question.every(isVertex) && (question[0] === question[1]) === form.one, form.one ? "The question names one vertex, twice." : "The question names two vertices.");
  return n;
}

function requireFacts(form, input) {
  require(input !== null && typeof input === "object" && ["names", "relations", "facts", "question"].every(name => Array.isArray(input[name])), "The input is no facts with a question.");
  const { names, relations, facts, question: [start, ...chain] } = input, known = new Set(), isOf = list => number => Number.isInteger(number) && number >= 1 && number <= list.length;
  requireCount(names.length, form.most, "name");
  require(relations.length <= form.most_relations, () => `The model takes at most ${plural(form.most_relations, "relation")}; here are ${relations.length.toLocaleString("en")}.`);
  require(facts.length <= form.most_facts, () => `The model takes at most ${plural(form.most_facts, "fact")}; here are ${facts.length.toLocaleString("en")}.`);
  for (const fact of facts) {
    require(fact.length === 3 && [fact[0], fact[2]].every(isOf(names)) && isOf(relations)(fact[1]), "A fact is a subject, a relation and an object.");
    require(!known.has(`${fact[0]} ${fact[1]}`), () => `Two facts say what the ${quote(relations[fact[1] - 1])} of ${quote(names[fact[0] - 1])} is.`);
    known.add(`${fact[0]} ${fact[1]}`);
  }
  require(isOf(names)(start) && chain.every(isOf(relations)), "The question names a start, and relations of the facts.");
  require(chain.length === form.steps, () => `The model follows ${plural(form.steps, "relation")}; the question asks for ${chain.length}.`);
}

function requireCycles({ vertices, edges }) {
  const neighbours = vertices.map(() => []);
  for (const [u, v] of edges) { neighbours[u - 1].push(v); neighbours[v - 1].push(u); }
  neighbours.forEach((of, at) => require(of.length === 2, () => `The graph is one cycle or two: every vertex has two edges, and ${quote(vertices[at])} has ${of.length}.`));
  const groups = new Set(components(vertices.length, edges)).size;
  require(groups <= 2, () => `The graph is one cycle or two; here are ${groups}.`);
}

// For every vertex, the first vertex of its component.
export function components(count, edges) {
  const parent = range(0, count), root = v => { while (parent[v] !== v) v = parent[v] = parent[parent[v]]; return v; };
  for (const [u, v] of edges) { const a = root(u), b = root(v); parent[Math.max(a, b)] = Math.min(a, b); }
  return range(1, count).map(root);
}

const pairRows = count => range(0, count - 1).flatMap(second => range(0, second).map(first => [first, second]));
const blankRows = (form, vertices) => form.blank.length ? form.blank[vertices - 1] : 0;

// ---- how it is drawn ----

// What the rows of the table are called, in order.
export function rowNames(form, input, columns) {
  if (form.kind === "text") return [...input].map(show);
  if (form.kind === "graph") return graphOf(form, input, columns).names;
  if (form.kind === "facts") return factNames(form, input).map(show);
  if (form.kind === "table") return tableNames(form, columns);
  if (form.pairs) return pairRows(input.length).map(([first, second]) => first === second ? String(input[first]) : `${input[first]} + ${input[second]}`);
  return columns[form.column].map(value => form.names.length ? show(form.names[value]) : String(value));
}

function factNames(form, { names, relations, facts, question: [, ...chain] }) {
  const blank = names.flatMap(name => range(1, form.blank).map(step => step > 1 ? `${name} ${step}` : name));
  return [...blank, ...facts.map(([subject, relation]) => `${names[subject - 1]} ${relations[relation - 1]}`), ...chain.map(relation => `? ${relations[relation - 1]}`)];
}

function tableNames(form, columns) {
  const lettered = form.columns.find(({ letters }) => letters !== null);
  if (lettered) return columns[lettered.name].map(value => show(value ? [...lettered.letters][value - 1] : null));
  if (form.columns.length === 1 || form.distinct.length) return columns[form.columns[0].name].map(String);
  return columns[form.columns[0].name].map((_, row) => String(row + 1));
}

// A graph and the rows that stand for its parts, as pages/page.js draws it: names of the rows; places, the vertices of
// every blank row; ends, of every row after; first, the token of the first of them.
export function graphOf(form, input, columns) {
  const blank = blankRows(form, input.vertices.length), places = form.places.slice(0, blank), labels = input.vertices.map(String);
  const [first, second] = form.columns.map(name => columns[name].slice(blank)), ends = first.map((u, row) => [u, second[row]]);
  const names = [...places, ...ends].map(vertices => [...new Set(vertices)].map(v => labels[v - 1]).join(form.directed ? "→" : "–"));
  if (form.question) names[names.length - 1] += "?";
  return { labels, places, ends, first: blank + 1, names: names.map(show) };
}

// ---- output columns -> the answer ----

// The tokens that give the entries of an answer.
export function answeringTokens(answer, form, input, tokens) {
  const vertices = form.kind === "graph" ? input.vertices.length : 0;
  return {
    all: () => range(1, tokens - 1),
    vertices: () => range(1, vertices),
    edges: () => range(vertices + 1, tokens - 1),
    last: () => [tokens - 1],
    numbers: () => input.map((_, at) => (at + 1) * (at + 2) / 2),
  }[answer.rows]();
}

// The entries of the answer that output columns hold, comparable with an exact answer.
export function decode(answer, form, input, outputs) {
  const column = outputs[answer.output], entries = answeringTokens(answer, form, input, column.length + 1).map(token => column[token - 1]);
  if (answer.partition) return partition(entries);
  return answer.divisor === null ? entries : entries.map(value => value / answer.divisor);
}

// Every entry names a place, the representative of its group.
function partition(entries) {
  const first = new Map();
  entries.forEach((named, at) => { if (!first.has(named)) first.set(named, at + 1); });
  return entries.map(named => named >= 1 && named <= entries.length && entries[named - 1] === named ? first.get(named) : 0);
}

// What a value of the answer is called.
export function nameValue(answer, form, input, value) {
  if (answer.names === "vertex") return value ? show(String(input.vertices[value - 1])) : "0";
  if (answer.names === "name") return show(value ? String(input.names[value - 1]) : null);
  if (answer.names !== "number") return show(answer.names[value]);
  return answer.divisor === null ? String(value) : inFourDigits(value);
}
