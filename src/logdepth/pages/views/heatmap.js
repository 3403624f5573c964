// The attention matrix of one head: a row for each token that reads, a column for each that is read.
import { clamp, clip, make, range } from "./dom.js";

// Cells of a head's matrix, on the shown tokens: path data by class and opacity.
function cells(run, step, head, size, inset) {
  const paths = new Map();
  run.shown.forEach((query, row) => {
    for (const { key, share } of run.reads(step, head, query)) {
      const column = run.place.get(key);
      if (column === undefined) continue;
      const kind = key === 0 ? "pale" : `cell ${Math.max(1, Math.round(share * 12))}`;
      const d = `M${(column * size + inset).toFixed(2)} ${(row * size + inset).toFixed(2)}h${size - 2 * inset}v${size - 2 * inset}h${2 * inset - size}z`;
      paths.set(kind, (paths.get(kind) || "") + d);
    }
  });
  return [...paths].map(([kind, d]) => {
    const [name, level] = kind.split(" ");
    return make("path", { class: name, d, "fill-opacity": level ? level / 12 : null });
  });
}

// Where the hop leads with which a head is aligned: a mark in the middle of the cell, for every shown token.
function leads({ shown, place }, step, head, size) {
  const keys = step.heads[head].leads, side = size / 3;
  if (!keys) return [];
  const marks = shown.flatMap((_, row) => place.has(keys[row]) ? [`M${(place.get(keys[row]) + .5) * size - side / 2} ${(row + .5) * size - side / 2}h${side}v${side}h${-side}z`] : []);
  return [make("path", { class: "lead-mark", d: marks.join("") })];
}

// The whole matrix as a small square.
export function thumb(svg, run, step, head) {
  svg.setAttribute("viewBox", `0 0 ${run.shown.length} ${run.shown.length}`);
  svg.replaceChildren(...cells(run, step, head, 1, run.shown.length > 40 ? -0.35 : 0));
}

const ON_PHONES = { screen: 366, letters: 10.5, longest: 8 };  // pixels; a matrix is as wide as the screen, and letters can be read

// Sizes of a matrix of n tokens whose names have so many letters: of a cell, of letters, and of the margin for names; every
// `each`-th name has room.
function sizes(n, longest) {
  const size = clamp(8.5, 640 / n, 24), { screen, letters: seen, longest: most } = ON_PHONES;
  const many = matchMedia("(max-width: 600px)").matches ? Math.min(longest, most) : 0, letters = many ? seen * Math.max(1, (n * size + 10) / (screen - seen * many * .62)) : Math.min(11.5, size * .82);
  return { size, letters, clipped: many || 14, margin: Math.max(20, (many || longest) * letters * .62 + 8), each: many ? Math.ceil(letters * 1.05 / size) : 1 };
}

// An <svg> with the names of tokens; the row of `token` is marked, and what it reads. Rows carry data-token.
export function heatmap(run, step, head, token) {
  const { shown, place, labels } = run, n = shown.length, longest = Math.max(1, ...shown.slice(1).map(one => clip(labels[one], 14).length));
  const { size, letters, clipped, margin, each } = sizes(n, longest), across = longest <= 1 || (longest <= 2 && size > 14), whole = margin + n * size + 2, at = place.get(token);
  const svg = make("svg", { viewBox: `0 0 ${whole} ${whole}`, width: whole, role: "img", "aria-label": `Attention of head ${run.blockOf(step).heads[head].label}` });
  const plot = make("g", { transform: `translate(${margin} ${margin})` });
  plot.append(make("rect", { class: "grid", width: n * size, height: n * size }));
  if (run.data.causal) plot.append(make("path", { class: "unseen", d: `M${size} 0H${n * size}V${(n - 1) * size}` + range(n - 1).map(i => `v${i ? -size : 0}h${-size}`).join("") + "z" }));
  const keys = run.reads(step, head, token).map(({ key }) => place.get(key)).filter(key => key !== undefined), one = keys.length === 1 ? keys[0] : null;
  if (at !== undefined) {
    plot.append(make("rect", { class: "band", x: -margin, y: at * size, width: n * size + margin, height: size }));
    if (one !== null) plot.append(make("rect", { class: "band", x: one * size, y: -margin, width: size, height: n * size + margin }));
  }
  plot.append(...cells(run, step, head, size, size > 11 ? 1 : .5), ...leads(run, step, head, size));
  if (at !== undefined && one !== null) plot.append(make("rect", { class: "ring", x: one * size - 1.5, y: at * size - 1.5, width: size + 3, height: size + 3, rx: 2 }));
  const named = (i, picked) => i === picked || (i % each === 0 && !(each > 1 && Math.abs(i - picked) < each));  // where names are few, none stands beside a picked one
  shown.forEach((query, i) => {
    const label = clip(run.shortNameOf(query), clipped), middle = i * size + size / 2;
    const row = make("text", { class: "mono" + (i === at ? " picked" : " soft"), x: -5, y: middle + letters * .35, "font-size": letters, "text-anchor": "end" }, label);
    const column = make("text", { class: "mono" + (one === i ? " picked" : " soft"), "font-size": letters }, label);
    if (across) { column.setAttribute("x", middle); column.setAttribute("y", -5); column.setAttribute("text-anchor", "middle"); }
    else column.setAttribute("transform", `translate(${middle + letters * .35} -5) rotate(-90)`);
    plot.append(...(named(i, at ?? -each) ? [row] : []), ...(named(i, one ?? -each) ? [column] : []));
  });
  shown.forEach((query, i) => plot.append(make("rect", { class: "hit", "data-token": query, "data-screen": "", x: -margin, y: i * size, width: n * size + margin, height: size })));
  svg.append(plot);
  svg.cellAt = event => {  // the tokens under the pointer: [query, key]; undefined outside
    const box = svg.getBoundingClientRect(), place = (at, from) => shown[Math.floor(((at - from) * whole / box.width - margin) / size)];
    return [place(event.clientY, box.top), place(event.clientX, box.left)];
  };
  return svg;
}
