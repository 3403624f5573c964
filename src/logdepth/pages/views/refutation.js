// The page of a refutation: its inputs, what the model keeps of them, or how many bits it can carry; each where the page has it.
import { bits } from "./bits.js";
import { numbers } from "./numbers.js";
import { start as followTheme } from "./theme.js";
import { twoGraphs } from "./twographs.js";
import { twoInputs } from "./twoinputs.js";

export function start() {
  const { inputs, kept, bits: carried } = JSON.parse(document.getElementById("data").textContent);
  followTheme();
  if (inputs) put("inputs-figures", inputs.every(({ graph }) => graph) ? twoGraphs(inputs) : twoInputs(inputs));
  if (kept) put("kept-figures", numbers(kept));
  if (carried) put("bits-figures", bits(carried));
}

function put(place, { root, draw }) {
  document.getElementById(place).replaceChildren(root);
  draw();
}
