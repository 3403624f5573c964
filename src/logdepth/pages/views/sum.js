// How a number of the residual stream comes to be: what was there, value times output of the heads, and the ReLU units.
import { button, capital, clip, count, make, several } from "./dom.js";
import { figure } from "./figure.js";
import { inWords, plain } from "./linear.js";
import { listen } from "./view.js";

const CAPTION = "A block only adds to the stream: what its heads bring of the rows that they read, value times output weight, and what its ReLU units add, max(0, a sum of columns) times a weight. Choose a column here, or by its name in the residual stream.";
const MOST_UNITS = 10, MOST_COLUMNS = 40;

export function sum(view) {
  const parts = figure("sum", "How a number comes to be", { caption: CAPTION, table: true });
  let asked = null;  // the latest question, so that an answer to an earlier one is not drawn
  listen(parts.canvas, view);
  return { root: parts.root, draw() {
    const { run, cursor } = view;
    parts.root.hidden = !view.sum || !cursor.step || !run.data.start.names.length;
    if (parts.root.hidden || view.pointed) return;
    const at = { run, step: cursor.step, token: cursor.token, column: cursor.column ?? null };
    if (asked && Object.keys(at).every(name => at[name] === asked[name])) return;
    asked = at;
    view.sum({ step: at.step - 1, token: at.token, column: at.column }).then(found => { if (asked === at) parts.canvas.replaceChildren(...shown(run, at, found)); },
      error => { parts.canvas.replaceChildren(make("p", {}, error.message)); });
  } };
}

function shown(run, at, found) {
  if (!found) return [make("p", {}, "This block writes nothing.")];
  const names = namesOf(run, at.step), table = make("table", { class: "dot-product sums" }, make("thead", {}, heading(run, at, found, names)), make("tbody", {}, ...rows(run, at, found, names)));
  return [choice(found, names), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "What is added up, scrolls sideways" }, table)];
}

// What columns are called within a block: those that it fills already have their new names.
function namesOf(run, number) {
  const old = run.namesAt(number - 1), fresh = run.namesAt(number), { heads } = run.blockOf(run.stepAt(number)), written = new Set(heads.flatMap(({ writes }) => writes));
  return { read: old, computed: old.map((name, at) => written.has(at) ? fresh[at] || name : name), result: fresh.map((name, at) => name || old[at] || `column ${at}`) };
}

function choice({ column, columns }, { result }) {
  const buttons = columns.slice(0, MOST_COLUMNS).map(([at, changes]) => button(clip(result[at], 30), () => {}, { "data-column": at, "aria-pressed": String(at === column), class: changes ? null : "same", title: changes ? null : "it stays what it was" }));
  return make("div", { class: "input-tools" }, ...buttons, columns.length > MOST_COLUMNS ? `and ${count(columns.length - MOST_COLUMNS)} more, by their names in the residual stream` : "");
}

const heading = (run, { token }, { column }, { result }) => make("tr", {}, make("th", { scope: "col", colspan: "2" }, `${capital(run.nameOf(token))}: ${result[column]}`), ...["value", "", "weight", "", "adds"].map(name => make("th", { scope: "col" }, name)));

const line = (what, made, value, weight) => make("tr", {}, make("td", {}, what), make("td", { class: "made" }, made), make("td", {}, plain(value)), make("td", { class: "sign" }, "×"), make("td", {}, plain(weight)), make("td", { class: "sign" }, "="), make("td", { class: "product" }, plain(value * weight)));
const alone = (kind, what, value) => make("tr", { class: kind }, make("td", { colspan: "6" }, what), make("td", { class: "product" }, plain(value)));

function rows(run, { step }, { before, after, heads, units }, { read, computed }) {
  const labels = run.blockOf(run.stepAt(step)).heads, adding = units.filter(({ inner }) => inner > 0).sort((a, b) => Math.abs(b.inner * b.weight) - Math.abs(a.inner * a.weight)), rest = adding.slice(MOST_UNITS);
  return [
    alone(null, "what was there before", before),
    ...heads.map(({ head, key, made, value, weight }) => line(`${labels[head].label} reads of ${key === null ? "several rows, the mean" : run.nameOf(key)}`, inWords(made, read), value, weight)),
    ...adding.slice(0, MOST_UNITS).map(({ made, inner, weight }) => line("ReLU unit: max(0, …) of", inWords(made, computed), inner, weight)),
    ...(rest.length ? [alone(null, several(rest.length, "more ReLU unit"), rest.reduce((all, { inner, weight }) => all + inner * weight, 0))] : []),
    ...(units.length > adding.length ? [alone("soft", `${several(units.length - adding.length, "ReLU unit")} with a sum that is not above 0`, 0)] : []),
    alone("total", "the sum, from here on", after),
  ];
}
