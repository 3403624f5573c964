// Which head does which hop, on the input at hand: a row for each head, a column for each thing that it could read.
import { button, clamp, make, range } from "./dom.js";
import { figure } from "./figure.js";

const CAPTION = "How well the attention of each head agrees, on this input, with reading the first token, the one before, or the token that so many hops lead to (0: the token itself). 1 is exactly that everywhere; what a head reads best is framed. Choose a head to see its attention.";
const MOST_HOPS = 16, READABLE = .15, STRONG = .55;  // as in the page of an inspection

export function hops(view) {
  const parts = figure("hops-figure", "Which head does which hop", { caption: CAPTION, scroll: "Heads against hops, scrolls sideways" });
  let drawn = null, table = null;
  return { root: parts.root, draw() {
    const { run, cursor } = view, focused = document.activeElement && parts.root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    parts.root.hidden = !run.chain || !run.chain.pointer;
    if (parts.root.hidden) return;
    if (drawn !== run) {
      drawn = run;
      table = draw(view);
      parts.canvas.replaceChildren(table);
      if (focused) (table.querySelector(`[data-focus="${focused}"]`) || parts.canvas).focus();
    }
    const here = `${run.attentionStep(cursor.step)}.${cursor.head}`;
    for (const row of table.tBodies[0].rows) row.classList.toggle("here", row.dataset.of === here);
  } };
}

function draw(view) {
  const { run, switches } = view, reads = targets(run);
  const top = make("tr", {}, make("th", {}, ""), ...reads.map(({ short }) => make("th", { scope: "col" }, short)), ...(switches ? [make("th", { scope: "col" }, "")] : []));
  const rows = run.attentionSteps().flatMap(({ step, number }) => step.heads.map((_, head) => {
    const values = reads.map(target => alignment(run, step, head, target.keys)), best = values.indexOf(Math.max(...values)), off = switches && switches.isOff(number, head);
    const name = button(`layer ${step.layer}` + (step.heads.length > 1 ? `, head ${head + 1}` : ""), () => view.pin({ step: number, head }), { "data-focus": `${number}.${head}` });
    const cells = values.map((value, at) => make("td", { class: [value >= STRONG ? "strong" : value < READABLE ? "faintly" : "", at === best && value >= READABLE ? "best" : ""].join(" ").trim() || null,
      style: `--v:${clamp(0, value, 1).toFixed(3)}`, title: `${reads[at].name}: alignment ${value.toFixed(3)}` }, value.toFixed(2).replace(/^0/, "")));
    const switcher = switches ? [make("td", { class: "switcher" }, button(off ? "switch on" : "switch off", () => switches.toggle(number, head), { class: "switch", "aria-pressed": String(Boolean(off)), "aria-label": `Switch layer ${step.layer}, head ${head + 1} ${off ? "on again" : "off"}`, "data-focus": `switch-${number}.${head}` }))] : [];
    return make("tr", { class: off ? "off" : null, "data-of": `${number}.${head}` }, make("th", { scope: "row" }, name), ...cells, ...switcher);
  }));
  return make("table", { class: "hops" }, make("thead", {}, top), make("tbody", {}, ...rows));
}

// What a head could read: its name, and for every token the token that it then reads, 0 or above; null for none.
function targets(run) {
  const { pointer, times, name } = run.chain, most = Math.min(MOST_HOPS, times || 1), every = run.labels.map((_, token) => token);
  const found = [{ name: "the first token", short: "first", keys: every.map(() => 0) }, { name: "the token before", short: "prev.", keys: every.map(token => token >= 2 ? token - 1 : null) }];
  let at = every.map(token => token || null);
  for (const hop of range(most + 1)) {
    found.push({ name: `${name}^${hop}`, short: String(hop), keys: at });
    at = at.map(token => token && pointer[token] || null);
  }
  return found;
}

// ⟨A, F⟩ / √(ΣF · ΣA²), as logdepth/inspection/alignment.py, on the tokens shown.
function alignment(run, step, head, keys) {
  let met = 0, defined = 0, energy = 0;
  for (const token of run.shown) {
    const wanted = keys[token];
    if (wanted !== null) defined++;
    for (const { key, weight } of run.reads(step, head, token)) {
      energy += weight * weight;
      if (key === wanted) met += weight;
    }
  }
  return defined && energy ? met / Math.sqrt(defined * energy) : 0;
}
