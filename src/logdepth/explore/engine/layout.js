// Where the vertices of a graph stand: as the reader put them, or by springs; the same graph always gets the same places.

const ROUNDS = 120, FLATTEST = 0.4, TALLEST = 0.8;

// -> {x, y} in a frame of width 1; both empty for a graph that is too large to draw. limits: {most_vertices, most_edges}.
export function layOut({ vertices, edges, x, y }, limits) {
  const n = vertices.length;
  if (n > limits.most_vertices || edges.length > limits.most_edges) return { x: [], y: [] };
  if (x && y && x.length === n && y.length === n) return { x, y };
  return frame(springs(n, edges));
}

// Fruchterman and Reingold 1991: vertices push each other away, edges pull.
function springs(n, edges) {
  const px = [], py = [], near = 2.5 / Math.sqrt(n);
  for (let v = 0; v < n; v++) { const angle = v * 2.399963, far = Math.sqrt((v + 0.5) / n); px.push(far * Math.cos(angle)); py.push(far * Math.sin(angle)); }
  for (let round = 0; round < ROUNDS; round++) {
    const dx = new Float64Array(n), dy = new Float64Array(n), step = 0.12 * (1 - round / ROUNDS);
    for (let u = 0; u < n; u++)
      for (let v = u + 1; v < n; v++) {
        const x = px[u] - px[v], y = py[u] - py[v], push = near * near / Math.max(1e-4, x * x + y * y);
        dx[u] += x * push; dy[u] += y * push; dx[v] -= x * push; dy[v] -= y * push;
      }
    for (const [u, v] of edges) {
      const x = px[u - 1] - px[v - 1], y = py[u - 1] - py[v - 1], pull = Math.sqrt(x * x + y * y) / near;
      dx[u - 1] -= x * pull; dy[u - 1] -= y * pull; dx[v - 1] += x * pull; dy[v - 1] += y * pull;
    }
    for (let v = 0; v < n; v++) {
      const length = Math.sqrt(dx[v] * dx[v] + dy[v] * dy[v]) || 1, move = Math.min(length, step) / length;
      px[v] += dx[v] * move - px[v] * 0.01; py[v] += dy[v] * move - py[v] * 0.01;  // a little gravity keeps the parts together
    }
  }
  return [px, py];
}

function frame([px, py]) {
  const spans = [px, py].map(values => [Math.min(...values), Math.max(1e-9, Math.max(...values) - Math.min(...values))]);
  const across = spans[0][1] >= spans[1][1] ? [px, py, spans[0], spans[1]] : [py, px, spans[1], spans[0]];
  const [x, y, [left, width], [top, height]] = across, tall = Math.min(TALLEST, Math.max(FLATTEST, height / width));
  const rounded = value => Math.round(value * 1e4) / 1e4;
  return { x: x.map(value => rounded((value - left) / width)), y: y.map(value => rounded((value - top) / height * tall)) };
}
