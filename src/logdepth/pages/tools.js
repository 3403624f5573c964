// Small tools of all figures, and the button for light and dark.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const inSvg = make.svg.has(name);
  const node = inSvg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
make.svg = new Set(["svg", "g", "path", "rect", "circle", "line", "text", "tspan", "title", "defs", "marker"]);

const range = n => Array.from({ length: n }, (_, i) => i);
const clip = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;
const clamp = (low, x, high) => Math.max(low, Math.min(high, x));
const capital = text => text[0].toUpperCase() + text.slice(1);
const wish = new URLSearchParams(location.hash.replace(/^#/, ""));

if (wish.has("theme")) document.documentElement.classList.add(wish.get("theme") === "dark" ? "dark" : "light");
byId("theme").addEventListener("click", () => {
  const root = document.documentElement, dark = root.classList.contains("dark") || (!root.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
  root.classList.toggle("dark", !dark);
  root.classList.toggle("light", dark);
});
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(details => { details.open = true; }));
