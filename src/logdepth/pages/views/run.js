// One run of a model as plain data, and what can be asked of it. Step 0 is the embedding, token 0 the start token.
import { capital, range } from "./dom.js";

export class Run {
  constructor(data) {
    Object.assign(this, { data, shown: data.shown, steps: data.steps, labels: data.labels, graph: data.graph, chain: data.chain });
    this.place = new Map(this.shown.map((token, at) => [token, at]));
    this.layers = this.steps.filter(step => step.heads.length).length;
    this.choices = this.graph && this.graph.x.length ? this.labels.map((_, token) => token).slice(1) : this.shown.slice(1);  // tokens to choose from
    this.stream = [data.start.values];
    for (const step of this.steps) {
      const columns = this.stream[this.stream.length - 1].slice();
      for (const [column, values] of Object.entries(step.values)) columns[column] = values;
      this.stream.push(columns);
    }
  }

  // Whether residual columns have names: those of a trained network have none, so that what they hold is not known.
  get isNamed() { return this.data.start.names.length > 0; }

  // ---- steps ----

  stepAt(number) { return number ? this.steps[number - 1] : null; }
  blockOf(step) { return this.data.blocks[step.block]; }
  stepsOf(kind, index) { return range(this.steps.length).map(i => i + 1).filter(number => this.stepAt(number)[kind] === index); }  // kind: block or card
  namesAt(number) { return number ? this.blockOf(this.stepAt(number)).names : this.data.start.names; }
  attentionSteps() { return this.steps.map((step, i) => ({ step, number: i + 1 })).filter(({ step }) => step.heads.length); }

  // The step whose attention is shown at a step: its own, else the latest before, else the first of all.
  attentionStep(number) {
    for (let s = number; s > 0; s--) if (this.stepAt(s).heads.length) return s;
    const [first] = this.attentionSteps();
    return first ? first.number : null;
  }

  stepName(number) {
    if (!number) return "the embedding, before any block";
    const step = this.stepAt(number), round = step.rounds > 1 ? `, round ${step.round} of ${step.rounds}` : "";
    return `after block ${number} of ${this.steps.length}` + (step.layer ? ` (attention layer ${step.layer}${round})` : ` (ReLU${round})`);
  }

  // ---- tokens ----

  // The vertices that a blank row stands for: one, or the three of a way; none for an edge row.
  placesOf(token) { return this.graph.places[token - 1] || []; }
  tokenOf(vertex) { return this.graph.places.findIndex(places => places.length === 1 && places[0] === vertex) + 1; }

  nameOf(token) {
    const label = this.labels[token], { graph } = this;
    if (token === 0) return this.data.first || "the start token";
    if (graph) return (token < graph.first_edge ? this.placesOf(token).length > 1 ? "blank row " : "vertex " : graph.directed ? "arc " : "edge ") + label;
    return label === String(token) ? `${this.data.word} ${token}` : `${this.data.word} ${token} ‘${label}’`;
  }

  // What a token is called where there is room for a letter: ? asks, and ⊢ starts.
  shortNameOf(token) { return token ? this.labels[token] : this.data.first ? "?" : "⊢"; }

  nearest(token) {
    const { choices } = this;
    if (choices.includes(token)) return token;
    return token < choices[0] ? choices[0] : choices[choices.length - 1];
  }

  // ---- attention ----

