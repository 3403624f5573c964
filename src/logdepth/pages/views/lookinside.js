// All figures of one run, with one cursor: what a page, a notebook or the explorer puts into an empty element.
import { answer } from "./answer.js";
import { attention } from "./attention.js";
import { chances } from "./chances.js";
import { controls } from "./controls.js";
import { make } from "./dom.js";
import { follow } from "./follow.js";
import { graph } from "./graph.js";
import { hops } from "./hops.js";
import { machines } from "./machines.js";
import { program } from "./program.js";
import { residual } from "./residual.js";
import { steer } from "./steer.js";
import { strip } from "./strip.js";
import { sum } from "./sum.js";
import { View } from "./view.js";
import { walk } from "./walk.js";
import { why } from "./why.js";

// Figures by the names of VIEWS in pages/explorer.py.
export const FIGURES = { walk, follow, graph, program: (view, page) => program(view, page) || hops(view), machines, heads: attention, why, sum, residual, chances, answer, hops };

// root: an empty element. data: a run, of the form of logdepth/pages/run.py. page: where blocks and program are drawn.
// bench: program (or hops), machines and heads stand side by side. switches: {isOff, toggle} of heads, where they can be
// switched. product, sum: of the explorer, which asks for scores, and for what adds up to a number. only: the name of the
// figure that stands alone. partner: the view of another model, which leads: keys and the address are its own, and the token is shared.
export function lookInside(root, data, { page = document, bench = false, switches = null, partner = null, product = null, sum: adding = null, only = null } = {}) {
  const view = new View(data);
  view.switches = switches;
  view.product = product;
  view.sum = adding;
  const parts = only ? [controls(view), FIGURES[only](view, page)] : bench ? onBench(view, partner ? null : page) : [controls(view), follow(view), graph(view), attention(view), residual(view), answer(view)];
  root.replaceChildren(...parts.map(part => part.root));
  view.add(...parts.map(part => part.draw));
  if (partner) {
    [view.partner, partner.partner] = [partner, view];
    view.pin({ token: partner.pinned.token });
    return view;
  }
  view.add(strip(view, page).draw, () => tellLayer(view));
  steer(view, root);
  return view;
}

// The controls, then side by side the program's statements, the machines and the heads; what they compute is below.
function onBench(view, page) {
  const panes = [page && program(view, page) || hops(view), machines(view), attention(view)];
  const bench = { root: make("div", { class: "bench" }, ...panes.map(pane => pane.root)), draw: () => panes.forEach(pane => pane.draw()) };
  return [controls(view), walk(view, page), follow(view), graph(view), bench, why(view), sum(view), residual(view), chances(view), answer(view)];
}

// Other parts of the page follow the attention layer that is shown.
function tellLayer(view) {
  const { run, pinned } = view, seen = run.attentionStep(pinned.step), layer = seen && run.stepAt(seen).layer;
  if (layer !== view.layer) document.dispatchEvent(new CustomEvent("layer", { detail: layer }));
  view.layer = layer;
}
