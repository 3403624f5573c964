// A trained GPT-2 and how it runs: what logdepth/networks/gpt2.py does, on one sequence.
//
// It computes in the network's own format, rounding what every operation gives; sums are added up in float64 and rounded
// once. PyTorch adds in another order, so logits are not equal to the last bit: the check of the page says how far they are.
import { softmax } from "./arithmetic.js";
import { Refused } from "./refused.js";

const FORMATS = { float32: Float32Array, float64: Float64Array };

// shape: {positions, depth, heads, width, hidden, classes, epsilon, dtype}; classes null: the last hidden state is read.
export function loadGpt2(shape, tensors) {
  const Numbers = FORMATS[shape.dtype];
  const take = name => {
    const held = tensors.get(name);
    if (!held || !(held.values instanceof Numbers)) throw new Refused(`The page holds no weights ‘${name}’.`);
    return held.values;
  };
  const pair = name => ({ weight: take(`${name}.weight`), bias: take(`${name}.bias`) });
  return {
    ...shape,
    Numbers,
    wte: take("wte.weight"),
    wpe: take("wpe.weight"),
    layers: Array.from({ length: shape.depth }, (_, at) => Object.fromEntries(
      ["ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"].map(name => [name, pair(`h.${at}.${name}`)]))),
    last: pair("ln_f"),
    head: shape.classes === null ? null : pair("head"),
  };
}

// Run a network on ids. off(layer, head) -> numbers that take the place of what a head brings at every token, or null.
//
// -> {tokens, logits, classes, patterns}. logits: row by row, (tokens, classes). patterns[layer][head]: (tokens, tokens).
// projected[layer]: (tokens, 3 · width), the queries, then keys, then values of all heads.
export function runGpt2(network, ids, off = () => null) {
  const { width, Numbers } = network, tokens = ids.length, patterns = [], projected = [];
  let x = new Numbers(tokens * width);
  ids.forEach((id, token) => { for (let at = 0; at < width; at++) x[token * width + at] = network.wte[id * width + at] + network.wpe[token * width + at]; });
  network.layers.forEach((layer, number) => {
    projected.push(affine(normalise(network, x, layer.ln_1), layer["attn.c_attn"], tokens));
    const { mixed, pattern } = attend(network, projected[number], tokens, head => off(number, head));
    patterns.push(pattern);
    x = plus(x, affine(mixed, layer["attn.c_proj"], tokens));
    x = plus(x, affine(affine(normalise(network, x, layer.ln_2), layer["mlp.c_fc"], tokens).map(gelu), layer["mlp.c_proj"], tokens));
  });
  x = normalise(network, x, network.last);
  const logits = network.head ? byRows(x, network.head, tokens) : x;
  return { tokens, logits, classes: network.classes ?? width, patterns, projected };
}

// x W + b for every token; W is (inputs, outputs), row by row.
function affine(x, { weight, bias }, tokens) {
  const inputs = x.length / tokens, outputs = bias.length, found = new x.constructor(tokens * outputs), sum = new Float64Array(outputs);
  for (let token = 0; token < tokens; token++) {
    sum.set(bias);
    for (let input = 0; input < inputs; input++) {
      const value = x[token * inputs + input], from = input * outputs;
      for (let output = 0; output < outputs; output++) sum[output] += value * weight[from + output];
    }
    found.set(sum, token * outputs);
  }
  return found;
}

// The same with W as (outputs, inputs), as nn.Linear keeps it.
function byRows(x, { weight, bias }, tokens) {
  const outputs = bias.length, inputs = weight.length / outputs, turned = new weight.constructor(weight.length);
  for (let output = 0; output < outputs; output++) for (let input = 0; input < inputs; input++) turned[input * outputs + output] = weight[output * inputs + input];
  return affine(x, { weight: turned, bias }, tokens);
}

function normalise({ width, epsilon, Numbers }, x, { weight, bias }) {
  const found = new Numbers(x.length);
  for (let from = 0; from < x.length; from += width) {
    let mean = 0, spread = 0;
    for (let at = 0; at < width; at++) mean += x[from + at] / width;
    for (let at = 0; at < width; at++) spread += (x[from + at] - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(spread + epsilon);
    for (let at = 0; at < width; at++) found[from + at] = (x[from + at] - mean) * scale * weight[at] + bias[at];
  }
  return found;
}

function attend({ width, heads, Numbers }, projected, tokens, off) {
  const size = width / heads, mixed = new Numbers(tokens * width), pattern = [];
  for (let head = 0; head < heads; head++) {
    const weights = new Numbers(tokens * tokens), instead = off(head), query = head * size, key = width + query, value = 2 * width + query;
    for (let token = 0; token < tokens; token++) {
      const row = weights.subarray(token * tokens, token * tokens + token + 1), mine = token * 3 * width;
      for (let other = 0; other <= token; other++) {
        let score = 0;
        for (let at = 0; at < size; at++) score += projected[mine + query + at] * projected[other * 3 * width + key + at];
        row[other] = score / Math.sqrt(size);
      }
      softmax(row, token + 1);
      for (let at = 0; at < size; at++) {
        let sum = 0;
        if (!instead) for (let other = 0; other <= token; other++) sum += row[other] * projected[other * 3 * width + value + at];
        mixed[token * width + query + at] = instead ? instead[at] : sum;
      }
    }
    pattern.push(weights);
  }
  return { mixed, pattern };
}

function plus(x, more) {
  for (let at = 0; at < x.length; at++) more[at] += x[at];
  return more;
}

const gelu = x => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

// The greatest logit of every token: [class, logit].
export function winners({ logits, tokens, classes }) {
  return Array.from({ length: tokens }, (_, token) => {
    let best = 0;
    for (let one = 1; one < classes; one++) if (logits[token * classes + one] > logits[token * classes + best]) best = one;
    return [best, logits[token * classes + best]];
  });
}
