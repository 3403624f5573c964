// A table with a column for each token: its heading, and the mark of the chosen one.
import { classes, clip, make, reveal } from "./dom.js";

// tokens: of the columns. rows: [{name, title, index, kind, cells: [{text, kind}]}].
export function tokenTable(run, kind, tokens, labelOf, rows) {
  const turned = tokens.some(token => labelOf(token).length > 4), table = make("table", { class: kind + (turned ? " turned" : "") });
  const head = make("tr", {}, make("th", { scope: "row", class: "soft" }, ""), ...tokens.map(token =>
    make("th", { scope: "col", "data-token": token, title: run.nameOf(token) }, make("span", {}, clip(labelOf(token), 16)))));
  const body = rows.map(({ name, title = null, index = null, kind: look = null, cells }) => make("tr", { class: look },
    make("th", { scope: "row", title }, name, ...(index === null ? [] : [make("i", {}, String(index))])),
    ...cells.map(({ text, kind: cell }) => make("td", { class: cell || null }, text))));
  table.append(make("thead", {}, head), make("tbody", {}, ...body));
  table.tokens = tokens;
  return table;
}

// Mark the column of a token, and scroll to it, unless the pointer only passes.
export function markToken(frame, table, token, scrolls) {
  for (const cell of table.querySelectorAll(".here")) cell.classList.remove("here");
  const at = table.tokens.indexOf(token);
  if (at < 0) return;
  for (const row of table.rows) row.cells[at + 1].classList.add("here");
  const heading = table.querySelector("thead .here"), names = table.querySelector("tbody th");
  if (scrolls) reveal(frame, heading.offsetLeft, heading.offsetLeft + heading.offsetWidth, names ? names.offsetWidth : 0);
}

export const cell = (text, ...kinds) => ({ text, kind: classes(...kinds) });
