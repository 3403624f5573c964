// The parts of a circuit that was made of a transformer: which gates each step became.
import { count, make } from "./dom.js";
import { figure } from "./figure.js";

const BAR = 160;  // pixels of the largest part

export function parts(gates, choice) {
  const { data } = gates, drawn = figure("blocks-figure", "Block by block", { caption: "Choose a step by a click: its gates are framed above, and the first of them is at hand.", scroll: "Steps of the transformer, scrolls sideways", table: true });
  const most = Math.max(1, ...data.parts.map(([, many]) => many)), rows = data.parts.map((_, part) => rowOf(part));
  drawn.root.hidden = !data.parts.length;
  drawn.canvas.append(make("table", { class: "blocks" }, make("tr", {}, ...["step of the transformer", "gates", "levels", "are 1"].map(name => make("th", { scope: "col" }, name))), ...rows.map(({ row }) => row)));
  drawn.canvas.addEventListener("click", event => {
    const step = event.target.closest("button");
    if (step) choice.pin(gates.nodesOfPart(Number(step.dataset.part))[0]);
  });
  return { root: drawn.root, draw() {
    const here = gates.partOf(choice.at);
    rows.forEach(({ row, ones, nodes }, part) => {
      row.classList.toggle("here", part === here);
      ones.textContent = count(gates.onesOf(nodes));
    });
  } };

  function rowOf(part) {
    const nodes = gates.nodesOfPart(part), among = nodes.map(node => gates.levelOf(node)), ones = make("td"), [name] = data.parts[part];
    const bar = make("i", { class: "bar", style: `width:${Math.round(BAR * nodes.length / most)}px` }), where = nodes.length ? `${Math.min(...among)} to ${Math.max(...among)}` : "–";
    const step = nodes.length ? make("button", { type: "button", "data-part": part }, name) : name;
    return { nodes, ones, row: make("tr", {}, make("th", { scope: "row" }, step), make("td", {}, bar, count(nodes.length)), make("td", {}, where), ones) };
  }
}
