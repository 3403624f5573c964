// Draws the rounds of a protocol. Everything follows one choice: a round.
if (data.rounds) (() => {
const run = data.rounds, rounds = run.total.length, state = { round: 1, timer: null };
const number = value => value.toLocaleString("en");
const FIRST = 1;  // the number of the first machine, and of the first of a group
const COLOURS = 7;  // routines with a colour of their own

// ---- which routine ----

// Neighbouring rounds of one routine: [{ routine, first, last }], rounds from 1.
const spans = [];
run.routine.forEach((routine, i) => {
  const before = spans[spans.length - 1];
  if (before && before.routine === routine) before.last = i + 1;
  else spans.push({ routine, first: i + 1, last: i + 1 });
});
const recur = spans.length > run.routines.length;  // a loop: names come again, so they get colours

const wordsOf = run.routines.map((_, routine) => run.total.reduce((sum, words, i) => sum + (run.routine[i] === routine ? words : 0), 0));
const byWords = range(run.routines.length).sort((a, b) => wordsOf[b] - wordsOf[a]);

function colourOf(routine) {
  if (!recur) return "var(--r0)";
  const place = byWords.indexOf(routine);
  return place < COLOURS ? `var(--r${place})` : "var(--other)";
}

// ---- words in every round ----

const frame = { left: 74, right: 92, bars: 170, gap: 34, lines: 150, top: 12 };
frame.step = Math.min(64, (1180 - frame.left - frame.right) / Math.max(1, rounds));
frame.width = frame.left + Math.max(240, frame.step * rounds) + frame.right;
const xOf = round => frame.left + (round - .5) * frame.step;

// A round number at or above a value, and marks up to it.
function scale(most) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const top = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(part => part * unit).find(value => value >= most) || 1;
  const marks = [0, top / 2, top].filter(value => Number.isInteger(value));
  return { top: Math.max(1, top), marks };
}

const short = value => value >= 1e9 ? `${+(value / 1e9).toPrecision(3)} G` : value >= 1e6 ? `${+(value / 1e6).toPrecision(3)} M` : value >= 1e4 ? `${+(value / 1e3).toPrecision(3)} k` : number(value);

function drawWords() {
  const { width, left, right, bars, gap, lines, top, step } = frame, below = top + bars, start = below + gap, end = start + lines;
  const svg = make("svg", { viewBox: `0 0 ${width} ${end + 44}`, width, role: "img", "aria-label": `Words in each of ${rounds} rounds: at most ${number(Math.max(0, ...run.total))} in all, and ${number(Math.max(0, ...run.sent, ...run.received))} at one machine` });
  spans.forEach((span, i) => {
    if (i % 2) svg.append(make("rect", { class: "stripe", x: left + (span.first - 1) * step, y: top, width: (span.last - span.first + 1) * step, height: end - top }));
  });
  svg.append(make("rect", { class: "now", id: "words-now", y: top - 4, width: Math.max(step, 3), height: end - top + 8 }));

  const all = scale(Math.max(1, ...run.total)), inset = step > 6 ? 1.2 : step > 3 ? .5 : 0;
  axis(svg, all, top, below, "all words sent");
  run.total.forEach((words, i) => {
    const height = words / all.top * bars, d = `M${left + i * step + inset} ${below}v${-height}h${Math.max(.6, step - 2 * inset)}v${height}z`;
    svg.append(make("path", { class: "bar", d, style: `fill:${colourOf(run.routine[i])}` }));
  });

  const one = scale(Math.max(run.memory, 1));
  axis(svg, one, start, end, "at the busiest machine");
  const yOf = words => end - words / one.top * lines;
  svg.append(make("line", { class: "budget", x1: left, x2: width - right, y1: yOf(run.memory), y2: yOf(run.memory) }));
  const labels = [["budget", `s = ${number(run.memory)}`, yOf(run.memory)]];
  for (const kind of ["held", "received", "sent"]) {
    const points = run[kind].map((words, i) => [[left + i * step, yOf(words)], [left + (i + 1) * step, yOf(words)]]).flat();
    svg.append(make("path", { class: `line ${kind}`, d: "M" + points.map(point => point.map(x => x.toFixed(1)).join(" ")).join("L") }));
    labels.push([kind, kind, points.length ? points[points.length - 1][1] : end]);
  }
  labels.sort((a, b) => a[2] - b[2]);
  labels.forEach((label, i) => { if (i) label[2] = Math.max(label[2], labels[i - 1][2] + 14); });
  labels.reverse().forEach((label, i) => { label[2] = Math.min(label[2], i ? labels[i - 1][2] - 14 : end); });  // none below the axis
  for (const [kind, text, y] of labels) svg.append(make("text", { class: `name-${kind}`, x: width - right + 8, y: y + 4, "font-size": 12.5 }, text));

  let free = -Infinity;  // names of routines where there is room
  spans.forEach(span => {
    const name = clip(run.routines[span.routine], 28), middle = (xOf(span.first) + xOf(span.last)) / 2, half = name.length * 3.1;
    if (recur || run.routines.length < 2 || middle - half < free) return;
    svg.append(make("text", { class: "soft", x: middle, y: end + 34, "font-size": 11.5, "text-anchor": "middle" }, name));
    free = middle + half + 10;
  });
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(stride => stride * step > 34) || 1000;
  for (const round of range(rounds).map(i => i + 1).filter(round => round === 1 || round % every === 0))
    svg.append(make("text", { class: "faint", x: xOf(round), y: end + 16, "font-size": 11, "text-anchor": "middle" }, String(round)));
  svg.addEventListener("click", event => {
    const box = svg.getBoundingClientRect();
    go(Math.floor(((event.clientX - box.left) * width / box.width - left) / step) + 1);
  });
  const figure = byId("words");
  figure.querySelector(".scroll").replaceChildren(svg);
  byId("words-note").textContent = "Above: all words that are sent in a round" + (recur ? ", coloured by routine." : ".")
    + " Below: the most words that one machine sends, receives and holds, against the memory s of a machine, which none may pass. Choose a round by a click.";
  if (!recur) return;
  const rest = byWords.slice(COLOURS), count = routine => run.routine.filter(one => one === routine).length;
  const entries = byWords.slice(0, COLOURS).map(routine => [run.routines[routine], count(routine), wordsOf[routine], colourOf(routine)]);
  if (rest.length) entries.push([`${rest.length} others`, rest.reduce((sum, routine) => sum + count(routine), 0), rest.reduce((sum, routine) => sum + wordsOf[routine], 0), "var(--other)"]);
  byId("routines").replaceChildren(...entries.map(([name, count, words, colour]) =>
    make("li", {}, make("i", { style: `background:${colour}` }), name, make("span", {}, `  ${count} round${count > 1 ? "s" : ""}, ${short(words)} words`))));
}

function axis(svg, { top, marks }, high, low, name) {
  const { left, right, width } = frame;
  for (const value of marks) {
    const y = low - value / top * (low - high);
    svg.append(make("line", { class: "axis", x1: left, x2: width - right, y1: y, y2: y }));
    svg.append(make("text", { class: "soft", x: left - 8, y: y + 4, "font-size": 11.5, "text-anchor": "end" }, short(value)));
  }
  svg.append(make("text", { class: "soft", x: 14, y: (low + high) / 2, "font-size": 11.5, "text-anchor": "middle", transform: `rotate(-90 14 ${(low + high) / 2})` }, name));
}

// ---- maps: who sends to whom ----

// Cells of a matrix, dark where much is: { rows: starts of the bins, cells: [place, value, …] }.
function drawMap({ starts, cells, groups, first, what, aria, tell, ramp }) {
  const n = starts.length - 1, size = 512 / n, last = String(starts[n] + first).length * 6.6, margin = groups.length > 1 ? 46 : last + 30, whole = margin + 512 + 2;
  const svg = make("svg", { viewBox: `0 0 ${whole} ${whole + 34}`, width: whole, role: "img", "aria-label": aria }), plot = make("g", { transform: `translate(${margin} ${margin})` });
  plot.append(make("rect", { class: "grid", width: 512, height: 512 }));
  let most = 0;
  for (let i = 1; i < cells.length; i += 2) most = Math.max(most, cells[i]);
  const paths = new Map();
  for (let i = 0; i < cells.length; i += 2) {
    const level = Math.max(2, Math.round(Math.sqrt(cells[i + 1] / most) * 12)), row = Math.floor(cells[i] / n), column = cells[i] % n, inset = size > 7 ? .5 : 0;
    paths.set(level, (paths.get(level) || "") + `M${(column * size + inset).toFixed(2)} ${(row * size + inset).toFixed(2)}h${(size - 2 * inset).toFixed(2)}v${(size - 2 * inset).toFixed(2)}h${(2 * inset - size).toFixed(2)}z`);
  }
  for (const [level, d] of paths) plot.append(make("path", { class: "cell", d, "fill-opacity": level / 12 }));
  if (groups.length > 1) {
    let before = 0;
    for (const [name, count] of groups) {
      const from = before * size, to = (before + count) * size, fits = clip(name, Math.floor((to - from) / 6.4));
      if (before) plot.append(make("path", { class: "border", d: `M${from} 0V512M0 ${from}H512` }));
      plot.append(make("text", { class: "soft", x: (from + to) / 2, y: -7, "font-size": 11.5, "text-anchor": "middle" }, fits, make("title", {}, name)));
      plot.append(make("text", { class: "soft", x: -7, y: (from + to) / 2, "font-size": 11.5, "text-anchor": "middle", transform: `rotate(-90 -7 ${(from + to) / 2})` }, fits));
      before += count;
    }
  } else {
    const stride = [1, 2, 4, 5, 8, 10, 16].find(stride => stride * size > last + 10) || 32;
    for (let bin = 0; bin < n; bin += stride) {
      const name = String(starts[bin] + first), middle = bin * size + size / 2;
      plot.append(make("text", { class: "soft", x: middle, y: -7, "font-size": 11, "text-anchor": "middle" }, name));
      plot.append(make("text", { class: "soft", x: -6, y: middle + 4, "font-size": 11, "text-anchor": "end" }, name));
    }
  }
  plot.append(make("text", { class: "soft", x: 256, y: 14 - margin, "font-size": 12.5, "text-anchor": "middle" }, `${what[1]} →`));
  plot.append(make("text", { class: "soft", "font-size": 12.5, "text-anchor": "middle", transform: `translate(${14 - margin} 256) rotate(-90)` }, `← ${what[0]}`));
  for (let level = 2; level <= 12; level++) plot.append(make("rect", { class: "cell", x: (level - 2) * 16, y: 522, width: 16, height: 10, "fill-opacity": level / 12 }));
  plot.append(make("text", { class: "soft", x: 11 * 16 + 8, y: 531, "font-size": 11.5 }, most ? ramp(most) : "nothing"));
  svg.append(plot);
  const at = new Map(range(cells.length / 2).map(i => [cells[2 * i], cells[2 * i + 1]]));
  svg.addEventListener("mousemove", event => {
    const box = svg.getBoundingClientRect(), unit = whole / box.width;
    const column = Math.floor(((event.clientX - box.left) * unit - margin) / size), row = Math.floor(((event.clientY - box.top) * unit - margin) / size);
    byId("heat-cell").textContent = row < 0 || column < 0 || row >= n || column >= n ? " " : tell(row, column, at.get(row * n + column) || 0);
  });
  return svg;
}

// What a bin is called: machines 3–5 of a group, counted within it.
function binName(starts, groups, bin, first, noun) {
  let before = 0;
  for (const [name, count] of groups) {
    if (bin < before + count) {
      const low = starts[bin] - starts[before], high = starts[bin + 1] - starts[before] - 1;
      const called = groups.length > 1 ? name : noun;
      return low === high ? `${called} ${low + first}` : `${called} ${low + first}–${high + first}`;
    }
    before += count;
  }
}

function drawHeat() {
  const figure = byId("heat"), [map, side] = figure.querySelectorAll(".map"), at = state.round - 1;
  if (!rounds || !seen(at)) { map.replaceChildren(...facts(at)); side.replaceChildren(); return; }
  const { starts, groups, cells } = run.heat;
  const name = bin => binName(starts, groups, bin, FIRST, "machine");
  map.replaceChildren(
    make("h4", {}, `Round ${state.round}: words sent`),
    drawMap({ starts, groups, cells: cells[at], first: FIRST, what: ["receives", "sends"], aria: `Who sends to whom in round ${state.round}`, ramp: most => `words; darkest: ${number(most)}`,
      tell: (row, column, words) => `${capital(name(column))} → ${name(row)}: ${number(words)} word${words === 1 ? "" : "s"}` }));
  const { beside } = run;
  if (!beside) { side.replaceChildren(...facts(at)); return; }
  const picture = beside.of[at], token = bin => binName(beside.starts, [[beside.what, beside.starts.length - 1]], bin, beside.first, beside.what);
  side.replaceChildren(
    make("h4", {}, `${beside.heading}: ${beside.names[picture]}`),
    drawMap({ starts: beside.starts, groups: [[beside.what, beside.starts.length - 1]], cells: beside.cells[picture], first: beside.first, what: ["reads", "is read"], aria: `${beside.heading}: ${beside.names[picture]}`, ramp: most => `${beside.unit}; darkest: ${number(most)}`,
      tell: (row, column, value) => `${capital(token(row))} reads ${token(column)}: ${number(value)} ${beside.unit}` }),
    make("p", { class: "says" }, beside.says[picture]));
}

// Whether who sent to whom is known: not of a run on Ray, nor of rounds before a run was gone on with.
const seen = at => Boolean(run.heat && run.heat.cells[at]);

function facts(at) {
  if (!rounds) return [make("p", {}, "There was no round: nothing had to be sent.")];
  const list = make("dl");
  const rows = { routine: run.routines[run.routine[at]], "words sent": number(run.total[at]), packets: number(run.packets[at]),
    "most sent by one": number(run.sent[at]), "most received by one": number(run.received[at]), "most held by one": number(run.held[at]), "memory of a machine": number(run.memory) };
  for (const [name, value] of Object.entries(rows)) list.append(make("dt", {}, name), make("dd", {}, value));
  const parts = [make("h4", {}, `Round ${at + 1}`), list];
  if (seen(at)) {
    const cells = run.heat.cells[at], pairs = range(cells.length / 2).sort((a, b) => cells[2 * b + 1] - cells[2 * a + 1]).slice(0, 5), n = run.heat.starts.length - 1;
    const name = bin => binName(run.heat.starts, run.heat.groups, bin, FIRST, "machine"), busiest = make("dl");
    for (const i of pairs) busiest.append(make("dt", {}, `${name(cells[2 * i] % n)} → ${name(Math.floor(cells[2 * i] / n))}`), make("dd", {}, number(cells[2 * i + 1])));
    parts.push(make("h4", {}, "Most words"), busiest);
  }
  return parts;
}

// ---- controls ----

function go(round) {
  state.round = clamp(1, round, Math.max(1, rounds));
  byId("round").value = state.round;
  const routine = rounds ? run.routines[run.routine[state.round - 1]] : "";
  byId("round-name").textContent = rounds ? `${state.round} of ${rounds}: ${routine}` : "no rounds";
  byId("round").setAttribute("aria-valuetext", byId("round-name").textContent);
  byId("words-now").setAttribute("x", frame.left + (state.round - 1) * frame.step);
  drawHeat();
}

function play() {
  const button = byId("rounds-play");
  if (state.timer) { clearInterval(state.timer); state.timer = null; }
  else {
    if (state.round === rounds) go(1);
    state.timer = setInterval(() => { go(state.round + 1); if (state.round >= rounds) play(); }, rounds > 60 ? 250 : 900);
  }
  button.textContent = state.timer ? "❚❚" : "▶";
  button.setAttribute("aria-pressed", String(Boolean(state.timer)));
}

byId("round").max = Math.max(1, rounds);
byId("round").addEventListener("input", event => go(Number(event.target.value)));
byId("rounds-play").addEventListener("click", play);
document.addEventListener("layer", ({ detail }) => {  // the page above went to an attention layer
  const own = range(rounds).filter(i => run.layer && run.layer[i] === detail);
  if (own.length && run.layer[state.round - 1] !== detail) go(1 + own.reduce((best, i) => run.total[i] > run.total[best] ? i : best));
});
document.addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const change = { "[": -1, "]": 1 }[event.key];
  if (change) { event.preventDefault(); go(state.round + change); }
});
byId("heat-note").textContent = !run.heat ? "This run was not watched, so that who sent to whom is not known; the local engine shows it."
  : "Each row is a receiver, each column a sender" + (run.heat.starts.length - 1 < run.machines ? "; a cell stands for neighbouring machines together" : "") + ". Shades are relative to the most words of this round, by the square root."
    + (run.beside ? " " + run.beside.note : "");
drawWords();
const busiest = run.total.indexOf(Math.max(...run.total)) + 1;
go(/^\d+$/.test(wish.get("round") || "") ? Number(wish.get("round")) : Math.max(1, busiest));
})();
