// Heads against hops over many sequences: how well each head is aligned with each thing that it could read, and the error without it.
import { onAddress, remember, wishedNumber } from "./address.js";
import { slider } from "./controls.js";
import { capital, make } from "./dom.js";
import { figure } from "./figure.js";
import { headTable, inACell, markHead, READABLE, replaceTable, valueCell } from "./headtable.js";

const ALIGNED = "How well the attention of each head agrees with reading the first token, the previous one, or the token that so many hops lead to (0: the token itself): ⟨A, F⟩ / √(ΣF · ΣA²), averaged over sequences, where A is the attention matrix and F is 1 where the token leads. A head that does nothing else reaches the root of the share of tokens that lead somewhere, as what it reads elsewhere counts too. What each head reads best is framed, if its alignment is " + READABLE + " or more.";
const ERRORS = k => ` On the right, for k = ${k}, the error on answered tokens if the head brings its average over other sequences instead; the upright stroke is the error with all heads. Both are on the same sequences, so their difference has an interval of its own: the line across the end of the bar. Numbers are grey where that has both signs.`;
const BAR = 120;  // pixels of the largest error

// found: of the form of logdepth/pages/inspected.py.
export function alignments(view, found) {
  const parts = figure("alignments", "Which head does which hop", { caption: ALIGNED + ERRORS(found.k), scroll: "Heads against hops, scrolls sideways", table: true });
  const said = make("p", { class: "caption under-pointer" }, "\u00a0"), last = found.asked.length - 1, state = { at: null, table: null };
  const choice = slider("asked k", at => askedAt(at));
  choice.root.classList.add("asked");
  parts.canvas.classList.add("tall");
  parts.note.after(...(last ? [choice.root] : []), said);
  parts.canvas.addEventListener("pointermove", event => { const cell = event.target.closest("[title]"); said.textContent = cell ? cell.getAttribute("title") : "\u00a0"; });
  parts.canvas.addEventListener("click", event => {
    const cell = event.target.closest("td[data-head]");
    if (cell) view.pin({ step: Number(cell.dataset.step), head: Number(cell.dataset.head) });
  });
  onAddress(() => view.pin({ asked: wished() }));
  view.pinned.asked = wished();
  return { root: parts.root, draw };

  // Which k the address asks for; if it is not among those of the model, the one of errors.
  function wished() {
    const at = found.asked.indexOf(wishedNumber("k"));
    return at < 0 ? found.asked.indexOf(found.k) : at;
  }

  function askedAt(at) {
    remember({ k: found.asked[at] });
    view.pin({ asked: at });
  }

  function draw() {
    const at = view.pinned.asked;
    if (at !== state.at) {
      state.at = at;
      state.table = tableOf(view, found, at);
      choice.set(at, last, `k = ${found.asked[at]}`);
      replaceTable(parts.canvas, state.table);
    }
    markHead(view, state.table);
  }
}

export const nameOf = ({ layer, number }) => `layer ${layer}, head ${number}`;

// The heads in groups, one for each layer, with the step of the run that is theirs.
export function byLayer({ heads }) {
  const groups = new Map();
  for (const head of heads) groups.set(head.layer, [...(groups.get(head.layer) || []), head]);
  return [...groups.values()].map((group, at) => group.map((head, place) => ({ ...head, step: at + 1, place })));
}

function tableOf(view, found, at) {
  const largest = Math.max(.01, found.error || 0, ...found.heads.map(({ without }) => without ? without[0] : 0));
  const groups = byLayer(found).map(group => group.map(head => {
    const values = head.alignments[at], best = values.indexOf(Math.max(...values)), name = nameOf(head);
    const cells = values.map((value, target) => valueCell(value, { best: target === best, data: { "data-step": head.step, "data-head": head.place },
      title: `${capital(name)}, ${found.targets[target]}: alignment ${value.toFixed(3)}; ${(100 * head.shares[at][target]).toFixed(1)}% of the attention` }));
    return { number: head.step, head: head.place, name, label: head.label, cells, more: [bar(head, found.error, largest), moreErrors(head)] };
  }));
  return headTable(view, found.targets.map(inACell), groups, ["error without it", "more errors, and half a 95% interval"]);
}

// The error without a head; a stroke at the error with all; the line across its end is the interval of their difference.
function bar({ without, more }, all, largest) {
  if (!without || !more || all === null) return make("td", { class: "bar" }, "–");
  const x = error => (Math.min(Math.max(error, 0), 1) * BAR / largest).toFixed(1), [value, low, high] = without, [, least, most] = more;
  const said = `Error without it ${value.toFixed(4)}, 95% interval ${low.toFixed(4)} to ${high.toFixed(4)}`;
  return make("td", { class: "bar", title: said }, make("svg", { width: BAR + 50, height: 16, role: "img", "aria-label": value.toFixed(3) },
    make("rect", { class: "track", width: BAR, y: 3, height: 10 }), make("rect", { class: "value", width: x(value), y: 3, height: 10 }),
    make("path", { class: "ends", d: `M${x(all + least)} 8H${Math.min(x(all + most), BAR + 5)}` }), make("path", { class: "all", d: `M${x(all)} 0V16` }),
    make("text", { x: BAR + 8, y: 12.5 }, value.toFixed(3))));
}

function moreErrors({ more }) {
  if (!more) return make("td", { class: "more" }, "–");
  const [value, low, high] = more, unsure = low <= 0 && high >= 0;
  return make("td", { class: unsure ? "more unsure" : "more", title: `More errors: ${signed(value, 4)}, 95% interval ${signed(low, 4)} to ${signed(high, 4)}` }, `${signed(value, 3)} ± ${((high - low) / 2).toFixed(3)}`);
}

const signed = (value, digits) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
