// Draws one run of the model. Everything on the page follows two choices: a step (0: the embedding) and a token.
(() => {
const shown = data.shown, place = new Map(shown.map((token, at) => [token, at]));
const graph = data.graph, layers = data.steps.filter(step => step.heads.length).length;
const choices = graph && graph.x.length ? data.labels.map((_, token) => token).slice(1) : shown.slice(1);  // tokens to choose from
const state = { step: data.steps.length, token: 1, head: 0 };

// ---- small tools ----

const power = n => String(n).replace(/\d/g, digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

// The vertices that a blank row stands for: one, or the three of a way; none for an edge row.
const placesOf = token => graph.places[token - 1] || [];
const tokenOf = vertex => graph.places.findIndex(places => places.length === 1 && places[0] === vertex) + 1;

function nameOf(token) {
  const label = data.labels[token];
  if (token === 0) return "the start token";
  if (graph) return (token < graph.first_edge ? placesOf(token).length > 1 ? "blank row " : "vertex " : graph.directed ? "arc " : "edge ") + label;
  return label === String(token) ? `${data.word} ${token}` : `${data.word} ${token} ‘${label}’`;
}

// ---- the run ----

const stream = [data.start.values];
for (const step of data.steps) {
  const columns = stream[stream.length - 1].slice();
  for (const [column, values] of Object.entries(step.values)) columns[column] = values;
  stream.push(columns);
}

const stepAt = number => number ? data.steps[number - 1] : null;
const stepsOf = (kind, index) => range(data.steps.length).map(i => i + 1).filter(number => stepAt(number)[kind] === index);  // kind: block or card
const namesAt = number => number ? data.blocks[stepAt(number).block].names : data.start.names;

// The step whose attention is shown at a step: its own, else the latest before, else the first of all.
function attentionStep(number) {
  for (let s = number; s > 0; s--) if (stepAt(s).heads.length) return s;
  return range(data.steps.length).map(i => i + 1).find(s => stepAt(s).heads.length) || null;
}

// What a token reads in a head: [{key, weight, share}], share relative to the greatest weight of a real row.
function reads(step, head, token) {
  const { hard, spread } = step.heads[head];
  const groups = spread[token];
  if (!groups) return hard[token] === undefined ? [] : [{ key: hard[token], weight: 1, share: 1 }];
  const found = [];
  for (const [weight, runs] of groups)
    for (let r = 0; r < runs.length; r += 2)
      for (let key = runs[r]; key <= runs[r + 1]; key++) found.push({ key, weight });
  const rows = found.filter(({ key }) => key > 0);
  const most = Math.max(...(rows.length ? rows : found).map(({ weight }) => weight));
  for (const one of found) one.share = Math.min(1, one.weight / most);
  return found;
}

// Cells of a head's matrix, on the shown tokens: path data by class and opacity.
function cells(step, head, size, inset) {
  const paths = new Map();
  shown.forEach((query, row) => {
    for (const { key, share } of reads(step, head, query)) {
      const column = place.get(key);
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

function thumb(svg, step, head) {
  svg.setAttribute("viewBox", `0 0 ${shown.length} ${shown.length}`);
  svg.replaceChildren(...cells(step, head, 1, shown.length > 40 ? -0.35 : 0));
}

// ---- the strip ----

function drawStrip() {
  const current = stepAt(state.step);
  document.querySelectorAll(".card").forEach(card => {
    const here = current && current.card === Number(card.dataset.card);
    card.classList.toggle("here", Boolean(here));
    card.setAttribute("aria-pressed", String(Boolean(here)));
  });
  document.querySelectorAll(".program tr[data-blocks]").forEach(row => row.classList.toggle("here", Boolean(current) && row.dataset.blocks.split(" ").includes(String(current.block))));
  document.querySelectorAll(".card .thumb").forEach(svg => {
    const ran = stepsOf("card", Number(svg.dataset.card));
    const step = ran.filter(s => s <= state.step).pop() || ran[0];
    if (svg.dataset.drawn === String(step)) return;
    svg.dataset.drawn = step;
    thumb(svg, stepAt(step), Number(svg.dataset.head));
  });
}

function chooseBlock(button) {
  const current = stepAt(state.step), kind = button.dataset.card ? "card" : "block", steps = stepsOf(kind, Number(button.dataset[kind]));
  const step = current && steps.find(s => stepAt(s).round === current.round) || steps[0];
  go({ step, head: Number(button.dataset.head || 0) });
}

// ---- attention ----

function drawAttention() {
  const figure = byId("attention"), number = attentionStep(state.step);
  if (!number) { figure.hidden = true; return; }
  const step = stepAt(number), head = Math.min(state.head, step.heads.length - 1);
  const n = shown.length, longest = Math.max(1, ...shown.slice(1).map(token => clip(data.labels[token], 14).length));
  const size = clamp(8.5, 640 / n, 24), letters = Math.min(11.5, size * .82), margin = Math.max(20, longest * letters * .62 + 8);
  const across = longest <= 1 || (longest <= 2 && size > 14);
  const whole = margin + n * size + 2;
  const svg = make("svg", { viewBox: `0 0 ${whole} ${whole}`, width: whole, role: "img", "aria-label": `Attention of head ${data.blocks[step.block].heads[head].label}` });
  const at = place.get(state.token), plot = make("g", { transform: `translate(${margin} ${margin})` });
  plot.append(make("rect", { class: "grid", width: n * size, height: n * size }));
  if (data.causal) plot.append(make("path", { class: "unseen", d: `M${size} 0H${n * size}V${(n - 1) * size}` + range(n - 1).map(i => `v${i ? -size : 0}h${-size}`).join("") + "z" }));
  const keys = reads(step, head, state.token).map(({ key }) => place.get(key)).filter(key => key !== undefined);
  if (at !== undefined) {
    plot.append(make("rect", { class: "band", x: -margin, y: at * size, width: n * size + margin, height: size }));
    if (keys.length === 1) plot.append(make("rect", { class: "band", x: keys[0] * size, y: -margin, width: size, height: n * size + margin }));
  }
  plot.append(...cells(step, head, size, size > 11 ? 1 : .5));
  if (at !== undefined && keys.length === 1) plot.append(make("rect", { class: "ring", x: keys[0] * size - 1.5, y: at * size - 1.5, width: size + 3, height: size + 3, rx: 2 }));
  shown.forEach((token, i) => {
    const label = token ? clip(data.labels[token], 14) : "⊢", middle = i * size + size / 2;
    const row = make("text", { class: "mono" + (i === at ? " picked" : " soft"), x: -5, y: middle + letters * .35, "font-size": letters, "text-anchor": "end" }, label);
    const column = make("text", { class: "mono" + (keys.length === 1 && keys[0] === i ? " picked" : " soft"), "font-size": letters }, label);
    if (across) { column.setAttribute("x", middle); column.setAttribute("y", -5); column.setAttribute("text-anchor", "middle"); }
    else column.setAttribute("transform", `translate(${middle + letters * .35} -5) rotate(-90)`);
    plot.append(row, column);
  });
  svg.append(plot);
  if (number !== state.step) svg.classList.add("waiting");
  const toToken = event => {
    const box = svg.getBoundingClientRect(), y = (event.clientY - box.top) * whole / box.width - margin;
    return shown[clamp(0, Math.floor(y / size), n - 1)];
  };
  svg.addEventListener("click", event => { const token = toToken(event); if (token) go({ token }); });
  figure.querySelector(".canvas").replaceChildren(svg);
  drawAttentionSide(step, number, head);
}

function drawAttentionSide(step, number, head) {
  const block = data.blocks[step.block], { label } = block.heads[head], side = byId("attention-side");
  const which = `Layer ${step.layer} of ${layers}` + (step.rounds > 1 ? `, round ${step.round} of ${step.rounds}` : "");
  const rows = data.labels.length, exact = step.heads[head].exact;
  const parts = [
    make("p", { class: "soft" }, which + (block.heads.length > 1 ? `, head ${head + 1} of ${block.heads.length}` : "")),
    make("h4", {}, label),
    make("p", { class: "big" }, sentence(step, head)),
    make("p", { class: "soft" }, exact === rows ? `All ${rows} tokens put weight 1 on one key and exactly 0 on every other.` : `${rows - exact} of ${rows} tokens spread their weight over several keys; shades are relative to the greatest weight of a real row.`),
  ];
  if (number !== state.step) parts.unshift(make("p", {}, state.step ? "The block at hand is a ReLU layer: no token looks at another. Shown is the attention before it." : "The embedding, before any block. Shown is the attention to come."));
  if (block.heads.length > 1) {
    const list = make("ul", { class: "heads" });
    block.heads.forEach((one, i) => {
      const svg = make("svg", { class: "thumb", "aria-hidden": "true" });
      thumb(svg, step, i);
      const button = make("button", { type: "button", "aria-pressed": String(i === head) }, svg, make("span", {}, one.label));
      button.addEventListener("click", () => go({ head: i }));
      list.append(make("li", {}, button));
    });
    parts.push(list);
  }
  side.replaceChildren(...parts);
}

function sentence(step, head) {
  const found = reads(step, head, state.token), who = capital(nameOf(state.token));
  if (!found.length) return `${who} is not among the tokens shown.`;
  if (found.length === 1) return found[0].key === 0 ? `${who} finds nothing: it reads the start token, which gives zeros.` : found[0].key === state.token ? `${who} reads itself.` : `${who} reads ${nameOf(found[0].key)}.`;
  const rows = found.filter(({ key }) => key > 0), start = found.find(({ key }) => key === 0);
  const equal = rows.every(({ weight }) => weight === rows[0].weight);
  const weight = rows[0].weight.toPrecision(3);
  return `${who} adds up ${rows.length} row${rows.length > 1 ? "s" : ""}` + (equal ? `, each of weight ${weight}` : "") + (start ? "; the rest lies on the start token." : ".");
}

// ---- following one token ----

// Where a chain of pointers leads: [token, after one hop, after two, …], up to the first that leads nowhere.
function walk(token, times) {
  if (!data.chain.pointer) return walkOf(token);
  const stops = [token];
  for (let hop = 0; hop < times && data.chain.pointer[stops[hop]]; hop++) {
    const next = data.chain.pointer[stops[hop]];
    if (next === stops[hop] || stops.length > data.labels.length) { stops.push(next); stops.still = true; break; }
    stops.push(next);
  }
  return stops;
}

// Without pointers every token hops from token 1 on by itself, one layer after the other, from the second on.
function walkOf(token) {
  const stops = [1];
  for (const step of data.steps.filter(step => step.heads.length).slice(1)) {
    const [{ key }] = reads(step, 0, token);
    if (!key) break;
    stops.push(key);
  }
  return stops;
}

// The stop after so many hops; a token that points to itself stays.
const stopAt = (stops, hops) => hops < stops.length ? stops[hops] : stops.still ? stops[stops.length - 1] : 0;

const LANES = 16;  // attention layers that are drawn below each other

function drawFollow() {
  if (graph) return;
  const figure = byId("follow"), n = shown.length, width = 1180, left = 178, right = 84;
  figure.hidden = false;
  const cell = (width - left - right) / n, x = token => left + (place.get(token) + .5) * cell;
  const stops = data.chain ? walk(state.token, data.chain.times) : [state.token];
  const every = data.steps.map((step, i) => ({ step, number: i + 1 })).filter(({ step }) => step.heads.length);
  const now = every.findIndex(({ number }) => number === attentionStep(state.step)), first = clamp(0, now - LANES + 4, Math.max(0, every.length - LANES));
  const attention = every.slice(first, first + LANES);
  const powersOf = i => data.chain ? data.chain.powers[i] || [] : [];
  const reach = data.chain ? Math.max(0, ...every.flatMap(({ number }, i) => number <= state.step ? powersOf(i) : [])) : 0;
  const known = hop => !data.chain || hop <= reach || state.step >= data.steps.length;
  const hops = stops.slice(1).map((stop, i) => [stops[i], stop]).map(([a, b]) => place.has(a) && place.has(b) ? Math.abs(x(a) - x(b)) : 0);
  const riseOf = span => clamp(14, span * .42, 102), arcs = data.chain ? Math.max(...hops.map(riseOf), 14) + 16 : 8, textY = arcs + 22, laneY = i => textY + 62 + i * 52, height = laneY(attention.length - 1) + 34;
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, class: "follow", role: "img", "aria-label": `What ${nameOf(state.token)} reads in every layer` });

  // hops over the text
  for (let hop = 0; hop + 1 < stops.length; hop++) {
    const a = stops[hop], b = stops[hop + 1];
    if (!place.has(a) || !place.has(b) || a === b || stops.indexOf(a) < hop) continue;  // outside, standing still, or drawn before
    const x1 = x(a), x2 = x(b), rise = riseOf(Math.abs(x2 - x1));
    const g = make("g", { class: known(hop + 1) ? "" : "later" },
      make("path", { class: "hop", d: `M${x1} ${textY - 15}C${x1} ${textY - 15 - rise * 1.33} ${x2} ${textY - 15 - rise * 1.33} ${x2} ${textY - 15}` }),
      make("path", { fill: "var(--warm)", d: `M${x2} ${textY - 13}l-3.6 -6.5h7.2z` }));
    if (stops.length < 40) g.append(make("text", { x: (x1 + x2) / 2, y: textY - 18 - rise, "font-size": 11, "text-anchor": "middle", fill: "var(--warm)", style: "fill:var(--warm)" }, String(hop + 1)));
    svg.append(g);
  }

  // the text
  const box = Math.min(cell, 26), big = clamp(8, 15, cell * .8);
  const end = stops.length - 1;
  shown.forEach(token => {
    const hop = stops.indexOf(token);
    const kind = token === state.token ? "self" : hop > 0 && known(hop) ? hop === end ? "end" : "way" : "";
    const label = token ? data.labels[token] : "⊢";
    const rect = make("rect", { class: `token-box ${kind}`, x: x(token) - cell / 2 + .5, y: textY - 12, width: cell - 1, height: 24, rx: 3 }, make("title", {}, nameOf(token)));
    if (token) rect.addEventListener("click", () => go({ token }));
    svg.append(rect, make("text", { class: "mono" + (token ? "" : " faint"), x: x(token), y: textY + 5, "font-size": Math.min(big, 1.55 * cell / Math.max(1, label.length)), "text-anchor": "middle", style: "pointer-events:none" }, clip(label, 5)));
    if (token === state.token || (token % 5 === 0 && Math.abs(token - state.token) > 1)) svg.append(make("text", { class: token === state.token ? "picked" : "faint", x: x(token), y: textY + 25, "font-size": 9, "text-anchor": "middle" }, String(token)));
  });

  // one lane per attention layer
  attention.forEach(({ step, number }, i) => {
    const y = laneY(i), lane = make("g", { class: number <= state.step ? "" : "waiting" });
    if (number === attentionStep(state.step) && state.step) lane.append(make("rect", { class: "lane-band", x: 0, y: y - 26, width, height: 52, rx: 5 }));
    lane.append(make("line", { class: "lane", x1: left, x2: width - right, y1: y, y2: y }));
    lane.append(make("text", { x: 8, y: y - 3, "font-size": 13, "font-weight": 600 }, `layer ${step.layer}`));
    const labels = data.blocks[step.block].heads;
    lane.append(make("text", { class: "soft", x: 8, y: y + 13, "font-size": 11 }, clip(labels.length > 1 ? `${labels.length} heads` : labels[0].label, 29), make("title", {}, labels.map(({ label }) => label).join("\n"))));
    const marks = powersOf(first + i).map(p => ({ p, token: stopAt(stops, p) })).filter(({ token }) => token && place.has(token));
    labels.forEach((_, head) => {
      const found = reads(step, head, state.token).filter(({ key }) => key > 0 && place.has(key)), spread = step.heads[head].spread[state.token];
      const outside = reads(step, head, state.token).find(({ key }) => key > 0 && !place.has(key));
      if (outside && !found.length) lane.append(make("text", { class: "soft", x: left + 4, y: y + 18, "font-size": 11 }, `← ${nameOf(outside.key)}`));
      if (spread) for (const { key, share } of found) lane.append(make("rect", { class: "cell", x: x(key) - cell * .36, y: y - 5 - 3 * share, width: cell * .72, height: 10 + 6 * share, rx: 2, opacity: .2 + .6 * share }));
      else for (const { key } of found) {
        const x1 = x(state.token), x2 = x(key);
        if (key === state.token) lane.append(make("circle", { class: "reads", cx: x1, cy: y, r: 8 }));
        else lane.append(make("path", { class: "reads", d: `M${x1} ${y}C${x1} ${y + 22} ${x2} ${y + 22} ${x2} ${y}` }));
        for (const { token } of marks) if (token !== key) lane.append(make("path", { class: "brings", d: `M${x2} ${y}C${x2} ${y - 20} ${x(token)} ${y - 20} ${x(token)} ${y}` }));
        lane.append(make("circle", { class: "to", cx: x2, cy: y, r: 4.2 }, make("title", {}, nameOf(key))));
      }
    });
    if (place.has(state.token)) lane.append(make("circle", { class: "from", cx: x(state.token), cy: y, r: 4 }));
    for (const { p, token } of marks) lane.append(make("circle", { class: "stop", cx: x(token), cy: y, r: p > 99 ? 11 : 8 }), make("text", { x: x(token), y: y + 3.4, "font-size": p > 99 ? 8 : 9.5, "text-anchor": "middle", style: "fill:var(--warm);font-weight:700" }, String(p)));
    if (powersOf(first + i).length) lane.append(make("text", { x: width - right + 14, y: y + 4.5, "font-size": 14 }, ...powersOf(first + i).map(p => `${data.chain.name}${power(p)} `)));
    svg.append(lane);
  });
  const frame = figure.querySelector(".scroll");
  frame.replaceChildren(svg);
  drawStations(stops, known);
  const scale = svg.getBoundingClientRect().width / width;
  if (place.has(state.token)) reveal(frame, (x(state.token) - cell) * scale, (x(state.token) + cell) * scale);
  byId("follow-note").textContent = (every.length > attention.length ? `Layers ${first + 1} to ${first + attention.length} of ${every.length}. ` : "") + (data.chain
    ? "Above the text: the hops, one by one. Below it, layer by layer: the token (open circle) reads another (dot) and takes over what that one knows (dashed); numbered circles are the powers of the pointer that it knows from then on. Choose a token by the slider or a click."
    : "Layer by layer, what the token (open circle) reads. Choose a token by the slider or a click.");
}

function drawStations(stops, known) {
  const line = byId("stations");
  line.replaceChildren();
  if (!data.chain) return;
  const { name, times } = data.chain;
  const many = stops.length > 26;
  stops.forEach((token, hop) => {
    if (!hop || (many && hop > 12 && hop < stops.length - 2)) { if (many && hop === 13) line.append("… "); return; }
    line.append(make("span", { class: known(hop) ? "" : "later" }, `${name}${power(hop)} = `, make("b", {}, String(token)), " ", "‘", make("span", { class: "mono" }, data.labels[token]), "’", hop + 1 < stops.length ? "  →  " : ""));
  });
  if (data.answer.tokens.includes(state.token) && stops.length - 1 === times) line.append(`;  the model answers `, make("b", { class: "mono" }, data.answer.model[data.answer.tokens.indexOf(state.token)]));
  if (stops.still) line.append(", which points to itself");
  else if (stops.length - 1 < times) line.append(stops.length > 1 ? "  →  " : "", make("span", {}, `${name}${power(stops.length)} leads nowhere`));
}

// ---- the graph ----

const scene = {};

// Colours by the golden angle, far apart for the vertices that stay roots (or least tails) longest.
const colourOrder = (() => {
  if (!graph) return [];
  const last = new Array(graph.vertices.length + 1).fill(0), history = graph.pointers || graph.least || [];
  history.forEach((values, s) => { if (values) (graph.pointers ? rootsOf(values) : values).forEach(v => { last[v] = s + 1; }); });
  const order = new Array(last.length);
  range(last.length).sort((a, b) => last[b] - last[a] || a - b).forEach((v, i) => { order[v] = i; });
  return order;
})();
const hue = vertex => `hsl(${(212 + colourOrder[vertex] * 137.508) % 360} var(--chroma) var(--light))`;

function valuesAt(history, number, start) {
  for (let s = number; s > 0; s--) if (history && history[s - 1]) return history[s - 1];
  return start;
}

function buildGraph() {
  if (!graph || !graph.x.length) return;
  byId("graph").hidden = false;
  const n = graph.vertices.length, width = 760, pad = Math.max(...graph.vertices.map(label => label.length)) > 6 ? 64 : 34;
  const scale = width - 2 * pad, height = 2 * pad + Math.max(...graph.y) * scale;
  scene.radius = n > 90 ? 6.5 : n > 45 ? 8.5 : 11;
  scene.at = v => [pad + graph.x[v - 1] * scale, pad + graph.y[v - 1] * scale];
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The graph" });
  svg.append(make("defs", {}, make("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, make("path", { class: "tip", d: "M0 .6L8 4L0 7.4z" }))));
  const groups = ["edges", "readings", "hits", "halos", "vertices", "pointers", "labels"].map(name => scene[name] = make("g"));
  svg.append(...groups);
  scene.edgeNodes = graph.edges.map(([u, v], i) => {
    const token = graph.first_edge + i, d = edgePath(u, v);
    const hit = make("path", { class: "edge-hit", d }, make("title", {}, nameOf(token) + (graph.weights ? `, weight ${graph.weights[i]}` : "")));
    hit.addEventListener("click", () => go({ token }));
    scene.hits.append(hit);
    const edge = make("path", { class: "edge", d, "stroke-dasharray": graph.question && i === graph.edges.length - 1 ? "4 4" : null });
    scene.edges.append(edge);
    return edge;
  });
  scene.vertexNodes = graph.vertices.map((label, i) => {
    const [cx, cy] = scene.at(i + 1), node = make("circle", { class: "vertex", cx, cy, r: scene.radius }, make("title", {}, `vertex ${label}`));
    if (tokenOf(i + 1)) node.addEventListener("click", () => go({ token: tokenOf(i + 1) }));
    scene.vertices.append(node);
    const within = label.length <= 2 && scene.radius > 8;
    scene.labels.append(make("text", { class: "vertex-label" + (within ? " within" : ""), x: cx, y: within ? cy + 3.8 : cy - scene.radius - 4, "text-anchor": "middle" }, clip(label, 18)));
    scene.crowded = !within && n > 40;
    return node;
  });
  byId("graph").querySelector(".canvas").append(svg);
}

function edgePath(u, v) {
  const [x1, y1] = scene.at(u), [x2, y2] = scene.at(v);
  if (!graph.directed) return `M${x1} ${y1}L${x2} ${y2}`;
  const bend = .1, mx = (x1 + x2) / 2 - (y2 - y1) * bend, my = (y1 + y2) / 2 + (x2 - x1) * bend;
  return `M${x1} ${y1}Q${mx} ${my} ${x2} ${y2}`;
}

// A bent arrow between two vertices, short of their discs.
function arrow(u, v, bend, gap) {
  const [x1, y1] = scene.at(u), [x2, y2] = scene.at(v), length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  return `M${x1 + ux * gap} ${y1 + uy * gap}Q${(x1 + x2) / 2 - uy * length * bend} ${(y1 + y2) / 2 + ux * length * bend} ${x2 - ux * gap} ${y2 - uy * gap}`;
}

function rootsOf(parents) {
  return parents.map((_, i) => {
    let v = i + 1;
    for (let hops = 0; hops < parents.length && parents[v - 1] && parents[v - 1] !== v; hops++) v = parents[v - 1];
    return v;
  });
}

function drawGraph() {
  if (!scene.vertexNodes) return;
  const n = graph.vertices.length, itself = range(n).map(i => i + 1);
  const parents = graph.pointers && valuesAt(graph.pointers, state.step, itself);
  const roots = parents && rootsOf(parents);
  const chosen = graph.chosen && valuesAt(graph.chosen, state.step, []);
  const least = graph.least && valuesAt(graph.least, state.step, graph.edges.map(([tail]) => tail));
  scene.vertexNodes.forEach((node, i) => {
    node.style.fill = roots ? hue(roots[i]) : "";
    node.classList.toggle("plain", !roots);
    node.classList.toggle("root", Boolean(parents && parents[i] === i + 1));
  });
  const read = new Set();
  const current = stepAt(state.step);
  if (current) current.heads.forEach((_, head) => reads(current, head, state.token).forEach(({ key }) => read.add(key)));
  scene.edgeNodes.forEach((node, i) => {
    const [u, v] = graph.edges[i], token = graph.first_edge + i, same = roots && roots[u - 1] === roots[v - 1];
    node.classList.toggle("chosen", Boolean(chosen && chosen[i]));
    node.classList.toggle("inside", Boolean(same || least));
    node.classList.toggle("read", token === state.token || read.has(token));
    node.style.stroke = token === state.token ? "var(--blue)" : read.has(token) || (chosen && chosen[i]) ? "" : least ? hue(least[i]) : same ? `color-mix(in srgb, ${hue(roots[u - 1])} 55%, var(--paper))` : roots ? "" : "var(--faint)";
  });
  scene.pointers.replaceChildren(...(parents || []).flatMap((parent, i) => parent && parent !== i + 1 ? [make("path", { class: "pointer", d: arrow(i + 1, parent, .12, scene.radius + 1.5), "marker-end": "url(#tip)" })] : []));
  scene.halos.replaceChildren();
  scene.readings.replaceChildren();
  const halo = (v, kind) => { const [cx, cy] = scene.at(v); scene.halos.append(make("circle", { class: `halo ${kind}`, cx, cy, r: scene.radius + 4 })); };
  const self = placesOf(state.token), heard = [...read].filter(key => key !== state.token).flatMap(placesOf);
  self.forEach(v => halo(v, "self"));
  for (const v of heard) {
    halo(v, "");
    if (self.length === 1) scene.readings.append(make("path", { class: "reading", d: arrow(self[0], v, -.16, scene.radius + 4) }));
  }
  if (scene.crowded) [...scene.labels.children].forEach((label, i) => {  // names of roots and of what is marked only
    const named = self.includes(i + 1) || heard.includes(i + 1) || (parents && parents[i] === i + 1);
    label.style.display = named ? "" : "none";
  });
  drawGraphSide(roots, chosen, least, current);
}

function drawGraphSide(roots, chosen, least, current) {
  const parts = [make("p", { class: "big" }, stepName(state.step))];
  if (roots) {
    const trees = new Map();
    roots.forEach(root => trees.set(root, (trees.get(root) || 0) + 1));
    parts.push(make("p", {}, `${trees.size} tree${trees.size > 1 ? "s" : ""} of parent pointers` + (trees.size < roots.length ? ":" : ", one for each vertex.")));
    const list = [...trees].sort((a, b) => b[1] - a[1]).filter(([, size]) => size > 1).slice(0, 8);
    for (const [root, size] of list) {
      const dot = make("span", { class: "dot" });
      dot.style.background = hue(root);
      parts.push(make("p", { style: "margin:0 0 .15em" }, dot, `${graph.vertices[root - 1]}: ${size} vertices`));
    }
  }
  if (chosen) parts.push(make("p", {}, `${chosen.filter(Boolean).length} edges chosen so far (black).`));
  if (least) parts.push(make("p", {}, `Arcs are coloured by the least tail they know: ${new Set(least).size} different ones.`));
  if (current && current.heads.length) {
    parts.push(make("h4", { style: "margin-top:1.2em" }, nameOf(state.token)));
    current.heads.forEach((_, head) => parts.push(make("p", {}, make("span", { class: "soft" }, data.blocks[current.block].heads[head].label), make("br"), sentence(current, head))));
  }
  byId("graph-side").replaceChildren(...parts);
  byId("graph-note").textContent = roots
    ? "Colours: the root that the parent pointers (arrows) lead to; roots are ringed, edges within a tree take its colour. After a round the pointers stand in the column ‘parent’; within a round they are where the heads look that follow them. What the chosen row (blue) reads in this layer is marked in orange. Choose a vertex or an edge by a click or the slider."
    : `What the chosen row (blue) reads in this layer is marked in orange. Choose ${least ? "an arc" : "a vertex or an edge"} by a click or the slider.`;
}

// ---- the residual stream ----

function drawResidual() {
  const names = namesAt(state.step), now = stream[state.step], before = state.step ? stream[state.step - 1] : null;
  const step = stepAt(state.step), block = step && data.blocks[step.block];
  const attended = new Set(block ? block.heads.flatMap(({ writes }) => writes) : []), relu = new Set(block ? block.relu : []);
  const table = make("table", { class: "stream" });
  table.append(headerRow(shown, token => token ? data.labels[token] : "⊢", table));
  const body = make("tbody");
  names.forEach((name, column) => {
    const fresh = before && now[column] !== before[column];
    const by = fresh ? [attended.has(column) ? "attention" : "", relu.has(column) ? "ReLU" : ""].filter(Boolean).join(" + ") : "";
    const row = make("tr", { class: [name ? "" : "free", fresh && name ? "new" : ""].join(" ").trim() });
    row.append(make("th", { scope: "row", title: by ? `written by ${by}` : null }, name ? clip(name, 34) : "free", make("i", {}, String(column))));
    now[column].forEach((value, i) => row.append(make("td", { class: [value ? "" : "zero", String(value).length > 3 ? String(value).length > 4 ? "huge" : "long" : "", shown[i] === state.token ? "here" : ""].join(" ").trim() || null }, value ? String(value) : "·")));
    body.append(row);
  });
  table.append(body);
  showTable("residual", table);
  const used = names.filter(Boolean).length;
  byId("residual-note").textContent = `${capital(stepName(state.step))}: one row per residual column, one column per token. ${used} of ${names.length} columns in use; blue ones were written by this block, cleared ones are pale. `
    + (data.noise ? `No number is further than ${data.noise.toPrecision(2)} from the integer shown.` : "All numbers are exactly integers.");
}

// A table in its frame, scrolled sideways so that the chosen token is in view.
function showTable(id, table) {
  const frame = byId(id).querySelector(".scroll");
  frame.replaceChildren(table);
  const here = table.querySelector("thead .here"), names = table.querySelector("tbody th");
  if (here) reveal(frame, here.offsetLeft, here.offsetLeft + here.offsetWidth, names ? names.offsetWidth : 0);
}

// Scroll a frame sideways, if need be, until what lies from `left` to `right` in it is to be seen, beside what is stuck at its left edge.
function reveal(frame, left, right, stuck = 0) {
  const room = frame.clientWidth;
  if (left < frame.scrollLeft + stuck || right > frame.scrollLeft + room) frame.scrollLeft = (left + right + stuck - room) / 2 - stuck;
}

function headerRow(tokens, labelOf, table) {
  const turned = tokens.some(token => labelOf(token).length > 4);
  table.classList.toggle("turned", turned);
  const row = make("tr", {}, make("th", { scope: "row", class: "soft" }, ""));
  for (const token of tokens) {
    const cell = make("th", { scope: "col", class: token === state.token ? "here" : null, title: nameOf(token) }, make("span", {}, clip(labelOf(token), 16)));
    if (token) cell.addEventListener("click", () => go({ token }));
    row.append(cell);
  }
  return make("thead", {}, row);
}

// ---- the answer ----

function drawAnswer() {
  if (!data.answer) { drawOutputs(); return; }
  const { tokens, model, exact, wrong, entries, right, groups } = data.answer, bad = new Set(wrong);
  const table = make("table", { class: "answers" });
  table.append(headerRow(tokens, token => data.labels[token], table));
  const row = (title, values, kind) => make("tr", { class: kind }, make("th", { scope: "row" }, title),
    ...values.map((value, i) => make("td", { class: [bad.has(i) ? "wrong" : "", tokens[i] === state.token ? "here" : ""].join(" ").trim() || null }, clip(value, 18))));
  table.append(make("tbody", {}, row("model", model, ""), row("exact", exact, ""), row("", model.map((_, i) => bad.has(i) ? "✗" : "✓"), "mark"),
    ...(data.answer.with ? [row("made up by", data.answer.with, "")] : [])));
  showTable("answer", table);
  if (groups) drawGroups(groups);
  byId("answer-note").textContent = `${right.toLocaleString("en")} of ${entries.toLocaleString("en")} entries equal to the exact answer` + (entries > model.length ? `; below are those of the tokens shown.` : ".");
}

// Components: their members, the largest first.
function drawGroups({ count, groups }) {
  const place = new Map(graph.vertices.map((label, i) => [label, i])), roots = graph.x.length && graph.pointers ? rootsOf(valuesAt(graph.pointers, data.steps.length, range(graph.vertices.length).map(i => i + 1))) : null;
  const chosen = state.token < graph.first_edge ? graph.vertices[(placesOf(state.token)[0] || 0) - 1] : null;
  byId("groups").hidden = false;
  byId("groups").replaceChildren(make("p", {}, make("b", {}, count.toLocaleString("en")), ` component${count === 1 ? "" : "s"}` + (count > groups.length ? `; the ${groups.length} largest are below.` : ".")),
    make("ol", {}, ...groups.map(([size, members]) => {
      const dot = make("span", { class: "dot" });
      dot.style.background = roots ? hue(roots[place.get(members[0])]) : "var(--faint)";
      return make("li", {}, dot, make("b", {}, `${size.toLocaleString("en")} ${size === 1 ? "vertex" : "vertices"}`), " ",
        ...members.flatMap(member => [make("bdi", { class: member === chosen ? "picked" : null }, member), ", "]).slice(0, -1), size > members.length ? ", …" : "");
    })));
}

// Of a program of one's own: what went in and came out.
function drawOutputs() {
  const { tokens, rows, wrong, entries, right, note } = data.outputs, table = make("table", { class: "answers" });
  const bad = new Set(wrong.map(([row, place]) => row + " " + place));
  table.append(headerRow(tokens, token => data.labels[token], table), make("tbody", {}, ...rows.map(([name, values], row) =>
    make("tr", {}, make("th", { scope: "row" }, clip(name, 34)), ...values.map((value, i) => make("td", { class: [bad.has(row + " " + i) ? "wrong" : "", tokens[i] === state.token ? "here" : ""].join(" ").trim() || null }, String(value)))))));
  showTable("answer", table);
  byId("answer-name").textContent = "The outputs";
  byId("answer-note").textContent = right === null ? `Not compared with an exact answer. ${note}` : `${right.toLocaleString("en")} of ${entries.toLocaleString("en")} entries equal to ${note}.`;
}

// ---- controls ----

function stepName(number) {
  if (!number) return "the embedding, before any block";
  const step = stepAt(number);
  const round = step.rounds > 1 ? `, round ${step.round} of ${step.rounds}` : "";
  return `after block ${number} of ${data.steps.length}` + (step.layer ? ` (attention layer ${step.layer}${round})` : ` (ReLU${round})`);
}

function go(change) {
  if (change.step !== undefined && change.head === undefined && change.step !== state.step) change.head = 0;
  Object.assign(state, change);
  state.step = clamp(0, state.step, data.steps.length);
  if (!choices.includes(state.token)) state.token = state.token < choices[0] ? choices[0] : choices[choices.length - 1];
  draw();
}

function draw() {
  byId("step").value = state.step;
  byId("token").value = choices.indexOf(state.token);
  byId("step-name").textContent = stepName(state.step);
  byId("token-name").textContent = nameOf(state.token);
  byId("step").setAttribute("aria-valuetext", stepName(state.step));
  byId("token").setAttribute("aria-valuetext", nameOf(state.token));
  drawStrip(); drawFollow(); drawGraph(); drawAttention(); drawResidual(); drawAnswer();
  const seen = attentionStep(state.step), layer = seen && stepAt(seen).layer;
  if (layer !== draw.layer) document.dispatchEvent(new CustomEvent("layer", { detail: layer }));
  draw.layer = layer;
  try { history.replaceState(null, "", `#block=${state.step}&token=${state.token}&head=${state.head}`); } catch { /* a page without a history */ }
}

function play() {
  const button = byId("play");
  if (play.timer) { clearInterval(play.timer); play.timer = null; }
  else {
    if (state.step === data.steps.length) go({ step: 0 });
    play.timer = setInterval(() => { go({ step: state.step + 1 }); if (state.step === data.steps.length) play(); }, 1100);
  }
  button.textContent = play.timer ? "❚❚" : "▶";
  button.setAttribute("aria-pressed", String(Boolean(play.timer)));
}

function start() {
  state.token = shown[shown.length - 1];
  if (data.chain) {  // the token from which the most hops lead on in sight; of equals the one with the longest way
    const value = token => {
      const stops = walk(token, data.chain.times), seen = stops.filter(stop => place.has(stop));
      return stops.still ? 0 : new Set(seen).size * data.labels.length + Math.max(...seen) - Math.min(...seen);
    };
    state.token = shown.slice(1).reduce((best, token) => value(token) >= value(best) ? token : best, shown[1]);
  }
  if (graph) {  // the question, or the vertex of greatest degree
    const degree = graph.vertices.map((_, i) => graph.edges.filter(([u, v]) => u === i + 1 || v === i + 1).length);
    state.token = graph.question ? data.labels.length - 1 : graph.places.length ? tokenOf(degree.indexOf(Math.max(...degree)) + 1) : 1;
  }
  const telling = data.steps.filter(step => step.rounds > 1 && step.round === (graph && graph.least ? 2 : 1));
  if (graph && telling.length) state.step = data.steps.indexOf(telling[telling.length - 1]) + 1;  // unfinished, so that there is something to see
  if (!data.chain && !graph && layers) {  // where rows talk, the last row that reads another
    state.step = attentionStep(state.step);
    const talks = token => stepAt(state.step).heads.some((_, head) => reads(stepAt(state.step), head, token).some(({ key }) => key > 0 && key !== token));
    state.token = shown.slice(1).reverse().find(talks) || state.token;
  }
  for (const [key, name] of [["block", "step"], ["token", "token"], ["head", "head"]]) if (/^\d+$/.test(wish.get(key) || "")) state[name] = Number(wish.get(key));
  go({ ...state });
}

byId("step").max = data.steps.length;
byId("token").max = choices.length - 1;
byId("token-word").textContent = graph ? "row" : data.word;
byId("step").addEventListener("input", event => go({ step: Number(event.target.value) }));
byId("token").addEventListener("input", event => go({ token: choices[Number(event.target.value)] }));
byId("play").addEventListener("click", play);
document.querySelectorAll(".card, .to-block").forEach(button => button.addEventListener("click", () => chooseBlock(button)));
document.addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  if (event.target.classList && event.target.classList.contains("scroll")) return;
  const at = choices.indexOf(state.token), neighbour = by => choices[clamp(0, at + by, choices.length - 1)];
  const change = { ArrowLeft: { step: state.step - 1 }, ArrowRight: { step: state.step + 1 }, ",": { token: neighbour(-1) }, ".": { token: neighbour(1) } }[event.key];
  if (change) { event.preventDefault(); go(change); }
});
buildGraph();
start();
})();
