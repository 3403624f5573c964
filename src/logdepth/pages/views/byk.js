// What each head does when it is asked another k: a map of k and hops for every head, and a large one of the head at hand.
import { remember } from "./address.js";
import { byLayer, nameOf } from "./alignments.js";
import { capital, make } from "./dom.js";
import { figure } from "./figure.js";
import { headGrid } from "./headgrid.js";
import { inACell, READABLE, STRONG } from "./headtable.js";

const CAPTION = "Rows are the k that is asked, columns the hops j; the darker, the better the head is aligned with reading the token that j hops lead to. A vertical stripe is a head that does its hop whatever the question. Choose a head below, and a row by a click.";
const CELL = 26, LEFT = 58, TOP = 40, LEVELS = 12;

// found: of the form of logdepth/pages/inspected.py, of a model that is asked several k.
export function byK(view, found) {
  const parts = figure("by-k", "What each head does when it is asked another k", { caption: CAPTION, side: true }), said = make("p", { class: "caption under-pointer" }, "\u00a0");
  const heads = byLayer(found), grid = headGrid(view, heads, head => inShort(found, head), head => thumb(found, head));
  parts.note.after(said);
  parts.root.append(grid.root);
  parts.canvas.addEventListener("pointermove", event => { const cell = event.target.closest("[data-says]"); said.textContent = cell ? cell.dataset.says : "\u00a0"; });
  parts.canvas.addEventListener("click", event => {
    const cell = event.target.closest("[data-asked]");
    if (!cell) return;
    remember({ k: found.asked[Number(cell.dataset.asked)] });
    view.pin({ asked: Number(cell.dataset.asked) });
  });
  let drawn = "";
  return { root: parts.root, draw() {
    const { run, cursor, pinned } = view, step = run.attentionStep(cursor.step), now = `${step}.${cursor.head}.${pinned.asked}`;
    grid.draw();
    if (now === drawn) return;
    drawn = now;
    const head = heads[step - 1][Math.min(cursor.head, heads[step - 1].length - 1)];
    parts.canvas.replaceChildren(map(found, head, pinned.asked));
    parts.side.replaceChildren(...inWords(found, head));
  } };
}

// The alignments with 0, 1, 2, … hops when the k of this number is asked.
const hopsOf = ({ first_hop }, { alignments }, at) => alignments[at].slice(first_hop);

const opacity = value => Math.round(Math.min(Math.max(value, 0), 1) * LEVELS) / LEVELS;

function map(found, head, asked) {
  const rows = found.asked.length, columns = found.targets.length - found.first_hop, width = LEFT + columns * CELL + 4, height = TOP + rows * CELL + 4;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": `Alignment of ${nameOf(head)} with every hop, by the k that is asked` });
  svg.append(make("text", { class: "soft", x: LEFT, y: 12, "font-size": 12 }, "hops j →"), make("text", { class: "soft", x: 0, y: TOP - 8, "font-size": 12 }, "asked k"));
  for (let hop = 0; hop < columns; hop++) svg.append(make("text", { class: "soft", x: LEFT + (hop + .5) * CELL, y: TOP - 8, "font-size": 11, "text-anchor": "middle" }, String(hop)));
  found.asked.forEach((k, at) => {
    const y = TOP + at * CELL;
    svg.append(make("text", { class: at === asked ? "picked" : "soft", x: LEFT - 10, y: y + CELL / 2 + 4, "font-size": 11, "text-anchor": "end" }, String(k)), make("rect", { class: "grid", x: LEFT, y, width: columns * CELL - 1, height: CELL - 1 }));
    hopsOf(found, head, at).forEach((value, hop) => {
      const x = LEFT + hop * CELL, says = `Asked k = ${k}: ${value.toFixed(3)} with ${hop} hop${hop === 1 ? "" : "s"}`;
      svg.append(make("rect", { class: "cell", x, y, width: CELL - 1, height: CELL - 1, "fill-opacity": opacity(value), "data-asked": at, "data-says": says }));
    });
    if (at === asked) svg.append(make("rect", { class: "ring no-pointer", x: LEFT - 1, y: y - 1, width: columns * CELL + 1, height: CELL + 1, rx: 2 }));
  });
  return svg;
}

function thumb(found, head) {
  const rows = found.asked.length, columns = found.targets.length - found.first_hop, svg = make("svg", { viewBox: `0 0 ${columns} ${rows}`, "aria-hidden": "true" });
  found.asked.forEach((_, at) => hopsOf(found, head, at).forEach((value, hop) => { if (opacity(value)) svg.append(make("rect", { class: "cell", x: hop, y: at, width: 1, height: 1, "fill-opacity": opacity(value) })); }));
  return svg;
}

// What a head is best aligned with when the k of this number is asked: its number among the targets, and how well.
function bestOf({ alignments }, at) {
  const value = Math.max(...alignments[at]);
  return { target: alignments[at].indexOf(value), value };
}

export function inShort(found, head) {
  const { target, value } = bestOf(head, found.asked.indexOf(found.k));
  return value >= STRONG ? `${found.targets[target]}, ${value.toFixed(2)}` : "no clear hop";
}

const inASentence = target => target === "first token" || target === "previous" ? `the ${target.replace("previous", "previous token")}` : target;

// What the head reads best for every k, and how many of those it clearly reads.
function inWords(found, head) {
  const list = found.asked.map((k, at) => ({ k, ...bestOf(head, at) })), clear = list.filter(({ value }) => value >= STRONG), targets = new Set(clear.map(({ target }) => target));
  const summary = !clear.length ? "It is clearly aligned with nothing, whatever is asked." : targets.size === 1 && clear.length === list.length ? `It reads ${inASentence(found.targets[clear[0].target])} whatever is asked.` : `It clearly reads something for ${clear.length} of ${list.length} k.`;
  return [make("h4", {}, capital(nameOf(head))), ...(head.label ? [make("p", { class: "soft" }, head.label)] : []), make("p", { class: "big" }, summary),
    make("p", {}, "Best for each k: ", list.map(({ k, target, value }) => `${k}: ${value >= READABLE ? inACell(found.targets[target]) : "–"}`).join(",  "))];
}
