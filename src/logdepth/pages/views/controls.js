// Sliders, the button that plays, and keys: one way to move through blocks, tokens and rounds.
import { button, clamp, isTyping, make } from "./dom.js";

const number = (() => { let last = 0; return () => ++last; })();

// A slider with its name and, after it, what it stands at in words.
export function slider(name, act, low = 0) {
  const id = `slider-${number()}`, input = make("input", { type: "range", id, min: String(low), value: String(low), step: "1" }), words = make("output", { for: id }), label = make("label", { for: id }, name);
  input.addEventListener("input", () => act(Number(input.value)));
  return { root: make("span", { class: "choice" }, label, input, words), label, input,
    set(value, most, said) {
      input.max = most;
      input.value = value;
      words.textContent = said;
      input.setAttribute("aria-valuetext", said);
    } };
}

// A button that steps on by itself until `step` says that it is at the end; it starts again there.
export function player(name, step, pause) {
  let timer = null;
  const node = button("▶", toggle, { class: "round-button", "aria-label": name, "aria-pressed": "false" });
  function toggle() {
    if (timer) { clearInterval(timer); timer = null; }
    else {
      step(true);
      timer = setInterval(() => { if (step(false)) toggle(); }, pause());
    }
    node.textContent = timer ? "❚❚" : "▶";
    node.setAttribute("aria-pressed", String(Boolean(timer)));
  }
  return node;
}

// keys: from the name of a key to what it does.
export function onKeys(keys) {
  document.addEventListener("keydown", event => {
    if (!keys[event.key] || isTyping(event)) return;
    event.preventDefault();
    keys[event.key]();
  });
}

// Where to look: block and token of a view.
export function controls(view) {
  const step = slider("block", value => view.pin({ step: value })), token = slider("token", value => view.pin({ token: view.run.choices[value] }));
  const play = player("Play through the blocks", first => {
    const { run, pinned } = view;
    if (first) { if (pinned.step === run.steps.length) view.pin({ step: 0 }); return false; }
    view.pin({ step: pinned.step + 1 });
    return view.pinned.step === view.run.steps.length;
  }, () => 1100);
  const root = make("div", { class: "controls", role: "group", "aria-label": "Where to look" }, play, step.root, token.root);
  token.root.classList.add("of-token");
  return { root, draw() {
    const { run, cursor } = view;
    token.label.textContent = run.graph ? "row" : run.data.word;
    step.set(cursor.step, run.steps.length, run.stepName(cursor.step));
    token.set(run.choices.indexOf(run.nearest(cursor.token)), run.choices.length - 1, run.nameOf(cursor.token));
  } };
}

export function moveByKeys(view) {
  const neighbour = by => {
    const { choices } = view.run, at = choices.indexOf(view.pinned.token);
    view.pin({ token: choices[clamp(0, at + by, choices.length - 1)] });
  };
  onKeys({ ArrowLeft: () => view.pin({ step: view.pinned.step - 1 }), ArrowRight: () => view.pin({ step: view.pinned.step + 1 }), ",": () => neighbour(-1), ".": () => neighbour(1) });
}
