// The frame of a figure: its title, a caption, where it is drawn, and buttons that save the drawing.
import { button, make } from "./dom.js";
import { save } from "./export.js";

// kind: class of the figure. side: words stand beside the drawing. scroll: what is scrolled sideways is called so.
export function figure(kind, title, { caption = "", side = false, scroll = "" } = {}) {
  const heading = make("h3", {}, title), note = make("p", { class: "caption" }, caption);
  const canvas = scroll ? make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": scroll }) : make("div", { class: "canvas" });
  const words = make("div", { class: "side" }), tools = make("div", { class: "tools" });
  const root = make("figure", { class: kind }, make("figcaption", {}, make("div", { class: "titled" }, heading, tools), note), side ? make("div", { class: "sides" }, canvas, words) : canvas);
  return { root, heading, note, canvas, side: words, tools };
}

// Buttons that save what is drawn in a figure, for a talk.
export function savable(parts, name) {
  for (const kind of ["SVG", "PNG"])
    parts.tools.append(button(kind, () => save(parts.canvas.querySelector("svg"), name, kind), { "aria-label": `Save “${parts.heading.textContent}” as ${kind}`, title: `Save this figure as ${kind}` }));
  return parts;
}

// Call draw with the width of a frame, once it has one and whenever that changes.
export function onWidth(frame, draw) {
  let known = 0;
  new ResizeObserver(() => {
    const width = frame.clientWidth;
    if (!width || width === known) return;
    known = width;
    draw(width);
  }).observe(frame);
}
