// A compiled model as something to explore: an input in, a run out.
import { solve, typedNames } from "./definition.js";
import { digestOf } from "./digest.js";
import { answeringTokens, decode, encode, rowsOf } from "./forms.js";
import { productOf } from "./product.js";
import { answered, record } from "./record.js";
import { sumOf } from "./sums.js";
import { load, runTransformer } from "./transformer.js";

// told: what Python wrote (logdepth/explore/described.py); tensors: by unpack.
export function compiled(told, tensors) {
  const subject = { ...told, model: load(told.model, tensors) };
  const exactly = (input, columns, tokens) => told.answer && solve(told.definition, typedNames(told.form, input, columns), answeringTokens(told.answer, told.form, input, tokens).length);
  let last = null;  // the run at hand: {input, columns, run, exact}
  const heads = subject.model.steps.map(block => block.heads.length), all = heads.reduce((sum, count) => sum + count, 0);
  return {
    form: told.form,
    heads,
    encode: input => encode(told.form, input),
    size(input) {
      const tokens = rowsOf(told.form, input) + 1;
      return { tokens, scores: all * tokens * tokens / (told.model.causal ? 2 : 1) };
    },
    answer(input, { ablate = [] } = {}) {
      const columns = encode(told.form, input), run = runTransformer(subject.model, columns, ablate);
      last = { input, columns, run, exact: exactly(input, columns, run.tokens) };
      return { data: answered(subject, last), columns, answer: told.answer ? decode(told.answer, told.form, input, run.outputs) : run.outputs };
    },
    draw: ({ most = 64 } = {}) => record(subject, last, most),
    rehearse: input => { runTransformer(subject.model, encode(told.form, input)); },  // as `answer`, but the run at hand stays
    product: ({ step, head, query, key }) => productOf(subject.model, last.run.streams[step], subject.model.steps[step].heads[head], query, key),
    sum: place => sumOf(subject.model, last.run, place),
    compare({ input, outputs, meant, answer, streams }) {
      const columns = encode(told.form, input), run = runTransformer(subject.model, columns), found = run.streams.map(digestOf);
      const ours = answer && exactly(input, columns, run.tokens), exact = ours ? answer.map((value, entry) => [value, ours[entry]]) : [];
      const beside = columns => (columns || []).flatMap(([name, values]) => values.map((value, row) => [value, run.outputs[name][row]])), own = beside(meant);
      const pairs = [...beside(outputs), ...own, ...exact];
      return {
        numbers: pairs.length,
        meant: own.length,
        wrong: pairs.filter(([theirs, ours]) => theirs !== ours).length,
        streams: streams.length,
        bits: streams.filter(({ bits }, step) => bits === found[step].bits).length,
        integers: streams.filter(({ integers }, step) => integers === found[step].integers).length,
        far: 0,
      };
    },
  };
}
