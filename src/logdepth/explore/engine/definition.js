// The definition of an answer, a tree that logdepth/tasks/definitions.py parsed: computed on the reader's input.
import { FUNCTIONS } from "./exact.js";
import { Refused } from "./refused.js";

// The entries that the answer should have, or null where none is defined. told: {text, tree, names} or null; typed: from a
// name to its value; entries: how many there are.
export function solve(told, typed, entries) {
  if (!told) return null;
  const names = { ...told.names, ...typed }, slots = new Map(Object.keys(names).map((name, at) => [name, at])), found = compile(told.tree, slots)(Object.values(names));
  if (found === null) return null;
  const values = Array.isArray(found) ? found.map(Number) : Array(entries).fill(Number(found));
  if (values.length !== entries) throw new Refused(`The definition of the answer, ${told.text}, gives ${values.length} entries; the answer has ${entries}.`);
  return values;
}

// What an expression may name: see typed_names in logdepth/tasks/definitions.py.
export function typedNames(form, input, columns) {
  if (form.kind === "graph") return { vertices: input.vertices.map((_, at) => at + 1), edges: input.edges, weights: input.weights, question: input.question };
  if (form.kind === "facts") return { facts: input.facts, question: input.question };
  if (form.kind === "table") return { rows: Object.values(columns)[0].map((_, row) => Object.values(columns).map(values => values[row])), ...columns };
  return form.kind === "numbers" ? { [form.column]: input } : columns;
}

const same = (a, b) => Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((one, at) => same(one, b[at])) : a === b;
const holds = (one, list) => Array.isArray(one) ? list.some(other => same(one, other)) : list.includes(one);
const modulo = (a, b) => (a % b + b) % b;  // as in Python: it has the sign of b
const OPERATORS = {
  "+": (a, b) => Array.isArray(a) ? [...a, ...b] : a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "//": (a, b) => Math.floor(a / b), "%": modulo,
  "==": same, "!=": (a, b) => !same(a, b), "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  in: holds, "not in": (a, b) => !holds(a, b),
};

// A tree as a function of a frame, which holds the value of every name at its slot. slots: from a name to its place.
function compile(tree, slots) {
  if (!Array.isArray(tree)) return () => tree;
  const [kind, ...parts] = tree;
  return KINDS[kind](parts, slots);
}

const KINDS = {
  name([name], slots) { const at = slots.get(name); return frame => frame[at]; },
  list(parts, slots) { const of = parts.map(part => compile(part, slots)); return frame => of.map(part => part(frame)); },
  not([part], slots) { const of = compile(part, slots); return frame => !of(frame); },
  and(parts, slots) { const of = parts.map(part => compile(part, slots)); return frame => of.every(part => part(frame)); },
  or(parts, slots) { const of = parts.map(part => compile(part, slots)); return frame => of.some(part => part(frame)); },
  if([test, yes, no], slots) { const [which, one, other] = [test, yes, no].map(part => compile(part, slots)); return frame => which(frame) ? one(frame) : other(frame); },
  operator([name, left, right], slots) { const act = OPERATORS[name], a = compile(left, slots), b = compile(right, slots); return frame => act(a(frame), b(frame)); },
  index([list, place], slots) { const of = compile(list, slots), at = compile(place, slots); return frame => of(frame).at(at(frame)); },
  slice([list, low, high], slots) { const of = compile(list, slots), [from, to] = [low, high].map(end => compile(end, slots)); return frame => of(frame).slice(from(frame) ?? 0, to(frame) ?? undefined); },
  call([name, ...given], slots) { const act = FUNCTIONS[name], of = given.map(part => compile(part, slots)); return frame => act(...of.map(part => part(frame))); },
  for([body, ...loops], slots) { return loop(body, loops, slots); },
};

// A comprehension: the list of what its body is, for every value of its names that its conditions hold for.
function loop(body, [[names, alone, list, tests], ...inner], slots) {
  const own = new Map(slots), first = Math.max(-1, ...slots.values()) + 1;
  names.forEach((name, at) => own.set(name, first + at));
  const over = compile(list, slots), when = tests.map(test => compile(test, own)), within = inner.length ? loop(body, inner, own) : compile(body, own);
  return frame => {
    const found = [];
    for (const value of over(frame)) {
      if (alone) frame[first] = value;
      else names.forEach((_, at) => { frame[first + at] = value[at]; });
      if (!when.every(test => test(frame))) continue;
      if (inner.length) for (const one of within(frame)) found.push(one);
      else found.push(within(frame));
    }
    return found;
  };
}
