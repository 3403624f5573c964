// One thing of many that is chosen: the pointer shows it, a click pins it, and the address holds what is pinned.
import { onAddress, remember, wishedNumber } from "./address.js";
import { clamp } from "./dom.js";

export class Choice {
  // name: in the address. many: the things, numbered from 0. first: which one is pinned where the address says nothing.
  constructor(name, many, first = 0) {
    Object.assign(this, { name, many, pinned: clamp(0, wishedNumber(name) ?? first, many - 1), pointed: null, waiting: false, figures: [] });
    onAddress(() => { if (wishedNumber(name) !== null) this.pin(wishedNumber(name)); });
  }

  get at() { return this.pointed ?? this.pinned; }

  // Add figures: functions that draw the choice as it is now.
  add(...figures) { this.figures.push(...figures); }

  draw() {
    this.waiting = false;
    for (const figure of this.figures) figure();
  }

  pin(at) {
    this.pinned = clamp(0, at, this.many - 1);
    this.pointed = null;
    remember({ [this.name]: this.pinned });
    this.draw();
  }

  // Show what the pointer is on, without pinning it; null: nothing.
  point(at) {
    if (at === this.pointed) return;
    this.pointed = at;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { if (this.waiting) this.draw(); });
  }
}

// Within root, at says what an event is on, a number or null: the pointer shows it, and a click pins it.
export function listenTo(root, choice, at) {
  root.addEventListener("click", event => { const found = at(event); if (found !== null) choice.pin(found); });
  root.addEventListener("pointermove", event => { if (event.pointerType === "mouse") choice.point(at(event)); });
  root.addEventListener("pointerleave", () => choice.point(null));
}
