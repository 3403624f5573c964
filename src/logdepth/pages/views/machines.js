// The run as rounds of machines: machines below each other, rounds from left to right, a line wherever one needs rows of another.
import { slider } from "./controls.js";
import { Dealing } from "./dealing.js";
import { clamp, make, range, several } from "./dom.js";
import { figure, onWidth } from "./figure.js";
import { listen } from "./view.js";
import { remember, wishedNumber } from "./address.js";

const CAPTION = "The same attention, as messages: the rows are dealt to machines in blocks, and each attention layer is a round. A line leads from a machine to one that reads its rows; it is thick where many rows are read. What the chosen token reads is orange. A protocol needs at least these messages; to find out who needs what may cost more.";
const WIDEST = 620, NARROWEST = 300, LEFT = 104, RIGHT = 14, TOP = 26, MOST_MACHINES = 24, MOST_ROUNDS = 28;

export function machines(view) {
  const parts = figure("machines", "Who sends to whom", { caption: CAPTION }), words = make("p", { class: "says" });
  const state = { machines: wishedNumber("machines") || 6, dealing: null, width: 0 };
  const choice = slider("machines", value => { state.machines = value; remember({ machines: value }); draw(); }, 1);
  parts.canvas.after(words);
  parts.canvas.before(choice.root);
  listen(parts.canvas, view);
  onWidth(parts.canvas, width => { state.width = width; draw(); });
  return { root: parts.root, draw };

  function draw() {
    const { run, cursor } = view, most = Math.min(MOST_MACHINES, run.labels.length - 1), many = clamp(1, state.machines, Math.max(1, most));
    parts.root.hidden = !run.layers || !most;
    if (parts.root.hidden) return;
    if (!state.dealing || state.dealing.run !== run || state.dealing.machines !== many) state.dealing = new Dealing(run, many);
    choice.set(many, most, `${several(many, "machine")}, ${several(Math.ceil((run.labels.length - 1) / many), "row")} each at most`);
    const plan = layOut(state.dealing, cursor, clamp(NARROWEST, state.width || WIDEST, WIDEST));
    parts.canvas.replaceChildren(drawing(state.dealing, cursor, plan));
    words.textContent = sentence(state.dealing, cursor, plan);
  }
}

// Where machines and rounds are; of many rounds those around the one at hand.
function layOut(dealing, cursor, room) {
  const { rounds, run } = dealing, here = rounds.findIndex(({ number }) => number === run.attentionStep(cursor.step));
  const first = clamp(0, here - Math.floor(MOST_ROUNDS / 2), Math.max(0, rounds.length - MOST_ROUNDS)), shown = rounds.slice(first, first + MOST_ROUNDS);
  const step = Math.min(110, (room - LEFT - RIGHT) / shown.length), lane = clamp(15, 300 / dealing.machines, 38);
  const most = Math.max(1, ...rounds.flatMap(({ pairs }) => pairs.map(({ rows }) => rows)));
  return { here, first, shown, step, lane, most, width: LEFT + step * shown.length + RIGHT, height: TOP + lane * dealing.machines + 34, x: round => LEFT + round * step, y: machine => TOP + (machine - .5) * lane };
}

function drawing(dealing, cursor, plan) {
  const { width, height, shown, here, first, step, x, y } = plan;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": `Rows that ${several(dealing.machines, "machine")} need of each other in each attention layer` });
  if (here >= first) svg.append(make("rect", { class: "lane-band", x: x(here - first), y: TOP - 4, width: step, height: dealing.machines * plan.lane + 8, rx: 5 }));
  svg.append(...range(dealing.machines).flatMap(i => laneOf(dealing, cursor, plan, i + 1)), ...shown.flatMap((round, i) => lines(round, i, plan)));
  svg.append(...shown.flatMap((round, i) => ownLines(dealing, round, i, cursor.token, plan)));
  shown.forEach((round, i) => {
    if (i % Math.ceil(34 / step) === 0 || i + first === here) svg.append(make("text", { class: i + first === here ? "picked" : "soft", x: x(i) + step / 2, y: height - 18, "font-size": 11, "text-anchor": "middle" }, String(round.step.layer)));
    if (step > 30) svg.append(make("text", { class: "faint", x: x(i) + step / 2, y: height - 4, "font-size": 10.5, "text-anchor": "middle" }, String(round.moved)));
    svg.append(make("rect", { class: "hit", "data-step": round.number, "data-screen": "", x: x(i), y: 0, width: step, height }, make("title", {}, `layer ${round.step.layer}: ${several(round.moved, "row")} read on another machine`)));
  });
  svg.append(make("text", { class: "soft", x: LEFT - 10, y: height - 18, "font-size": 11, "text-anchor": "end" }, "layer"));
  if (step > 30) svg.append(make("text", { class: "faint", x: LEFT - 10, y: height - 4, "font-size": 10.5, "text-anchor": "end" }, "rows sent"));
  return svg;
}

function laneOf(dealing, cursor, { x, y, shown }, machine) {
  const [from, to] = dealing.rowsOf(machine), own = dealing.machineOf(cursor.token) === machine;
  return [
    make("line", { class: "lane" + (own ? " own" : ""), x1: LEFT, x2: x(shown.length), y1: y(machine), y2: y(machine) }),
    make("text", { class: own ? "picked" : "soft", x: LEFT - 10, y: y(machine) + 4, "font-size": 11, "text-anchor": "end" }, from === to ? `row ${from}` : `rows ${from}–${to}`),
    ...range(shown.length + 1).map(i => make("circle", { class: "post", cx: x(i), cy: y(machine), r: 2.4 })),
  ];
}

function lines({ pairs, number }, i, { x, y, most, shown, here, first }) {
  const faint = i + first === here ? "" : " other", thick = rows => (.8 + 4.2 * Math.sqrt(rows / most)).toFixed(1);
  return pairs.map(({ from, to, rows }) => make("path", { class: "message" + faint, "stroke-width": thick(rows), d: curve(x(i), y(from), x(i + 1), y(to)) }));
}

const curve = (x1, y1, x2, y2) => `M${x1.toFixed(1)} ${y1.toFixed(1)}C${((x1 + x2) / 2).toFixed(1)} ${y1.toFixed(1)} ${((x1 + x2) / 2).toFixed(1)} ${y2.toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`;

// What the chosen token reads: from the machines that hold it, to its own.
function ownLines(dealing, { step }, i, token, { x, y }) {
  const to = dealing.machineOf(token);
  return dealing.sourcesOf(step, token).map(from => make("path", { class: "message mine", d: curve(x(i), y(from), x(i + 1), y(to)) }));
}

function sentence(dealing, cursor, { here }) {
  const round = dealing.rounds[here];
  if (!round) return "";
  const all = dealing.run.data.labels.length - 1 === dealing.queries(round.step).length ? "" : " Only the rows that are shown are counted.";
  return `Layer ${round.step.layer}: ${several(round.moved, "row")} ${round.moved === 1 ? "is" : "are"} read on another machine, at most ${round.most} at one.` + all;
}
