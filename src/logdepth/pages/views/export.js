// What a figure shows as a file of its own: a drawing, whose styles are written into its nodes in the colours that the page has now, or
// the numbers of a table.
import { make } from "./dom.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "font-style", "paint-order", "text-anchor", "dominant-baseline"];
const SCALE = 3;  // pixels of a PNG for one of the page

// A copy of an <svg> that needs no style sheet. styled: its nodes have their styles already. paper: it has a ground.
export function standalone(svg, { styled = false, paper = true } = {}) {
  const copy = svg.cloneNode(true), { width, height } = svg.viewBox.baseVal;
  if (!styled) inline(svg, copy);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  if (paper) copy.prepend(make("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() || "#fff" }));
  copy.querySelectorAll("[data-screen]").forEach(node => node.remove());
  return copy;
}

// The styles of the nodes of a drawing, written into those of its copy.
function inline(svg, copy) {
  const nodes = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((node, at) => {
    const style = getComputedStyle(nodes[at]);
    if (style.display === "none") node.setAttribute("display", "none");
    for (const name of KEPT) if (style.getPropertyValue(name)) node.setAttribute(name, inHex(style.getPropertyValue(name)));
    node.removeAttribute("style");
    node.removeAttribute("class");
    for (const name of Object.keys(node.dataset)) delete node.dataset[name];
  });
}

const brush = () => Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
const known = new Map();

// A mixed colour, color(…), as #rrggbb or #rrggbbaa, which all programs read; other values are left alone.
export function inHex(value) {
  if (!value.startsWith("color(")) return value;
  if (!known.has(value)) {
    const drawn = brush();
    drawn.fillStyle = value;
    drawn.fillRect(0, 0, 1, 1);
    const bytes = [...drawn.getImageData(0, 0, 1, 1).data];
    known.set(value, `#${(bytes[3] < 255 ? bytes : bytes.slice(0, 3)).map(byte => byte.toString(16).padStart(2, "0")).join("")}`);
  }
  return known.get(value);
}

export const asText = svg => new XMLSerializer().serializeToString(svg);

function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// svg: one that needs no style sheet.
export function saveDrawing(svg, name, kind) {
  const text = asText(svg);
  if (kind === "SVG") { download(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`); return; }
  const { width, height } = svg.viewBox.baseVal, image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", { width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => download(blob, `${name}.png`), "image/png");
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

export const saveTable = (table, name) => download(new Blob([asCsv(table)], { type: "text/csv" }), `${name}.csv`);

// The cells of a table: what a cell that is only shaded stands for is its title.
export function asCsv(table) {
  const words = node => [...node.childNodes].map(part => part.textContent.trim()).filter(Boolean).join(" ");
  const cell = node => node.classList.contains("zero") ? "0" : (words(node) || node.title).replace(/−(?=[\d.])/g, "-"), quoted = text => /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  const cells = node => [quoted(cell(node)), ...Array(node.colSpan - 1).fill("")];
  return [...table.rows].map(row => [...row.cells].flatMap(cells).join(",") + "\r\n").join("");
}
