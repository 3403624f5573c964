// A table of heads against what they could read: a row for each head, a column for each thing that it could read.
import { button, clamp, classes, make } from "./dom.js";

export const READABLE = .15;  // an alignment below is shown by its colour alone
export const STRONG = .55;  // from this one on a head is said to do the hop; as in pages/reading.py

// What a target of logdepth/inspection is called in a cell.
export const inACell = name => ({ "first token": "first", previous: "prev." })[name] || name.replace("find^", "");

// columns: their names. groups: of rows, one for each layer: [[{number, head, name, label, cells, off, more}, …], …], where
// number is the step of the head, and more are cells of their own. headings: of those. A click on the name pins the head.
export function headTable(view, columns, groups, headings = []) {
  const top = make("tr", {}, make("th", {}, ""), ...columns.map(name => make("th", { scope: "col" }, name)), ...headings.map(name => make("th", { scope: "col", class: "more" }, name)));
  return make("table", { class: "hops" }, make("thead", {}, top), ...groups.map(rows => make("tbody", {}, ...rows.map(row => rowOf(view, row)))));
}

function rowOf(view, { number, head, name, label = "", cells, off = false, more = [] }) {
  const named = button(name, () => view.pin({ step: number, head }), { "data-focus": `${number}.${head}` });
  return make("tr", { class: off ? "off" : null, "data-of": `${number}.${head}` }, make("th", { scope: "row" }, named, ...(label ? [make("small", {}, label)] : [])), ...cells, ...more);
}

// A cell, dark as its value is great. best: it is framed, and its text is there however pale it is.
export function valueCell(value, { text = value.toFixed(2).replace(/^0/, ""), title, best = false, data = {} }) {
  return make("td", { class: classes(value >= STRONG && "strong", value < READABLE && "faintly", best && value >= READABLE && "best"), style: `--v:${clamp(0, value, 1).toFixed(3)}`, title, ...data }, text);
}

// Mark the row of the head at hand.
export function markHead({ run, cursor }, table) {
  const here = `${run.attentionStep(cursor.step)}.${cursor.head}`;
  for (const row of table.querySelectorAll("tr[data-of]")) row.classList.toggle("here", row.dataset.of === here);
}

// The same table drawn anew: the button that had the focus has it again.
export function replaceTable(frame, table) {
  const at = document.activeElement, focused = at && frame.contains(at) ? at.dataset.focus : null;
  frame.replaceChildren(table);
  if (focused) (table.querySelector(`[data-focus="${focused}"]`) || frame).focus();
}
