// A question about a graph in words, as language models get it: read into a graph as logdepth/tasks/prompts/reading.py reads it.
import { clip } from "./dom.js";
import { Unreadable } from "./edgelist.js";

const NEXT = "The edges|We have|In this|G has";
const OPENING = new RegExp(String.raw`\bgraph\s+(?:G\s+)?among\s+nodes\s+((?:(?!\bgraph\s+(?:G\s+)?among\s+nodes\b).)+?)(?:\.+(?=[ \t]*(?:\n|$)|\s+(?:${NEXT}))|(?=[ \t]*\n\s*(?:${NEXT}|Q\s*:|Question\s*:)|\s+(?:The edges in G are|We have the following edges|In this (?:\w+ )?graph|G has the following)\b))`, "gis");
const QUESTION = /(?:^|(?<=[.?!]))[ \t]*\b(?:Q|Question)\s*:[ \t]*(\S[^\n]*?)(?=[ \t]+A:|[ \t]*$)/gim;
const BARE_QUESTION = /^[ \t]*((?:[^\n]*\?|List all [^\n]*))[ \t]*$/gm;  // without its Q, where none has one
const ANSWER = /^[ \t]*(?:A|Answer)\s*:/im;
const ARCS = /In a directed graph, \(i,j\) means that there is an edge from node i to node j\.[^.]*$/i;

export const isPrompt = text => /\bgraph\s+(?:G\s+)?among\s+nodes\s/i.test(text);

// The last graph of a text and its last question. form: of kind "graph", whose `phrasings` say how edges are put into words:
// [[heading, sentence of an edge, sentence of several]], with {u}, {v} and {others} for names; `asks` is the question that the
// model answers, null if there is none; `fillers` are lines that say nothing.
export function readPrompt(text, form) {
  if (form.weight) throw new Unreadable("Prompts without weights are read here; this model takes an edge a line, two vertices and a weight.");
  const questions = allOf(QUESTION, text).length ? allOf(QUESTION, text) : allOf(BARE_QUESTION, text), asked = questions.at(-1);
  const before = asked && allOf(OPENING, text.slice(0, asked.index)).at(-1), opening = before || allOf(OPENING, text).at(-1);
  if (!opening) throw new Unreadable("No sentence ‘G describes a graph among nodes 0, 1, and 2.’ ends with a full stop.");
  const first = opening.index + opening[0].length, vertices = namesIn(opening[1]), number = new Map(vertices.map((name, at) => [name, at + 1]));
  if (number.size < vertices.length) throw new Unreadable("A node is listed twice.");
  const arcs = ARCS.test(squeeze(text.slice(0, opening.index)));
  if (arcs && (!form.directed || form.both_ways)) throw new Unreadable("The prompt is about a directed graph; this model takes edges without a direction.");
  const body = linesOf(text.slice(first, questions.find(question => question.index >= first)?.index)), edges = edgesOf(body, vertices, form);
  if (before) refuseMore(text.slice(asked.index + asked[0].length), form);
  const joined = edges.map(names => names.map(name => number.get(name)));
  return { vertices, edges: form.directed && !form.both_ways && !arcs ? joined.flatMap(([u, v]) => [[u, v], [v, u]]) : joined, weights: null, question: asked ? questionOf(asked[1], vertices, form) : null };
}

const allOf = (pattern, text) => [...text.matchAll(pattern)];
const squeeze = text => text.split(/\s+/).filter(Boolean).join(" ");
const namesIn = text => text.split(",").flatMap(part => squeeze(part).split(/(?:^| )and /i)).filter(Boolean);
const linesOf = text => text.split("\n").map(squeeze).filter(line => /[^ .]/.test(line));
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const anyCase = text => escaped(text).replace(/[a-z]/gi, letter => `[${letter.toLowerCase()}${letter.toUpperCase()}]`).replace(/,? /g, mark => mark === " " ? " +" : ", *");
const ANY = null;  // for any name
const anyOf = vertices => vertices === ANY ? ".+?" : `(?:${vertices.slice().sort((a, b) => b.length - a.length).map(escaped).join("|")})`;

