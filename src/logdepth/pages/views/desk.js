// The explorer's desk: an input of the reader, the answer at once, and all figures of the run, which follow every keystroke.
import { onAddress, remember, wish } from "./address.js";
import { button, make } from "./dom.js";
import { inputFor } from "./inputs.js";
import { lookInside } from "./lookinside.js";
import { verdict } from "./verdict.js";

const LONGEST_LINK = 6000;  // letters of an input in the address

// Whether "step.head" is a head of the model.
function isHead(heads, pair) {
  const [step, head] = pair.split(".").map(Number);
  return head < heads[step - 1];
}

// root: an empty element. explorer: as explore/engine/explorer.js says. page: where blocks and program are drawn.
// only: the figure that stands alone, null for all. told: called with what is shown, {input, off, answer, right, refused}. beside: from an input to another model of the same task, {name, explorer, input}, or null where there is none.
// -> {ask({input, off})}: choose both; off: [[step, head], …] from 0.
export async function desk(root, explorer, { page = document, beside = null, only = null, told = () => {} } = {}) {
  const said = make("p", { class: "verdict-line", role: "status" }), checked = make("p", { class: "caption checked" }, "Checking this page against the library …");
  const state = { input: null, off: new Set(), view: null, before: null, found: null, waiting: false, told: null }, figures = make("div", { class: "figures" }), other = beside && compared(figures, beside);
  const typed = inputFor(explorer.form, input => change(input), explorer.asks), heads = make("div", { class: "switched" });
  root.replaceChildren(make("div", { class: "desk" }, make("div", { class: "desk-input" }, typed.root, examples()), said, heads), other ? other.root : figures, checked);

  function examples() {
    const list = explorer.examples.map(({ name, input }) => button(name, () => choose(input)));
    return make("p", { class: "examples" }, list.length ? "Or take " : "", ...list);
  }

  // An input from elsewhere: an example, the address.
  async function choose(input) {
    typed.set(input);
    typed.refuse("");
    await change(input);
    const { graph } = state.found ? state.found.data : {};
    if (graph && typed.place && !input.x) typed.place(graph);
  }

  async function change(input) {
    const reason = refusal(input);
    typed.refuse(reason);
    if (reason) { report(reason); return; }
    state.input = input;
    state.before = null;
    await run();
  }

  // What someone else asks for, such as a notebook.
  async function ask({ input, off }) {
    state.off = new Set(off.map(([step, head]) => `${step + 1}.${head}`));
    if (JSON.stringify(input) === JSON.stringify(state.input)) await run();
    else await choose(input);
  }

  function report(refused = "") {
    if (state.told) told({ ...state.told, refused });
  }

  function refusal(input) {
    try { return explorer.refusal(input); } catch (error) { return `This input cannot be read: ${error.message}`; }
  }

  async function run() {
    for (const pair of state.off) if (!isHead(explorer.heads, pair)) state.off.delete(pair);
    const ablate = switchedOff();
    said.classList.add("waits");
    if (state.off.size && state.before === null && !await compare()) return;
    const found = await explorer.run(state.input, { ablate, most: 64, answered: tell }).catch(error => { typed.refuse(error.message); return null; });
    said.classList.remove("waits");
    if (found) show(found);
  }

  // How much is right with all heads; whether no later run overtook this question.
  async function compare() {
    const whole = await explorer.run(state.input, { ablate: [], most: 8 });
    if (whole) state.before = (whole.data.answer || whole.data.outputs).right;
    return Boolean(whole);
  }

  // The answer at once.
  function tell(found) {
    said.classList.remove("waits");
    said.replaceChildren(...verdict(found.data, { ...found, off: state.off.size, before: state.before }));
    const { right } = found.data.answer || found.data.outputs;
    state.told = { input: state.input, off: switchedOff(), answer: found.answer, right };
    report();
  }

  // The figures after the answer is on the screen, and only those of the latest run.
  function show(found) {
    state.found = found;
    if (!state.view) { drawFigures(); return; }
    if (state.waiting) return;
    state.waiting = true;
    requestAnimationFrame(() => setTimeout(drawFigures));
  }

  function drawFigures() {
    const { data } = state.found;
    state.waiting = false;
    if (state.view) state.view.show(data);
    else {
      state.view = lookInside(figures, data, { page, bench: true, only, product: explorer.product, sum: explorer.sum, switches: { isOff: (step, head) => state.off.has(`${step}.${head}`), toggle } });
      requestAnimationFrame(() => setTimeout(() => root.classList.add("drawn")));  // from now on the browser knows how large figures out of sight are
    }
    if (other) other.follow(state);
    drawSwitched();
    write();
  }

  // ---- heads that are switched off ----

  function switchedOff() { return [...state.off].map(pair => pair.split(".").map(Number)).map(([step, head]) => [step - 1, head]); }

  async function toggle(step, head) {
    const pair = `${step}.${head}`;
    if (!state.off.delete(pair)) state.off.add(pair);
    await run();
  }

  function drawSwitched() {
    const name = pair => {
      const [number, head] = pair.split(".").map(Number), { run } = state.view, step = run.stepAt(number);
      return `layer ${step.layer}${step.heads.length > 1 ? `, head ${head + 1}` : ""}`;
    };
    heads.replaceChildren(...(state.off.size ? ["Switched off: ", ...[...state.off].map(pair => button(`${name(pair)} ×`, () => toggle(...pair.split(".").map(Number)), { "aria-label": `Switch ${name(pair)} on again` })),
      button("all on again", () => { state.off.clear(); run(); })] : []));
  }

  // ---- the address ----

  function write() {
    const text = typeof state.input === "string" ? state.input : JSON.stringify(state.input);
    remember({ input: text.length > LONGEST_LINK ? null : text, off: state.off.size ? [...state.off].join(",") : null });
  }

  // What the address asks for, as far as it can be read; else the first example.
  async function read() {
    const text = wish("input");
    state.off = new Set((wish("off") || "").split(",").filter(pair => /^[1-9]\d{0,5}\.\d{1,5}$/.test(pair)));
    let input = null;
    if (text !== null) try { input = explorer.form.kind === "text" ? text : JSON.parse(text); } catch { input = null; }
    const reason = input === null ? "" : refusal(input);
    if (input !== null && !reason) await choose(input);
    else if (state.view) await run();
    else await choose(explorer.examples[0].input);
    if (text !== null && (input === null || reason)) typed.refuse(`The address holds an input that this model does not take${reason ? `: ${reason}` : "."}`);
  }

  onAddress(read);
  await read();
  explorer.check().then(({ sentence }) => { checked.textContent = sentence; }, error => { checked.textContent = `The check failed: ${error.message}`; });
  return { ask };
}

// The figures of the model, and in a column beside them those of another model on the same input.
function compared(figures, beside) {
  const title = make("h3", {}, ""), said = make("p", { class: "verdict-line" }), drawn = make("div", { class: "figures" }), second = make("div", { class: "column" }, title, said, drawn);
  const state = { view: null, name: null };
  return { root: make("div", { class: "columns" }, make("div", { class: "column" }, make("h3", {}, "This network"), figures), second), async follow({ input, view }) {
    const other = await beside(input), found = other && await other.explorer.run(other.input, { ablate: [], most: 64 });
    second.hidden = !other;
    if (!found) return;
    title.textContent = other.name;
    said.replaceChildren(...verdict(found.data, { ...found, off: 0, before: null }));
    if (state.view && state.name === other.name) state.view.show(found.data);
    else state.view = lookInside(drawn, found.data, { bench: true, partner: view, product: other.explorer.product, sum: other.explorer.sum });
    state.name = other.name;
    state.view.pin({ token: view.pinned.token });
  } };
}
