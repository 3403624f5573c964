// A compiled model as something to explore: an input in, a run out.
import { digestOf } from "./digest.js";
import { solve } from "./exact.js";
import { answeringTokens, encode, rowsOf } from "./forms.js";
import { record } from "./record.js";
import { load, runTransformer } from "./transformer.js";

// told: what Python wrote (logdepth/explore/described.py); tensors: by unpack.
export function compiled(told, tensors) {
  const subject = { ...told, model: load(told.model, tensors) };
  const heads = subject.model.steps.reduce((count, block) => count + block.heads.length, 0);
  return {
    form: told.form,
    encode: input => encode(told.form, input),
    size(input) {
      const tokens = rowsOf(told.form, input) + 1;
      return { tokens, scores: heads * tokens * tokens / (told.model.causal ? 2 : 1) };
    },
    run(input, { ablate = [], most = 64 } = {}) {
      const columns = encode(told.form, input), run = runTransformer(subject.model, columns, ablate);
      const entries = told.answer && answeringTokens(told.answer, told.form, input, run.tokens).length;
      const exact = told.answer && solve(told, input, columns, entries);
      return { data: record(subject, input, columns, run, exact, most), columns };
    },
    compare({ input, outputs, streams }) {
      const run = runTransformer(subject.model, encode(told.form, input)), found = run.streams.map(digestOf);
      const pairs = outputs.flatMap(([name, values]) => values.map((value, row) => [value, run.outputs[name][row]]));
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
