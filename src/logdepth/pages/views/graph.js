// The graph of a graph task, as the tokens know it at the step at hand: pointers, trees, chosen edges, what is read.
import { clip, keep, make, put, range } from "./dom.js";
import { figure } from "./figure.js";
import { graphWords } from "./graphwords.js";
import { moving, stepWatch } from "./motion.js";
import { palette } from "./palette.js";
import { rootsOf, valuesAt } from "./run.js";
import { listen } from "./view.js";

const WIDTH = 760, MANY = 100;  // MANY edges change their colour at once
const TREES = "Colours: the root that the parent pointers (arrows) lead to; roots are ringed, edges within a tree take its colour. After a round the pointers stand in the column ‘parent’; within a round they are where the heads look that follow them. What the chosen row (blue) reads in this layer is marked in orange. Choose a vertex or an edge by a click or the slider.";
const READS = what => `What the chosen row (blue) reads in this layer is marked in orange. Choose ${what} by a click or the slider.`;

export function graph(view) {
  const parts = figure("graph", "The graph, as the tokens know it", { side: true });
  const steps = stepWatch();
  let scene = null;
  parts.side.setAttribute("aria-live", "polite");
  listen(parts.canvas, view);
  return { root: parts.root, draw() {
    const { run } = view;
    parts.root.hidden = !run.graph || !run.graph.x.length;
    if (parts.root.hidden) return;
    if (!scene || scene.frame !== frameOf(run)) {
      scene = build(run);
      parts.canvas.replaceChildren(scene.svg);
    }
    if (scene.run !== run) fill(scene, run);
    draw(scene, view.cursor, parts, steps(view));
  } };
}

// What a vertex holds at a step: its parent and root, edges chosen, least tails known.
export function knowledge({ graph, steps }, number) {
  const parents = graph.pointers && valuesAt(graph.pointers, number, range(graph.vertices.length).map(i => i + 1));
  return {
    parents, roots: parents && rootsOf(parents),
    chosen: graph.chosen && valuesAt(graph.chosen, number, []),
    least: graph.least && valuesAt(graph.least, number, graph.edges.map(([tail]) => tail)),
    current: number ? steps[number - 1] : null,
  };
}

// ---- what stays while the cursor moves, and of it what stays from run to run ----

const frameOf = ({ graph: { vertices, x, y, directed } }) => JSON.stringify([vertices, x, y, directed]);

