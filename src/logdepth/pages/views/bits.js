// Bits that a model can carry, against those that it needs to carry.
import { count, make } from "./dom.js";
import { figure, onWidth } from "./figure.js";

const LEFT = 150, RIGHT = 110, HEIGHT = 22, STEP = 36, TOP = 8;

export function bits({ carried, needed }) {
  const parts = figure("bits", "Bits against bits"), most = Math.max(carried, needed, 1);
  onWidth(parts.canvas, width => {
    const whole = Math.min(width, 760), bar = (name, value, kind, at) => [
      make("text", { class: "soft", x: 0, y: TOP + at * STEP + 16, "font-size": 14 }, name),
      make("rect", { class: kind, x: LEFT, y: TOP + at * STEP, height: HEIGHT, width: Math.max(3, value / most * (whole - LEFT - RIGHT)), rx: 3 }),
      make("text", { x: LEFT + Math.max(3, value / most * (whole - LEFT - RIGHT)) + 9, y: TOP + at * STEP + 16, "font-size": 14 }, `${count(value)} bits`),
    ];
    parts.canvas.replaceChildren(make("svg", { viewBox: `0 0 ${whole} ${TOP + 2 * STEP}`, width: whole, role: "img", "aria-label": `It can carry ${count(carried)} bits, and needs to carry ${count(needed)}` }, ...bar("it can carry", carried, "carried", 0), ...bar("it needs to carry", needed, "needed", 1)));
  });
  return { root: parts.root, draw() {} };
}
