// Why a token reads the one that it reads: its query and a key, place by place, their products, the sum, and the weight.
import { capital, clamp, make } from "./dom.js";
import { figure } from "./figure.js";
import { inWords, plain } from "./linear.js";
import { listen } from "./view.js";

const CAPTION = "A score is the product of two vectors: what the row asks for, its query, and what the other row holds, its key. The softmax turns scores into weights. Choose another key by a click in the attention matrix or in the list.";
const MOST_NAMED = 9, RIVALS = 5;

export function why(view) {
  const parts = figure("why", "Why it reads this row", { caption: CAPTION, side: true, table: true });
  let asked = null;  // the latest question, so that an answer to an earlier one is not drawn
  listen(parts.side, view);
  return { root: parts.root, draw() {
    const { run, cursor } = view, number = run.attentionStep(cursor.step);
    parts.root.hidden = !view.product || !number;
    if (parts.root.hidden || view.pointed) return;
    const step = run.stepAt(number), head = clamp(0, cursor.head, step.heads.length - 1), at = { run, number, head, query: cursor.token, key: cursor.key ?? null };
    if (asked && Object.keys(at).every(name => at[name] === asked[name])) return;
    asked = at;
    const first = step.heads[head].hard[at.query];
    view.product({ step: number - 1, head, query: at.query, key: at.key ?? first }).then(found => {
      if (asked === at && found) show(view, parts, { ...at, key: at.key ?? first }, found);
    }, error => { parts.canvas.replaceChildren(make("p", {}, error.message)); });
  } };
}

function show(view, parts, at, found) {
  const table = found.terms && found.terms.length <= MOST_NAMED ? named(view.run, at, found) : vectors(at, found);
  parts.canvas.replaceChildren(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Query, key and products, scrolls sideways" }, table));
  parts.side.replaceChildren(...rivals(view.run, at, found));
}

// A row for each place, with the residual columns that its two numbers are made of.
function named(run, { number, query, key }, found) {
  const names = run.namesAt(number - 1);
  const rows = found.terms.map(([asks, holds], place) => make("tr", {},
    make("td", { class: "made" }, inWords(asks, names)), make("td", {}, plain(found.query[place])), make("td", { class: "sign" }, "×"),
    make("td", {}, plain(found.key[place])), make("td", { class: "made" }, inWords(holds, names)), make("td", { class: "sign" }, "="), make("td", { class: "product" }, plain(found.query[place] * found.key[place]))));
  const total = make("tr", { class: "total" }, make("td", { colspan: "6" }, "the sum, the score"), make("td", { class: "product" }, plain(found.scores[key])));
  const top = make("tr", {}, make("th", { scope: "col", colspan: "2" }, `${capital(run.nameOf(query))} asks`), make("th", {}), make("th", { scope: "col", colspan: "2" }, `${run.nameOf(key)} holds`), make("th", {}), make("th", { scope: "col" }, "product"));
  return make("table", { class: "dot-product" }, make("thead", {}, top), make("tbody", {}, ...rows, total));
}

// A column for each place of long vectors, shaded by its share.
function vectors({ query, key }, found) {
  const products = found.query.map((value, place) => value * found.key[place]);
  const row = (name, values) => {
    const most = Math.max(1e-9, ...values.map(Math.abs));
    return make("tr", {}, make("th", { scope: "row" }, name), ...values.map(value => make("td", { class: value < 0 ? "below" : null, style: `--v:${(Math.abs(value) / most).toFixed(3)}`, title: String(+value.toPrecision(4)) })));
  };
  const total = make("tr", { class: "total" }, make("th", { scope: "row" }, "score"), make("td", { colspan: String(products.length) }, `${plain(products.reduce((all, one) => all + one, 0))} × ${+found.scale.toPrecision(4)} = ${plain(found.scores[key])}`));
  return make("table", { class: "vectors" }, make("tbody", {}, row(`query of ${query}`, found.query), row(`key of ${key}`, found.key), row("products", products), total));
}

// The key at hand among those of the greatest scores, and what the softmax makes of them.
function rivals(run, { query, key }, { scores, weights }) {
  const order = scores.map((_, token) => token).sort((a, b) => scores[b] - scores[a] || a - b), [best] = order, shown = order.slice(0, RIVALS);
  if (!shown.includes(key)) shown.push(key);
  const rows = shown.map(token => make("tr", { class: token === key ? "here" : null }, make("td", {}, make("button", { type: "button", class: "to-block", "data-token": query, "data-key": token, "aria-pressed": String(token === key) }, run.nameOf(token))), make("td", {}, plain(scores[token])), make("td", {}, plain(weights[token]))));
  const head = make("tr", {}, ...["key", "score", "weight"].map(name => make("th", { scope: "col" }, name)));
  return [make("p", { class: "big" }, sentence(run, key, best, order[1], scores, weights)), make("table", { class: "rivals" }, make("thead", {}, head), make("tbody", {}, ...rows))];
}

// What the softmax makes of the scores, of which `best` and `next` are the greatest.
export function sentence(run, key, best, next, scores, weights) {
  const lost = scores[best] - scores[key], gap = next === undefined ? null : scores[best] - scores[next];
  if (key !== best && lost > 0) return `${capital(run.nameOf(key))} has ${plain(lost)} less than ${run.nameOf(best)}. ${vanishing(lost)} ${weights[key] === 0 ? "is 0 in this format" : `times the weight of that one is ${plain(weights[key])}`}.`;
  if (gap === null) return "It is the only row that is seen, so that it has all the weight.";
  if (gap === 0) return "Several rows have this score, the greatest one. They share the weight.";
  if (weights[best] === 1 && weights[next] === 0) return `No other score is as great; the next is ${plain(gap)} lower. ${vanishing(gap)} is 0 in this format, so that all the weight, exactly 1, lies here.`;
  if (weights[best] === 1) return `No other score is as great; the next is ${plain(gap)} lower. ${vanishing(gap)} is so little beside 1 that the weight here is rounded to 1, and the next weight is ${plain(weights[next])}.`;
  return `The next score is ${plain(gap)} lower; the softmax leaves ${plain(weights[best])} of the weight here.`;
}

// e to the power of -lost.
const vanishing = lost => `e⁻${String(+lost.toPrecision(4)).replace(/\d/g, digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).replace(".", "·")}`;
