// Rows dealt to machines in blocks, and what every machine needs of others in each attention layer of a run.
import { range } from "./dom.js";

export class Dealing {
  constructor(run, machines) {
    const rows = run.labels.length - 1;
    Object.assign(this, { run, rows, machines: Math.max(1, Math.min(machines, rows)) });
    this.rounds = run.attentionSteps().map(({ step, number }) => ({ step, number, ...this.needs(step) }));
  }

  machineOf(token) { return token ? Math.floor((token - 1) * this.machines / this.rows) + 1 : 0; }

  // The rows of a machine: [first, last].
  rowsOf(machine) {
    const before = m => Math.ceil(m * this.rows / this.machines);
    return [before(machine - 1) + 1, before(machine)];
  }

  // Rows that machines need of others in one layer: {pairs: [{from, to, rows}], moved, most}; each row counts once for a machine.
  needs(step) {
    const { machines } = this, wanted = new Set(), rows = new Float64Array(machines * machines), received = new Float64Array(machines);
    for (const query of this.queries(step)) for (let head = 0; head < step.heads.length; head++) for (const { key } of this.run.reads(step, head, query)) {
      const from = this.machineOf(key) - 1, to = this.machineOf(query) - 1, need = key * machines + to;
      if (!key || from === to || wanted.has(need)) continue;
      wanted.add(need);
      rows[from * machines + to]++;
      received[to]++;
    }
    const pairs = [];
    rows.forEach((many, at) => { if (many) pairs.push({ from: Math.floor(at / machines) + 1, to: at % machines + 1, rows: many }); });
    return { pairs, moved: wanted.size, most: Math.max(...received) };
  }

  // Rows whose reads are known: all, or those that are shown.
  queries(step) {
    const all = step.heads.every(({ hard, exact }) => Array.isArray(hard) && exact === hard.length);
    return all ? range(this.rows).map(i => i + 1) : this.run.shown.slice(1);
  }

  // The machines that hold what a token reads in a layer.
  sourcesOf(step, token) {
    return [...new Set(range(step.heads.length).flatMap(head => this.run.reads(step, head, token)).filter(({ key }) => key).map(({ key }) => this.machineOf(key)))];
  }
}
