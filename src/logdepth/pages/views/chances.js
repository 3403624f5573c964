// Of a trained network: what it could answer at the chosen token, each with its logit and its probability.
import { capital, make } from "./dom.js";
import { figure } from "./figure.js";

const SHOWN = 10;
const CAPTION = "The network gives every class a logit, and answers the class of the greatest one. The softmax over all classes makes probabilities of them.";

export function chances(view) {
  const parts = figure("chances", "What it could answer", { caption: CAPTION });
  let drawn = {};
  return { root: parts.root, draw() {
    const { run, cursor } = view, { answer } = run.data, entry = answer ? answer.tokens.indexOf(cursor.token) : -1;
    parts.root.hidden = !answer || !answer.logits;
    if (parts.root.hidden || view.pointed || (drawn.run === run && drawn.token === cursor.token)) return;
    drawn = { run, token: cursor.token };
    parts.canvas.replaceChildren(entry < 0 ? make("p", {}, "No answer is read at this token.") : table(run, cursor.token, answer, entry));
  } };
}

function table(run, token, { classes, logits, model, exact }, entry) {
  const mine = logits[entry], odds = probabilities(mine), order = mine.map((_, at) => at).sort((a, b) => mine[b] - mine[a] || a - b), shown = order.slice(0, SHOWN), right = classes.indexOf(exact[entry]);
  if (right >= 0 && !shown.includes(right)) shown.push(right);
  const rows = shown.map(at => make("tr", { class: at === order[0] ? "here" : null },
    make("td", { class: "mono" }, classes[at]), make("td", {}, mine[at].toFixed(2).replace("-", "−")), make("td", {}, inPercent(odds[at])),
    make("td", { class: "bar" }, make("span", { style: `width:${(100 * odds[at]).toFixed(1)}%` })), make("td", { class: "soft" }, [at === order[0] ? "the model’s answer" : "", at === right ? "the exact answer" : ""].filter(Boolean).join(", "))));
  const head = make("tr", {}, ...["class", "logit", "probability", "", ""].map(name => make("th", { scope: "col" }, name)));
  const rest = mine.length - shown.length;
  return make("div", {}, make("p", { class: "big" }, `At ${run.nameOf(token)} it answers ‘${model[entry]}’, with probability ${inPercent(odds[order[0]])}.`),
    make("table", { class: "rivals chances-table" }, make("thead", {}, head), make("tbody", {}, ...rows)), rest ? make("p", { class: "caption" }, `${capital(String(rest))} more classes have less.`) : "");
}

// The softmax of some logits.
export function probabilities(logits) {
  const most = Math.max(...logits), parts = logits.map(logit => Math.exp(logit - most)), all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map(part => part / all);
}

const inPercent = part => part > .9995 && part < 1 ? "> 99.9%" : part < .0005 ? "< 0.1%" : `${(100 * part).toFixed(1)}%`;
