// All figures of one run, with one cursor: what a page, a notebook or the explorer puts into an empty element.
import { onAddress, remember, wishedNumber } from "./address.js";
import { answer } from "./answer.js";
import { attention } from "./attention.js";
import { controls, moveByKeys } from "./controls.js";
import { follow } from "./follow.js";
import { graph } from "./graph.js";
import { residual } from "./residual.js";
import { strip } from "./strip.js";
import { View } from "./view.js";

// root: an empty element. data: a run, of the form of logdepth/pages/run.py. page: where blocks and program are drawn.
export function lookInside(root, data, page = document) {
  const view = new View(data), parts = [controls(view), follow(view), graph(view), attention(view), residual(view), answer(view)];
  root.replaceChildren(...parts.map(part => part.root));
  view.add(strip(view, page).draw, ...parts.map(part => part.draw), () => tellLayer(view), () => writeAddress(view));
  moveByKeys(view);
  onAddress(() => readAddress(view));
  readAddress(view);
  return view;
}

function readAddress(view) {
  const found = {};
  for (const [key, name] of [["block", "step"], ["token", "token"], ["head", "head"]]) if (wishedNumber(key) !== null) found[name] = wishedNumber(key);
  view.pin({ head: view.pinned.head, ...found });
}

function writeAddress({ pinned, pointed }) {
  if (!pointed) remember({ block: pinned.step, token: pinned.token, head: pinned.head });
}

// Other parts of the page follow the attention layer that is shown.
function tellLayer(view) {
  const { run, pinned } = view, seen = run.attentionStep(pinned.step), layer = seen && run.stepAt(seen).layer;
  if (layer !== view.layer) document.dispatchEvent(new CustomEvent("layer", { detail: layer }));
  view.layer = layer;
}
