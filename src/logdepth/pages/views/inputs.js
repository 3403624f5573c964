// The field for inputs of a form: {root, set(input), refuse(sentence)}; `changed` is called with what was typed or drawn.
import { askedInput } from "./askedinput.js";
import { factsInput } from "./factsinput.js";
import { graphInput } from "./graphinput.js";
import { tableInput } from "./tableinput.js";
import { numbersInput, textInput } from "./textinput.js";

const NONE = "∅";  // stands for no letter in a text

const KINDS = { text: textInput, numbers: numbersInput, graph: graphInput, facts: factsInput, table: tableOrText };

// asks: {low, high} of a trained network that is asked for a number of hops; else null.
export const inputFor = (form, changed, asks = null) => asks ? askedInput(form, asks, changed) : KINDS[form.kind](form, changed);

// A table of one column is typed as a text, or as numbers.
function tableOrText(form, changed) {
  const [column] = form.columns;
  if (form.columns.length > 1 || column.values) return tableInput(form, changed);
  const given = values => changed({ [column.name]: values });
  if (column.letters === null) {
    const typed = numbersInput({ ...form, low: 0, high: column.high, turns: [] }, given);
    return { ...typed, set: input => typed.set(input[column.name]) };
  }
  const letters = [...column.letters], read = letter => letters.indexOf(letter) + 1 || (letter === NONE ? 0 : letter);
  const typed = textInput({ ...form, letters: letters.includes(NONE) ? column.letters : column.letters + NONE }, text => {
    const values = [...text].map(read), wrong = values.findIndex(value => typeof value === "string");
    if (wrong < 0) given(values);
    else typed.refuse(`The letter ‘${values[wrong]}’ at position ${wrong + 1} is not among those of the program.`);
  });
  return { ...typed, set: input => typed.set(input[column.name].map(value => value ? letters[value - 1] : NONE).join("")) };
}
