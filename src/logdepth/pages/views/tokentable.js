// A table with a column for each token: its heading, and the mark of the chosen one.
import { classes, clip, make, reveal } from "./dom.js";

// tokens: of the columns. rows: [{name, title, index, kind, cells: [{text, kind}]}]. -> {table, names: of the rows, columns: from a token to its cells}
export function tokenTable(run, kind, tokens, labelOf, rows) {
  const turned = tokens.some(token => labelOf(token).length > 4), table = make("table", { class: kind + (turned ? " turned" : "") });
  const heads = tokens.map(token => make("th", { scope: "col", "data-token": token, title: run.nameOf(token) }, make("span", {}, clip(labelOf(token), 16))));
  const body = rows.map(({ cells }) => cells.map(({ text, kind: cell }) => make("td", { class: cell || null }, text)));
  const names = rows.map(({ name, title = null, index = null }) => make("th", { scope: "row", title, "data-column": index }, name, ...(index === null ? [] : [make("i", {}, String(index))])));
  table.append(make("thead", {}, make("tr", {}, make("th", { scope: "row", class: "soft" }, ""), ...heads)),
    make("tbody", {}, ...rows.map(({ kind: look = null }, row) => make("tr", { class: look }, names[row], ...body[row]))));
  return { table, names, columns: new Map(tokens.map((token, at) => [token, [heads[at], ...body.map(cells => cells[at])]])), marked: [] };
}

// Mark the column of a token of such a table, and scroll to it, unless the pointer only passes.
export function markToken(view, frame, drawn) {
  const column = drawn.columns.get(view.cursor.token) || [], [heading] = column, [name] = drawn.names;
  if (column !== drawn.marked) {
    for (const cell of drawn.marked) cell.classList.remove("here");
    for (const cell of column) cell.classList.add("here");
    drawn.marked = column;
  }
  if (heading && !view.pointed) view.afterDrawing(frame, () => reveal(frame, heading.offsetLeft, heading.offsetLeft + heading.offsetWidth, name ? name.offsetWidth : 0));
}

export const cell = (text, ...kinds) => ({ text, kind: classes(...kinds) });
