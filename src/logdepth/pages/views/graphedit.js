// Changes of a drawn graph, each a new graph: {vertices, edges, weights, question, x, y}. Vertices count from 1.

export const FRAME = { width: 1, height: .62 };  // of the canvas, in its own unit

export const tidy = place => ({ x: round(Math.max(0, Math.min(FRAME.width, place.x))), y: round(Math.max(0, Math.min(FRAME.height, place.y))) });
const round = value => Math.round(value * 1e3) / 1e3;

// The same with places for all vertices: those that it has, else on a circle.
export function withPlaces(graph, known = new Map()) {
  const n = graph.vertices.length, has = graph.x && graph.y && graph.x.length === n;
  const places = graph.vertices.map((name, i) => {
    if (has) return tidy({ x: graph.x[i], y: graph.y[i] });
    const angle = 2 * Math.PI * i / n - Math.PI / 2;
    return known.get(String(name)) || tidy({ x: .5 + .46 * Math.cos(angle), y: FRAME.height / 2 + .28 * Math.sin(angle) });
  });
  return { ...graph, vertices: graph.vertices.map(String), x: places.map(({ x }) => x), y: places.map(({ y }) => y) };
}

export function addVertex(graph, place) {
  const taken = new Set(graph.vertices), { x, y } = tidy(place);
  let name = 1;
  while (taken.has(String(name))) name++;
  return { ...graph, vertices: [...graph.vertices, String(name)], x: [...graph.x, x], y: [...graph.y, y] };
}

export function removeVertex(graph, v) {
  const keeps = graph.edges.map(edge => !edge.includes(v)), down = u => u > v ? u - 1 : u, without = list => list.filter((_, i) => i !== v - 1);
  const question = graph.question && !graph.question.includes(v) ? graph.question.map(down) : null;
  return { ...graph, question, vertices: without(graph.vertices), x: without(graph.x), y: without(graph.y), edges: graph.edges.filter((_, i) => keeps[i]).map(edge => edge.map(down)),
    weights: graph.weights && graph.weights.filter((_, i) => keeps[i]) };
}

export function moveVertex(graph, v, place) {
  const { x, y } = tidy(place), set = (list, value) => list.map((old, i) => i === v - 1 ? value : old);
  return { ...graph, x: set(graph.x, x), y: set(graph.y, y) };
}

export function edgeBetween(graph, u, v, directed) {
  return graph.edges.findIndex(([a, b]) => (a === u && b === v) || (!directed && a === v && b === u));
}

export function removeEdge(graph, at) {
  const without = list => list && list.filter((_, i) => i !== at);
  return { ...graph, edges: without(graph.edges), weights: without(graph.weights) };
}

// Join two vertices, or part them if an edge joins them.
export function toggleEdge(graph, u, v, directed) {
  const at = edgeBetween(graph, u, v, directed);
  if (at >= 0) return removeEdge(graph, at);
  return { ...graph, edges: [...graph.edges, [u, v]], weights: graph.weights && [...graph.weights, 1] };
}

