// A threshold circuit on an input, and what can be asked of it. Nodes are the inputs from 0, then the gates.
import { range } from "./dom.js";

export class Gates {
  // data: of the form of logdepth/pages/circuit.py.
  constructor(data) {
    const { inputs, gates, levels } = data;
    Object.assign(this, { data, inputs: inputs.length, nodes: inputs.length + gates.length, depth: Math.max(0, ...levels), flipped: new Set() });
    this.values = Array.from(data.values, Number);
    this.sums = data.sums;
    this.given = this.values.slice(0, this.inputs);
    this.outputs = new Map(data.outputs.map(([name, node]) => [node, name]));
    this.byLevel = range(this.depth + 1).map(() => []);
    for (const node of range(this.nodes)) this.byLevel[this.levelOf(node)].push(node);
  }

  get isWired() { return this.data.forms !== null; }
  levelOf(node) { return node < this.inputs ? 0 : this.data.levels[node - this.inputs]; }
  gateOf(node) { return this.data.gates[node - this.inputs]; }
  onesOf(nodes) { return nodes.reduce((ones, node) => ones + this.values[node], 0); }

  nameOf(node) { return node < this.inputs ? this.data.inputs[node] : `gate ${node - this.inputs + 1}`; }

  // What a gate reads: [{node, weight}]; of an input, and where no wires are known, nothing.
  reads(node) {
    if (node < this.inputs || !this.isWired) return [];
    const [nodes, weights] = this.data.forms[this.gateOf(node)[0]];
    return nodes.map((read, at) => ({ node: read, weight: weights[at], against: String(weights[at]).startsWith("-") }));
  }

  // The gates that read a node.
  readers(node) {
    if (!this.readersOf) {
      this.readersOf = range(this.nodes).map(() => []);
      for (const gate of range(this.nodes)) for (const { node: read } of this.reads(gate)) this.readersOf[read].push(gate);
    }
    return this.readersOf[node];
  }

  // The part that a gate belongs to: its number, or -1.
  partOf(node) {
    let end = this.inputs;
    return node < this.inputs ? -1 : this.data.parts.findIndex(([, many]) => { end += many; return node < end; });
  }

  nodesOfPart(part) {
    const before = this.data.parts.slice(0, part).reduce((sum, [, many]) => sum + many, this.inputs);
    return range(this.data.parts[part][1]).map(at => before + at);
  }

  // The input at hand less the one given: these inputs are the other way round. All gates are computed again.
  flip(inputs) {
    this.flipped = new Set(inputs);
    this.evaluate(this.given.map((bit, node) => this.flipped.has(node) ? 1 - bit : bit));
  }

  // Exactly, in whole numbers of any size. How many nodes are not what they were.
  evaluate(bits) {
    const values = [...bits], sums = this.data.forms.map(() => null), terms = this.data.forms.map(([nodes, weights]) => nodes.map((node, at) => [node, BigInt(weights[at])]));
    for (const [form, threshold] of this.data.gates) {
      if (sums[form] === null) sums[form] = terms[form].reduce((sum, [node, weight]) => values[node] ? sum + weight : sum, 0n);
      values.push(sums[form] >= BigInt(threshold) ? 1 : 0);
    }
    const different = values.filter((value, node) => value !== this.values[node]).length;
    this.values = values;
    this.sums = sums.map(sum => sum === null ? 0 : sum);
    return different;
  }
}
