// A part of the page that is no drawing, such as a table, as a drawing: its boxes and its texts, where the browser put them.
import { make } from "./dom.js";
import { inHex, standalone } from "./export.js";

const PAD = 10;

// An <svg> that needs no style sheet, as large as what is drawn in it. What is scrolled out of sight is in it, too.
export function snapshot(root) {
  const restore = unscroll(root), from = root.getBoundingClientRect(), place = ({ left, top, width, height }) => ({ x: round(left - from.left + PAD), y: round(top - from.top + PAD), width: round(width), height: round(height) });
  const found = [root, ...root.querySelectorAll("*")].filter(isSeen).flatMap(node => drawingOf(node, place));
  restore();
  const [width, height] = ["right", "bottom"].map(end => Math.ceil(Math.max(0, ...found.map(one => one[end])) + PAD));
  return standalone(make("svg", { viewBox: `0 0 ${width} ${height}` }, ...found.map(({ node }) => node)), { styled: true });
}

// What is drawn of an element, and how far it reaches.
const within = (node, { x, y, width, height }) => ({ node, right: x + width, bottom: y + height });

const round = value => Math.round(value * 100) / 100;
const isSeen = node => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden" && !(node.parentNode.closest && node.parentNode.closest("svg"));

// What is scrolled goes back to its beginning; -> puts it where it was.
function unscroll(root) {
  const scrolled = [root, ...root.querySelectorAll("*")].filter(node => node.scrollLeft || node.scrollTop).map(node => [node, node.scrollLeft, node.scrollTop]);
  for (const [node] of scrolled) node.scrollTo(0, 0);
  return () => { for (const [node, left, top] of scrolled) node.scrollTo(left, top); };
}

function drawingOf(node, place) {
  const style = getComputedStyle(node), box = place(node.getBoundingClientRect());
  if (node.tagName === "svg") {
    const copy = standalone(node, { paper: false });
    for (const [name, value] of Object.entries(box)) copy.setAttribute(name, value);
    return [within(copy, box)];
  }
  const texts = [...node.childNodes].filter(child => child.nodeType === Node.TEXT_NODE && child.data.trim()).flatMap(child => linesOf(child, style).map(line => within(textOf(line, style, place), place(line.box))));
  return [...boxOf(style, box).map(drawn => within(drawn, box)), ...texts];
}

// The ground of an element, and its borders.
function boxOf(style, { x, y, width, height }) {
  const drawn = [], ground = style.backgroundColor, sides = { Top: [x, y, x + width, y], Bottom: [x, y + height, x + width, y + height], Left: [x, y, x, y + height], Right: [x + width, y, x + width, y + height] };
  if (!/^(transparent|rgba\(.*, 0\))$/.test(ground)) drawn.push(make("rect", { x, y, width, height, rx: parseFloat(style.borderTopLeftRadius) || null, fill: inHex(ground), opacity: style.opacity }));
  const ring = style.boxShadow.match(/^(.+?) 0px 0px 0px ([\d.]+)px inset$/);
  if (ring) drawn.push(make("rect", { x: x + ring[2] / 2, y: y + ring[2] / 2, width: Math.max(0, width - ring[2]), height: Math.max(0, height - ring[2]), rx: parseFloat(style.borderTopLeftRadius) || null, fill: "none", stroke: inHex(ring[1]), "stroke-width": ring[2] }));
  for (const [side, [x1, y1, x2, y2]] of Object.entries(sides)) {
    const thick = parseFloat(style[`border${side}Width`]);
    if (thick && style[`border${side}Style`] !== "none") drawn.push(make("line", { x1, y1, x2, y2, stroke: inHex(style[`border${side}Color`]), "stroke-width": thick }));
  }
  return drawn;
}

// The lines that a text was broken into: [{text, box}].
function linesOf(node, style) {
  const range = document.createRange(), lines = [], upright = !style.writingMode.startsWith("vertical");
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const box = range.getBoundingClientRect(), last = lines[lines.length - 1];
    if (!box.width) continue;
    if (last && upright && Math.abs(last.box.top - box.top) < 2) { last.text += word; last.box = new DOMRect(last.box.x, last.box.y, box.right - last.box.x, last.box.height); }
    else lines.push({ text: word, box });
  }
  return lines;
}

function textOf({ text, box }, style, place) {
  const { x, y, width, height } = place(box), shape = { fill: inHex(style.color), opacity: style.opacity, "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle };
  const vertical = style.writingMode.startsWith("vertical"), middle = vertical ? { transform: `translate(${round(x + width / 2)} ${round(y + height)}) rotate(-90)` } : { x, y: round(y + height / 2) };
  return make("text", { ...shape, ...middle, "dominant-baseline": "central", "text-decoration": style.textDecorationLine === "line-through" ? "line-through" : null }, text.trimEnd());
}
