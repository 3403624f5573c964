// The rounds of a run of a protocol as plain data, and what can be asked of them. Rounds and machines count from 1.
import { count, range } from "./dom.js";

const COLOURS = 7;  // routines with a colour of their own

export class Traffic {
  constructor(data) {
    this.data = data;
    this.rounds = data.total.length;
    this.spans = [];  // neighbouring rounds of one routine: [{ routine, first, last }]
    data.routine.forEach((routine, i) => {
      const before = this.spans[this.spans.length - 1];
      if (before && before.routine === routine) before.last = i + 1;
      else this.spans.push({ routine, first: i + 1, last: i + 1 });
    });
    this.recur = this.spans.length > data.routines.length;  // a loop: names come again, so they get colours
    this.wordsOf = data.routines.map((_, routine) => data.total.reduce((sum, words, i) => sum + (data.routine[i] === routine ? words : 0), 0));
    this.byWords = range(data.routines.length).sort((a, b) => this.wordsOf[b] - this.wordsOf[a]);
  }

  get busiestRound() { return Math.max(1, this.data.total.indexOf(Math.max(...this.data.total)) + 1); }
  routineOf(round) { return this.data.routines[this.data.routine[round - 1]]; }

  colourOf(routine) {
    if (!this.recur) return "var(--r0)";
    const place = this.byWords.indexOf(routine);
    return place < COLOURS ? `var(--r${place})` : "var(--other)";
  }

  // What stands in the legend: [name, rounds, words, colour].
  legend() {
    if (!this.recur) return [];
    const { data, byWords, wordsOf } = this, times = routine => data.routine.filter(one => one === routine).length, rest = byWords.slice(COLOURS);
    const entries = byWords.slice(0, COLOURS).map(routine => [data.routines[routine], times(routine), wordsOf[routine], this.colourOf(routine)]);
    if (rest.length) entries.push([`${rest.length} others`, rest.reduce((sum, routine) => sum + times(routine), 0), rest.reduce((sum, routine) => sum + wordsOf[routine], 0), "var(--other)"]);
    return entries;
  }

  // Whether who sent to whom is known: not of a run on Ray, nor of rounds before a run was gone on with.
  seen(round) { return Boolean(this.rounds && this.data.heat && this.data.heat.cells[round - 1]); }
}

// What a bin is called: machines 3–5 of a group, counted within it.
export function binName(starts, groups, bin, first, noun) {
  let before = 0;
  for (const [name, bins] of groups) {
    if (bin < before + bins) {
      const low = starts[bin] - starts[before], high = starts[bin + 1] - starts[before] - 1, called = groups.length > 1 ? name : noun;
      return low === high ? `${called} ${low + first}` : `${called} ${low + first}–${high + first}`;
    }
    before += bins;
  }
  return noun;
}

// A round number at or above a value, and marks up to it.
export function scale(most) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const top = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(part => part * unit).find(value => value >= most) || 1;
  return { top: Math.max(1, top), marks: [0, top / 2, top].filter(value => Number.isInteger(value)) };
}

export const short = value => value >= 1e9 ? `${+(value / 1e9).toPrecision(3)} G` : value >= 1e6 ? `${+(value / 1e6).toPrecision(3)} M` : value >= 1e4 ? `${+(value / 1e3).toPrecision(3)} k` : count(value);
