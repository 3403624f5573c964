// The attention of the block at hand: the matrix of one head, what the chosen token reads in it, and the other heads.
import { button, capital, clamp, make } from "./dom.js";
import { figure } from "./figure.js";
import { heatmap, thumb } from "./heatmap.js";
import { listen } from "./view.js";

const CAPTION = "Each row is a token that reads, each column a token that is read. The mark is the key of greatest weight; a pale one means that nothing matched and the start token was read, which gives zeros.";
const OF_NETWORK = "Each row is a token that reads, each column a token that is read; the darker, the greater the weight. What lies on the token in front, which asks, is grey.";

const LEADS = " Orange marks show where the hop leads with which the head is clearly aligned.";

export function attention(view) {
  const leads = view.run.attentionSteps().some(({ step }) => step.heads.some(head => head.leads));
  const parts = figure("attention", "Attention", { caption: (view.run.data.first ? OF_NETWORK : CAPTION) + (leads ? LEADS : ""), side: true });
  const said = make("p", { class: "caption under-pointer" }, "\u00a0");
  parts.note.after(said);
  listen(parts.root, view);
  parts.canvas.addEventListener("pointermove", event => { said.textContent = cellInWords(view, parts.canvas.firstChild, event) || "\u00a0"; });
  if (view.product) parts.canvas.addEventListener("click", event => pinCell(view, parts.canvas.firstChild, event));
  return { root: parts.root, draw: () => draw(view, parts) };
}

// A click on a cell asks why its row has this weight there.
function pinCell(view, svg, event) {
  const [token, key] = svg ? svg.cellAt(event) : [];
  if (token && key !== undefined && (key <= token || !view.run.data.causal)) view.pin({ token, key });
}

// The weight under the pointer.
function cellInWords({ run, cursor }, svg, event) {
  const [query, key] = svg ? svg.cellAt(event) : [], step = run.stepAt(run.attentionStep(cursor.step));
  if (query === undefined || key === undefined) return "";
  const found = run.reads(step, clamp(0, cursor.head, step.heads.length - 1), query).find(one => one.key === key);
  return `${capital(run.nameOf(query))} reads ${key === query ? "itself" : run.nameOf(key)} with weight ${found ? String(+found.weight.toPrecision(4)) : "0"}`;
}

function draw(view, parts) {
  const { run, cursor } = view, number = run.attentionStep(cursor.step);
  parts.root.hidden = !number;
  if (!number) return;
  const step = run.stepAt(number), head = clamp(0, cursor.head, step.heads.length - 1), svg = heatmap(run, step, head, cursor.token);
  if (number !== cursor.step) svg.classList.add("waiting");
  parts.canvas.replaceChildren(svg);
  drawSide(view, parts.side, step, number, head);
}

function drawSide(view, side, step, number, head) {
  const { run, cursor } = view, { heads } = run.blockOf(step), rows = run.labels.length, { exact } = step.heads[head];
  const which = `Layer ${step.layer} of ${run.layers}` + (step.rounds > 1 ? `, round ${step.round} of ${step.rounds}` : "");
  const said = [
    make("p", { class: "soft" }, which + (heads.length > 1 ? `, head ${head + 1} of ${heads.length}` : "")),
    make("h4", {}, heads[head].label),
    make("p", { class: "big" }, run.sentence(step, head, cursor.token)),
    make("p", { class: "soft" }, exact === rows ? `All ${rows} tokens put weight 1 on one key and exactly 0 on every other.` : `${rows - exact} of ${rows} tokens spread their weight over several keys; shades are relative to the greatest weight of ${run.data.first ? `a ${run.data.word}` : "a real row"}.`),
  ];
  if (number !== cursor.step) said.unshift(make("p", {}, cursor.step ? "The block at hand is a ReLU layer: no token looks at another. Shown is the attention before it." : "The embedding, before any block. Shown is the attention to come."));
  if (view.switches) said.push(switchOf(view, number, head));
  if (heads.length > 1) said.push(headList(view, step, number, head));
  const list = side.querySelector(".heads"), scrolled = list ? list.scrolled || 0 : 0;
  const focused = side.contains(document.activeElement) ? document.activeElement.dataset.head : null;
  side.replaceChildren(...said);
  if (scrolled && side.querySelector(".heads")) view.afterDrawing(side, () => { side.querySelector(".heads").scrollTop = scrolled; });
  if (focused) (side.querySelector(`button[data-head="${focused}"]`) || side).focus();
}

// The button that switches the head at hand off, so that it adds nothing.
function switchOf({ switches }, number, head) {
  const off = switches.isOff(number, head);
  return button(off ? "Switch this head on again" : "Switch this head off", () => switches.toggle(number, head), { class: "switch", "aria-pressed": String(off), title: "A head that is switched off adds nothing to the residual stream" });
}

function headList(view, step, number, chosen) {
  const { run, switches } = view;
  const list = make("ul", { class: "heads" }, ...run.blockOf(step).heads.map((one, i) => {
    const svg = make("svg", { class: "thumb", "aria-hidden": "true" }), off = switches && switches.isOff(number, i);
    thumb(svg, run, step, i);
    return make("li", {}, make("button", { type: "button", class: off ? "off" : null, "data-head": i, "aria-pressed": String(i === chosen) }, svg, make("span", {}, one.label)));
  }));
  list.addEventListener("scroll", () => { list.scrolled = list.scrollTop; });
  return list;
}
