// A graph as an input: a canvas to draw it on, and the same graph as lines of text.
import { button, count, make, several } from "./dom.js";
import { readEdges, Unreadable, writeEdges } from "./edgelist.js";
import { field } from "./field.js";
import { GraphCanvas } from "./graphcanvas.js";
import { FRAME, withPlaces } from "./graphedit.js";
import { isPrompt, readPrompt } from "./graphprompt.js";

const UNDONE = 100;  // graphs that are kept to go back to
const HELP = "Click to add a vertex. Drag from one vertex to another to join or part them, and into the open to move one. A click on an edge removes it. By keys: Tab or arrows to a vertex, Enter on two of them, Delete, Shift and arrows, N.";

// form: of kind "graph", see logdepth/tasks/forms.py.
export function graphInput(form, changed) {
  const said = make("p", { class: "quiet-status", role: "status" }), text = make("textarea", { rows: "9", spellcheck: "false", autocomplete: "off", class: "edge-list" });
  const canvas = new GraphCanvas(form, graph => take(graph), (sentence, isWrong = false) => isWrong ? parts.refuse(sentence) : said.textContent = sentence);
  const list = field(form.weight ? "Its edges: two vertices and a weight a line" : form.directed ? "Its arcs: from and to, one a line" : "Its edges, one a line", text);
  const ask = form.question ? questionField(form, question => take({ ...canvas.graph, question })) : null, past = [];
  const undo = button("Undo", back, { disabled: "" }), deletes = button("Delete by clicks", () => {
    canvas.deletes = !canvas.deletes;
    deletes.setAttribute("aria-pressed", String(canvas.deletes));
    canvas.svg.classList.toggle("deleting", canvas.deletes);
  }, { "aria-pressed": "false" });
  const tools = make("div", { class: "input-tools" }, undo, deletes, button("Clear", () => take({ vertices: [], edges: [], weights: form.weight ? [] : null, question: null, x: [], y: [] })));
  const root = make("div", { class: "graph-input" }, make("div", { class: "drawn-input" }, make("p", { class: "label" }, "Your graph"), canvas.svg, tools, make("p", { class: "hint" }, HELP), said), make("div", { class: "typed-input" }, list.root, ...(ask ? [ask.root] : [])));
  const parts = { root, refuse: list.refuse };

  function show(graph, writes = true) {
    canvas.show(graph);
    if (writes) text.value = writeEdges(graph, form);
    list.note.textContent = `${count(graph.vertices.length)} of at most ${several(form.most, "vertex", "vertices")}, ${count(graph.edges.length)} of at most ${several(form.most_edges, "edge")}. Paste a list from anywhere; a line of one name is a vertex by itself. ${form.weight ? "" : "Or paste a prompt: “G describes a graph among nodes 0, 1, and 2. …”"}`;
    if (ask) ask.show(graph);
    undo.disabled = !past.length;
  }

  // A new graph, drawn or typed.
  function take(graph, writes = true) {
    if (canvas.graph) past.push(canvas.graph);
    if (past.length > UNDONE) past.shift();
    list.refuse("");
    const next = asked(graph);
    changed(next);  // a worker computes while the canvas is drawn
    show(next, writes);
  }

  // A question that names no vertices any more asks for the first two, or about the first one.
  const first = form.one ? [1, 1] : [1, 2], asked = graph => form.question && !graph.question && graph.vertices.length >= first[1] ? { ...graph, question: first } : graph;

  function back() {
    if (!past.length) return;
    const graph = past.pop();
    list.refuse("");
    show(graph);
    changed(graph);
  }

  text.addEventListener("input", () => {
    const { graph } = canvas, known = new Map(graph.vertices.map((name, i) => [name, { x: graph.x[i], y: graph.y[i] }]));
    try {
      const read = form.phrasings && isPrompt(text.value) ? readPrompt(text.value, form) : readEdges(text.value, form, graph.vertices);
      if (read.vertices.length > form.most || read.edges.length > form.most_edges) throw new Unreadable(tooLarge(form, read));
      const question = read.question || renamed(graph, read);
      take(withPlaces({ ...read, question }, known), false);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      list.refuse(error.message);
    }
  });
  root.addEventListener("keydown", event => { if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target !== text) { event.preventDefault(); back(); } });

  // Where vertices were put that had no places of their own: as the run draws them.
  function place({ x, y }) {
    if (x.length !== canvas.graph.vertices.length) return;
    const flatter = Math.min(1, FRAME.height / Math.max(...y, FRAME.height));
    show({ ...canvas.graph, x, y: y.map(value => value * flatter) }, false);
  }

  return { ...parts, place, set(input) { past.length = 0; show(withPlaces(input)); } };
}

// A graph that no model here takes is not drawn either: a pasted file may have any size.
const tooLarge = (form, { vertices, edges }) => `The model takes at most ${several(form.most, "vertex", "vertices")} and ${several(form.most_edges, "edge")}; here are ${count(vertices.length)} and ${count(edges.length)}.`;

// The question of a graph, in another one, if its vertices are still there.
function renamed({ vertices, question }, to) {
  const found = question && question.map(v => to.vertices.indexOf(vertices[v - 1]) + 1);
  return found && found.every(Boolean) ? found : null;
}

// Which two vertices are asked; of a question about one vertex, which one.
function questionField(form, changed) {
  const selects = (form.one ? ["the vertex that is asked"] : ["from", "to"]).map(name => make("select", { "aria-label": name }));
  const send = () => changed([selects[0], selects[selects.length - 1]].map(select => Number(select.value)));
  selects.forEach(select => select.addEventListener("change", send));
  return { root: make("p", { class: "question" }, ...(form.one ? ["The question is about ", selects[0]] : ["The question: from ", selects[0], " to ", selects[1]])), show({ vertices, question }) {
    selects.forEach((select, end) => {
      select.replaceChildren(...vertices.map((name, i) => make("option", { value: i + 1 }, name)));
      if (question) select.value = String(question[end]);
    });
  } };
}
