// A graph as lines of text: an edge a line, its two ends and its weight; a vertex without edges by itself.
// A question stands as the last line: `from a to b`; it is read in the words of a file, too: `? a b`.

export class Unreadable extends Error {}

const HEADERS = new Set(["source target", "from to", "src dst", "tail head"]), ARROWS = new Set(["->", "-->", "=>", "→", "<-", "--", "—", "-", "<->"]);

// What a form lets a graph have: weights, a question, directions.
export function writeEdges({ vertices, edges, weights, question }, form) {
  const lines = edges.map(([u, v], i) => [vertices[u - 1], vertices[v - 1], ...(form.weight ? [weights[i]] : [])].map(quoted).join(" "));
  const joined = new Set(edges.flat()), alone = vertices.filter((_, i) => !joined.has(i + 1)).map(quoted);
  if (form.question && question) lines.push(`from ${quoted(vertices[question[0] - 1])} to ${quoted(vertices[question[1] - 1])}`);
  return [...alone, ...lines].join("\n");
}

// A name with a blank stands in quotes, and a quote in it is doubled, as in CSV.
const quoted = name => /^[^\s,;"#]+$/.test(String(name)) ? String(name) : `"${String(name).replace(/\n/g, " ").replace(/"/g, '""')}"`;

// The graph that a text says; vertices stand in the order of `before` as far as they were there, then as they come.
export function readEdges(text, form, before) {
  const places = new Map(), vertices = [], found = { edges: [], weights: [], question: null };
  const vertex = name => { if (!places.has(name)) { vertices.push(name); places.set(name, vertices.length); } return places.get(name); };
  const lines = rows(text), named = new Set(lines.flatMap(line => namesOf(line, form)));
  for (const name of before) if (named.has(String(name))) vertex(String(name));
  lines.forEach((line, at) => readLine(line, at, form, vertex, found));
  return { vertices, edges: found.edges, weights: form.weight ? found.weights : null, question: form.question ? found.question : null };
}

// The words of all lines, none of a comment and of a header, as logdepth/tasks/inputs/edge_lists reads them.
function rows(text) {
  const lines = text.split("\n").map(line => /^\s*%\s/.test(line) ? [] : words(line)), first = lines.findIndex(line => line.length);
  if (first >= 0 && HEADERS.has(lines[first].slice(0, 2).join(" ").toLowerCase())) lines[first] = [];
  return lines;
}

// Words of a line, and a comment begins with #.
const words = line => (line.match(/"(?:[^"]|"")*"?|#.*$|[^\s,;"#]+/g) || []).filter(word => !word.startsWith("#")).map(word => word.startsWith('"') ? word.replace(/^"|"$/g, "").replace(/""/g, '"') : word);
const asked = (line, form) => form.question && (line.length === 4 && line[0] === "from" && line[2] === "to" ? [line[1], line[3]] : line.length === 3 && line[0] === "?" ? line.slice(1) : null);
const namesOf = (line, form) => asked(line, form) || line.slice(0, 2);

function readLine(line, at, form, vertex, found) {
  if (!line.length) return;
  if (line.length === 3 && ARROWS.has(line[1])) throw new Unreadable(`Line ${at + 1} has ${line[1]} between two vertices; an edge is the two. Leave it out.`);
  if (asked(line, form)) { found.question = asked(line, form).map(vertex); return; }
  if (line.length === 1) { vertex(line[0]); return; }
  const most = form.weight ? 3 : 2;
  if (line.length > most) throw new Unreadable(`Line ${at + 1} has ${line.length} words; an edge is two vertices${form.weight ? " and a weight" : ""}.`);
  found.edges.push([vertex(line[0]), vertex(line[1])]);
  if (!form.weight) return;
  if (line.length === 3 && !/^\d{1,15}$/.test(line[2])) throw new Unreadable(`The weight in line ${at + 1} is no whole number.`);
  found.weights.push(line.length === 3 ? Number(line[2]) : 1);
}
