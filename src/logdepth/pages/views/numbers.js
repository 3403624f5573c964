// The numbers that a model keeps, each with its bits; the same for both inputs of a counterexample.
import { Choice, listenTo } from "./choice.js";
import { count, make } from "./dom.js";
import { figure } from "./figure.js";

// kept: of the form of logdepth/pages/refuted.py.
export function numbers({ numbers: shown, many, same }) {
  const choice = new Choice("number", shown.length), said = make("p", { class: "caption under-pointer", "aria-live": "polite" }, "\u00a0"), wide = Math.max(1, ...shown.map(([, bits]) => bits.length));
  const list = make("ol", { class: "numbers", style: `--cell: ${wide <= 10 ? "7em" : `${(wide * .53 + 1).toFixed(1)}em`}` }, ...shown.map(([value, bits], at) => make("li", { "data-number": at }, value, make("small", {}, bits))));
  listenTo(list, choice, ({ target }) => { const item = target.closest("[data-number]"); return item ? Number(item.dataset.number) : null; });
  choice.add(() => {
    [...list.children].forEach((item, at) => item.classList.toggle("here", at === choice.at));
    if (shown.length) said.textContent = `Number ${choice.at + 1} of ${count(many)}: ${shown[choice.at].join(", in bits ")}${same ? "; the same for both inputs" : ""}.`;
  });
  const left = many - shown.length, rest = left > 0 ? [make("p", { class: "caption" }, `${count(left)} more are in the counterexample’s file.`)] : [];
  const parts = figure("kept", "Number by number", { name: "numbers" });
  parts.note.replaceWith(said);
  parts.canvas.append(list, ...rest);
  return { root: parts.root, draw: () => choice.draw() };
}
