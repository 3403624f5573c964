// A matrix of amounts, dark where much is: machines that send to machines, rows that read rows.
import { clip, make, range } from "./dom.js";

const SIDE = 512, LEVELS = 12;

// starts: of the bins; cells: [place, value, …]; groups: [[name, bins], …]; first: number of the first thing.
// what: [rows, columns]; ramp: most -> what the darkest means; tell: (row, column, value) -> a sentence, given to `said`.
export function matrix({ starts, cells, groups, first, what, aria, tell, ramp }, said) {
  const n = starts.length - 1, size = SIDE / n, last = String(starts[n] + first).length * 6.6, margin = groups.length > 1 ? 46 : last + 30, whole = margin + SIDE + 2;
  const svg = make("svg", { viewBox: `0 0 ${whole} ${whole + 34}`, width: whole, role: "img", "aria-label": aria }), plot = make("g", { transform: `translate(${margin} ${margin})` });
  const most = range(cells.length / 2).reduce((best, i) => Math.max(best, cells[2 * i + 1]), 0);
  plot.append(make("rect", { class: "grid", width: SIDE, height: SIDE }), ...marks(cells, n, size, most));
  plot.append(...(groups.length > 1 ? groupNames(groups, size) : numbers(starts, first, n, size, last)));
  plot.append(make("text", { class: "soft", x: SIDE / 2, y: 14 - margin, "font-size": 12.5, "text-anchor": "middle" }, `${what[1]} →`));
  plot.append(make("text", { class: "soft", "font-size": 12.5, "text-anchor": "middle", transform: `translate(${14 - margin} ${SIDE / 2}) rotate(-90)` }, `← ${what[0]}`));
  for (let level = 2; level <= LEVELS; level++) plot.append(make("rect", { class: "cell", x: (level - 2) * 16, y: 522, width: 16, height: 10, "fill-opacity": level / LEVELS }));
  plot.append(make("text", { class: "soft", x: 11 * 16 + 8, y: 531, "font-size": 11.5 }, most ? ramp(most) : "nothing"));
  svg.append(plot);
  const at = new Map(range(cells.length / 2).map(i => [cells[2 * i], cells[2 * i + 1]]));
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), unit = whole / box.width;
    const column = Math.floor(((event.clientX - box.left) * unit - margin) / size), row = Math.floor(((event.clientY - box.top) * unit - margin) / size);
    said.textContent = row < 0 || column < 0 || row >= n || column >= n ? " " : tell(row, column, at.get(row * n + column) || 0);
  });
  return svg;
}

function marks(cells, n, size, most) {
  const paths = new Map();
  for (let i = 0; i < cells.length; i += 2) {
    const level = Math.max(2, Math.round(Math.sqrt(cells[i + 1] / most) * LEVELS)), row = Math.floor(cells[i] / n), column = cells[i] % n, inset = size > 7 ? .5 : 0;
    paths.set(level, (paths.get(level) || "") + `M${(column * size + inset).toFixed(2)} ${(row * size + inset).toFixed(2)}h${(size - 2 * inset).toFixed(2)}v${(size - 2 * inset).toFixed(2)}h${(2 * inset - size).toFixed(2)}z`);
  }
  return [...paths].map(([level, d]) => make("path", { class: "cell", d, "fill-opacity": level / LEVELS }));
}

function groupNames(groups, size) {
  const drawn = [];
  let before = 0;
  for (const [name, bins] of groups) {
    const from = before * size, to = (before + bins) * size, middle = (from + to) / 2, fits = clip(name, Math.floor((to - from) / 6.4));
    if (before) drawn.push(make("path", { class: "border", d: `M${from} 0V${SIDE}M0 ${from}H${SIDE}` }));
    drawn.push(make("text", { class: "soft", x: middle, y: -7, "font-size": 11.5, "text-anchor": "middle" }, fits, make("title", {}, name)));
    drawn.push(make("text", { class: "soft", x: -7, y: middle, "font-size": 11.5, "text-anchor": "middle", transform: `rotate(-90 -7 ${middle})` }, fits));
    before += bins;
  }
  return drawn;
}

function numbers(starts, first, n, size, last) {
  const stride = [1, 2, 4, 5, 8, 10, 16].find(stride => stride * size > last + 10) || 32, drawn = [];
  for (let bin = 0; bin < n; bin += stride) {
    const name = String(starts[bin] + first), middle = bin * size + size / 2;
    drawn.push(make("text", { class: "soft", x: middle, y: -7, "font-size": 11, "text-anchor": "middle" }, name));
    drawn.push(make("text", { class: "soft", x: -6, y: middle + 4, "font-size": 11, "text-anchor": "end" }, name));
  }
  return drawn;
}
