// A field for an input: its name, what it takes, and beside it one line about what is wrong with what stands in it.
import { make } from "./dom.js";

const number = (() => { let last = 0; return () => ++last; })();

// control: what is typed in, within `frame`; hint: what it takes. `refuse("")`: nothing is wrong.
export function field(name, control, hint = "", frame = control) {
  const id = `field-${number()}`, note = make("p", { class: "hint", id: `${id}-hint` }, hint), wrong = make("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  control.id = id;
  control.setAttribute("aria-describedby", `${note.id} ${wrong.id}`);
  const root = make("div", { class: "field" }, make("label", { for: id }, name), frame, note, wrong);
  return { root, note, refuse(sentence) {
    wrong.textContent = sentence;
    control.setAttribute("aria-invalid", String(Boolean(sentence)));
    root.classList.toggle("refused", Boolean(sentence));
  } };
}

// A text area in which pieces that do not belong are marked. pieces: text -> [[piece, whether it is wrong], …].
export function markedArea(pieces, changed, attributes = {}) {
  const behind = make("div", { class: "behind", "aria-hidden": "true" });
  const area = make("textarea", { rows: "2", spellcheck: "false", autocomplete: "off", autocapitalize: "off", ...attributes });
  const mark = () => behind.replaceChildren(...joined(pieces(area.value)).map(([piece, wrong]) => wrong ? make("mark", {}, piece) : piece), "\n");
  area.addEventListener("input", () => { mark(); changed(area.value); });
  area.addEventListener("scroll", () => { behind.scrollTop = area.scrollTop; });
  return { root: make("div", { class: "marked" }, behind, area), area, set(text) { area.value = text; mark(); } };
}

// Neighbouring pieces of a kind as one, so that a long text is a few nodes.
function joined(pieces) {
  const found = [];
  for (const [piece, wrong] of pieces) {
    const last = found[found.length - 1];
    if (last && last[1] === wrong) last[0] += piece;
    else found.push([piece, wrong]);
  }
  return found;
}
