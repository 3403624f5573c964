// The rounds of a protocol: words in every round, and who sends to whom. Everything follows one choice: a round.
import { remember, wishedNumber } from "./address.js";
import { onKeys, player, slider } from "./controls.js";
import { clamp, make, range } from "./dom.js";
import { figure } from "./figure.js";
import { Traffic } from "./traffic.js";
import { whoSends } from "./whosends.js";
import { words } from "./words.js";

// root: an empty element. data: of the form of logdepth/pages/rounds.py.
export function rounds(root, data) {
  const traffic = new Traffic(data), last = Math.max(1, traffic.rounds), state = { round: 1 };
  const choice = slider("round", go, 1);
  const play = player("Play through the rounds", first => {
    if (first) { if (state.round === last) go(1); return false; }
    go(state.round + 1);
    return state.round >= last;
  }, () => traffic.rounds > 60 ? 250 : 900);
  const figures = [words(traffic, go), whoSends(traffic)];

  function go(round) {
    state.round = clamp(1, round, last);
    const said = traffic.rounds ? `${state.round} of ${traffic.rounds}: ${traffic.routineOf(state.round)}` : "no rounds";
    choice.set(state.round, last, said);
    for (const each of figures) each.draw(state.round);
    if (go.asked) remember({ round: state.round });
    go.asked = true;
  }

  root.replaceChildren(make("div", { class: "controls", role: "group", "aria-label": "Which round" }, play, choice.root), ...figures.map(each => each.root));
  followLayers(traffic, state, go);
  onKeys({ "[": () => go(state.round - 1), "]": () => go(state.round + 1) });
  go.asked = false;
  go(wishedNumber("round") ?? traffic.busiestRound);
}

// The page above went to an attention layer: go to its busiest round.
function followLayers({ data, rounds: many }, state, go) {
  document.addEventListener("layer", ({ detail }) => {
    const own = range(many).filter(i => data.layer && data.layer[i] === detail);
    if (own.length && data.layer[state.round - 1] !== detail) go(1 + own.reduce((best, i) => data.total[i] > data.total[best] ? i : best));
  });
}
