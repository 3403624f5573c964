// A trained GPT-2 that is asked k-hop, as something to explore. Its first token says which k is asked.
import { find, hop } from "./exact.js";
import { loadGpt2, runGpt2, winners } from "./gpt2.js";
import { plain, quote, shortest, show } from "./letters.js";
import { productOfGpt2 } from "./product.js";
import { Refused } from "./refused.js";

const SEEN = 0.005;  // attention weights below are not drawn
const OPERATIONS = 25;  // multiplications and additions in the time of one attention score

// told: what Python wrote (logdepth/explore/trained.py); tensors: by unpack.
export function trained(told, tensors) {
  const network = loadGpt2(told.shape, tensors), ids = input => encode(told, input).ids;
  let last = null;  // the run at hand: {asked, run}
  return {
    form: told.form,
    heads: Array(told.shape.depth).fill(told.shape.heads),
    encode: ids,
    size(input) {
      const tokens = [...input].length, { depth, width, hidden, heads } = told.shape;
      return { tokens, scores: tokens * depth * (width * (4 * width + 2 * hidden) / OPERATIONS + heads * tokens) };
    },
    answer(input, { ablate = [] } = {}) {
      const asked = encode(told, input);
      last = { asked, run: runGpt2(network, asked.ids, replacements(told, ablate, asked.k)) };
      const data = plain({ answer: answerOf(told, last) });
      return { data, columns: { token: asked.ids }, answer: data.answer.model };
    },
    draw: ({ most = 64 } = {}) => plain(record(told, last, network.Numbers, most)),
    rehearse: input => { runGpt2(network, ids(input)); },
    product: ({ step, head, query, key }) => productOfGpt2(network, last.run.projected[step], head, query, key),
    sum: () => null,  // its columns have no names
    compare({ input, answers, logits }) {
      const found = winners(runGpt2(network, ids(input)));
      return {
        numbers: answers.length,
        wrong: answers.filter((answer, at) => answer !== found[at][0]).length,
        far: Math.max(...logits.map((logit, at) => Math.abs(logit - found[at][1]))),
      };
    },
  };
}

function encode({ asks, letters }, input) {
  const found = typeof input === "string" && input.match(/^\s*(\d{1,6})\s+(\S.*)$/s);
  if (!found) throw new Refused(`Begin with the k that is asked, from ${asks.low} to ${asks.high}, and a space; then the letters: ${asks.high} ${letters.join("").repeat(2)}`);
  const k = Number(found[1]), text = [...found[2].trimEnd()], first = asks.high - asks.low + 1;
  if (k < asks.low || k > asks.high) throw new Refused(`The model is asked k from ${asks.low} to ${asks.high}, not ${k}.`);
  if (text.length > asks.most) throw new Refused(`The model takes at most ${asks.most} letters; here are ${text.length}.`);
  const numbers = text.map((letter, at) => {
    if (!letters.includes(letter)) throw new Refused(`The letter ‘${quote(letter)}’ at position ${at + 1} is not among those of the model.`);
    return letters.indexOf(letter) + 1;
  });
  return { k, text, numbers, ids: [k - asks.low, ...numbers.map(number => first + number - 1)] };
}

// A head that is switched off brings its mean over other sequences that ask the same k, at whatever token.
function replacements({ means, asks, shape }, ablate, k) {
  const off = new Set(ablate.map(String));
  return (layer, head) => off.has(`${layer},${head}`) ? means[k - asks.low][layer * shape.heads + head] : null;
}

function record(told, { asked, run }, Numbers, most) {
  const { k, text, numbers } = asked, { asks, shape } = told, { tokens } = run;
  const shown = tokens - 1 <= most ? range(0, tokens - 1) : [0, ...range(tokens - most, tokens - 1)];
  const pointer = [0, ...find(numbers)], targets = targetsOf(pointer, tokens, asks.high);
  const named = run.patterns.map((heads, layer) => heads.map((weights, head) => headLabel(`${layer + 1}.${head + 1}`, weights, tokens, targets)));
  return {
    causal: true,
    labels: [`k=${k}`, ...text],
    shown,
    first: `the token that asks k = ${k}`,
    blocks: named.map(heads => ({ names: [], heads: heads.map(label => ({ label, writes: [] })), relu: [] })),
    start: { names: [], values: [] },
    steps: run.patterns.map((heads, layer) => ({
      block: layer, card: layer, layer: layer + 1, round: 1, rounds: 1, values: {},
      heads: heads.map(weights => headPattern(weights, tokens, shown, Numbers)),
    })),
    noise: 0,
    word: "letter",
    chain: { name: "find", pointer, times: k, powers: range(1, shape.depth).map(() => []) },
    graph: null,
    answer: answerOf(told, { asked, run }),
  };
}

function answerOf({ asks, letters }, { asked: { k, numbers }, run }) {
  const first = asks.high - asks.low + 1, answers = winners(run).slice(1).map(([id]) => id - first + 1), exact = hop(numbers, k).map(number => number || letters.length + 1);
  const name = number => number === letters.length + 1 ? show(null) : number >= 1 && number <= letters.length ? letters[number - 1] : "?";
  const wrong = answers.flatMap((answer, at) => answer === exact[at] ? [] : [at]);
  const { classes, logits } = run, named = range(0, classes - 1).map(id => id < first ? `k=${id + asks.low}` : id <= first + letters.length ? name(id - first + 1) : `class ${id}`);
  const told = range(1, run.tokens - 1).map(token => Array.from(logits.subarray(token * classes, (token + 1) * classes)));
  return { classes: named, logits: told, tokens: range(1, run.tokens - 1), model: answers.map(name), exact: exact.map(name), with: null, groups: null, wrong, entries: answers.length, right: answers.length - wrong.length };
}

const range = (first, last) => Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

// What a head could read: name and, for every token, the token that it then reads, -1 for none.
function targetsOf(pointer, tokens, most) {
  const every = range(0, tokens - 1), found = [["first token", every.map(() => 0)], ["previous", every.map(token => token >= 2 ? token - 1 : -1)]];
  let at = every;
  for (let hops = 0; hops <= most; hops++) {
    found.push([`find^${hops}`, at.map(token => token > 0 ? token : -1)]);
    at = at.map(token => pointer[token]);
  }
  return found;
}

// The target that the head's weights are best aligned with on this input, as logdepth/inspection/alignment.py measures.
function headLabel(name, weights, tokens, targets) {
  const energy = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const found = targets.map(([target, reads]) => {
    const there = reads.flatMap((key, token) => key >= 0 ? [weights[token * tokens + key]] : []);
    return [target, there.length ? there.reduce((sum, weight) => sum + weight, 0) / Math.sqrt(there.length * energy) : 0];
  });
  const [target, alignment] = found.reduce((best, one) => one[1] > best[1] ? one : best);
  return `head ${name}: ${target}, alignment ${alignment.toFixed(2)}`;
}

function headPattern(weights, tokens, shown, Numbers) {
  const hard = range(0, tokens - 1).map(token => {
    const row = weights.subarray(token * tokens, token * tokens + token + 1);
    return row.reduce((best, weight, key) => weight > row[best] ? key : best, 0);
  });
  const spread = Object.fromEntries(shown.map(token => {
    const seen = Array.from(weights.subarray(token * tokens, token * tokens + token + 1), (weight, key) => [weight, key]).filter(([weight]) => weight >= SEEN);
    return [token, seen.sort(([a], [b]) => b - a).map(([weight, key]) => [shortest(weight, Numbers), [key, key]])];
  }));
  return { hard, spread, exact: 0 };
}
