// The inputs of a counterexample row by row: what differs, and where the answer is due. One row is at hand in all of them.
import { Choice, listenTo } from "./choice.js";
import { onKeys } from "./controls.js";
import { capital, classes, count, make } from "./dom.js";
import { figure } from "./figure.js";

// inputs: of the form of logdepth/pages/refuted.py, without graphs.
export function twoInputs(inputs) {
  const keys = [...new Set(inputs.flatMap(({ rows }) => rows.map(({ key }) => key)))].sort((a, b) => a - b), due = inputs[0].rows.find(({ kind }) => kind === "asks");
  const choice = new Choice("row", keys.length, Math.max(0, keys.indexOf(firstOf(inputs) ?? (due ? due.key : 0)))), said = make("p", { class: "caption under-pointer", "aria-live": "polite" }, "\u00a0");
  const { root, note, canvas } = figure("rows", "Row by row", { name: "inputs" });
  note.replaceWith(said);
  canvas.append(make("div", { class: "pair" }, ...inputs.map((input, number) => make("div", { class: "input" }, make("h4", {}, input.title), list(input, number)))));
  listenTo(root, choice, ({ target }) => { const item = target.closest("[data-key]"); return item ? keys.indexOf(Number(item.dataset.key)) : null; });
  onKeys({ ",": () => choice.pin(choice.pinned - 1), ".": () => choice.pin(choice.pinned + 1) });
  choice.add(() => {
    const here = String(keys[choice.at]);
    for (const item of root.querySelectorAll("[data-key]")) item.classList.toggle("here", item.dataset.key === here);
    said.textContent = inWords(inputs, keys[choice.at]);
  });
  return { root, draw: () => choice.draw() };
}

// The first row that differs.
const firstOf = inputs => (inputs[0].rows.find(({ kind }) => kind === "differs") || {}).key;

function list({ rows, length }, number) {
  const items = [], gap = many => { if (many) items.push(make("li", { class: "gap" }, `… ${count(many)} more …`)); };
  let before = -1;
  for (const { place, text, kind, key } of rows) {
    gap(place - before - 1);
    items.push(make("li", { class: classes(kind), "data-key": key, "data-input": number }, text));
    before = place;
  }
  gap(length - 1 - before);
  return make("ol", { class: "tokens" }, ...items);
}

function inWords(inputs, key) {
  const found = inputs.flatMap(({ title, rows }) => rows.filter(row => row.key === key).map(row => ({ title, ...row })));
  if (!found.length) return "\u00a0";
  const texts = found.map(({ title, text, place }) => inputs.length > 1 ? `‘${text}’ in ${title[0].toLowerCase()}${title.slice(1)}${found.some(other => other.place !== place) ? ` (row ${count(place + 1)})` : ""}` : `‘${text}’`);
  const due = found.some(({ kind }) => kind === "asks") ? "; the answer is due here" : "";
  return capital(`row ${count(found[0].place + 1)}: ${texts.join(", ")}${due}.`);
}
