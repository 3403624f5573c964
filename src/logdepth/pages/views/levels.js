// The gates of a circuit level by level, as squares; what the node at hand reads, and why it is what it is.
import { listenTo } from "./choice.js";
import { button, capital, clamp, count, make, several } from "./dom.js";
import { figure, onWidth } from "./figure.js";

const STEP = 17, BOX = 12, HEAD = 30, TOP = 14, WIDEST = 1160, NARROWEST = 280, WIDEST_STEP = 64;
const FEW_WIRES = 300;  // up to so many all wires are drawn at once
const READ_NAMED = 12;
const CAPTION = "A square is a node, blue if it is 1; an orange frame marks an output.";
const WIRED = " Blue wires count for a gate, orange ones against it. Point at a gate to see what it reads, and its condition; a click pins it. An input can be changed: all gates follow.";
const UNWIRED = " There are too many wires to draw.";

// gates: Gates; choice: of a node; flip: from an input to the other way round.
export function levels(gates, choice, flip) {
  const parts = figure("levels", "Level by level", { caption: CAPTION + (gates.isWired ? WIRED : UNWIRED), side: true, name: "circuit" });
  const state = { width: 0, values: null, plan: null };
  parts.side.setAttribute("aria-live", "polite");
  listenTo(parts.canvas, choice, event => state.plan ? state.plan.nodeAt(event) : null);
  onWidth(parts.canvas, width => {
    Object.assign(state, { width: clamp(NARROWEST, width, WIDEST), values: null });
    draw();
  });
  return { root: parts.root, draw };

  function draw() {
    if (!state.width) return;
    if (state.values !== gates.values) {
      state.values = gates.values;
      state.plan = drawing(gates, state.width);
      parts.canvas.replaceChildren(state.plan.svg);
    }
    const { plan } = state;
    plan.marks.replaceChildren(...marks(gates, choice.at, plan));
    parts.side.replaceChildren(...inWords(gates, choice, flip));
  }
}

// Where the nodes are: rows of squares under the words of each level; a few nodes are spread over the width.
function layOut(gates, width) {
  const inARow = Math.floor(width / STEP), places = new Array(gates.nodes), bands = [];
  let top = TOP;
  for (const nodes of gates.byLevel) {
    const step = nodes.length < inARow ? clamp(STEP, width / nodes.length, WIDEST_STEP) : STEP, left = nodes.length < inARow ? (width - step * nodes.length) / 2 : 0;
    bands.push({ top, nodes, step, left });
    nodes.forEach((node, at) => { places[node] = [left + at % inARow * step + (step - BOX) / 2, top + 10 + Math.floor(at / inARow) * STEP]; });
    top += 10 + Math.ceil(nodes.length / inARow) * STEP + HEAD;
  }
  return { inARow, places, bands, height: top };
}

function drawing(gates, width) {
  const { inARow, places, bands, height } = layOut(gates, width), square = node => `M${places[node][0].toFixed(1)} ${places[node][1]}h${BOX}v${BOX}h${-BOX}z`;
  const all = gates.byLevel.flat(), marks = make("g"), few = gates.isWired && all.reduce((sum, node) => sum + gates.reads(node).length, 0) <= FEW_WIRES;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": `${several(gates.data.gates.length, "gate")} in ${several(gates.depth, "level")}` },
    ...(few ? all.flatMap(node => wires(gates, node, places, "wires all")) : []),
    ...["off", "on"].map((kind, value) => make("path", { class: kind, d: all.filter(node => gates.values[node] === value).map(square).join("") })),
    make("path", { class: "output", d: all.filter(node => gates.outputs.has(node)).map(square).join("") }), marks,
    ...bands.map(({ top, nodes }, level) => make("text", { class: "band-words", x: 2, y: top, "font-size": 13 }, band(gates, level, nodes))));
  return { svg, marks, places, square, nodeAt };

  // The node under the pointer, or null.
  function nodeAt({ clientX, clientY }) {
    const box = svg.getBoundingClientRect(), unit = width / box.width, x = (clientX - box.left) * unit, y = (clientY - box.top) * unit;
    const found = bands.filter(({ top }) => top + 10 <= y).pop(), column = found ? Math.floor((x - found.left) / found.step) : -1;
    if (column < 0 || column >= inARow) return null;
    return found.nodes[Math.floor((y - found.top - 10) / STEP) * inARow + column] ?? null;
  }
}

