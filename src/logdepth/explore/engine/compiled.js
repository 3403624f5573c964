// A compiled model as something to explore: an input in, a run out.
import { solve, typedNames } from "./definition.js";
import { digestOf } from "./digest.js";
import { answeringTokens, encode, rowsOf } from "./forms.js";
import { productOf } from "./product.js";
import { record } from "./record.js";
import { load, runTransformer } from "./transformer.js";

// told: what Python wrote (logdepth/explore/described.py); tensors: by unpack.
export function compiled(told, tensors) {
  const subject = { ...told, model: load(told.model, tensors) };
  const exactly = (input, columns, tokens) => told.answer && solve(told.definition, typedNames(told.form, input, columns), answeringTokens(told.answer, told.form, input, tokens).length);
  let last = null;  // the run at hand
  const heads = subject.model.steps.reduce((count, block) => count + block.heads.length, 0);
  return {
    form: told.form,
    encode: input => encode(told.form, input),
    size(input) {
      const tokens = rowsOf(told.form, input) + 1;
      return { tokens, scores: heads * tokens * tokens / (told.model.causal ? 2 : 1) };
    },
    run(input, { ablate = [], most = 64 } = {}) {
      const columns = encode(told.form, input), run = last = runTransformer(subject.model, columns, ablate);
      return { data: record(subject, input, columns, run, exactly(input, columns, run.tokens), most), columns };
    },
    product: ({ step, head, query, key }) => productOf(subject.model, last.streams[step], subject.model.steps[step].heads[head], query, key),
    compare({ input, outputs, answer, streams }) {
      const columns = encode(told.form, input), run = runTransformer(subject.model, columns), found = run.streams.map(digestOf);
      const ours = answer && exactly(input, columns, run.tokens), exact = ours ? answer.map((value, entry) => [value, ours[entry]]) : [];
      const pairs = [...outputs.flatMap(([name, values]) => values.map((value, row) => [value, run.outputs[name][row]])), ...exact];
      return {
        numbers: pairs.length,
        wrong: pairs.filter(([theirs, ours]) => theirs !== ours).length,
        streams: streams.length,
        bits: streams.filter(({ bits }, step) => bits === found[step].bits).length,
        integers: streams.filter(({ integers }, step) => integers === found[step].integers).length,
        far: 0,
      };
    },
  };
}
