// An input that asks: which k, and the text; of a trained network that is asked k-hop.
import { make } from "./dom.js";
import { textInput } from "./textinput.js";

// form: of kind "text", whose texts are "k text". asks: {low, high} of k.
export function askedInput(form, asks, changed) {
  const number = make("input", { type: "number", min: asks.low, max: asks.high, class: "asked-number", "aria-label": "the number of hops that is asked" }), state = { text: "" };
  const send = () => changed(`${number.value} ${state.text}`);
  const typed = textInput({ ...form, letters: form.letters.replace(/^[0-9 ]+/, "") }, text => { state.text = text; send(); });
  number.addEventListener("input", send);
  typed.root.prepend(make("p", { class: "asks" }, "Asked: where do ", number, ` hops lead? (${asks.low} to ${asks.high})`));
  return { ...typed, set(input) {
    const [, k, text] = String(input).match(/^\s*(\d*)\s*(.*)$/s);
    number.value = k;
    state.text = text.trimEnd();
    typed.set(state.text);
  } };
}
