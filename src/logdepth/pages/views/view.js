// What all figures of one run share: the run, and the cursor (step, token, head, key, column). Hover points, a click pins. key: which
// key of the token is looked at; null is the one of greatest weight. column: of the residual stream, whose sum is shown.
import { clamp, whenSeen } from "./dom.js";
import { firstLook, Run } from "./run.js";

export class View {
  constructor(data) {
    this.figures = [];
    this.measures = [];
    this.pinned = {};
    this.pointed = null;
    this.partner = null;  // a view of another model on the same input: it follows the token
    this.show(data);
    Object.assign(this.pinned, firstLook(this.run));
  }

  // The cursor: what the pointer is on, above what is pinned.
  get cursor() { return this.pointed ? { ...this.pinned, ...this.pointed } : this.pinned; }

  // Add figures: functions that draw the view as it is now.
  add(...figures) { this.figures.push(...figures); }

  // Who asks where things are has them laid out: so all figures are drawn first, and then they are laid out once.
  draw() {
    this.waiting = false;
    for (const figure of this.figures) figure();
    for (const measure of this.measures.splice(0)) measure();
  }

  // Within a figure's drawing: what has to know where things are in a frame.
  afterDrawing(frame, measure) { this.measures.push(() => whenSeen(frame, measure)); }

  // Another run of the same model, or of another one. The cursor stays where it was, as far as that is there.
  show(data) {
    this.run = new Run(data);
    this.pointed = null;
    this.pin({});
  }

  pin(change) {
    const { pinned, run } = this;
    if (change.step !== undefined && change.head === undefined && change.step !== pinned.step) change = { ...change, head: 0 };
    if (change.key === undefined && Object.keys(change).length) change = { ...change, key: null };  // the pair of another row is another one
    Object.assign(pinned, change);
    this.pointed = null;
    if (pinned.step === undefined) return;
    pinned.step = clamp(0, pinned.step, run.steps.length);
    pinned.token = run.nearest(pinned.token);
    this.draw();
    if (this.partner && this.partner.pinned.token !== pinned.token && change.token !== undefined) this.partner.pin({ token: pinned.token });
  }

  // Show what the pointer is on, without pinning it; null: nothing.
  point(change) {
    if (JSON.stringify(change) === JSON.stringify(this.pointed)) return;
    this.pointed = change;
    if (this.partner) this.partner.point(change);
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { if (this.waiting) this.draw(); });
  }
}

// Marks of a figure that stand for something carry data-token, data-step, data-head or data-column: a click pins it. The pointer over a
// token shows that one, too; not over a step or a head, where what is under the pointer could move away from it.
export function listen(root, view) {
  const marked = (event, ...names) => {
    const mark = event.target.closest(names.map(name => `[data-${name}]`).join(", "));
    if (!mark || !root.contains(mark)) return null;
    const found = Object.fromEntries(names.filter(name => mark.dataset[name] !== undefined).map(name => [name, Number(mark.dataset[name])]));
    return found.token === 0 ? null : found;
  };
  root.addEventListener("click", event => { const found = marked(event, "token", "step", "head", "key", "column"); if (found) view.pin(found); });
  root.addEventListener("pointermove", event => { if (event.pointerType === "mouse") view.point(marked(event, "token")); });
  root.addEventListener("pointerleave", () => view.point(null));
}
