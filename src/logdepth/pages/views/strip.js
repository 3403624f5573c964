// The blocks of the model in a row, and the lines of its program, as Python wrote them: the ones at hand are lit, a click goes there.
import { make } from "./dom.js";
import { thumb } from "./heatmap.js";

// page: the element that holds both.
export function strip(view, page) {
  for (const place of page.querySelectorAll(".card i.thumb")) place.replaceWith(make("svg", { class: "thumb", "aria-hidden": "true", "data-card": place.dataset.card, "data-head": place.dataset.head }));
  for (const button of page.querySelectorAll(".card, .to-block")) button.addEventListener("click", () => choose(view, button));
  return { draw: () => draw(view, page) };
}

function draw({ run, cursor }, page) {
  const current = run.stepAt(cursor.step);
  page.querySelectorAll(".card").forEach(card => {
    const here = Boolean(current && current.card === Number(card.dataset.card));
    card.classList.toggle("here", here);
    card.setAttribute("aria-pressed", String(here));
  });
  lightProgram(page, current, cursor.head);
  page.querySelectorAll(".card .thumb").forEach(svg => {
    const ran = run.stepsOf("card", Number(svg.dataset.card)), step = ran.filter(s => s <= cursor.step).pop() || ran[0];
    if (svg.run === run && svg.dataset.drawn === String(step)) return;
    svg.run = run;
    svg.dataset.drawn = step;
    thumb(svg, run, run.stepAt(step), Number(svg.dataset.head));
  });
}

// Lines of the program: those of the block at hand, and strongly the one that the head at hand came from.
function lightProgram(page, current, head) {
  const has = (list, name) => Boolean(current) && (list || "").split(" ").includes(name);
  page.querySelectorAll(".program tr[data-blocks]").forEach(row => {
    row.classList.toggle("here", has(row.dataset.blocks, String(current && current.block)));
    row.classList.toggle("strong", has(row.cells[0].dataset.heads, `${current && current.block}.${head}`));
  });
}

function choose(view, button) {
  const { run, pinned } = view, current = run.stepAt(pinned.step), kind = button.dataset.card ? "card" : "block", steps = run.stepsOf(kind, Number(button.dataset[kind]));
  view.pin({ step: current && steps.find(s => run.stepAt(s).round === current.round) || steps[0], head: Number(button.dataset.head || 0) });
}
