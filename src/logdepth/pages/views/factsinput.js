// Facts and a question as lines of text, as in a file: `John mother Helen`, `? John mother profession`.
import { clip, count, make, several } from "./dom.js";
import { Unreadable } from "./edgelist.js";
import { isFactsPrompt, readFactsPrompt } from "./factsprompt.js";
import { field } from "./field.js";

// form: of kind "facts", see logdepth/tasks/forms.py. changed: called with the input at every keystroke.
export function factsInput(form, changed) {
  const area = make("textarea", { rows: "9", spellcheck: "false", autocomplete: "off", class: "edge-list" }), parts = field("Your facts, and what you ask: one a line", area);
  const tell = ({ names, relations, facts }) => {
    parts.note.textContent = `${count(names.length)} of at most ${several(form.most, "name")}, ${count(relations.length)} of ${several(form.most_relations, "relation")}, ${count(facts.length)} of ${several(form.most_facts, "fact")}. `
      + `A fact is a subject, a relation and an object; the question is ? start and ${several(form.steps, "relation")}. Commas part words with blanks in them. Or paste sentences: “The mother of John is Helen. Q: Who is John's mother?”`;
  };
  area.addEventListener("input", () => {
    try {
      const input = isFactsPrompt(area.value) ? inWords(readFactsPrompt(area.value)) : readFacts(area.value);
      tell(input);
      changed(input);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      parts.refuse(error.message);
    }
  });
  return { ...parts, set(input) { area.value = writeFacts(input); tell(input); } };
}

function writeFacts({ names, relations, facts, question: [start, ...chain] }) {
  const name = number => names[number - 1], relation = number => relations[number - 1];
  const lines = [...facts.map(([subject, of, object]) => [name(subject), relation(of), name(object)]), [`? ${name(start)}`, ...chain.map(relation)]];
  const mark = [...names, ...relations].some(word => /[\s,]/.test(word)) ? names.concat(relations).some(word => word.includes(",")) ? "\t" : ", " : " ";
  return lines.map(line => line.join(mark)).join("\n");
}

// Names and relations are numbered as they come, as logdepth/tasks/kin.py numbers them.
function readFacts(text) {
  const stated = new Map(), questions = [];
  text.split("\n").forEach((line, at) => {
    const words = wordsOf(line);
    if (!words.length || words[0].startsWith("#")) return;
    if (words[0].startsWith("?")) questions.push([words[0].slice(1).trim(), ...words.slice(1)].filter(Boolean));
    else if (words.length === 3) stated.set(words.join("\n"), words);
    else throw new Unreadable(`Line ${at + 1} is ‘${clip(line.trim(), 40)}’; a fact is a subject, a relation and an object, and the question is ? start relation ….`);
  });
  if (questions.length !== 1) throw new Unreadable(questions.length ? `Here are ${questions.length} questions; one line begins with ?.` : "The question is missing: a line ? start relation ….");
  return numbered([...stated.values()], questions[0]);
}

// The same fact may be said twice.
export const inWords = ({ facts, question }) => numbered([...new Map(facts.map(fact => [fact.join("\n"), fact])).values()], question);

function numbered(all, [start = "", ...chain]) {
  const names = [...new Set(all.flatMap(([subject, , object]) => [subject, object]))], relations = [...new Set(all.map(fact => fact[1]))];
  const place = (list, word) => {
    if (!list.includes(word)) throw new Unreadable(`The question names ‘${clip(word, 40)}’, which is in no fact.`);
    return list.indexOf(word) + 1;
  };
  return { names, relations, facts: all.map(([subject, relation, object]) => [place(names, subject), place(relations, relation), place(names, object)]), question: [place(names, start), ...chain.map(word => place(relations, word))] };
}

function wordsOf(line) {
  const mark = ["\t", ","].find(mark => line.includes(mark));
  return line.split(mark || /\s+/).map(word => word.trim()).filter(Boolean);
}
