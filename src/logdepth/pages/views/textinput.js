// Inputs that are typed in one field: a text, letter by letter, or numbers.
import { clip, count, several } from "./dom.js";
import { field, markedArea } from "./field.js";

const LETTERS_NAMED = 40;

// form: of kind "text", see logdepth/tasks/forms.py. changed: called with the input at every keystroke.
export function textInput(form, changed) {
  const known = new Set(form.letters), pieces = text => [...text].map((letter, at) => [letter, !known.has(letter) || at >= form.most]);
  const typed = markedArea(pieces, text => { tell(text); changed(text); });
  const parts = field("Your text", typed.area, "", typed.root);
  const tell = text => { parts.note.textContent = form.note || `${count([...text].length)} of at most ${several(form.most, "letter")}, of these: ${clip(form.letters, LETTERS_NAMED)}`; };
  return { ...parts, set(text) { typed.set(text); tell(text); } };
}

// form: of kind "numbers". What is no number is handed on as it is, so that one place says what is wrong.
export function numbersInput(form, changed) {
  const split = text => text.split(/[\s,;]+/).filter(Boolean), read = word => /^[+-]?\d{1,15}$/.test(word) ? Number(word) : word;
  const pieces = text => text.split(/([\s,;]+)/).map((piece, at) => [piece, at % 2 === 0 && piece !== "" && !fits(form, read(piece), split(text).length)]);
  const typed = markedArea(pieces, text => { tell(text); changed(split(text).map(read)); }, { inputmode: "text" });
  const parts = field("Your numbers", typed.area, "", typed.root);
  const tell = text => {
    const ranges = form.turns.length ? form.turns.map(([low, high]) => `${low} to ${high}`).join(", then ") + ", by turns" : form.high === null ? `${form.low} to how many there are` : `${count(form.low)} to ${count(form.high)}`;
    parts.note.textContent = `${count(split(text).length)} of at most ${several(form.most, "number")}: whole ones from ${ranges}`;
  };
  return { ...parts, set(numbers) { const text = numbers.join(" "); typed.set(text); tell(text); } };
}

const fits = (form, value, many) => typeof value === "number" && value >= form.low && value <= (form.high ?? many);
