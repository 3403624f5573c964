// The answer in one line: how much of it is right, and how long the page took.
import { clip, count, make } from "./dom.js";

// data: of a run; before: how many were right with all heads, of the same input, or null. -> nodes
export function verdict(data, { seconds, worker, off, before }) {
  const { answer, outputs } = data, { right, entries } = answer || outputs, took = make("span", { class: "took" }, ` ${inTime(seconds)}${worker ? ", beside the page" : ""}`);
  const heads = off ? ` with ${off === 1 ? "one head" : `${off} heads`} switched off` : "", was = off && before !== null ? `; with all heads ${count(before)}` : "";
  if (right === null) return [make("b", {}, answerInShort(data)), ` — ${answer ? "no exact answer is known to this page, so that nothing is compared" : "not compared: the page runs the model, not its program"}.`, took];
  const all = right === entries;
  return [make("span", { class: `verdict ${all ? "good" : "bad"}` }, `${all ? "✓ Right" : "✗ Wrong"}: ${count(right)} of ${count(entries)}`), `${heads}${was}. `, make("span", { class: "mono in-short" }, answerInShort(data)), took];
}

function inTime(seconds) {
  const ms = 1000 * seconds;
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10000 ? `${Math.round(ms)} ms` : `${seconds.toFixed(1)} s`;
}

// The answer, as far as it fits into a line.
function answerInShort({ answer, outputs }) {
  if (!answer) return clip(outputs.rows.filter(([name]) => name.startsWith("out: ")).map(([name, values]) => `${name.slice(5)} = ${values.join(" ")}`).join(";  "), 70);
  if (answer.groups) return `${count(answer.groups.count)} component${answer.groups.count === 1 ? "" : "s"}`;
  const short = answer.model.every(value => [...value].length === 1);
  return clip(answer.model.join(short ? "" : " "), 70);
}
