// A question about a graph in words, as language models get it (logdepth/tasks/prompts): read into a graph.
import { clip } from "./dom.js";
import { Unreadable } from "./edgelist.js";

const OPENING = /\bgraph\s+(?:G\s+)?among\s+nodes\s+([\s\S]+?)\.+(?=[ \t]*(?:\n|$)|\s+(?:The edges|We have|In this|G has))/gi;
const QUESTION = /(?:^|[.?!])[ \t]*(?:Q|Question)\s*:[ \t]*(\S[^\n]*?)(?=[ \t]+A:|[ \t]*$)/gim;

export const isPrompt = text => /\bgraph\s+(?:G\s+)?among\s+nodes\s/i.test(text);

// The last graph of a text and its last question. form: of kind "graph", whose `phrasings` say how edges are put into words:
// [[heading, sentence of an edge, sentence of several]], with {u}, {v} and {others} for names.
export function readPrompt(text, form) {
  const opening = [...text.matchAll(OPENING)].at(-1), asked = [...text.matchAll(QUESTION)].at(-1);
  if (!opening) throw new Unreadable("No sentence ‘G describes a graph among nodes 0, 1, and 2.’ ends with a full stop.");
  const vertices = listOf(opening[1]), first = opening.index + opening[0].length, body = text.slice(first, asked && asked.index >= first ? asked.index + 1 : undefined);
  if (form.weight) throw new Unreadable("Prompts without weights are read here; this model takes an edge a line, two vertices and a weight.");
  if (new Set(vertices).size < vertices.length) throw new Unreadable("A node is listed twice.");
  const arcs = /\bdirected graph, \(i,j\) means that there is an edge/i.test(text.slice(0, opening.index));
  if (arcs !== (form.directed && !form.both_ways)) throw new Unreadable(arcs ? "The prompt is about a directed graph; this model takes edges without a direction." : "The prompt is about edges without a direction; this model takes arcs.");
  return { vertices, edges: edgesOf(body, vertices, form, arcs), weights: null, question: form.question && asked ? questionOf(asked[1], vertices, form) : null };
}

const listOf = text => text.replace(/\s+/g, " ").split(",").flatMap(part => part.split(/(?:^| )and /i)).map(name => name.trim()).filter(Boolean);
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const anyOf = vertices => vertices.slice().sort((a, b) => b.length - a.length).map(escaped).join("|");

// A pattern of a sentence, in which a name stands for itself.
function patternOf(sentence, vertices) {
  const name = `(?:${anyOf(vertices)})`, words = sentence.trim().replace(/[.?!]+$/, "").split(/\{(u|v|others)\}/);
  const parts = words.map((part, at) => at % 2 ? part === "others" ? `(?<others>${name}(?:, *${name})*)` : `(?<${part}>${name})` : escaped(part).replace(/ /g, "\\s+").replace(/,\\s\+/g, ",\\s*"));
  return new RegExp(`${parts.join("")}(?![\\p{L}\\p{N}])[.]*`, "gu");
}

// The edges by the encoding that reads most of the text; what it does not read may name no vertex.
function edgesOf(body, vertices, { phrasings }, arcs) {
  const number = new Map(vertices.map((name, at) => [name, at + 1])), readings = phrasings.map(([heading, ...sentences]) => {
    const edges = [], patterns = sentences.filter(Boolean).map(sentence => patternOf(sentence, vertices));
    let rest = body.replace(new RegExp(escaped(heading.trim()).replace(/ /g, "\\s+"), "i"), "");
    for (const pattern of patterns) rest = rest.replace(pattern, (...found) => {
      const { u, v, others } = found.at(-1);
      for (const other of others ? others.split(/, */) : [v]) edges.push([number.get(u), number.get(other)]);
      return "\n";
    });
    return { edges, rest };
  });
  const { edges, rest } = readings.reduce((best, one) => one.edges.length > best.edges.length ? one : best);
  const unread = rest.split("\n").map(line => line.trim()).find(line => new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf(vertices)})(?![\\p{L}\\p{N}])`, "u").test(line));
  if (unread && (edges.length || /\d/.test(unread))) throw new Unreadable(`‘${clip(unread, 40)}’ is no edge in the words of the others.`);
  const seen = new Set();
  return edges.filter(([u, v]) => { const key = arcs || u < v ? `${u} ${v}` : `${v} ${u}`; return !seen.has(key) && seen.add(key); });
}

// The vertices that a question names: the first two, or the one.
function questionOf(asked, vertices, form) {
  const named = [...asked.matchAll(new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf(vertices)})(?![\\p{L}\\p{N}])`, "gu"))].map(([name]) => vertices.indexOf(name) + 1), distinct = [...new Set(named)];
  if (distinct.length < (form.one ? 1 : 2)) throw new Unreadable(`The question ‘${clip(asked, 60)}’ names ${form.one ? "no node" : "no two nodes"} of the graph.`);
  return form.one ? [distinct.at(-1), distinct.at(-1)] : distinct.slice(0, 2);
}
