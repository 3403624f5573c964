// The page of an inspection: all heads against all hops over many sequences, and one sequence as a run. One cursor for both.
import { alignments, byLayer } from "./alignments.js";
import { answer } from "./answer.js";
import { attention } from "./attention.js";
import { byK, inShort } from "./byk.js";
import { controls } from "./controls.js";
import { follow } from "./follow.js";
import { patterns } from "./patterns.js";
import { steer } from "./steer.js";
import { start as followTheme } from "./theme.js";
import { View } from "./view.js";

export function start() {
  const found = JSON.parse(document.getElementById("data").textContent), heads = document.getElementById("heads-figures"), run = document.getElementById("run-figures");
  followTheme();
  const view = new View(found.run), over = [alignments(view, found), ...(found.asked.length > 1 ? [byK(view, found)] : [])];
  const on = [controls(view), patterns(view, byLayer(found), head => inShort(found, head)), attention(view), follow(view), answer(view)];
  heads.replaceChildren(...over.map(part => part.root));
  run.replaceChildren(...on.map(part => part.root));
  view.add(...[...over, ...on].map(part => part.draw));
  steer(view, run);
}
