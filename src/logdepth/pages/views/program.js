// The program's statements, as Python wrote them, in a pane of the bench; the ones that the block at hand came from are in sight.
import { figure } from "./figure.js";

// page: the element that holds the program and its caption, in one of class program-source; null if it holds none.
export function program(view, page) {
  const source = page.querySelector(".program-source"), written = source && source.querySelector(".program"), caption = source && source.querySelector(".caption");
  if (!written) return null;
  const parts = figure("program-pane", "The program", { caption: `${caption ? caption.textContent : ""} The lines of the block at hand are lit; a bar marks the line of the head at hand.` });
  parts.canvas.append(written);
  source.remove();
  let seen = null;
  return { root: parts.root, draw() {
    if (!view.pointed) view.afterDrawing(parts.canvas, bringIntoSight);  // once the lines are lit
  } };

  function bringIntoSight() {
    const row = written.querySelector("tr.strong") || written.querySelector("tr.here");
    if (!row || row === seen) return;
    seen = row;
    const { top, bottom } = row.getBoundingClientRect(), frame = written.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) written.scrollTop += (top + bottom) / 2 - (frame.top + frame.bottom) / 2;
  }
}
