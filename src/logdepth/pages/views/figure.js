// The frame of a figure: its title, a caption, where it is drawn, and buttons that save what is there, for a talk.
import { button, make } from "./dom.js";
import { saveDrawing, saveTable, standalone } from "./export.js";
import { snapshot } from "./snapshot.js";

// kind: class of the figure. side: words stand beside the drawing. scroll: what is scrolled sideways is called so. name: of a saved file.
// table: a table is drawn in it, whose numbers can be saved, too.
export function figure(kind, title, { caption = "", side = false, scroll = "", name = kind, table = false } = {}) {
  const heading = make("h3", {}, title), note = make("p", { class: "caption" }, caption);
  const canvas = scroll ? make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": scroll }) : make("div", { class: "canvas" });
  const frame = scroll ? make("div", { class: "frame" }, canvas) : canvas, words = make("div", { class: "side" }), tools = make("div", { class: "tools" });
  const root = make("figure", { class: kind }, make("figcaption", {}, make("div", { class: "titled" }, heading, tools), note), side ? make("div", { class: "sides" }, frame, words) : frame);
  for (const kind of ["SVG", "PNG", ...(table ? ["CSV"] : [])])
    tools.append(button(kind, () => save(canvas, name, kind), { "aria-label": `Save “${title}” as ${kind}`, title: `Save this ${table ? "table" : "figure"} as ${kind}` }));
  return { root, heading, note, frame, canvas, side: words, tools };
}

function save(canvas, name, kind) {
  const table = canvas.querySelector("table"), [only] = canvas.children;
  if (kind === "CSV") { if (table) saveTable(table, name); }
  else if (only) saveDrawing(canvas.children.length === 1 && only.tagName === "svg" ? standalone(only) : snapshot(canvas), name, kind);
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
