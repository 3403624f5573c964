// The attention of all heads of a run on one input, small; a click chooses the head that is drawn large.
import { figure } from "./figure.js";
import { headGrid } from "./headgrid.js";
import { thumb } from "./heatmap.js";
import { make } from "./dom.js";

const CAPTION = "Each row is a token that reads, each column a token that is read; the token in front comes first. Choose a head by a click.";

// heads, says: as of headGrid.
export function patterns(view, heads, says) {
  const parts = figure("patterns", "All heads", { caption: CAPTION });
  const grid = headGrid(view, heads, says, ({ step, place }) => {
    const svg = make("svg", { "aria-hidden": "true" });
    thumb(svg, view.run, view.run.stepAt(step), place);
    return svg;
  });
  parts.canvas.append(grid.root);
  return { root: parts.root, draw: grid.draw };
}