function build(run) {
  const { graph } = run, n = graph.vertices.length, pad = Math.max(...graph.vertices.map(label => label.length)) > 6 ? 64 : 34, scale = WIDTH - 2 * pad;
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${2 * pad + Math.max(...graph.y) * scale}`, role: "img", "aria-label": "The graph" });
  const scene = { run: null, frame: frameOf(run), svg, directed: graph.directed, radius: n > 90 ? 6.5 : n > 45 ? 8.5 : 11, crowded: false, at: v => [pad + graph.x[v - 1] * scale, pad + graph.y[v - 1] * scale] };
  svg.append(make("defs", {}, make("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, make("path", { class: "tip", d: "M0 .6L8 4L0 7.4z" }))));
  svg.append(...["edges", "readings", "hits", "halos", "vertices", "pointers", "labels"].map(name => scene[name] = make("g")));
  scene.vertexNodes = graph.vertices.map((_, i) => addVertex(scene, run, i));
  return scene;
}

// The edges of a run. Those that were there before stay; the rows that they stand for may be others.
function fill(scene, run) {
  const { graph } = run, dashed = i => graph.question && i === graph.edges.length - 1, keys = graph.edges.map(([u, v], i) => `${u} ${v} ${dashed(i)} ${graph.weights && graph.weights[i]}`);
  keep(scene.hits, keys, i => make("path", { class: "edge-hit", "data-screen": "", d: edgePath(scene, ...graph.edges[i]) }, make("title", {}, run.nameOf(graph.first_edge + i) + (graph.weights ? `, weight ${graph.weights[i]}` : ""))));
  keep(scene.edges, keys, i => make("path", { class: "edge", d: edgePath(scene, ...graph.edges[i]), "stroke-dasharray": dashed(i) ? "4 4" : null }));
  keys.forEach((key, i) => put(scene.hits.kept.get(key), "data-token", graph.first_edge + i));
  scene.vertexNodes.forEach((node, i) => put(node, "data-token", run.tokenOf(i + 1) || null));
  scene.edgeNodes = keys.map(key => scene.edges.kept.get(key));
  scene.svg.classList.toggle("many", keys.length > MANY);
  scene.run = run;
}

function addVertex(scene, run, i) {
  const { radius } = scene, label = run.graph.vertices[i], [cx, cy] = scene.at(i + 1), within = label.length <= 2 && radius > 8;
  const node = make("circle", { class: "vertex", cx, cy, r: radius }, make("title", {}, `vertex ${label}`));
  scene.vertices.append(node);
  scene.labels.append(make("text", { class: "vertex-label" + (within ? " within" : ""), x: cx, y: within ? cy + 3.8 : cy - radius - 4, "text-anchor": "middle" }, clip(label, 18)));
  scene.crowded = !within && run.graph.vertices.length > 40;
  return node;
}

function edgePath({ at, directed }, u, v) {
  const [x1, y1] = at(u), [x2, y2] = at(v);
  if (!directed) return `M${x1} ${y1}L${x2} ${y2}`;
  const bend = .1, mx = (x1 + x2) / 2 - (y2 - y1) * bend, my = (y1 + y2) / 2 + (x2 - x1) * bend;
  return `M${x1} ${y1}Q${mx} ${my} ${x2} ${y2}`;
}

// A bent arrow between two vertices, short of their discs.
function arrow({ at }, u, v, bend, gap) {
  const [x1, y1] = at(u), [x2, y2] = at(v), length = Math.hypot(x2 - x1, y2 - y1) || 1, ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  return `M${x1 + ux * gap} ${y1 + uy * gap}Q${(x1 + x2) / 2 - uy * length * bend} ${(y1 + y2) / 2 + ux * length * bend} ${x2 - ux * gap} ${y2 - uy * gap}`;
}

// ---- what follows the cursor ----

function draw(scene, { step, token }, parts, isNext) {
  const { run } = scene, { graph } = run, known = knowledge(run, step), { parents, roots, least, current } = known, read = new Set();
  if (current) current.heads.forEach((_, head) => run.reads(current, head, token).forEach(({ key }) => read.add(key)));
  scene.vertexNodes.forEach((node, i) => {
    node.style.fill = roots ? palette(run)(roots[i]) : "";
    node.classList.toggle("plain", !roots);
    node.classList.toggle("root", Boolean(parents && parents[i] === i + 1));
  });
  scene.edgeNodes.forEach((node, i) => colourEdge(run, node, i, token, read, known));
  scene.pointers.replaceChildren(...(parents || []).flatMap((parent, i) => parent && parent !== i + 1 ? [make("path", { class: "pointer", d: arrow(scene, i + 1, parent, .12, scene.radius + 1.5), "marker-end": "url(#tip)" })] : []));
  const self = run.placesOf(token), heard = [...read].filter(key => key !== token).flatMap(key => run.placesOf(key));
  const halo = (v, kind) => { const [cx, cy] = scene.at(v); return make("circle", { class: `halo ${kind}`, cx, cy, r: scene.radius + 4 }); };
  scene.halos.replaceChildren(...self.map(v => halo(v, "self")), ...heard.map(v => halo(v, "")));
  scene.readings.replaceChildren(...(self.length === 1 ? heard.map(v => make("path", { class: "reading", d: arrow(scene, self[0], v, -.16, scene.radius + 4) })) : []));
  if (isNext && self.length === 1) scene.readings.append(...moving(heard.map(v => [arrow(scene, v, self[0], .16, scene.radius + 4), 1])));
  if (scene.crowded) [...scene.labels.children].forEach((label, i) => {  // names of roots and of what is marked only
    const named = self.includes(i + 1) || heard.includes(i + 1) || (parents && parents[i] === i + 1);
    label.style.display = named ? "" : "none";
  });
  parts.side.replaceChildren(...graphWords(run, step, token, known));
  parts.note.textContent = roots ? TREES : READS(graph.least ? "an arc" : "a vertex or an edge");
}

function colourEdge(run, node, i, token, read, { roots, chosen, least }) {
  const [u, v] = run.graph.edges[i], own = run.graph.first_edge + i, same = roots && roots[u - 1] === roots[v - 1], hue = palette(run);
  node.classList.toggle("chosen", Boolean(chosen && chosen[i]));
  node.classList.toggle("inside", Boolean(same || least));
  node.classList.toggle("read", own === token || read.has(own));
  node.style.stroke = own === token ? "var(--blue)" : read.has(own) || (chosen && chosen[i]) ? "" : least ? hue(least[i])
    : same ? `color-mix(in srgb, ${hue(roots[u - 1])} 55%, var(--paper))` : roots ? "" : "var(--faint)";
}
