// Nodes of the page, and small tools of all figures. What a person wrote enters as text, never as HTML.

const SVG = new Set(["svg", "g", "path", "rect", "circle", "line", "text", "tspan", "title", "defs", "marker"]);

export function make(name, attributes = {}, ...children) {
  const node = SVG.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export const range = n => Array.from({ length: n }, (_, i) => i);
export const clip = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;
export const clamp = (low, x, high) => Math.max(low, Math.min(high, x));
export const capital = text => text ? text[0].toUpperCase() + text.slice(1) : "";
export const count = value => value.toLocaleString("en");
export const several = (value, noun, nouns = `${noun}s`) => `${count(value)} ${value === 1 ? noun : nouns}`;
export const superscript = n => String(n).replace(/\d/g, digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
export const classes = (...names) => names.filter(Boolean).join(" ") || null;

// Scroll a frame sideways, if need be, until what lies from `left` to `right` in it is to be seen, beside what is stuck at its left edge.
export function reveal(frame, left, right, stuck = 0) {
  const room = frame.clientWidth;
  if (left < frame.scrollLeft + stuck || right > frame.scrollLeft + room) frame.scrollLeft = (left + right + stuck - room) / 2 - stuck;
}

// Measure what is drawn in a frame: now, or, as long as the browser leaves it out because nobody sees it, once it comes into sight.
export function whenSeen(frame, measure) {
  const drawn = frame.firstElementChild, seen = !drawn.checkVisibility || drawn.checkVisibility({ contentVisibilityAuto: true });
  (frame.closest(".canvas, .frame") || frame).oncontentvisibilityautostatechange = seen ? null : ({ skipped }) => { if (!skipped) whenSeen(frame, measure); };
  if (seen) measure();
}

// An attribute, null for none; it is left alone where it is as wanted.
export function put(node, name, value) {
  const text = value === null ? null : String(value);
  if (node.getAttribute(name) === text) return;
  if (text === null) node.removeAttribute(name);
  else node.setAttribute(name, text);
}

// Nodes within `parent`, in the order of `keys`: a node whose key was there before is left alone, so that what stays is neither built
// nor laid out again. build: from the place of a key to a new node.
export function keep(parent, keys, build) {
  const old = parent.kept || new Map(), now = new Map(keys.map((key, at) => [key, old.get(key) || build(at)]));
  for (const [key, node] of old) if (now.get(key) !== node) node.remove();
  let next = parent.firstChild;
  for (const node of now.values()) if (node === next) next = node.nextSibling; else parent.insertBefore(node, next);
  parent.kept = now;
}

// A button with this text; `pressed` says whether it is a switch, and which way it stands.
export function button(text, act, attributes = {}) {
  const node = make("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", act);
  return node;
}

// Whether keys of the page should leave this event alone: someone types, or scrolls a frame.
export const isTyping = event => event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
  || Boolean(event.target.closest && event.target.closest(".scroll, [data-keys]"));
