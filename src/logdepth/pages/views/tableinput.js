// The table of a program of one's own: a row for each column of it, a cell for each row of the table.
import { button, count, make, range, several } from "./dom.js";
import { field } from "./field.js";

// form: of kind "table", see logdepth/tasks/forms.py.
export function tableInput(form, changed) {
  const table = make("table", { class: "cells" }), frame = make("div", { class: "scroll table-input", "data-keys": "" }, table), parts = field("Your table", frame);
  let cells = [];  // of every column, the texts of its rows
  frame.setAttribute("role", "group");
  const tools = make("div", { class: "input-tools" }, button("Add a row", () => resize(+1)), button("Remove the last", () => resize(-1)));
  parts.root.insertBefore(tools, parts.note);

  const rows = () => cells.length ? cells[0].length : 0;
  const send = () => changed(Object.fromEntries(form.columns.map((column, at) => [column.name, cells[at].map(text => read(column, text))])));

  function resize(by) {
    if (rows() + by < 1 || rows() + by > form.most) return;
    cells = cells.map((texts, at) => by > 0 ? [...texts, write(form.columns[at], 0)] : texts.slice(0, -1));
    draw();
    send();
  }

  // Lines and tabs (or commas) from a spreadsheet fill the cells from here on; rows of the clipboard are rows of the table.
  function paste(event, column, row) {
    const lines = event.clipboardData.getData("text").replace(/\s+$/, "").split(/\r?\n/).map(line => line.split(/[\t,;]/));
    if (lines.length < 2 && lines[0].length < 2) return;
    event.preventDefault();
    const width = Math.max(...lines.map(line => line.length)), room = [form.most - row, cells.length - column];
    if (lines.length > room[0] || width > room[1]) {
      parts.refuse(`From here on there is room for ${several(room[0], "row")} and ${several(room[1], "column")}; what was pasted has ${count(lines.length)} and ${count(width)}.`);
      return;
    }
    lines.forEach((line, down) => {
      while (rows() <= row + down) cells.forEach((texts, at) => texts.push(write(form.columns[at], 0)));
      line.forEach((text, right) => { cells[column + right][row + down] = text.trim(); });
    });
    parts.refuse("");
    draw();
    send();
  }

  function draw() {
    const head = make("tr", {}, make("th", { scope: "col" }, "row"), ...range(rows()).map(row => make("th", { scope: "col" }, String(row + 1))));
    table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...form.columns.map((column, at) =>
      make("tr", {}, make("th", { scope: "row", title: takes(column) }, column.name), ...cells[at].map((text, row) => make("td", {}, entry(column, at, row, text)))))));
    parts.note.textContent = `${count(rows())} of at most ${several(form.most, "row")}. ${form.columns.map(column => `${column.name}: ${takes(column)}`).join("; ")}. A part of a spreadsheet can be pasted, its columns as columns.`;
  }

  function entry(column, at, row, text) {
    const node = make("input", { type: "text", value: text, size: "3", autocomplete: "off", "aria-label": `${column.name}, row ${row + 1}` });
    const mark = () => node.setAttribute("aria-invalid", String(!fits(column, read(column, node.value))));
    mark();
    node.addEventListener("input", () => { cells[at][row] = node.value; mark(); send(); });
    node.addEventListener("paste", event => paste(event, at, row));
    node.addEventListener("keydown", event => move(event, at, row));
    return node;
  }

  function move(event, at, row) {
    const to = { ArrowUp: [at - 1, row], ArrowDown: [at + 1, row], Enter: [at, row + 1] }[event.key];
    const next = to && table.querySelectorAll("tbody tr")[to[0]]?.querySelectorAll("input")[to[1]];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  }

  return { ...parts, set(input) {
    cells = form.columns.map(column => input[column.name].map(value => write(column, value)));
    draw();
  } };
}

const fits = (column, value) => Number.isInteger(value) && value >= 0 && value <= column.high;

// A number of a column as people write it, and back; what is neither stays as it is.
function write(column, value) {
  if (column.letters !== null) return value ? [...column.letters][value - 1] : "";
  return column.values ? String(column.values[value]) : String(value);
}

function read(column, text) {
  if (column.letters !== null) return text === "" ? 0 : [...column.letters].indexOf(text) + 1 || text;
  if (column.values) { const at = column.values.map(String).indexOf(text.trim()); return at < 0 ? text : at; }
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}

function takes(column) {
  if (column.letters !== null) return `a letter of ${column.letters}, or nothing`;
  if (column.values) return column.values.length > 12 ? `one of ${column.values.length} values, ${column.values[0]} to ${column.values[column.values.length - 1]}` : `one of ${column.values.join(", ")}`;
  return `0 to ${count(column.high)}`;
}
