// The residual stream at the step at hand: a row for each column of it, a column for each token.
import { capital, classes, clip } from "./dom.js";
import { figure } from "./figure.js";
import { cell, markToken, tokenTable } from "./tokentable.js";
import { listen } from "./view.js";

export function residual(view) {
  const parts = figure("residual", "The residual stream", { scroll: "Residual stream, scrolls sideways", table: true });
  let drawn = {};
  listen(parts.canvas, view);
  return { root: parts.root, draw() {
    const { run, cursor } = view;
    parts.root.hidden = !run.data.start.names.length;  // of a trained network no column has a name
    if (parts.root.hidden) return;
    if (drawn.run !== run || drawn.step !== cursor.step) {
      drawn = { run, step: cursor.step, tokens: table(run, cursor.step, drawn.tokens) };
      if (parts.canvas.firstChild !== drawn.tokens.table) parts.canvas.replaceChildren(drawn.tokens.table);
      parts.note.textContent = note(run, cursor.step);
    }
    markToken(view, parts.canvas, drawn.tokens);
  } };
}

function table(run, number, old) {
  const names = run.namesAt(number), now = run.stream[number], before = number ? run.stream[number - 1] : null, step = run.stepAt(number), block = step && run.blockOf(step);
  const attended = new Set(block ? block.heads.flatMap(({ writes }) => writes) : []), relu = new Set(block ? block.relu : []);
  return tokenTable(run, "stream", run.shown, token => run.shortNameOf(token), names.map((name, column) => {
    const fresh = before && now[column] !== before[column];
    const by = fresh ? [attended.has(column) ? "attention" : "", relu.has(column) ? "ReLU" : ""].filter(Boolean).join(" + ") : "";
    return { name: name ? clip(name, 34) : "free", title: by ? `written by ${by}` : null, index: column, kind: classes(name ? "" : "free", fresh && name ? "new" : ""),
      cells: now[column].map(value => cell(value ? String(value) : "·", value ? "" : "zero", String(value).length > 3 ? String(value).length > 4 ? "huge" : "long" : "")) };
  }), old);
}

function note(run, number) {
  const names = run.namesAt(number), used = names.filter(Boolean).length, { noise } = run.data;
  return `${capital(run.stepName(number))}: one row per residual column, one column per token. ${used} of ${names.length} columns in use; blue ones were written by this block, cleared ones are pale. `
    + (noise ? `No number is further than ${noise.toPrecision(2)} from the integer shown.` : "All numbers are exactly integers.");
}
