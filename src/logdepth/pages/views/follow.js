// Following one token: the text with the hops over it, and layer by layer what the token reads and knows.
import { clamp, clip, make, reveal, superscript } from "./dom.js";
import { figure, onWidth } from "./figure.js";
import { moving, stepWatch } from "./motion.js";
import { stopAt } from "./run.js";
import { listen } from "./view.js";

const LANES = 16;  // attention layers that are drawn below each other
const WIDEST = 1180, LEFT = 178, RIGHT = 84, NARROWEST = 13;  // NARROWEST: of the column of a token
const SMALLEST = 9.5, LONGEST = 12, TURNED = 11;  // letters of names: where they are smaller, names are turned, so many letters of this size

const HOPS = "Above the text: the hops, one by one. Below it, layer by layer: the token (open circle) reads another (dot) and takes over what that one knows (dashed); numbered circles are the powers of the pointer that it knows from then on. Choose a token by the slider or a click.";
const COMPARED = "Above the text: the hops that are asked for, as an exact algorithm does them. Below it, layer by layer: what the token (open circle) reads, darker where the weight is greater. What the network keeps of that is not known; whether its heads do the hops is to be seen by comparing. Choose a token by the slider or a click.";
const READS = "Layer by layer, what the token (open circle) reads. Choose a token by the slider or a click.";

export function follow(view) {
  const parts = figure("follow-figure", "Following one token", { scroll: "One token through the layers", name: "one-token" });
  const stations = make("p", { class: "stations" }), steps = stepWatch(), state = { room: WIDEST };
  parts.root.append(stations);
  listen(parts.canvas, view);
  onWidth(parts.frame, room => { state.room = room; draw(view, parts, stations, state.room, false); });
  return { root: parts.root, draw: () => draw(view, parts, stations, state.room, steps(view)) };
}

// Where things are: the columns of tokens, the lanes of layers, and what is known by now.
function layOut({ run, cursor, pinned }, room) {
  const { shown, place, chain } = run, width = Math.min(WIDEST, Math.max(room, LEFT + RIGHT + NARROWEST * shown.length)), cell = (width - LEFT - RIGHT) / shown.length, x = token => LEFT + (place.get(token) + .5) * cell;
  const stops = run.stops(cursor.token), every = run.attentionSteps(), here = run.attentionStep(cursor.step);
  const now = every.findIndex(({ number }) => number === here), first = clamp(0, now - LANES + 4, Math.max(0, every.length - LANES));
  const lanes = every.slice(first, first + LANES);
  const reach = chain ? Math.max(0, ...every.flatMap(({ number }, i) => number <= cursor.step ? run.powersOf(i) : [])) : 0;
  const known = hop => !chain || !run.isNamed || hop <= reach || cursor.step >= run.steps.length;
  const hops = run.stops(pinned.token).map((stop, i, all) => i && place.has(stop) && place.has(all[i - 1]) ? Math.abs(x(stop) - x(all[i - 1])) : 0);
  const longest = Math.max(1, ...shown.slice(1).map(token => run.labels[token].length)), turned = longest > 1 && 1.55 * cell / Math.min(longest, 5) < SMALLEST;
  const lift = turned ? Math.min(longest, LONGEST) * TURNED * .62 - 12 : 0;  // how much higher turned names reach
  const highest = clamp(14, Math.max(...hops) * .42, 102), textY = (chain ? highest + 16 : 8) + 22 + lift, laneY = i => textY + 62 + i * 52;  // the same while the pointer moves
  const riseOf = span => clamp(14, span * .42, highest);
  return { width, cell, x, stops, every, here, first, lanes, known, riseOf, textY, turned, lift, laneY, height: laneY(lanes.length - 1) + 34 };
}

