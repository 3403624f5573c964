// A guided walk: what happens to one token, step by step, in sentences. Each sentence moves the cursor, and follows it.
import { button, capital, clamp, clip, make, range } from "./dom.js";
import { figure } from "./figure.js";

const CAPTION = "The way of the chosen token through the model. Blocks that change nothing for it are left out.";
const READS = "What the chosen token reads in every layer. What a head brings of a row, and what the MLP after it makes of that, are numbers without names: the sentences say what is read, and not what for.";
const MOST_CHANGES = 4, MOST_HEADS = 3;

// page: the element that holds the program's lines, whose statements are quoted; null if there is none.
export function walk(view, page) {
  const parts = figure("walk", "What happens, step by step"), list = make("ol", { class: "stops" }), back = button("←", () => go(-1), { class: "turn", "aria-label": "One sentence back" }), on = button("→", () => go(1), { class: "turn", "aria-label": "The next sentence" });
  let stops = [], drawn = {};
  parts.tools.prepend(back, on);
  parts.canvas.append(list);
  const at = () => stops.reduce((best, { step }, place) => step <= view.cursor.step ? place : best, 0);
  const go = by => view.pin({ step: stops[clamp(0, at() + by, stops.length - 1)].step });
  return { root: parts.root, draw() {
    const { run, cursor } = view;
    if (view.pointed) return;
    if (drawn.run !== run || drawn.token !== cursor.token) {
      drawn = { run, token: cursor.token };
      stops = run.isNamed ? stopsOf(run, cursor.token, page) : layersOf(run, cursor.token);
      parts.note.textContent = run.isNamed ? CAPTION : READS;
      list.replaceChildren(...stops.map(({ title, says, line }) => make("li", {}, make("button", { type: "button" }, make("b", {}, title), " ", says), ...(line ? [make("code", {}, line)] : []))));
      list.querySelectorAll("button").forEach((node, place) => node.addEventListener("click", () => view.pin({ step: stops[place].step })));
    }
    const here = at();
    [...list.children].forEach((item, place) => {
      item.classList.toggle("here", place === here);
      item.firstChild.setAttribute("aria-current", place === here ? "step" : "false");
    });
    back.disabled = here === 0;
    on.disabled = here === stops.length - 1;
    view.afterDrawing(list, () => bringIntoSight(list, list.children[here]));
  } };
}

function bringIntoSight(list, item) {
  const { top, bottom } = item.getBoundingClientRect(), frame = list.getBoundingClientRect();
  if (top < frame.top || bottom > frame.bottom) list.scrollTop += (top + bottom) / 2 - (frame.top + frame.bottom) / 2;
}

// The embedding, every block that reads or changes something for the token, and the answer.
function stopsOf(run, token, page) {
  const rows = page ? [...page.querySelectorAll(".program tr[data-blocks]")] : [], found = [{ step: 0, title: "The input.", says: `${capital(run.nameOf(token))} begins with ${held(run, token) || "nothing but its place"}.`, line: "" }];
  for (const number of range(run.steps.length).map(i => i + 1)) {
    const step = run.stepAt(number), reads = range(step.heads.length).filter(head => tells(run, step, head, token)), changed = changes(run, number, token);
    if (!reads.length && !changed.length) continue;
    const says = [reading(run, step, reads, token), becoming(changed, reads)].filter(Boolean).join(" ");
    found.push({ step: number, title: titleOf(step), says, line: lineOf(rows, step, reads[0]) });
  }
  const said = answerOf(run, token);
  if (said) found[found.length - 1].says += ` ${said}`;
  return found;
}

// Of a network whose columns have no names: every layer, and what its heads read; those that have most of their weight on one row first.
function layersOf(run, token) {
  const found = [{ step: 0, title: "The input.", says: `${capital(run.nameOf(token))} begins with the numbers that were learned for its ${run.data.word} and for its place.`, line: "" }];
  run.attentionSteps().forEach(({ step, number }) => {
    const most = head => Math.max(...run.reads(step, head, token).map(({ weight }) => weight)), heads = range(step.heads.length).sort((a, b) => most(b) - most(a) || a - b), rest = heads.length - MOST_HEADS;
    const says = heads.slice(0, MOST_HEADS).map(head => `${heads.length > 1 ? `Head ${head + 1}: ` : ""}${run.sentence(step, head, token)}`);
    found.push({ step: number, title: titleOf(step), says: says.join(" ") + (rest > 0 ? ` ${rest === 1 ? "One more head spreads" : `${rest} more heads spread`} wider.` : ""), line: "" });
  });
  const said = answerOf(run, token);
  if (said) found[found.length - 1].says += ` ${said}`;
  return found;
}

const titleOf = ({ layer, round, rounds }) => layer ? `Layer ${layer}${rounds > 1 ? `, round ${round}` : ""}.` : "ReLU.";

// What the first head that tells something reads, and how many others do.
function reading(run, step, reads, token) {
  if (!reads.length) return "";
  const others = reads.length - 1;
  return run.sentence(step, reads[0], token) + (others ? ` ${others === 1 ? "Another head reads" : `${others} more heads read`}, too.` : "");
}

const becoming = (changed, reads) => changed.length ? `${reads.length ? "So " : ""}${changed.join(", ")}.` : "";

// Whether a head brings the token something that is worth a sentence: more than the start token alone.
const tells = (run, step, head, token) => run.reads(step, head, token).some(({ key }) => key > 0 && key !== token);

const valueAt = (run, number, column, token) => run.stream[number][column][run.place.get(token)];

function held(run, token) {
  if (!run.place.has(token)) return "";
  const names = run.namesAt(0);
  return names.map((name, column) => [name, valueAt(run, 0, column, token)]).filter(([name, value]) => name && value && name !== "one").slice(0, MOST_CHANGES + 2).map(([name, value]) => `${name} = ${value}`).join(", ");
}

// What a block changed for a token, "‘hop 2’ becomes 15".
function changes(run, number, token) {
  if (!run.place.has(token)) return [];
  const names = run.namesAt(number);
  const found = Object.keys(run.stepAt(number).values).map(Number).filter(column => names[column] && valueAt(run, number, column, token) !== valueAt(run, number - 1, column, token));
  const told = found.slice(0, MOST_CHANGES).map(column => `‘${names[column]}’ becomes ${valueAt(run, number, column, token)}`);
  return found.length > MOST_CHANGES ? [...told, `and ${found.length - MOST_CHANGES} more columns change`] : told;
}

// The statement that a head came from, or a block without heads. rows: of the program.
function lineOf(rows, step, head) {
  const has = (list, name) => (list || "").split(" ").includes(name);
  const row = rows.find(row => head !== undefined && has(row.cells[0].dataset.heads, `${step.block}.${head}`)) || rows.find(row => has(row.dataset.blocks, String(step.block)));
  const code = row && row.querySelector("code");
  return code ? clip(code.textContent.trim(), 160) : "";
}

function answerOf({ data, labels }, token) {
  const { answer } = data, entry = answer ? answer.tokens.indexOf(token) : -1;
  if (entry < 0) return "";
  const said = `The model answers ‘${answer.model[entry]}’`;
  return answer.exact ? `${said}; ${answer.wrong.includes(entry) ? `the exact answer is ‘${answer.exact[entry]}’` : "this is the exact answer"}.` : `${said}.`;
}
