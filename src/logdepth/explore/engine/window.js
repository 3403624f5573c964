// Which tokens of a long input are shown, as logdepth/pages/window.py chooses them.

const range = (first, count) => Array.from({ length: count }, (_, i) => first + i);

// choices: per step the heads' {keys}, or null. edge: the token of the first edge row, 0 where there is no graph.
export function tokensToShow(choices, tokens, most, edge) {
  const rows = tokens - 1;
  if (rows <= most) return range(0, tokens);
  if (edge) {
    const edges = Math.min(tokens - edge, Math.max(most - (edge - 1), Math.floor(most / 3))), vertices = Math.min(edge - 1, most - edges);
    return [...range(0, vertices + 1), ...range(0, edges).map(at => edge + Math.floor(at * (tokens - edge) / edges))];
  }
  return [0, ...range(firstOfWindow(choices, rows, most), most)];
}

// Where the `most` consecutive rows begin that read the most of each other; of equal windows the last.
function firstOfWindow(choices, rows, most) {
  const starts = new Float64Array(rows + 2);
  for (const { keys } of choices.flatMap(heads => heads || []))
    keys.forEach((key, query) => {
      const low = Math.min(key, query), high = Math.max(key, query);
      if (low > 0 && low < high && high - low < most) { starts[Math.max(high - most + 1, 1)]++; starts[low + 1]--; }
    });
  let inside = 0, best = -1, first = 1;
  for (let start = 1; start <= rows - most + 1; start++) {
    inside += starts[start];
    if (inside >= best) { best = inside; first = start; }
  }
  return first;
}
