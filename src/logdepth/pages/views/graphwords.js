// What the graph shows at a step, in words: for those who read, and for those who cannot see it.
import { make } from "./dom.js";
import { palette } from "./palette.js";

const TREES_NAMED = 8;

export function graphWords(run, step, token, { roots, chosen, least, current }) {
  const parts = [make("p", { class: "big" }, run.stepName(step))];
  if (roots) parts.push(...trees(run, roots));
  if (chosen) parts.push(make("p", {}, `${chosen.filter(Boolean).length} edges chosen so far (black).`));
  if (least) parts.push(make("p", {}, `Arcs are coloured by the least tail they know: ${new Set(least).size} different ones.`));
  if (current && current.heads.length) {
    parts.push(make("h4", { class: "after" }, run.nameOf(token)));
    current.heads.forEach((_, head) => parts.push(make("p", {}, make("span", { class: "soft" }, run.blockOf(current).heads[head].label), make("br"), run.sentence(current, head, token))));
  }
  return parts;
}

function trees(run, roots) {
  const sizes = new Map(), hue = palette(run);
  roots.forEach(root => sizes.set(root, (sizes.get(root) || 0) + 1));
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).filter(([, size]) => size > 1).slice(0, TREES_NAMED);
  return [
    make("p", {}, `${sizes.size} tree${sizes.size > 1 ? "s" : ""} of parent pointers` + (sizes.size < roots.length ? ":" : ", one for each vertex.")),
    ...largest.map(([root, size]) => {
      const dot = make("span", { class: "dot" });
      dot.style.background = hue(root);
      return make("p", { class: "tree" }, dot, `${run.graph.vertices[root - 1]}: ${size} vertices`);
    }),
  ];
}
