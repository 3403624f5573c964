// The canvas on which a graph is drawn: click to add a vertex, drag from one to another for an edge, drag into the open to move.
import { clip, keep, make } from "./dom.js";
import { addVertex, edgeBetween, FRAME, moveVertex, removeEdge, removeVertex, toggleEdge } from "./graphedit.js";

const WIDTH = 760, PAD = 26, SCALE = WIDTH - 2 * PAD, HEIGHT = FRAME.height * SCALE + 2 * PAD;
const NEAR = 22, FAR = 6;  // how near to a vertex is on it; how far a click may slip
const STEP = .03;

// act: called with a new graph; say: what a screen reader should tell.
export class GraphCanvas {
  constructor(form, act, say) {
    Object.assign(this, { form, act, say, picked: null, from: null, drag: null, deletes: false });
    this.svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "graph-canvas", role: "application", "data-keys": "", "aria-label": "Your graph. Tab goes through its vertices; Enter on two of them joins or parts them, Delete removes one, Shift and arrows move it, N adds one." });
    this.line = make("line", { class: "drawing" });
    [this.edges, this.asked, this.vertices] = [make("g"), make("g"), make("g")];
    this.svg.append(make("defs", {}, make("marker", { id: "arc-tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, make("path", { class: "tip", d: "M0 .6L8 4L0 7.4z" }))),
      make("rect", { class: "ground", width: WIDTH, height: HEIGHT, rx: 8 }), this.edges, this.asked, this.line, this.vertices);
    this.svg.addEventListener("pointerdown", event => this.down(event));
    this.svg.addEventListener("pointermove", event => this.move(event));
    this.svg.addEventListener("pointerup", event => this.up(event));
    this.svg.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
    this.svg.addEventListener("keydown", event => this.key(event));
  }

  show(graph) {
    this.graph = graph;
    if (this.picked > graph.vertices.length) this.picked = null;
    if (this.from > graph.vertices.length) this.from = null;
    this.draw();
  }

  // ---- drawing ----

  at(v) { return [PAD + this.graph.x[v - 1] * SCALE, PAD + this.graph.y[v - 1] * SCALE]; }

  draw() {
    const { graph, form } = this, focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset.vertex : null;
    this.radius = graph.vertices.length > 40 ? 8 : 12;
    const edges = graph.edges.map((_, i) => this.shapeOf(i));
    keep(this.edges, edges.map(({ ends, d, name, weight }) => `${ends} ${d} ${weight} ${name}`), i => this.edge(edges[i]));
    this.asked.replaceChildren(...(form.question && graph.question ? [this.question()] : []));
    keep(this.vertices, graph.vertices.map((name, i) => JSON.stringify([i, name, ...this.at(i + 1), this.radius, this.from === i + 1, i + 1 === (this.picked || 1)])), i => this.vertex(i + 1));
    if (focused && !this.svg.contains(document.activeElement)) (this.svg.querySelector(`[data-vertex="${focused}"]`) || this.svg.querySelector("[data-vertex]") || this.svg).focus({ preventScroll: true });
  }

  // What an edge looks like: its line, its ends, its weight and where that stands.
  shapeOf(i) {
    const { graph, form } = this, [u, v] = graph.edges[i], [x1, y1] = this.at(u), [x2, y2] = this.at(v), length = Math.hypot(x2 - x1, y2 - y1) || 1, short = this.radius / length;
    const back = form.directed && edgeBetween(graph, v, u, true) >= 0 ? .12 : 0, mx = (x1 + x2) / 2 - (y2 - y1) * back, my = (y1 + y2) / 2 + (x2 - x1) * back;
    const d = `M${x1 + (x2 - x1) * short} ${y1 + (y2 - y1) * short}Q${mx} ${my} ${x2 - (x2 - x1) * short} ${y2 - (y2 - y1) * short}`;
    return { ends: `${u} ${v}`, d, name: `${graph.vertices[u - 1]}${form.directed ? "→" : "–"}${graph.vertices[v - 1]}`, weight: form.weight ? [graph.weights[i], mx, my] : null };
  }

  edge({ ends, d, name, weight }) {
    const drawn = make("g", {}, make("path", { class: "edge", d, "marker-end": this.form.directed ? "url(#arc-tip)" : null }), make("path", { class: "edge-hit", "data-edge": ends, d }, make("title", {}, `${name}: a click removes it`)));
    if (weight) drawn.append(make("text", { class: "weight", x: weight[1], y: weight[2] - 4, "text-anchor": "middle" }, String(weight[0])));
    return drawn;
  }

  question() {
    const [[x1, y1], [x2, y2]] = this.graph.question.map(v => this.at(v));
    return make("path", { class: "asked", d: `M${x1} ${y1}L${x2} ${y2}` }, make("title", {}, "the question"));
  }

  vertex(v) {
    const [x, y] = this.at(v), name = this.graph.vertices[v - 1], within = name.length <= 2 && this.radius > 8;
    const group = make("g", { class: "vertex-group" + (this.from === v ? " from" : ""), "data-vertex": v, tabindex: v === (this.picked || 1) ? "0" : "-1", role: "button", "aria-label": `vertex ${name}${this.from === v ? ", an edge starts here" : ""}` },
      make("circle", { class: "vertex plain", cx: x, cy: y, r: this.radius }),
      make("text", { class: "vertex-label" + (within ? " within" : ""), x, y: within ? y + 4 : y - this.radius - 4, "text-anchor": "middle" }, clip(name, 14)));
    group.addEventListener("focus", () => { this.picked = v; });
    return group;
  }

  // ---- pointer ----

  place(event) {
    const box = this.svg.getBoundingClientRect(), unit = WIDTH / box.width;
    return { x: ((event.clientX - box.left) * unit - PAD) / SCALE, y: ((event.clientY - box.top) * unit - PAD) / SCALE };
  }

  vertexAt({ x, y }) {
    let found = null, least = NEAR / SCALE;
    this.graph.vertices.forEach((_, i) => {
      const far = Math.hypot(this.graph.x[i] - x, this.graph.y[i] - y);
      if (far < least) { least = far; found = i + 1; }
    });
    return found;
  }

  down(event) {
    if (event.button) return;
    const place = this.place(event), edge = event.target.closest("[data-edge]");
    this.drag = { v: this.vertexAt(place), edge: edge && edge.dataset.edge.split(" ").map(Number), start: [event.clientX, event.clientY], moved: false };
    this.svg.setPointerCapture(event.pointerId);
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    drag.moved ||= Math.hypot(event.clientX - drag.start[0], event.clientY - drag.start[1]) > FAR;
    if (!drag.moved || !drag.v) return;
    const place = this.place(event), over = this.vertexAt(place), [x1, y1] = this.at(drag.v), [x2, y2] = over && over !== drag.v ? this.at(over) : [PAD + place.x * SCALE, PAD + place.y * SCALE];
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) this.line.setAttribute(name, value);
    this.line.classList.toggle("joins", Boolean(over && over !== drag.v));
    this.svg.classList.add("dragged");
  }

  up(event) {
    const { drag, graph } = this, place = this.place(event);
    this.drag = null;
    this.svg.classList.remove("dragged");
    if (!drag) return;
    if (!drag.moved) this.click(drag, place);
    else if (drag.v) {
      const over = this.vertexAt(place);
      if (over && over !== drag.v) this.join(drag.v, over);
      else if (!over) this.act(moveVertex(graph, drag.v, place));
    }
  }

  click({ v, edge }, place) {
    if (v && this.deletes) this.remove(v);
    else if (v) { this.picked = v; this.draw(); this.svg.querySelector(`[data-vertex="${v}"]`).focus({ preventScroll: true }); }
    else if (edge !== null) { this.say("Edge removed"); this.act(removeEdge(this.graph, edgeBetween(this.graph, ...edge, this.form.directed))); }
    else if (!this.deletes) this.add(place);
  }

  // ---- what pointer and keys both do ----

  add(place) {
    if (this.graph.vertices.length >= this.form.most) { this.say(`The model takes at most ${this.form.most} vertices.`, true); return; }
    const graph = addVertex(this.graph, place);
    this.picked = graph.vertices.length;
    this.say(`Vertex ${graph.vertices[this.picked - 1]} added`);
    this.act(graph);
  }

  remove(v) {
    if (!v) return;
    this.say(`Vertex ${this.graph.vertices[v - 1]} removed`);
    this.picked = this.from = null;
    this.act(removeVertex(this.graph, v));
  }

  join(u, v) {
    const there = edgeBetween(this.graph, u, v, this.form.directed) >= 0;
    this.say(`${this.graph.vertices[u - 1]} and ${this.graph.vertices[v - 1]} ${there ? "parted" : "joined"}`);
    this.from = null;
    this.act(toggleEdge(this.graph, u, v, this.form.directed));
  }

  // ---- keys ----

  key(event) {
    const held = event.target.closest("[data-vertex]"), v = held && Number(held.dataset.vertex), n = this.graph.vertices.length;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (arrows && v && event.shiftKey) this.act(moveVertex(this.graph, v, { x: this.graph.x[v - 1] + arrows[0] * STEP, y: this.graph.y[v - 1] + arrows[1] * STEP }));
    else if (arrows && v) this.focus((v - 1 + (arrows[0] + arrows[1]) + n) % n + 1);
    else if ((event.key === "Delete" || event.key === "Backspace") && v) this.remove(v);
    else if ((event.key === "Enter" || event.key === " ") && v) this.from && this.from !== v ? this.join(this.from, v) : this.begin(v);
    else if (event.key === "Escape") { this.from = null; this.draw(); }
    else if (event.key === "n" || event.key === "N") this.add({ x: (.5 + .381966 * n * 1.618) % 1, y: (.5 + n * .7548) % 1 * FRAME.height });
    else return;
    event.preventDefault();
  }

  begin(v) {
    this.from = this.from === v ? null : v;
    this.say(this.from ? `An edge starts at ${this.graph.vertices[v - 1]}; go to another vertex and press Enter` : "No edge starts here");
    this.draw();
  }

  focus(v) {
    this.picked = v;
    this.draw();
    const node = this.svg.querySelector(`[data-vertex="${v}"]`);
    if (node) node.focus({ preventScroll: true });
  }
}
