"""Finite automata, run in parallel.

Source: arXiv 2210.10749, Theorem 1; arXiv 2503.03961, Theorem 1. The proofs are in `solutions.automata`.
"""

from __future__ import annotations

from logdepth.programs import Program
from logdepth.solutions.automata.machine import Machine
from logdepth.solutions.automata.ways import way_of
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Automaton

COMPOSED = (
    "A letter is a map of the states, and a text the composition of the maps of its letters. Every token keeps the map"
    " of the letters from some token up to itself, and the number of the token before them. A layer reads the map that"
    " ends there, and composes the two: ⌈log₂ <i>n</i>⌉ layers cover the whole text."
)


def machine_of(task: Automaton) -> Machine:
    return Machine(task.running, task.values)


def build(task: Automaton) -> Program:
    machine = machine_of(task)
    return way_of(task.chosen_way, machine, task.n).build(task.name, machine, task.n)


def sizes(task: Automaton, tied: bool) -> Sizes:
    machine = machine_of(task)
    way = way_of(task.chosen_way, machine, task.n)
    return Sizes(layers=way.layers(machine, task.n), heads=way.heads(machine, task.n), source=way.source)


AUTOMATON = Solution(
    task=Automaton,
    build=build,
    sizes=sizes,
    words=(
        COMPOSED,
        "If the last letters decide the state, or the numbers of the letters, one layer is enough: it reads or counts"
        " them.",
    ),
)
