// How a number of the residual stream comes to be in a block: what was there, what its heads bring, what its ReLU units add.
import { combine } from "./arithmetic.js";
import { attend } from "./heads.js";
import { written } from "./transformer.js";

// run: by runTransformer. step: from 0. column: null, or one that the block does not write, takes the first that changes for the token.
//
// -> {column, columns, before, after, heads, units}; null if the block writes nothing. columns: all that the block writes, those
// that change for the token first: [[column, whether it changes], …]. heads: [{head, key, made, value, weight}], for each place
// of a head's value that comes into the column: `made`, [[column, weight], …] of the row that is read, `key`, null where
// several are, and of these `value` is the mean by weight. units: [{made, inner, weight}]; a unit adds weight · max(0, inner).
export function sumOf(model, run, { step, token, column = null }) {
  const block = model.steps[step], before = run.streams[step], after = run.streams[step + 1], columns = columnsOf(block, before, after, token);
  if (!columns.length) return null;
  const at = columns.some(([one]) => one === column) ? column : columns[0][0], off = new Set(run.ablate.map(String));
  const read = block.heads.map((head, number) => attend(model, before, head, off.has(`${step},${number}`)));
  const middle = read.length ? written(before, block.heads.map((head, number) => [read[number].mixed, head.output]), run.tokens) : before;
  const alone = middle.map(values => values.subarray(token, token + 1));
  return {
    column: at,
    columns,
    before: before[at][token],
    after: after[at][token],
    heads: block.heads.flatMap((head, number) => head.output[at].map(([place, weight]) => ({
      head: number, key: read[number].sharp[token] ? read[number].keys[token] : null, made: head.value[place], value: read[number].mixed[place][token], weight }))),
    units: block.into ? block.out[at].map(([unit, weight]) => ({ made: block.into[unit], inner: combine(alone, block.into[unit], 1, model.Numbers)[0], weight })) : [],
  };
}

function columnsOf({ heads, out }, before, after, token) {
  const writes = before.map((_, at) => at).filter(at => heads.some(({ output }) => output[at].length) || out && out[at].length);
  const changes = at => after[at][token] !== before[at][token];
  return [...writes.filter(changes).map(at => [at, true]), ...writes.filter(at => !changes(at)).map(at => [at, false])];
}
