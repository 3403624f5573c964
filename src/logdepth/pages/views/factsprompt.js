// Facts about people in words, with a question: "The mother of John is Helen. Q: What is the profession of John's mother?"
import { clip } from "./dom.js";
import { Unreadable } from "./edgelist.js";

const QUESTION = /(?:(?:Q|Question)\s*:\s*)?(?:What|Who)\s+is\s+([^.?!]+)\?/gi;
const WORD = /^[\p{L}][\p{L}\p{N}_-]*$/u;

export const isFactsPrompt = text => new RegExp(QUESTION.source, "i").test(text);

// As logdepth/tasks/prompts/kin.py reads it -> {facts: [[subject, relation, object], …], question: [start, relation, …]}, in words.
export function readFactsPrompt(text) {
  const words = text.replace(/’/g, "'").replace(/\s+('s\b|[.?])/g, "$1"), questions = [...words.matchAll(QUESTION)], last = questions.at(-1);
  const parts = questions.map((question, at) => words.slice(at ? endOf(words, questions[at - 1]) : 0, question.index)), before = parts.reverse().find(part => part.trim());
  const behind = words.slice(last.index + last[0].length), said = before || (/^\s*A\s*:/.test(behind) ? "" : behind);
  const facts = said.split(/[.!]\s*/).map(sentence => sentence.split(/\s+/).filter(Boolean).join(" ").replace(/^Example: /, "")).filter(Boolean).map(readFact);
  const [person, relations] = readTerm(last[1]);
  if (!facts.some(([subject]) => subject === person)) throw new Unreadable(`The question asks about ‘${clip(person, 40)}’, of whom nothing is stated.`);
  return { facts, question: [person, ...relations] };
}

// Where a question ends, with its answer.
function endOf(text, question) {
  const end = question.index + question[0].length, answer = text.slice(end).match(/^\s*A\s*:[^\n]*/);
  return end + (answer ? answer[0].length : 0);
}

function readFact(said) {
  const found = said.match(/^(.+?) is (.+)$/i);
  if (!found) throw new Unreadable(`‘${clip(said, 40)}’ is no fact such as ‘The mother of John is Helen.’`);
  const [, left, right] = found, article = right.match(/^an? (.+)$/), bare = article ? article[1] : right;
  if (article && !left.includes(" ")) return [left, "profession", bare];
  const [value, term] = left.includes(" ") ? [bare, left] : [left, bare], [person, relations] = readTerm(term);
  if (relations.length !== 1 || !WORD.test(value)) throw new Unreadable(`‘${clip(said, 40)}’ is no fact about one relation.`);
  return [person, relations[0], value];
}

// A person, and the relations that lead from there: of "the friend of John's mother", mother and friend.
function readTerm(term) {
  const outer = [];
  let inner = term.split(/\s+/).filter(Boolean).join(" ");
  for (let found; (found = inner.match(/^the ([\p{L}\p{N}_-]+) of /iu)); inner = inner.slice(found[0].length)) outer.push(found[1]);
  const [person, ...steps] = inner.split(/'s? /);
  if (![person, ...steps].every(word => WORD.test(word))) throw new Unreadable(`‘${clip(inner, 40)}’ is no person such as ‘John's mother’.`);
  return [person, [...steps, ...outer.reverse()]];
}
