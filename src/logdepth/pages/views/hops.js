// Which head does which hop, on the input at hand: a row for each head, a column for each thing that it could read.
import { button, make, range } from "./dom.js";
import { figure } from "./figure.js";
import { headTable, markHead, replaceTable, valueCell } from "./headtable.js";

const CAPTION = "How well the attention of each head agrees, on this input, with reading the first token, the one before, or the token that so many hops lead to (0: the token itself). 1 is exactly that everywhere; what a head reads best is framed. Choose a head to see its attention.";
const MOST_HOPS = 16;

export function hops(view) {
  const parts = figure("hops-figure", "Which head does which hop", { caption: CAPTION, scroll: "Heads against hops, scrolls sideways", table: true });
  let drawn = null, table = null;
  return { root: parts.root, draw() {
    const { run } = view;
    parts.root.hidden = !run.chain || !run.chain.pointer;
    if (parts.root.hidden) return;
    if (drawn !== run) {
      drawn = run;
      table = draw(view);
      replaceTable(parts.canvas, table);
    }
    markHead(view, table);
  } };
}

function draw(view) {
  const { run, switches } = view, reads = targets(run);
  const groups = run.attentionSteps().map(({ step, number }) => step.heads.map((_, head) => {
    const values = reads.map(target => alignment(run, step, head, target.keys)), best = values.indexOf(Math.max(...values)), off = Boolean(switches && switches.isOff(number, head));
    const cells = values.map((value, at) => valueCell(value, { title: `${reads[at].name}: alignment ${value.toFixed(3)}`, best: at === best }));
    return { number, head, name: `layer ${step.layer}${step.heads.length > 1 ? `, head ${head + 1}` : ""}`, cells, off, more: switches ? [switcher(switches, step, number, head, off)] : [] };
  }));
  return headTable(view, reads.map(({ short }) => short), groups, switches ? [""] : []);
}

function switcher(switches, { layer }, number, head, off) {
  const name = `Switch layer ${layer}, head ${head + 1} ${off ? "on again" : "off"}`;
  return make("td", { class: "switcher" }, button(off ? "switch on" : "switch off", () => switches.toggle(number, head), { class: "switch", "aria-pressed": String(off), "aria-label": name, "data-focus": `switch-${number}.${head}` }));
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
