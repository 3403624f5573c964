// Two graphs of cycles and paths that look the same near one vertex, side by side: what it can know within some edges.
import { remember, wishedNumber } from "./address.js";
import { Choice, listenTo } from "./choice.js";
import { onKeys, slider } from "./controls.js";
import { clamp, classes, make, several } from "./dom.js";
import { figure, onWidth } from "./figure.js";

const SIDE = 540, GAP = 30, LOWEST = 24;  // of a graph, in its own units; room for its title
const MOST_LABELS = 64;  // vertices; more of them show no ids, but those at hand and the one that is asked
const CAPTION = "Vertex by vertex with the same ids. What lies within so many edges of the vertex that is asked is blue; an edge is dashed if the other graph does not have it. Messages travel one edge in a round, so that a vertex knows nothing else after so many. Choose a vertex by a click.";

// inputs: two, of the form of logdepth/pages/refuted.py, with graphs.
export function twoGraphs(inputs) {
  const graphs = inputs.map(({ graph, title }) => new Near(graph, title)), [{ asked, labels }] = graphs, alike = reachOf(graphs);
  const parts = figure("drawn", "Near the vertex that is asked", { caption: CAPTION, name: "two-graphs" }), said = make("p", { class: "says", "aria-live": "polite" });
  const choice = new Choice("vertex", labels.length, asked - 1), state = { edges: clamp(0, wishedNumber("edges") ?? alike, alike + 1), width: 0 };
  const reach = slider("within", go);
  reach.root.classList.add("asked");
  parts.note.after(reach.root);
  parts.canvas.after(said);
  listenTo(parts.canvas, choice, ({ target }) => { const dot = target.closest("[data-vertex]"); return dot ? Number(dot.dataset.vertex) - 1 : null; });
  onKeys({ ArrowLeft: () => go(state.edges - 1), ArrowRight: () => go(state.edges + 1), ",": () => choice.pin(choice.pinned - 1), ".": () => choice.pin(choice.pinned + 1) });
  onWidth(parts.canvas, width => { state.width = width; draw(); });
  choice.add(draw);
  return { root: parts.root, draw };

  function go(edges) {
    state.edges = clamp(0, edges, alike + 1);
    remember({ edges: state.edges });
    draw();
  }

  function draw() {
    if (!state.width) return;
    reach.set(state.edges, alike + 1, several(state.edges, "edge"));
    parts.canvas.replaceChildren(drawing(graphs, state, choice.at + 1));
    said.replaceChildren(make("b", {}, `Within ${several(state.edges, "edge")} of vertex ${labels[asked - 1]} both graphs ${state.edges <= alike ? "are the same" : "differ"}.`), ` ${aboutVertex(graphs, choice.at + 1)}`);
  }
}

// A graph, and how many edges every vertex is away from the one that is asked. Vertices count from 1.
class Near {
  constructor({ labels, places, edges, asked, height }, title) {
    Object.assign(this, { labels, places, edges, asked, height, title, beside: labels.map(() => []), away: labels.map(() => Infinity) });
    for (const [u, v] of edges) { this.beside[u - 1].push(v); this.beside[v - 1].push(u); }
    this.away[asked - 1] = 0;
    for (const queue = [asked]; queue.length;) {
      const here = queue.shift();
      for (const next of this.beside[here - 1]) if (this.away[next - 1] === Infinity) { this.away[next - 1] = this.away[here - 1] + 1; queue.push(next); }
    }
    this.rounds = new Map(edges.map(([u, v]) => [nameOf([u, v]), Math.min(this.away[u - 1], this.away[v - 1]) + 1]));
  }

  has(edge) { return this.rounds.has(nameOf(edge)); }
  // Within how many edges of the vertex this one lies: what passes it arrives after so many rounds of messages.
  within(name) { return this.rounds.get(name) ?? Infinity; }
}

const nameOf = ([u, v]) => `${Math.min(u, v)}-${Math.max(u, v)}`;

