"""The ways to run an automaton in parallel, and which automata each of them runs."""

from __future__ import annotations

from logdepth.automata.actions import smallest_action
from logdepth.automata.dfa import Dfa
from logdepth.automata.monoid import MOST_ELEMENTS, transition_monoid
from logdepth.automata.structure import cyclic, moving, outside_of_a_sink, resets, window

WAYS = {
    "compose": "the maps of letters are composed, in ⌈log2 n⌉ layers: as monoid or as maps, whichever is smaller",
    "monoid": "the same, a map by its number in the list of all maps that words make",
    "maps": "the same, a map state by state",
    "last": "one layer reads the last letter that leads all states to one; others leave all where they are",
    "count": "one layer counts letters, whose order does not matter",
    "window": "one layer reads the last letters, if they decide",
    "sink": "as last or count, and one layer more counts the letters that lead into a state that no letter leaves",
    "fewest": "the first of last, count, window, sink and compose that runs this automaton",
}
MOST_MAPPED = 100
"""Maps of more states are not composed state by state: the weights grow with the third power of the states."""
MOST_LISTED = 300
"""A monoid of more elements is not composed by its table of products: it takes a ReLU unit for nearly every entry."""
MOST_COMPARED = 20
"""Maps of more states are not compared with other ways, unless they are asked for: they take seconds to make."""
MOST_READ = 8
"""So many letters, at most, does `fewest` read: each takes a head."""


def shortcoming(dfa: Dfa, way: str) -> str | None:
    """Why an automaton is not run in this way; None if it is."""
    match way:
        case "monoid" if transition_monoid(dfa, MOST_LISTED) is None:
            return f"words make more than {MOST_LISTED:,} different maps of its {len(dfa):,} states"
        case "count" if transition_monoid(dfa) is None:
            return f"words make more than {MOST_ELEMENTS:,} different maps of its {len(dfa):,} states"
        case "count":
            monoid = transition_monoid(dfa)
            return None if monoid is not None and monoid.is_commutative else "the order of its letters matters"
        case "last":
            return None if resets(dfa) else "some letter neither leads all states to one nor leaves all where they are"
        case "window":
            return None if window(dfa) is not None else "no number of last letters decides its state"
        case "sink":
            return None if outside_of_a_sink(dfa) else "outside of a state that no letter leaves, it is no simpler"
        case "maps" if len(moving(dfa)) > MOST_MAPPED and len(moving(smallest_action(dfa).dfa)) > MOST_MAPPED:
            return f"it has {len(dfa):,} states, and maps of more than {MOST_MAPPED} take too many weights"
        case "compose":
            reasons = [shortcoming(dfa, "maps"), shortcoming(dfa, "monoid")]
            return f"{reasons[0]}, and {reasons[1]}" if all(reasons) else None
        case _:
            return None


def ways_that_run(dfa: Dfa) -> tuple[str, ...]:
    """The ways that run it, to be compared: without `fewest`, which is one of them, and maps of many states."""
    known = [way for way in WAYS if way != "fewest" and (way != "maps" or len(moving(dfa)) <= MOST_COMPARED)]
    return tuple(way for way in known if shortcoming(dfa, way) is None)


def cost_of_few_layers(dfa: Dfa, way: str) -> tuple[int, int]:
    """Layers and heads of `last`, `count`, `window` or `sink`, at most, for an automaton that it runs."""
    if len(dfa) == 1:
        return 0, 0
    match way:
        case "count":
            monoid = transition_monoid(dfa)
            assert monoid is not None, "a way is asked for that runs the automaton"
            return 1, 1 if cyclic(monoid) else sum(element > 0 for element in monoid.letters)
        case "window":
            before = (window(dfa) or 1) - 1
            return min(1, before), before
        case "sink":
            alive = outside_of_a_sink(dfa)
            assert alive is not None, "a way is asked for that runs the automaton"
            return (2 if alive.turns or (window(alive.simpler) or 2) < 2 else 3), 1
        case _:
            return (0, 0) if window(dfa, 1) is not None else (1, 1)


def with_fewest_layers(dfa: Dfa) -> str:
    """The first way of few layers that runs it, or else `compose`."""
    if shortcoming(dfa, "last") is None:
        return "last"
    if shortcoming(dfa, "count") is None:
        return "count"
    length = window(dfa)
    if length is not None and length <= MOST_READ:
        return "window"
    if shortcoming(dfa, "sink") is None:
        return "sink"
    return "window" if length is not None and shortcoming(dfa, "compose") else "compose"
