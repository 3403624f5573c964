// The answer of the model beside the exact one; of a program of one's own, what went in and came out.
import { clip, count, make, range } from "./dom.js";
import { figure } from "./figure.js";
import { palette } from "./palette.js";
import { rootsOf, valuesAt } from "./run.js";
import { cell, markToken, tokenTable } from "./tokentable.js";
import { listen } from "./view.js";

export function answer(view) {
  const parts = figure("answered", "The answer", { scroll: "Answers, scrolls sideways", table: true }), groups = make("div", { class: "groups" });
  let drawn = {};
  parts.frame.before(groups);
  listen(parts.canvas, view);
  return { root: parts.root, draw() {
    const { run, cursor } = view;
    if (drawn.run !== run) {
      drawn = { run, tokens: (run.data.answer ? answerTable : outputTable)(run, drawn.tokens) };
      if (parts.canvas.firstChild !== drawn.tokens.table) parts.canvas.replaceChildren(drawn.tokens.table);
      parts.heading.textContent = run.data.answer ? "The answer" : "The outputs";
      parts.note.textContent = run.data.answer ? answerNote(run.data.answer) : outputNote(run.data.outputs);
    }
    markToken(view, parts.canvas, drawn.tokens);
    drawGroups(run, cursor.token, groups);
  } };
}

function answerTable(run, old) {
  const { tokens, model, exact, wrong, with: evidence } = run.data.answer, bad = new Set(wrong);
  const row = (name, values, kind) => ({ name, kind, cells: values.map((value, i) => cell(clip(value, 18), bad.has(i) ? "wrong" : "")) });
  const compared = exact ? [row("exact", exact), row("", model.map((_, i) => bad.has(i) ? "✗" : "✓"), "mark")] : [];
  return tokenTable(run, "answers", tokens, token => run.labels[token], [row("model", model), ...compared, ...(evidence ? [row("made up by", evidence)] : [])], old);
}

function answerNote({ model, entries, right, definition }) {
  if (right === null) return "No exact answer is known to this page, so that nothing is compared.";
  return `${count(right)} of ${count(entries)} entries equal to the exact answer${definition ? `, which is computed here as ${definition}` : ""}` + (entries > model.length ? "; below are those of the tokens shown." : ".");
}

function outputTable(run, old) {
  const { tokens, rows, wrong } = run.data.outputs, bad = new Set(wrong.map(([row, place]) => `${row} ${place}`));
  return tokenTable(run, "answers", tokens, token => run.labels[token], rows.map(([name, values], row) =>
    ({ name: clip(name, 34), cells: values.map((value, i) => cell(String(value), bad.has(`${row} ${i}`) ? "wrong" : "")) })), old);
}

function outputNote({ right, entries, note }) {
  return right === null ? `Not compared with an exact answer. ${note}` : `${count(right)} of ${count(entries)} entries equal to ${note}.`;
}

// Components: their members, the largest first.
function drawGroups(run, token, root) {
  const found = run.data.answer && run.data.answer.groups, { graph } = run;
  root.hidden = !found;
  if (!found) return;
  const place = new Map(graph.vertices.map((label, i) => [label, i])), hue = palette(run);
  const roots = graph.x.length && graph.pointers ? rootsOf(valuesAt(graph.pointers, run.steps.length, range(graph.vertices.length).map(i => i + 1))) : null;
  const chosen = token < graph.first_edge ? graph.vertices[(run.placesOf(token)[0] || 0) - 1] : null;
  root.replaceChildren(make("p", {}, make("b", {}, count(found.count)), ` component${found.count === 1 ? "" : "s"}` + (found.count > found.groups.length ? `; the ${found.groups.length} largest are below.` : ".")),
    make("ol", {}, ...found.groups.map(([size, members]) => {
      const dot = make("span", { class: "dot" });
      dot.style.background = roots ? hue(roots[place.get(members[0])]) : "var(--faint)";
      return make("li", {}, dot, make("b", {}, `${count(size)} ${size === 1 ? "vertex" : "vertices"}`), " ",
        ...members.flatMap(member => [make("bdi", { class: member === chosen ? "picked" : null }, member), ", "]).slice(0, -1), size > members.length ? ", …" : "");
    })));
}