// A pattern of a sentence, in which a name stands for itself and the letters of other words are large or small.
function patternOf(sentence, vertices, loose = false) {
  const name = anyOf(vertices), parts = sentence.trim().replace(/[.?]+$/, "").split(/\{(u|v|others)\}/);
  return parts.map((part, at) => {
    if (at % 2) return part === "others" ? `(?<others>${name}(?:(?:, *| +)(?:and +)?${name})*)` : `(?<${part}>${name})`;
    return loose && /node $/.test(part) && at + 1 < parts.length ? anyCase(part.replace(/node $/, "")) + "(?:node )?" : anyCase(part);
  }).join("");
}

// The edges of a line in one encoding, as names; null if the line is none of edges.
function readLine(line, [heading, edge, several], vertices) {
  const one = new RegExp(edge.endsWith("\n") ? `^${patternOf(edge, vertices)}[.?!]*$` : patternOf(edge, vertices), "g");
  if (edge.endsWith("\n")) {
    const list = several && line.match(new RegExp(`^${patternOf(several, vertices)}[.?!]*$`)), found = list || [...line.matchAll(one)][0];
    return found ? (list ? namesIn(list.groups.others) : [found.groups.v]).map(other => [found.groups.u, other]) : null;
  }
  const found = [...line.matchAll(one)];
  return found.length && !line.replace(one, "").replace(/and/gi, "").replace(/[ ,.;]/g, "") ? found.map(({ groups }) => [groups.u, groups.v]) : null;
}

// The edges of all lines in the encoding that reads them; every line has to say some, or nothing.
function edgesOf(lines, vertices, { phrasings, fillers }) {
  const readings = phrasings.map(phrasing => {
    const heading = squeeze(phrasing[0]).toLowerCase(), edges = [], pairs = new Set();
    const read = said => fillers.includes(said) || !/[^ .]/.test(said) ? [] : readLine(said, phrasing, vertices);
    for (const line of lines) {
      const rest = line.toLowerCase().startsWith(heading) ? line.slice(heading.length).trim() : line;
      const found = [read(rest)].concat(read(rest) ? [] : rest.split(/(?<=[.!]) /).map(read)), known = found[0] ? found.slice(0, 1) : found.slice(1);
      if (known.includes(null)) return { edges, unread: line };
      for (const [u, v] of known.flat()) {
        const key = JSON.stringify([u, v].sort());
        if (!phrasing[2] || !pairs.has(key)) edges.push([u, v]);  // where a line lists neighbours, each edge is said twice
        pairs.add(key);
      }
    }
    return { edges, unread: null };
  });
  const { edges, unread } = readings.find(reading => reading.unread === null) || readings.reduce((best, one) => one.edges.length > best.edges.length ? one : best);
  if (unread !== null) throw new Unreadable(`‘${clip(unread, 40)}’ is no edge between these nodes in words that are read here.`);
  return edges;
}

// Edges between the question and its answer would not count.
function refuseMore(behind, { phrasings }) {
  const said = linesOf(behind.slice(0, behind.match(ANSWER)?.index)).find(line => phrasings.some(phrasing => line.toLowerCase().startsWith(squeeze(phrasing[0]).toLowerCase()) || readLine(line, phrasing, ANY)));
  if (said) throw new Unreadable(`‘${clip(said, 40)}’ says more of the graph behind the question. Put it before.`);
}

// The vertices that a question names: two, or one twice; null if it names none. Errors for a question that the model does not answer.
function questionOf(asked, vertices, form) {
  const found = form.asks && squeeze(asked).match(new RegExp(`^${patternOf(form.asks, vertices, true)}[.?!]*$`));
  if (!found) throw new Unreadable(`The prompt asks ‘${clip(asked, 60)}’; ${form.asks ? `this model answers ‘${form.asks.replace(/\{\w+\}/g, "…")}’ about these nodes` : "this model answers no question in words"}.`);
  const { u = null, v = u } = found.groups || {};
  if (u !== null && !form.one && u === v && form.question) throw new Unreadable(`The question names ‘${clip(u, 40)}’ twice.`);
  return form.question ? [u, v].map(name => vertices.indexOf(name) + 1) : null;
}
