// Colours of vertices by the golden angle, far apart for those that stay roots (or least tails) longest.
import { range } from "./dom.js";
import { rootsOf } from "./run.js";

const known = new WeakMap();

// For a run, from a vertex to its colour.
export function palette(run) {
  if (!known.has(run)) known.set(run, order(run.graph));
  const places = known.get(run);
  return vertex => `hsl(${(212 + places[vertex] * 137.508) % 360} var(--chroma) var(--light))`;
}

function order({ vertices, pointers, least }) {
  const last = new Array(vertices.length + 1).fill(0);
  (pointers || least || []).forEach((values, s) => { if (values) (pointers ? rootsOf(values) : values).forEach(v => { last[v] = s + 1; }); });
  const places = new Array(last.length);
  range(last.length).sort((a, b) => last[b] - last[a] || a - b).forEach((v, i) => { places[v] = i; });
  return places;
}