function draw(view, parts, stations, room, isNext) {
  const { run, cursor } = view;
  parts.root.hidden = Boolean(run.graph);
  if (run.graph) return;
  const plan = layOut(view, room);
  const svg = make("svg", { viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, class: "follow", role: "img", "aria-label": `What ${run.nameOf(cursor.token)} reads in every layer` });
  svg.append(...arcs(run, plan), ...text(run, cursor.token, plan), ...plan.lanes.map((_, i) => lane(run, cursor, plan, i)));
  const at = plan.lanes.findIndex(({ number }) => number === cursor.step);
  if (isNext && at >= 0) svg.append(...arriving(run, plan, at, cursor.token));
  parts.canvas.replaceChildren(svg);
  drawStations(run, cursor.token, stations, plan);
  if (!view.pointed && run.place.has(cursor.token)) view.afterDrawing(parts.canvas, () => {
    const scale = svg.getBoundingClientRect().width / plan.width, { x, cell } = plan;
    reveal(parts.canvas, (x(cursor.token) - cell) * scale, (x(cursor.token) + cell) * scale);
  });
  const { every, lanes, first } = plan;
  parts.note.textContent = (every.length > lanes.length ? `Layers ${first + 1} to ${first + lanes.length} of ${every.length}. ` : "") + (!run.chain ? READS : run.isNamed ? HOPS : COMPARED);
}

// Hops over the text.
function arcs(run, { stops, x, known, riseOf, textY, lift }) {
  const drawn = [], top = textY - lift;
  for (let hop = 0; hop + 1 < stops.length; hop++) {
    const a = stops[hop], b = stops[hop + 1];
    if (!run.place.has(a) || !run.place.has(b) || a === b || stops.indexOf(a) < hop) continue;  // outside, standing still, or drawn before
    const x1 = x(a), x2 = x(b), rise = riseOf(Math.abs(x2 - x1)), y = top - 15;
    const arc = make("g", { class: known(hop + 1) ? "" : "later" },
      make("path", { class: "hop", d: `M${x1} ${y}C${x1} ${y - rise * 1.33} ${x2} ${y - rise * 1.33} ${x2} ${y}` }),
      make("path", { class: "hop-tip", d: `M${x2} ${top - 13}l-3.6 -6.5h7.2z` }));
    if (stops.length < 40) arc.append(make("text", { class: "hop-number", x: (x1 + x2) / 2, y: top - 18 - rise, "font-size": 11, "text-anchor": "middle" }, String(hop + 1)));
    drawn.push(arc);
  }
  return drawn;
}

function text(run, chosen, { cell, x, stops, known, textY, turned, lift }) {
  const big = clamp(8, 15, cell * .8), end = stops.length - 1;
  return run.shown.flatMap(token => {
    const hop = stops.indexOf(token), label = run.shortNameOf(token);
    const kind = token === chosen ? "self" : hop > 0 && known(hop) ? hop === end ? "end" : "way" : "";
    const drawn = [
      make("rect", { class: `token-box ${kind}`, "data-token": token, x: x(token) - cell / 2 + .5, y: textY - 12 - lift, width: cell - 1, height: 24 + lift, rx: 3 }, make("title", {}, run.nameOf(token))),
      turned
        ? make("text", { class: "mono no-pointer" + (token ? "" : " faint"), transform: `translate(${x(token) + TURNED * .35} ${textY + 9}) rotate(-90)`, "font-size": TURNED }, clip(label, LONGEST))
        : make("text", { class: "mono no-pointer" + (token ? "" : " faint"), x: x(token), y: textY + 5, "font-size": Math.min(big, 1.55 * cell / Math.max(1, label.length)), "text-anchor": "middle" }, clip(label, 5)),
    ];
    if (token === chosen || (token % 5 === 0 && Math.abs(token - chosen) > 1)) drawn.push(make("text", { class: token === chosen ? "picked" : "faint", x: x(token), y: textY + 25, "font-size": 9, "text-anchor": "middle" }, String(token)));
    return drawn;
  });
}