  // What a token reads in a head: [{key, weight, share}], share relative to the greatest weight of a real row.
  reads(step, head, token) {
    const { hard, spread } = step.heads[head], groups = spread[token];
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

  sentence(step, head, token) {
    const found = this.reads(step, head, token), who = capital(this.nameOf(token));
    if (!found.length) return `${who} is not among the tokens shown.`;
    if (found.length === 1) {
      const [{ key }] = found;
      if (key === 0) return `${who} ${this.data.first ? `reads ${this.data.first}` : "finds nothing: it reads the start token, which gives zeros"}.`;
      return key === token ? `${who} reads itself.` : `${who} reads ${this.nameOf(key)}.`;
    }
    const rows = found.filter(({ key }) => key > 0).sort((a, b) => b.weight - a.weight || a.key - b.key), start = found.find(({ key }) => key === 0), equal = rows.every(({ weight }) => weight === rows[0].weight);
    const told = equal ? `${rows.length > 1 ? "adds up" : "reads"} ${inList(rows, ({ key }) => this.nameOf(key))}, ${rows.length > 1 ? "each of" : "with"} weight ${inShort(rows[0].weight)}`
      : `adds up ${inList(rows, ({ key, weight }) => `${this.nameOf(key)} (weight ${inShort(weight)})`, more => ` (${inShort(more.reduce((sum, { weight }) => sum + weight, 0))} together)`)}`;
    return `${who} ${told}` + (start ? `; ${equal ? "the rest" : `weight ${inShort(start.weight)}`} lies on ${this.nameOf(0)}.` : ".");
  }

  // ---- pointers ----

  // Where a chain of pointers leads: [token, after one hop, after two, …], up to the first that leads nowhere.
  stops(token) {
    if (!this.chain) return [token];
    const { pointer, times } = this.chain;
    if (!pointer) return this.stopsByLayer(token);
    const stops = [token];
    for (let hop = 0; hop < times && pointer[stops[hop]]; hop++) {
      const next = pointer[stops[hop]];
      if (next === stops[hop] || stops.length > this.labels.length) { stops.push(next); stops.still = true; break; }
      stops.push(next);
    }
    return stops;
  }

  // Without pointers every token hops from token 1 on by itself, one layer after the other, from the second on.
  stopsByLayer(token) {
    const stops = [1];
    for (const { step } of this.attentionSteps().slice(1)) {
      const [{ key }] = this.reads(step, 0, token);
      if (!key) break;
      stops.push(key);
    }
    return stops;
  }

  powersOf(layer) { return this.chain ? this.chain.powers[layer] || [] : []; }
}

const NAMED = 3;  // rows of a sum that are called by their names
const inShort = weight => String(+weight.toPrecision(3));

// "a, b and c"; "a, b, c and 4 more", and after these what is to be said of them.
function inList(rows, name, ofRest = () => "") {
  const named = rows.slice(0, rows.length > NAMED + 1 ? NAMED : NAMED + 1).map(name), rest = rows.slice(named.length), [last] = rest.length ? [`${rest.length} more${ofRest(rest)}`] : named.splice(-1);
  return named.length ? `${named.join(", ")} and ${last}` : last;
}

// The stop after so many hops; a token that points to itself stays.
export const stopAt = (stops, hops) => hops < stops.length ? stops[hops] : stops.still ? stops[stops.length - 1] : 0;

// The root that parent pointers lead to, for every vertex.
export function rootsOf(parents) {
  return parents.map((_, i) => {
    let v = i + 1;
    for (let hops = 0; hops < parents.length && parents[v - 1] && parents[v - 1] !== v; hops++) v = parents[v - 1];
    return v;
  });
}

// The values of a history after a step: those of the latest step that changed them.
export function valuesAt(history, number, start) {
  for (let s = number; s > 0; s--) if (history && history[s - 1]) return history[s - 1];
  return start;
}

// ---- where to look first ----

export function firstLook(run) {
  const { shown, chain, graph, steps } = run, look = { step: steps.length, token: shown[shown.length - 1], head: 0 };
  if (chain) {  // the token from which the most hops lead on in sight; of equals the one with the longest way
    const value = token => {
      const stops = run.stops(token), seen = stops.filter(stop => run.place.has(stop));
      return stops.still ? 0 : new Set(seen).size * run.labels.length + Math.max(...seen) - Math.min(...seen);
    };
    look.token = shown.slice(1).reduce((best, token) => value(token) >= value(best) ? token : best, shown[1]);
  }
  if (graph) {  // the question, or the vertex of greatest degree
    const degree = graph.vertices.map((_, i) => graph.edges.filter(([u, v]) => u === i + 1 || v === i + 1).length);
    look.token = graph.question ? run.labels.length - 1 : graph.places.length ? run.tokenOf(degree.indexOf(Math.max(...degree)) + 1) : 1;
  }
  const telling = steps.filter(step => step.rounds > 1 && step.round === (graph && graph.least ? 2 : 1));
  if (graph && telling.length) look.step = steps.indexOf(telling[telling.length - 1]) + 1;  // unfinished, so that there is something to see
  if (!chain && !graph && run.layers) {  // where rows talk, the last row that reads another
    look.step = run.attentionStep(look.step);
    const step = run.stepAt(look.step), talks = token => step.heads.some((_, head) => run.reads(step, head, token).some(({ key }) => key > 0 && key !== token));
    look.token = shown.slice(1).reverse().find(talks) || look.token;
  }
  return look;
}
