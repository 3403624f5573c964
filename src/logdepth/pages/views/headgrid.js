// Small pictures of all heads, those of a layer together; a click chooses the head.
import { make } from "./dom.js";

// heads: in groups, one for each layer, as byLayer gives them. says: what stands under the name of a head. picture: of a head, an <svg>.
export function headGrid(view, heads, says, picture) {
  const root = make("div", { class: "head-grid" }, ...heads.map(group => make("div", { class: "of-layer" }, make("h4", {}, `layer ${group[0].layer}`), make("div", {}, ...group.map(head => cardOf(head, says(head), picture(head)))))));
  root.addEventListener("click", event => {
    const card = event.target.closest("button");
    if (card) view.pin({ step: Number(card.dataset.step), head: Number(card.dataset.head) });
  });
  return { root, draw() {
    const { run, cursor } = view, here = run.attentionStep(cursor.step);
    for (const card of root.querySelectorAll("button")) card.setAttribute("aria-pressed", String(Number(card.dataset.step) === here && Number(card.dataset.head) === cursor.head));
  } };
}

const cardOf = ({ number, step, place, layer }, said, svg) => make("button", { type: "button", "data-step": step, "data-head": place, "aria-pressed": "false", "aria-label": `layer ${layer}, head ${number}: ${said}`, title: said },
  make("b", {}, `head ${number}`), make("span", {}, said), svg);
