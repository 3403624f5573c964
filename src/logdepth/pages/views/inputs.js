// The field for inputs of a form: {root, set(input), refuse(sentence)}; `changed` is called with what was typed or drawn.
import { graphInput } from "./graphinput.js";
import { tableInput } from "./tableinput.js";
import { numbersInput, textInput } from "./textinput.js";

const KINDS = { text: textInput, numbers: numbersInput, graph: graphInput, table: tableInput };

export const inputFor = (form, changed) => KINDS[form.kind](form, changed);
