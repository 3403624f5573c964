// Input and output of a circuit: bits of columns as numbers, a row for every column; other bits by name.
import { classes, make } from "./dom.js";
import { figure } from "./figure.js";

const CAPTION = "Choose a number by a click: its lowest bit is marked below.";

export function bitColumns(gates, choice) {
  const parts = figure("circuit-bits", "Input and answer", { caption: CAPTION, scroll: "Input and answer, scrolls sideways", table: true });
  let drawn = null;
  parts.canvas.addEventListener("click", event => {
    const cell = event.target.closest("td[data-nodes]");
    if (cell && cell.dataset.nodes) choice.pin(Number(cell.dataset.nodes.split(" ")[0]));
  });
  return { root: parts.root, draw() {
    if (drawn !== gates.values) {
      drawn = gates.values;
      parts.canvas.replaceChildren(make("table", { class: "bits" }, ...gates.data.columns.map(column => rowOf(gates, column))));
    }
    for (const cell of parts.canvas.querySelectorAll("td")) cell.classList.toggle("here", cell.dataset.nodes.split(" ").includes(String(choice.at)));
  } };
}

function rowOf(gates, { kind, name, entries }) {
  return make("tr", {}, make("th", { scope: "row" }, `${kind} ${name}`), ...entries.map(nodes => {
    const known = nodes.filter(node => node >= 0), number = nodes.reduce((sum, node, place) => node >= 0 && gates.values[node] ? sum + 2n ** BigInt(place) : sum, 0n);
    return make("td", { class: classes(known.some(node => gates.flipped.has(node)) && "changed"), "data-nodes": known.join(" ") }, String(number));
  }));
}