function band(gates, level, nodes) {
  const ones = gates.onesOf(nodes), what = level === 0 ? several(nodes.length, "input") : `level ${level}: ${several(nodes.length, "gate")}`;
  return `${what}, ${count(ones)} ${ones === 1 ? "is" : "are"} 1`;
}

// From the lower edge of what a gate reads to its upper edge; weights above 0 and below apart.
function wires(gates, node, places, kind) {
  const [x, y] = places[node], to = `L${x + BOX / 2} ${y}`, line = ({ node: read }) => `M${places[read][0] + BOX / 2} ${places[read][1] + BOX}${to}`;
  const reads = gates.reads(node);
  return [["plus", false], ["minus", true]].flatMap(([sign, against]) => {
    const d = reads.filter(read => read.against === against).map(line).join("");
    return d ? [make("path", { class: `${kind} ${sign}`, d })] : [];
  });
}

function marks(gates, node, { places, square }) {
  const part = gates.partOf(node);
  return [...wires(gates, node, places, "wires"), ...(part >= 0 ? [make("path", { class: "of-part", d: gates.nodesOfPart(part).map(square).join("") })] : []),
    make("path", { class: "read-ring", d: gates.reads(node).map(({ node: read }) => square(read)).join("") }), make("path", { class: "node-ring", d: square(node) })];
}

// ---- words ----

function inWords(gates, choice, flip) {
  const node = choice.at, value = gates.values[node], output = gates.outputs.get(node), part = gates.partOf(node), reads = gates.reads(node), readers = gates.isWired ? gates.readers(node).length : null;
  const heading = make("h4", {}, `${capital(gates.nameOf(node))} = ${value}`), where = [output === undefined ? "" : `output ${output}`, part >= 0 ? gates.data.parts[part][0] : "", node < gates.inputs ? "input" : `level ${gates.levelOf(node)}`].filter(Boolean).join(", ");
  const said = [heading, make("p", { class: "soft" }, where), make("p", { class: "big" }, condition(gates, node))];
  if (node < gates.inputs && gates.isWired) said.push(button(`Make it ${1 - value}`, () => flip(node), { class: "switch" }));
  if (reads.length) said.push(make("ul", { class: "reads-list" }, ...reads.slice(0, READ_NAMED).map(read => readInWords(gates, choice, read))));
  if (reads.length > READ_NAMED) said.push(make("p", { class: "soft" }, `and ${count(reads.length - READ_NAMED)} more`));
  if (readers !== null) said.push(make("p", { class: "soft" }, readers ? `${several(readers, "gate")} read${readers === 1 ? "s" : ""} it.` : "No gate reads it."));
  return said;
}

function condition(gates, node) {
  if (node < gates.inputs) return gates.flipped.has(node) ? "It was changed; the given input has the other value." : "It is given.";
  const [form, threshold] = gates.gateOf(node), many = gates.isWired ? gates.data.forms[form][0].length : null;
  return `Its ${many === null ? "sum" : `weighted sum over ${several(many, "node")}`} is ${written(gates.sums[form])}, and ${gates.values[node] ? "reaches" : "is below"} ${written(threshold)}.`;
}

function readInWords(gates, choice, { node, weight }) {
  const one = button(gates.nameOf(node), () => choice.pin(node));
  return make("li", {}, `${written(weight)} × `, one, ` = ${gates.values[node]}`);
}

const written = number => BigInt(number).toLocaleString("en").replace("-", "−");
