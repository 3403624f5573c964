// Of a trained network: what it could answer at the chosen token, each with its logit and its probability.
import { onAddress, remember, wish } from "./address.js";
import { slider } from "./controls.js";
import { capital, clamp, make } from "./dom.js";
import { figure } from "./figure.js";
import { probabilities } from "./odds.js";

const SHOWN = 10, LEAST = .1, MOST = 5;  // temperatures
const CAPTION = "The network gives every class a logit, and answers the class of the greatest one. The softmax over all classes makes probabilities of them. Logits are divided by the temperature first: at 1 the probabilities are the network’s own, those that it was trained for. Another temperature makes them sharper or flatter; it changes neither their order nor the answer, and nothing within the network.";

export function chances(view) {
  const parts = figure("chances", "What it could answer", { caption: CAPTION, table: true }), state = { temperature: wished() };
  const choice = slider("temperature", tenths => { state.temperature = tenths / 10; remember({ temperature: tenths === 10 ? null : state.temperature }); draw(); }, 1);
  let drawn = {};
  choice.root.classList.add("asked");
  parts.note.after(choice.root);
  onAddress(() => { state.temperature = wished(); draw(); });
  return { root: parts.root, draw };

  function draw() {
    const { run, cursor } = view, { temperature } = state, { answer } = run.data, entry = answer ? answer.tokens.indexOf(cursor.token) : -1;
    parts.root.hidden = !answer || !answer.logits;
    if (parts.root.hidden || view.pointed || (drawn.run === run && drawn.token === cursor.token && drawn.temperature === temperature)) return;
    drawn = { run, token: cursor.token, temperature };
    choice.set(Math.round(10 * temperature), 10 * MOST, temperature === 1 ? "1, as trained" : String(temperature));
    parts.canvas.replaceChildren(entry < 0 ? make("p", {}, "No answer is read at this token.") : table(run, cursor.token, answer, entry, temperature));
  }
}

// The temperature that the address asks for, else 1.
function wished() {
  const asked = Number(wish("temperature"));
  return asked > 0 ? clamp(LEAST, Math.round(10 * asked) / 10, MOST) : 1;
}

function table(run, token, { classes, logits, model, exact }, entry, temperature) {
  const mine = logits[entry], odds = probabilities(mine, temperature), order = mine.map((_, at) => at).sort((a, b) => mine[b] - mine[a] || a - b), shown = order.slice(0, SHOWN), right = classes.indexOf(exact[entry]);
  if (right >= 0 && !shown.includes(right)) shown.push(right);
  const rows = shown.map(at => make("tr", { class: at === order[0] ? "here" : null },
    make("td", { class: "mono" }, classes[at]), make("td", {}, mine[at].toFixed(2).replace("-", "−")), make("td", {}, inPercent(odds[at])),
    make("td", { class: "bar" }, make("span", { style: `width:${(100 * odds[at]).toFixed(1)}%` })), make("td", { class: "soft" }, [at === order[0] ? "the model’s answer" : "", at === right ? "the exact answer" : ""].filter(Boolean).join(", "))));
  const head = make("tr", {}, ...["class", "logit", "probability", "", ""].map(name => make("th", { scope: "col" }, name)));
  const rest = mine.length - shown.length;
  return make("div", {}, make("p", { class: "big" }, `At ${run.nameOf(token)} it answers ‘${model[entry]}’, with probability ${inPercent(odds[order[0]])}${temperature === 1 ? "" : ` at temperature ${temperature}`}.`),
    make("table", { class: "rivals chances-table" }, make("thead", {}, head), make("tbody", {}, ...rows)), rest ? make("p", { class: "caption" }, `${capital(String(rest))} more classes have less.`) : "");
}

const inPercent = part => part > .9995 && part < 1 ? "> 99.9%" : part < .0005 ? "< 0.1%" : `${(100 * part).toFixed(1)}%`;
