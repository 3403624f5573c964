// Who sends to whom in a round, and beside it what attention does in it.
import { capital, count, make, range } from "./dom.js";
import { figure } from "./figure.js";
import { matrix } from "./matrix.js";
import { binName } from "./traffic.js";

const FIRST = 1;  // the number of the first machine, and of the first of a group
const PAIRS_NAMED = 5;

export function whoSends(traffic) {
  const parts = figure("heat", "Who sends to whom"), map = make("div", { class: "map" }), side = make("div", { class: "map" }), said = make("p", { class: "caption said" });
  parts.canvas.className = "pair";
  parts.canvas.append(map, side);
  parts.root.append(said);
  parts.note.textContent = note(traffic.data);
  return { root: parts.root, draw(round) {
    const seen = traffic.seen(round), { beside } = traffic.data;
    map.replaceChildren(...(seen ? sent(traffic, round, said) : facts(traffic, round)));
    side.replaceChildren(...(!seen ? [] : beside ? attended(beside, round, said) : facts(traffic, round)));
  } };
}

function note({ heat, machines, beside }) {
  if (!heat) return "This run was not watched, so that who sent to whom is not known; the local engine shows it.";
  return "Each row is a receiver, each column a sender" + (heat.starts.length - 1 < machines ? "; a cell stands for neighbouring machines together" : "")
    + ". Shades are relative to the most words of this round, by the square root." + (beside ? " " + beside.note : "");
}

function sent({ data }, round, said) {
  const { starts, groups, cells } = data.heat, name = bin => binName(starts, groups, bin, FIRST, "machine");
  return [make("h4", {}, `Round ${round}: words sent`),
    matrix({ starts, groups, cells: cells[round - 1], first: FIRST, what: ["receives", "sends"], aria: `Who sends to whom in round ${round}`, ramp: most => `words; darkest: ${count(most)}`,
      tell: (row, column, words) => `${capital(name(column))} → ${name(row)}: ${count(words)} word${words === 1 ? "" : "s"}` }, said)];
}

function attended(beside, round, said) {
  const picture = beside.of[round - 1], title = `${beside.heading}: ${beside.names[picture]}`, groups = [[beside.what, beside.starts.length - 1]];
  const token = bin => binName(beside.starts, groups, bin, beside.first, beside.what);
  return [make("h4", {}, title),
    matrix({ starts: beside.starts, groups, cells: beside.cells[picture], first: beside.first, what: ["reads", "is read"], aria: title, ramp: most => `${beside.unit}; darkest: ${count(most)}`,
      tell: (row, column, value) => `${capital(token(row))} reads ${token(column)}: ${count(value)} ${beside.unit}` }, said),
    make("p", { class: "says" }, beside.says[picture])];
}

function facts(traffic, round) {
  if (!traffic.rounds) return [make("p", {}, "There was no round: nothing had to be sent.")];
  const { data } = traffic, at = round - 1;
  const rows = { routine: traffic.routineOf(round), "words sent": count(data.total[at]), packets: count(data.packets[at]),
    "most sent by one": count(data.sent[at]), "most received by one": count(data.received[at]), "most held by one": count(data.held[at]), "memory of a machine": count(data.memory) };
  return [make("h4", {}, `Round ${round}`), list(Object.entries(rows)), ...(traffic.seen(round) ? [make("h4", {}, "Most words"), list(busiest(data.heat, at))] : [])];
}

const list = entries => make("dl", {}, ...entries.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));

function busiest({ cells: all, starts, groups }, at) {
  const cells = all[at], n = starts.length - 1, name = bin => binName(starts, groups, bin, FIRST, "machine");
  const pairs = range(cells.length / 2).sort((a, b) => cells[2 * b + 1] - cells[2 * a + 1]).slice(0, PAIRS_NAMED);
  return pairs.map(i => [`${name(cells[2 * i] % n)} → ${name(Math.floor(cells[2 * i] / n))}`, count(cells[2 * i + 1])]);
}
