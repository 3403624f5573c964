// A run as the plain data that pages draw: what logdepth/pages/run.py writes of the same run.
import { nearest } from "./arithmetic.js";
import { answeringTokens, decode, graphOf, nameValue, rowNames } from "./forms.js";
import { look, weigh } from "./heads.js";
import { layOut } from "./layout.js";
import { plain, shortest, show } from "./letters.js";
import { tokensToShow } from "./window.js";

const GROUPS_SHOWN = 30, MEMBERS_SHOWN = 60, ANSWERS_SHOWN = 400;

// subject: {model, form, answer, word, steps, chain, graph}, see logdepth/explore/described.py. ran: {input, columns, run, exact},
// exact: the entries that the answer should have, null where nothing here knows them. most: rows shown.
export function record(subject, ran, most) {
  const { model, form } = subject, { input, columns, run } = ran, labels = ["start", ...rowNames(form, input, columns)];
  const drawn = form.kind === "graph" ? graphOf(form, input, columns) : null;
  const shown = tokensToShow(run.choices, run.tokens, most, drawn ? drawn.first : 0);
  return plain({
    causal: model.causal,
    labels,
    shown,
    blocks: model.blocks.map(blockData),
    start: { names: model.names, values: run.streams[0].map(column => integers(column, shown)) },
    steps: steps(subject, run, shown),
    noise: noise(run),
    word: subject.word,
    chain: chain(subject, columns, run),
    graph: drawn && graphData(subject, input, run, drawn),
    ...ofTokens(subject, ran, shown),
  });
}

// The answer alone, {answer} or {outputs}; of a long one its beginning.
export const answered = (subject, ran) => plain(ofTokens(subject, ran, Array.from({ length: Math.min(ran.run.tokens, ANSWERS_SHOWN) }, (_, token) => token)));

function ofTokens(subject, { input, columns, run, exact }, shown) {
  const { form, answer, letters } = subject;
  return answer ? { answer: answerRows(subject, input, run, exact, shown) } : { answer, outputs: outputRows(form, letters, columns, run, shown) };
}

function blockData({ names, heads, into, out }) {
  const writes = terms => terms.flatMap((of, column) => of.length ? [column] : []);
  return { names, heads: heads.map(({ label, output }) => ({ label, writes: writes(output) })), relu: into ? writes(out) : [] };
}

// ---- steps: what heads look at, and which residual columns changed ----

function steps({ model, steps: laid }, run, shown) {
  return model.steps.map((block, step) => ({
    block: model.order[step],
    ...laid[step],
    heads: block.heads.map((head, number) => headPattern(model, run, step, head, number, shown)),
    values: changes(run.streams[step], run.streams[step + 1], shown),
  }));
}

function changes(before, after, shown) {
  const found = {};
  after.forEach((column, place) => {
    if (column === before[place]) return;
    const now = integers(column, shown), then = integers(before[place], shown);
    if (now.some((value, at) => value !== then[at])) found[place] = now;
  });
  return found;
}

// What a head looked at: `hard`, for every query the key of greatest weight; `spread`, for every shown query that is not
// wholly on one key, its weights; `exact`, how many queries are.
function headPattern(model, run, step, head, number, shown) {
  const { keys, certain } = run.choices[step][number], spread = {}, row = new model.Numbers(run.tokens);
  if (certain < run.tokens) {
    const looking = look(model, run.streams[step], head);
    for (const query of shown) {
      const weights = row.subarray(0, weigh(looking, query, row));
      if (!(weights[keys[query]] === 1 && weights.every((weight, key) => key === keys[query] || weight === 0))) spread[query] = inRuns(weights, model.Numbers);
    }
  }
  return { hard: Array.from(keys), spread, exact: certain };
}

// The non-zero weights of one query, the greatest first, equal ones together: [weight, [first key, last key, …]].
function inRuns(weights, Numbers) {
  const groups = new Map();
  weights.forEach((weight, key) => {
    if (!(weight > 0)) return;
    const runs = groups.get(weight) || groups.set(weight, []).get(weight);
    if (runs.length && runs[runs.length - 1] === key - 1) runs[runs.length - 1] = key;
    else runs.push(key, key);
  });
  return [...groups].sort(([a], [b]) => b - a).map(([weight, runs]) => [shortest(weight, Numbers), runs]);
}

const integers = (column, tokens) => tokens.map(token => nearest(column[token]));

function noise(run) {
  let most = 0;
  for (const column of new Set(run.streams.flat())) for (let token = 0; token < column.length; token++) {
    const off = Math.abs(column[token] - Math.round(column[token]));
    if (off > most) most = off;
  }
  return most;
}

