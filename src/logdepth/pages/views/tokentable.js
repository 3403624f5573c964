// A table with a column for each token: its heading, and the mark of the chosen one.
import { classes, clip, make, put, range, reveal } from "./dom.js";

// tokens: of the columns. rows: [{name, title, index, kind, cells: [{text, kind}]}]. old: a table that such a call gave, or null; if it has
// as many rows and columns it is filled anew, and only what differs is touched.
// -> {table, names: of the rows, columns: from a token to its cells}
export function tokenTable(run, kind, tokens, labelOf, rows, old = null) {
  const look = kind + (tokens.some(token => labelOf(token).length > 4) ? " turned" : ""), shape = `${look} ${tokens.length} ${rows.map(({ index = null }) => index)}`;
  const drawn = old && old.shape === shape ? old : empty(look, shape, tokens.length, rows);
  unmark(drawn);
  tokens.forEach((token, at) => {
    const head = drawn.heads[at];
    put(head, "data-token", token);
    put(head, "title", run.nameOf(token));
    say(head.firstChild, clip(labelOf(token), 16));
  });
  rows.forEach(({ name, title = null, kind: look = null, cells }, row) => {
    put(drawn.lines[row], "class", look);
    put(drawn.names[row], "title", title);
    if (drawn.names[row].firstChild.data !== name) drawn.names[row].firstChild.data = name;
    cells.forEach(({ text, kind: cell }, at) => {
      const node = drawn.body[row][at];
      put(node, "class", cell || null);
      say(node, text);
    });
  });
  drawn.columns = new Map(tokens.map((token, at) => [token, [drawn.heads[at], ...drawn.body.map(cells => cells[at])]]));
  return drawn;
}

function empty(look, shape, columns, rows) {
  const heads = range(columns).map(() => make("th", { scope: "col" }, make("span"))), body = rows.map(({ cells }) => cells.map(() => make("td")));
  const names = rows.map(({ index = null }) => make("th", { scope: "row", "data-column": index }, document.createTextNode(""), ...(index === null ? [] : [make("i", {}, String(index))])));
  const lines = rows.map((_, row) => make("tr", {}, names[row], ...body[row]));
  const table = make("table", { class: look }, make("thead", {}, make("tr", {}, make("th", { scope: "row", class: "soft" }, ""), ...heads)), make("tbody", {}, ...lines));
  return { shape, table, heads, names, lines, body, marked: [], columns: new Map() };
}

const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };

function unmark(drawn) {
  for (const cell of drawn.marked) cell.classList.remove("here");
  drawn.marked = [];
}

// Mark the column of a token of such a table, and scroll to it, unless the pointer only passes.
export function markToken(view, frame, drawn) {
  const column = drawn.columns.get(view.cursor.token) || [], [heading] = column, [name] = drawn.names;
  if (column !== drawn.marked) {
    unmark(drawn);
    for (const cell of column) cell.classList.add("here");
    drawn.marked = column;
  }
  if (heading && !view.pointed) view.afterDrawing(frame, () => reveal(frame, heading.offsetLeft, heading.offsetLeft + heading.offsetWidth, name ? name.offsetWidth : 0));
}

export const cell = (text, ...kinds) => ({ text, kind: classes(...kinds) });