// Within how many edges of the vertex both graphs are the same, at most.
function reachOf([one, two]) {
  const differ = [...one.rounds.keys(), ...two.rounds.keys()].filter(name => one.within(name) !== two.within(name));
  return Math.min(one.labels.length, ...differ.map(name => Math.min(one.within(name), two.within(name)) - 1));
}

function aboutVertex([one, two], vertex) {
  const { labels, asked } = one, name = labels[vertex - 1], beside = graph => graph.beside[vertex - 1].map(v => labels[v - 1]).sort().join(", ") || "none", away = graph => graph.away[vertex - 1];
  const distance = graph => away(graph) === Infinity ? "not connected with it" : `${several(away(graph), "edge")} away from it`;
  const where = vertex === asked ? "is asked" : away(one) === away(two) ? `is ${distance(one)}` : `is ${distance(one)} in the first graph and ${distance(two)} in the second`;
  return `Vertex ${name} ${where}; ${beside(one) === beside(two) ? `in both graphs its neighbours are: ${beside(one)}` : `its neighbours are ${beside(one)} in the first graph, ${beside(two)} in the second`}.`;
}

// Side by side where there is room, else below each other.
function drawing(graphs, { edges, width }, here) {
  const isWide = width >= 700, unit = isWide ? Math.min(1, (width - GAP) / (2 * SIDE)) : Math.min(1, width / SIDE), across = isWide ? 2 * SIDE + GAP : SIDE, heights = graphs.map(({ height }) => height + LOWEST);
  const high = isWide ? Math.max(...heights) : heights[0] + heights[1], svg = make("svg", { viewBox: `0 0 ${across} ${high}`, width: Math.round(across * unit), role: "img", "aria-label": "Both graphs" });
  graphs.forEach((graph, number) => {
    const at = isWide ? [number * (SIDE + GAP), 0] : [0, number * heights[0]];
    svg.append(make("g", { transform: `translate(${at[0]} ${at[1]})` }, make("text", { class: "graph-title", x: SIDE / 2, y: 14, "text-anchor": "middle", "font-size": 15 }, graph.title), make("g", { transform: `translate(0 ${LOWEST})` }, ...nodesOf(graph, graphs[1 - number], edges, here))));
  });
  return svg;
}

function nodesOf(graph, other, edges, here) {
  const { places, labels, asked, away } = graph, isLabelled = v => labels.length <= MOST_LABELS || v === asked || v === here;
  const lines = graph.edges.map(([u, v]) => make("line", { class: classes("edge", !other.has([u, v]) ? "own" : graph.within(nameOf([u, v])) <= edges ? "shared" : ""), x1: places[u - 1][0], y1: places[u - 1][1], x2: places[v - 1][0], y2: places[v - 1][1] }));
  const dots = labels.map((label, i) => {
    const [cx, cy] = places[i], kind = i + 1 === asked ? "asked" : away[i] <= edges ? "near" : "far";
    return make("g", { "data-vertex": i + 1, class: "vertex-group" }, make("circle", { class: "hit", "data-screen": "", cx, cy, r: 17 }, make("title", {}, `vertex ${label}`)), make("circle", { class: `dot-${kind}`, cx, cy, r: { asked: 9, near: 6.5, far: 5.5 }[kind] }));
  });
  const halos = [...new Set([asked, here])].map(v => make("circle", { class: v === asked ? "halo" : "halo self", cx: places[v - 1][0], cy: places[v - 1][1], r: 13.5 }));
  const names = labels.flatMap((label, i) => isLabelled(i + 1) ? [make("text", { class: i + 1 === asked ? "asked" : i + 1 === here ? "here" : "soft", x: places[i][2], y: places[i][3], "font-size": i + 1 === asked ? 16 : 13, "text-anchor": "middle", "dominant-baseline": "central" }, label)] : []);
  return [...lines, ...halos, ...dots, ...names];
}