// ---- chains of pointers ----

function chain({ chain: told, model }, columns, run) {
  const layers = run.choices.flatMap((heads, step) => heads ? [{ keys: heads[0].keys, step }] : []);
  if (!told || (told.layer !== null && layers.length <= told.layer)) return null;
  let { times } = told, pointer = null;
  if (told.column !== null) {
    pointer = [0, ...columns[told.column]];
    times = times ?? columns[told.column].length;
  } else if (told.layer !== null) pointer = Array.from(layers[told.layer].keys);
  return { name: told.name, pointer, times, powers: told.powers };
}

// ---- graphs ----

function graphData({ model, form, graph: told }, input, run, drawn) {
  const vertices = drawn.first - 1, places = layOut(input, told);
  const rows = (first, last) => Array.from({ length: last - first }, (_, i) => first + i), every = rows(1, run.tokens);
  return {
    vertices: drawn.labels,
    ...places,
    directed: form.directed,
    first_edge: drawn.first,
    places: drawn.places,
    edges: drawn.ends,
    weights: input.weights || null,
    question: Boolean(form.question),
    pointers: vertices ? pointers(model, run, told, rows(1, drawn.first)) : null,
    chosen: history(model, run, told.chosen, rows(drawn.first, run.tokens)),
    least: vertices ? null : history(model, run, told.least, every),
  };
}

// The values of the residual column of this name after every step, on some tokens: null where nothing changed, and in
// all where no column has it. Of several the one is meant that holds it longest.
function history(model, run, label, tokens) {
  const held = new Map();
  for (const { names } of model.steps) names.forEach((name, column) => { if (name === label) held.set(column, (held.get(column) || 0) + 1); });
  if (!held.size) return null;
  const most = Math.max(...held.values()), [column] = [...held].find(([, times]) => times === most);
  let before = null;
  return model.steps.map(({ names }, step) => {
    const now = names[column] === label ? integers(run.streams[step + 1][column], tokens) : before;
    const same = now === before || (before && now.every((value, at) => value === before[at]));
    before = now;
    return same ? null : now;
  });
}

function pointers(model, run, told, vertices) {
  const found = history(model, run, told.parent, vertices);
  if (!found) return null;
  return found.map((values, step) => {
    if (values || !run.choices[step]) return values;
    const following = model.steps[step].heads.map(({ label }, head) => told.following.includes(label) ? head : -1).filter(head => head >= 0);
    return following.length ? vertices.map(token => run.choices[step][following[following.length - 1]].keys[token]) : values;
  });
}

// ---- answers ----

function answerRows({ form, answer, definition }, input, run, exact, shown) {
  const model = decode(answer, form, input, run.outputs), tokens = answeringTokens(answer, form, input, run.tokens), inSight = new Set(shown);
  const kept = model.map((_, at) => at).filter(at => model.length <= ANSWERS_SHOWN || inSight.has(tokens[at]));
  const names = values => kept.map(at => nameValue(answer, form, input, values[at]));
  return {
    tokens: kept.map(at => tokens[at]),
    model: names(model),
    exact: exact && names(exact),
    definition: exact && definition.text,
    with: null,
    groups: answer.partition ? groupsOf(model, input.vertices.map(String)) : null,
    wrong: exact ? kept.flatMap((at, place) => model[at] === exact[at] ? [] : [place]) : [],
    entries: model.length,
    right: exact && model.filter((value, at) => value === exact[at]).length,
  };
}

// The members of each group, the largest first.
function groupsOf(answer, labels) {
  const groups = new Map();
  answer.forEach((first, at) => { if (first) groups.set(first, [...(groups.get(first) || []), labels[at]]); });
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  return { count: sorted.length, groups: sorted.slice(0, GROUPS_SHOWN).map(members => [members.length, members.slice(0, MEMBERS_SHOWN)]) };
}

// Of a program of one's own: what went in and came out.
function outputRows(form, letters, columns, run, shown) {
  const rows = shown.slice(1).map(token => token - 1), spell = (values, of) => rows.map(row => of ? show(values[row] ? [...of][values[row] - 1] : null) : values[row]);
  return {
    tokens: shown.slice(1),
    rows: [
      ...form.columns.map(({ name, letters: of }) => [`in: ${name}`, spell(columns[name], of)]),
      ...Object.entries(run.outputs).map(([name, values]) => [`out: ${name}`, spell(values, new Map(letters).get(name))]),
    ],
    wrong: [],
    entries: Object.values(run.outputs).reduce((sum, values) => sum + values.length, 0),
    right: null,
    note: "The page runs the model, not its program; below it says on what inputs both were compared.",
  };
}
