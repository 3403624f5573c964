// The page of a circuit: an input, its answer, and every gate on the way. One node is at hand in all figures.
import { onAddress, remember, wish } from "./address.js";
import { bitColumns } from "./bitcolumns.js";
import { Choice } from "./choice.js";
import { onKeys, slider } from "./controls.js";
import { clamp, count, make } from "./dom.js";
import { Gates } from "./gates.js";
import { levels } from "./levels.js";
import { parts } from "./parts.js";
import { start as followTheme } from "./theme.js";

export function start() {
  const root = document.getElementById("circuit-figures"), gates = new Gates(JSON.parse(document.getElementById("data").textContent));
  followTheme();
  if (!gates.nodes) return;  // the header says so
  const choice = new Choice("node", gates.nodes, firstLook(gates)), said = make("p", { class: "verified" }), checked = make("p", { class: "caption checked" }, check(gates));
  const figures = [controls(gates, choice), bitColumns(gates, choice), levels(gates, choice, flip), parts(gates, choice)];
  root.replaceChildren(said, ...figures.map(figure => figure.root), checked);
  choice.add(...figures.map(figure => figure.draw), tell);
  onAddress(readFlipped);
  readFlipped();

  function flip(node) {
    const flipped = new Set(gates.flipped);
    if (!flipped.delete(node)) flipped.add(node);
    gates.flip(flipped);
    remember({ flipped: flipped.size ? [...flipped].join(",") : null });
    choice.draw();
  }

  function readFlipped() {
    const wished = (wish("flipped") || "").split(",").filter(text => /^\d{1,6}$/.test(text)).map(Number).filter(node => node < gates.inputs);
    if (gates.isWired) gates.flip(wished);
    choice.draw();
  }

  function tell() {
    const all = gates.byLevel.slice(1).flat(), on = gates.flipped.size ? `With ${gates.flipped.size === 1 ? "one input" : `${gates.flipped.size} inputs`} changed` : "On this input";
    said.textContent = `${on} ${count(gates.onesOf(all))} of ${count(all.length)} gates are 1.`;
  }
}

// An output that is 1, if there is one, of the highest level: there is most to see.
function firstLook(gates) {
  const worth = node => 2 * gates.levelOf(node) + gates.values[node];
  return [...gates.outputs.keys()].reduce((best, node) => worth(node) > worth(best) ? node : best, 0);
}

// Whether the page computes what the library did, before anything is changed.
function check(gates) {
  if (!gates.isWired) return "The values are those that the library computed.";
  const different = gates.evaluate(gates.given);
  return `This page computed all ${count(gates.data.gates.length)} gates again: ${different ? `${count(different)} are not` : "all are"} what the library computed.`;
}

// Which level, and which node of it.
function controls(gates, choice) {
  const where = () => { const level = gates.levelOf(choice.pinned); return { level, place: gates.byLevel[level].indexOf(choice.pinned) }; };
  const to = (level, place) => { const nodes = gates.byLevel[clamp(0, level, gates.depth)]; if (nodes.length) choice.pin(nodes[clamp(0, place, nodes.length - 1)]); };
  const level = slider("level", at => to(at, 0)), node = slider("gate", at => to(where().level, at));
  node.root.classList.add("of-token");
  onKeys({ ArrowLeft: () => to(where().level - 1, where().place), ArrowRight: () => to(where().level + 1, where().place), ",": () => to(where().level, where().place - 1), ".": () => to(where().level, where().place + 1) });
  return { root: make("div", { class: "controls", role: "group", "aria-label": "Where to look" }, level.root, node.root), draw() {
    const at = where();
    level.set(at.level, gates.depth, at.level ? `${at.level} of ${gates.depth}` : "the inputs");
    node.set(at.place, gates.byLevel[at.level].length - 1, gates.nameOf(choice.pinned));
  } };
}
