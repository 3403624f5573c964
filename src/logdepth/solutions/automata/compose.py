"""Automata in ⌈log2 n⌉ layers of one head: the maps of letters are composed.

A letter is a map of states, a word the composition of the maps of its letters, and composition is associative. Row i
keeps the map of the letters of rows j+1..i, and the number j of the row before them; at first that is its own letter,
and j = i - 1. In a round it reads map and number of row j, and composes: the map covers twice as many letters, or all
from the first one on. After ⌈log2 n⌉ rounds it covers all, since 2^⌈log2 n⌉ ≥ n. Row 0 holds zeros, and 0 is the
identity, so that a row whose map covers all stays as it is. All rounds are alike: they share one set of weights.

Source: prefix sums by doubling, Hillis and Steele 1986; for transformers arXiv 2210.10749, Theorem 1, and 2503.03961,
Theorem 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from logdepth.automata import Action, decision_tables, moving, orbits, smallest_action
from logdepth.programs import Column, Program, Table
from logdepth.solutions.automata.machine import Machine
from logdepth.solutions.powers import doublings


def by_monoid(name: str, machine: Machine, rows: int) -> Program:
    """A row holds the number of its map in the list of all maps that words make: one column, and a table of products.

    Two maps e and f are looked up as one number e |M| + f, so that a round is one ReLU layer of up to |M|² units.
    """
    monoid = machine.monoid
    assert monoid is not None, "the task refuses this way for a monoid that is too large to list"
    table = Table(name, rows, causal=True)
    token = table.input("token", letters=machine.dfa.letters)
    highest = len(monoid) - 1
    first = table.column(table.lookup([0, *monoid.letters], token), highest, name="map of the letter")

    def compose(later: Column, at: Column) -> list[Column]:
        earlier, before = table.pull(at, [later, at], name=["map before", "row before"])
        return [table.column(table.lookup(monoid.products, earlier, later), highest, name="map"), before]

    element = run_rounds(table, compose, [first], [highest], ["map"])[0]
    values = [machine.values[state] for state in monoid.maps[:, machine.dfa.start].tolist()]
    table.output("answer", table.column(table.lookup(values, element), machine.highest, name="answer"))
    return table.program()


def by_maps(name: str, machine: Machine, rows: int) -> Program:
    """A row holds its map state by state: for each state that some letter leaves, the number of the next one, from 1.

    h = g ∘ f is h(s) = Σ_t [f(s) = t] g(t), and a term is a function of the one number f(s) (|Q| + 1) + g(t) that rises
    from 0 to |Q| where f(s) = t, and is 0 elsewhere: at most four ReLU units. So a round is one ReLU layer of O(|Q|²)
    units, and the width is at most 2 |Q| + 5: f and g, two row numbers, the start token, the answer, and the letter.

    Blocks of states are enough, if different maps of the states are different on blocks: of the 60 states of the word
    problem of A₅, five blocks.
    """
    action, table = smallest_action(machine.dfa), Table(name, rows, causal=True)
    dfa = action.dfa
    token = table.input("token", letters=dfa.letters)
    states, reach, size = moving(dfa), orbits(dfa), len(dfa)
    labels = [f"from {dfa.name_of(state)}" for state in states]
    first = [
        table.column(table.lookup([0, *(following + 1 for following in dfa.steps[state])], token), size, name=label)
        for state, label in zip(states, labels, strict=True)
    ]

    def compose(*held: Column) -> list[Column]:
        *later, at = held
        *earlier, before = table.pull(at, held, name=[*(f"{label}, before" for label in labels), "row before"])
        onward = dict(zip(states, later, strict=True))
        return [
            *(lead_on(table, f, state, onward, reach[state]) for state, f in zip(states, earlier, strict=True)),
            before,
        ]

    maps = run_rounds(table, compose, first, [size] * len(states), labels)
    said = read_images(table, machine, action, dict(zip(states, maps, strict=True)))
    table.output("answer", table.column(said, machine.highest, name="answer"))
    return table.program()


def read_images(table: Table, machine: Machine, action: Action, maps: dict[int, Column]) -> Any:
    """The answer in the state that the map leads the start to. Of blocks, the images are read one after the other."""
    if not action.ends:
        return table.lookup([machine.first_value, *machine.values], maps[action.dfa.start])
    code: Any = 0
    for block, rows in enumerate(decision_tables([(images, machine.values[end]) for images, end in action.ends])):
        by_image = [[row[block], *row] for row in rows]  # image 0: nothing before, so that it stays where it is
        if block in maps:
            places = [maps[block]] if isinstance(code, int) else [code, maps[block]]
        else:
            by_image, places = [[row[block]] for row in rows], [] if isinstance(code, int) else [code, 0]
        if places:
            found = table.lookup(by_image[0] if len(places) == 1 else by_image, *places)
            code = table.column(found, name=f"decided by {block + 1} images")
    return code


def lead_on(table: Table, earlier: Column, state: int, onward: dict[int, Column], reached: np.ndarray) -> Column:
    """Where `state` is led by the earlier map, and then by the maps `onward` of the states that some letter leaves."""
    size = len(reached)
    total = one_term(table, earlier, 0, onward[state], size)  # 0: nothing before
    for middle in np.flatnonzero(reached).tolist():
        if middle in onward:
            total = total + one_term(table, earlier, middle + 1, onward[middle], size)
        else:
            total = total + table.lookup([(middle + 1) * (entry == middle + 1) for entry in range(size + 1)], earlier)
    return table.column(total, size, name=f"from state {state + 1}")


def one_term(table: Table, earlier: Column, number: int, onward: Column, size: int) -> Any:
    """`onward` where the earlier map gives this number, else 0."""
    entries = np.zeros((size + 1, size + 1), dtype=np.int64)
    entries[number] = np.arange(size + 1)
    return table.lookup(entries, earlier, onward)


def run_rounds(
    table: Table,
    compose: Callable[..., Sequence[Column]],
    first: Sequence[Column],
    highs: Sequence[int],
    names: Sequence[str],
) -> tuple[Column, ...]:
    """The maps of all letters up to each row."""
    before = table.column(table.index - 1, table.rows - 1, name="row before")
    *maps, _ = table.repeat(
        doublings(table.rows), compose, [*first, before], high=[*highs, table.rows - 1], name=[*names, "row before"]
    )
    return tuple(maps)
