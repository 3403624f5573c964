// One way to move the cursor of a page: by keys and by the address, which holds it; and it is told in words.
import { onAddress, remember, wishedNumber } from "./address.js";
import { moveByKeys } from "./controls.js";
import { make } from "./dom.js";

const NAMES = { block: "step", token: "token", head: "head", key: "key", column: "column" };  // in the address -> of the cursor

// root: gets a text for those who do not see the figures. To be called once all figures of the view are there: it draws them.
export function steer(view, root) {
  const said = make("p", { class: "quiet-status", role: "status" });
  root.append(said);
  view.add(() => tell(view, said), () => writeAddress(view));
  moveByKeys(view);
  onAddress(() => readAddress(view));
  readAddress(view);
}

function readAddress(view) {
  const found = Object.entries(NAMES).flatMap(([name, place]) => wishedNumber(name) === null ? [] : [[place, wishedNumber(name)]]);
  view.pin({ head: view.pinned.head, ...Object.fromEntries(found) });
}

function writeAddress({ pinned, pointed }) {
  if (!pointed) remember(Object.fromEntries(Object.entries(NAMES).map(([name, place]) => [name, pinned[place] ?? null])));
}

// The state in words; what the pointer passes over is not told.
function tell({ run, pinned, pointed }, said) {
  if (pointed) return;
  const step = run.stepAt(run.attentionStep(pinned.step) || 0);
  said.textContent = `${run.stepName(pinned.step)}; ${run.nameOf(pinned.token)}. ${step ? run.sentence(step, Math.min(pinned.head, step.heads.length - 1), pinned.token) : ""}`;
}