// One attention layer: what the token reads in each head, and the powers of the pointer that it knows from then on.
function lane(run, cursor, plan, i) {
  const { step, number } = plan.lanes[i], { x, cell, stops, first } = plan, y = plan.laneY(i), powers = run.powersOf(first + i), { heads } = run.blockOf(step);
  const lane = make("g", { class: number <= cursor.step ? "" : "waiting" });
  if (number === plan.here && cursor.step) lane.append(make("rect", { class: "lane-band", x: 0, y: y - 26, width: plan.width, height: 52, rx: 5 }));
  lane.append(make("rect", { class: "hit", "data-step": number, "data-screen": "", x: 0, y: y - 24, width: LEFT - 10, height: 48 }));
  lane.append(make("line", { class: "lane", x1: LEFT, x2: plan.width - RIGHT, y1: y, y2: y }));
  lane.append(make("text", { class: "no-pointer", x: 8, y: y - 3, "font-size": 13, "font-weight": 600 }, `layer ${step.layer}`));
  lane.append(make("text", { class: "soft no-pointer", x: 8, y: y + 13, "font-size": 11 }, clip(heads.length > 1 ? `${heads.length} heads` : heads[0].label, 29), make("title", {}, heads.map(({ label }) => label).join("\n"))));
  const marks = powers.map(p => ({ p, token: stopAt(stops, p) })).filter(({ token }) => token && run.place.has(token));
  heads.forEach((_, head) => lane.append(...readings(run, step, head, cursor.token, { x, cell, y, marks })));
  if (run.place.has(cursor.token)) lane.append(make("circle", { class: "from", cx: x(cursor.token), cy: y, r: 4 }));
  for (const { p, token } of marks) lane.append(make("circle", { class: "stop", cx: x(token), cy: y, r: p > 99 ? 11 : 8 }), make("text", { class: "stop-number", x: x(token), y: y + 3.4, "font-size": p > 99 ? 8 : 9.5, "text-anchor": "middle" }, String(p)));
  if (powers.length) lane.append(make("text", { x: plan.width - RIGHT + 14, y: y + 4.5, "font-size": 14 }, ...powers.map(p => `${run.chain.name}${superscript(p)} `)));
  return lane;
}

function readings(run, step, head, token, { x, cell, y, marks }) {
  const all = run.reads(step, head, token), found = all.filter(({ key }) => key > 0 && run.place.has(key)), outside = all.find(({ key }) => key > 0 && !run.place.has(key)), drawn = [];
  if (outside && !found.length) drawn.push(make("text", { class: "soft", x: LEFT + 4, y: y + 18, "font-size": 11 }, `← ${run.nameOf(outside.key)}`));
  if (step.heads[head].spread[token]) return [...drawn, ...found.map(({ key, share }) => make("rect", { class: "cell", x: x(key) - cell * .36, y: y - 5 - 3 * share, width: cell * .72, height: 10 + 6 * share, rx: 2, opacity: .2 + .6 * share }))];
  for (const { key } of found) {
    const x1 = x(token), x2 = x(key);
    drawn.push(key === token ? make("circle", { class: "reads", cx: x1, cy: y, r: 8 }) : make("path", { class: "reads", d: `M${x1} ${y}C${x1} ${y + 22} ${x2} ${y + 22} ${x2} ${y}` }));
    for (const mark of marks) if (mark.token !== key) drawn.push(make("path", { class: "brings", d: `M${x2} ${y}C${x2} ${y - 20} ${x(mark.token)} ${y - 20} ${x(mark.token)} ${y}` }));
    drawn.push(make("circle", { class: "to", cx: x2, cy: y, r: 4.2 }, make("title", {}, run.nameOf(key))));
  }
  return drawn;
}

// What the token reads in the layer at hand, on its way.
function arriving(run, { lanes, x, laneY }, at, token) {
  if (!run.place.has(token)) return [];
  const { step } = lanes[at], y = laneY(at), reads = step.heads.flatMap((_, head) => run.reads(step, head, token)).filter(({ key }) => key > 0 && key !== token && run.place.has(key));
  return moving(reads.sort((a, b) => b.share - a.share).map(({ key, share }) => [`M${x(key)} ${y}C${x(key)} ${y + 22} ${x(token)} ${y + 22} ${x(token)} ${y}`, share]));
}

function drawStations(run, token, line, { stops, known }) {
  line.replaceChildren();
  if (!run.chain) return;
  const { name, times } = run.chain, many = stops.length > 26;
  stops.forEach((stop, hop) => {
    if (!hop || (many && hop > 12 && hop < stops.length - 2)) { if (many && hop === 13) line.append("… "); return; }
    line.append(make("span", { class: known(hop) ? "" : "later" }, `${name}${superscript(hop)} = `, make("b", {}, String(stop)), " ", "‘", make("span", { class: "mono" }, run.labels[stop]), "’", hop + 1 < stops.length ? "  →  " : ""));
  });
  const { answer } = run.data, at = answer ? answer.tokens.indexOf(token) : -1;
  if (at >= 0 && stops.length - 1 === times) line.append(";  the model answers ", make("b", { class: "mono" }, answer.model[at]));
  if (stops.still) line.append(", which points to itself");
  else if (stops.length - 1 < times) line.append(stops.length > 1 ? "  →  " : "", make("span", {}, `${name}${superscript(stops.length)} leads nowhere`));
}
