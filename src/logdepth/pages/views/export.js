// A drawing as a file of its own: its styles are written into its nodes, in the colours that the page has now.
import { make } from "./dom.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "font-style", "paint-order", "text-anchor", "dominant-baseline"];
const SCALE = 3;  // pixels of a PNG for one of the page

// A copy of an <svg> that needs no style sheet.
export function standalone(svg) {
  const copy = svg.cloneNode(true), { width, height } = svg.viewBox.baseVal;
  const nodes = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((node, at) => {
    const style = getComputedStyle(nodes[at]);
    if (style.display === "none") node.setAttribute("display", "none");
    for (const name of KEPT) if (style.getPropertyValue(name)) node.setAttribute(name, style.getPropertyValue(name));
    node.removeAttribute("style");
    node.removeAttribute("class");
    for (const name of Object.keys(node.dataset)) delete node.dataset[name];
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() || "#fff";
  copy.prepend(make("rect", { width: "100%", height: "100%", fill: paper }));
  copy.querySelectorAll("[data-screen]").forEach(node => node.remove());
  return copy;
}

export const asText = svg => new XMLSerializer().serializeToString(standalone(svg));

function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function save(svg, name, kind) {
  if (!svg) return;
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
