// Words in every round: all that are sent, and the most at one machine against its memory.
import { clip, count, make, range } from "./dom.js";
import { figure } from "./figure.js";
import { scale, short } from "./traffic.js";

const LEFT = 74, RIGHT = 92, BARS = 170, GAP = 34, LINES = 150, TOP = 12;
const BELOW = TOP + BARS, START = BELOW + GAP, END = START + LINES;

export function words(traffic, go) {
  const parts = figure("words", "Words in every round", { scroll: "Words in every round, scrolls sideways" }), legend = make("ul", { class: "legend" });
  const step = Math.min(64, (1180 - LEFT - RIGHT) / Math.max(1, traffic.rounds)), width = LEFT + Math.max(240, step * traffic.rounds) + RIGHT;
  const now = make("rect", { class: "now", y: TOP - 4, width: Math.max(step, 3), height: END - TOP + 8 }), svg = drawing(traffic, step, width, now);
  svg.addEventListener("click", event => {
    const box = svg.getBoundingClientRect();
    go(Math.floor(((event.clientX - box.left) * width / box.width - LEFT) / step) + 1);
  });
  parts.canvas.append(svg);
  parts.root.append(legend);
  parts.note.textContent = "Above: all words that are sent in a round" + (traffic.recur ? ", coloured by routine." : ".")
    + " Below: the most words that one machine sends, receives and holds, against the memory s of a machine, which none may pass. Choose a round by a click.";
  legend.append(...traffic.legend().map(([name, times, many, colour]) =>
    make("li", {}, make("i", { style: `background:${colour}` }), name, make("span", {}, `  ${times} round${times > 1 ? "s" : ""}, ${short(many)} words`))));
  return { root: parts.root, draw(round) { now.setAttribute("x", LEFT + (round - 1) * step); } };
}

function drawing(traffic, step, width, now) {
  const { data, rounds, spans, recur } = traffic, xOf = round => LEFT + (round - .5) * step;
  const svg = make("svg", { viewBox: `0 0 ${width} ${END + 44}`, width, role: "img", "aria-label": `Words in each of ${rounds} rounds: at most ${count(Math.max(0, ...data.total))} in all, and ${count(Math.max(0, ...data.sent, ...data.received))} at one machine` });
  spans.forEach((span, i) => {
    if (i % 2) svg.append(make("rect", { class: "stripe", x: LEFT + (span.first - 1) * step, y: TOP, width: (span.last - span.first + 1) * step, height: END - TOP }));
  });
  svg.append(now, ...bars(traffic, step, width), ...lines(data, step, width));
  let free = -Infinity;  // names of routines where there is room
  spans.forEach(span => {
    const name = clip(data.routines[span.routine], 28), middle = (xOf(span.first) + xOf(span.last)) / 2, half = name.length * 3.1;
    if (recur || data.routines.length < 2 || middle - half < free) return;
    svg.append(make("text", { class: "soft", x: middle, y: END + 34, "font-size": 11.5, "text-anchor": "middle" }, name));
    free = middle + half + 10;
  });
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(stride => stride * step > 34) || 1000;
  for (const round of range(rounds).map(i => i + 1).filter(round => round === 1 || round % every === 0))
    svg.append(make("text", { class: "faint", x: xOf(round), y: END + 16, "font-size": 11, "text-anchor": "middle" }, String(round)));
  return svg;
}

// Above: all words that are sent.
function bars(traffic, step, width) {
  const { data } = traffic, all = scale(Math.max(1, ...data.total)), inset = step > 6 ? 1.2 : step > 3 ? .5 : 0;
  return [...axis(all, TOP, BELOW, "all words sent", width), ...data.total.map((many, i) => {
    const height = many / all.top * BARS, d = `M${LEFT + i * step + inset} ${BELOW}v${-height}h${Math.max(.6, step - 2 * inset)}v${height}z`;
    return make("path", { class: "bar", d, style: `fill:${traffic.colourOf(data.routine[i])}` });
  })];
}

// Below: the most at one machine, against its memory.
function lines(data, step, width) {
  const one = scale(Math.max(data.memory, 1)), yOf = many => END - many / one.top * LINES, limit = yOf(data.memory);
  const drawn = [...axis(one, START, END, "at the busiest machine", width), make("line", { class: "budget", x1: LEFT, x2: width - RIGHT, y1: limit, y2: limit })];
  const labels = [["budget", `s = ${count(data.memory)}`, limit]];
  for (const kind of ["held", "received", "sent"]) {
    const points = data[kind].map((many, i) => [[LEFT + i * step, yOf(many)], [LEFT + (i + 1) * step, yOf(many)]]).flat();
    drawn.push(make("path", { class: `line ${kind}`, d: points.length ? "M" + points.map(point => point.map(x => x.toFixed(1)).join(" ")).join("L") : "" }));
    labels.push([kind, kind, points.length ? points[points.length - 1][1] : END]);
  }
  labels.sort((a, b) => a[2] - b[2]);
  labels.forEach((label, i) => { if (i) label[2] = Math.max(label[2], labels[i - 1][2] + 14); });
  labels.reverse().forEach((label, i) => { label[2] = Math.min(label[2], i ? labels[i - 1][2] - 14 : END); });  // none below the axis
  return [...drawn, ...labels.map(([kind, text, y]) => make("text", { class: `name-${kind}`, x: width - RIGHT + 8, y: y + 4, "font-size": 12.5 }, text))];
}

function axis({ top, marks }, high, low, name, width) {
  const middle = (low + high) / 2;
  return [...marks.flatMap(value => {
    const y = low - value / top * (low - high);
    return [make("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: y, y2: y }), make("text", { class: "soft", x: LEFT - 8, y: y + 4, "font-size": 11.5, "text-anchor": "end" }, short(value))];
  }), make("text", { class: "soft", x: 14, y: middle, "font-size": 11.5, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, name)];
}
