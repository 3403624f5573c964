"""The ways to run an automaton: for which each is, what it costs, and which is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logdepth.automata import cost_of_few_layers, moving, shortcoming, smallest_action
from logdepth.programs import Program
from logdepth.solutions.automata.compose import by_maps, by_monoid
from logdepth.solutions.automata.machine import Machine
from logdepth.solutions.automata.shallow import by, constant, counts, last_letter, last_letters, outside_the_sink
from logdepth.solutions.powers import doublings

DOUBLED = "maps of letters composed by doubling, proved in logdepth.solutions.automata.compose"
SHALLOW = "few layers, proved in logdepth.solutions.automata.shallow"


@dataclass(frozen=True)
class Way:
    """One way to run an automaton. heads, layers: at most, for a machine and the most rows."""

    build: Callable[[str, Machine, int], Program]
    layers: Callable[[Machine, int], int]
    heads: Callable[[Machine, int], int]
    source: str


def none(machine: Machine, rows: int) -> int:
    return 0


def rounds(machine: Machine, rows: int) -> int:
    return doublings(rows)


def one_if_rounds(machine: Machine, rows: int) -> int:
    return min(1, rounds(machine, rows))


def shallow(name: str, build: Callable[[str, Machine, int], Program]) -> Way:
    return Way(
        build,
        lambda machine, rows: cost_of_few_layers(machine.dfa, name)[0],
        lambda machine, rows: cost_of_few_layers(machine.dfa, name)[1],
        SHALLOW,
    )


WAYS = {
    "monoid": Way(by_monoid, rounds, one_if_rounds, DOUBLED),
    "maps": Way(by_maps, rounds, one_if_rounds, DOUBLED),
    "last": shallow("last", by(last_letter)),
    "count": shallow("count", by(counts)),
    "window": shallow("window", by(last_letters)),
    "sink": shallow("sink", by(outside_the_sink)),
}
CONSTANT = Way(by(constant), none, none, "its one state says the same of every text")


def way_of(name: str, machine: Machine, rows: int) -> Way:
    """The way of this name; `compose` is the cheaper of `monoid` and `maps`. An automaton of one state needs none."""
    if len(machine.dfa) == 1:
        return CONSTANT
    return WAYS[cheaper(machine, rows) if name == "compose" else name]


def cheaper(machine: Machine, rows: int) -> str:
    """By the numbers that are stored: about 14 |M|² for the table of products, or 6 |Q|² ReLU units of 2 |Q| + 5."""
    if machine.monoid is None or shortcoming(machine.dfa, "monoid"):
        return "maps"
    if shortcoming(machine.dfa, "maps"):
        return "monoid"
    states = len(moving(smallest_action(machine.dfa).dfa))
    width = 2 * states + 5
    return "monoid" if 14 * len(machine.monoid) ** 2 + 7 * rows <= 6 * states**2 * width + width * rows else "maps"
