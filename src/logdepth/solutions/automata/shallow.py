"""Automata in few layers: those of which the last letters, or the numbers of the letters, decide the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from logdepth.automata import Dfa, Powers, cyclic, letter_maps, outside_of_a_sink, powers_of, transition_monoid, window
from logdepth.programs import Column, Program, Table
from logdepth.solutions.automata.machine import Machine

State = Any
"""An expression of columns: the state of an automaton, from 0, after the letter of each row."""


def by(state: Callable[[Table, Column, Dfa], State]) -> Callable[[str, Machine, int], Program]:
    """The program that answers by the state that a function finds."""

    def build(name: str, machine: Machine, rows: int) -> Program:
        table = Table(name, rows, causal=True)
        token = table.input("token", letters=machine.dfa.letters)
        said = table.lookup(machine.values, state(table, token, machine.dfa))
        table.output("answer", table.column(said, machine.highest, name="answer"))
        return table.program()

    return build


def constant(table: Table, token: Column, dfa: Dfa) -> State:
    """An automaton of one state."""
    return table.lookup([dfa.start] * (token.high + 1), token)


def last_letter(table: Table, token: Column, dfa: Dfa) -> State:
    """A letter leads all states to one, or leaves all where they are. So a head reads the last letter that leads."""
    maps = letter_maps(dfa)
    if all(len(set(function)) == 1 for function in maps):
        return table.lookup([dfa.start, *(function[0] for function in maps)], token)
    leads = [int(len(set(function)) == 1 and len(dfa) > 1) for function in maps]
    found = table.last(
        table.column(table.lookup([0, *(function[0] + 1 for function in maps)], token), name="state of the letter"),
        where=table.column(table.lookup([0, *leads], token), name="leads"),
        name="state of the last letter",
    )
    return table.lookup([dfa.start, *range(found.high)], found)


def last_letters(table: Table, token: Column, dfa: Dfa) -> State:
    """The last k letters decide: k - 1 heads read those before, and ReLU layers carry out the steps.

    Before the first letter there is token 0, which leaves the start where it is.
    """
    steps = [[state, *row] for state, row in enumerate(dfa.steps)]
    back = (window(dfa) or 1) - 1
    read = [table.shift(token, by, name=f"token {by} before") for by in range(back, 0, -1)]
    first, *others = [*read, token]
    state = table.lookup(steps[dfa.start], first)
    for letter in others:
        state = table.lookup(steps, table.column(state, len(dfa) - 1, name="state"), letter)
    return state


def counts(table: Table, token: Column, dfa: Dfa) -> State:
    """The order of the letters does not matter. If all are powers of one map g, letter l is g^w(l), and the word g^Σw:
    a head adds up the weights, and the sum decides. If not, a head counts each letter that leaves some state.

    A count is made exact before its remainder is taken, so that a table of n steps stands on one number.
    """
    monoid = transition_monoid(dfa)
    assert monoid is not None, "the task refuses this way for a monoid that is too large to list"
    one = cyclic(monoid)
    if one:
        ends = [int(monoid.maps[element, dfa.start]) for element in one.elements]
        return sum_of_weights(table, token, one, ends)
    state: State = None
    for letter, element in zip(dfa.letters, monoid.letters, strict=True):
        if element:
            elements, index = powers_of(monoid, element)
            led = [[int(monoid.maps[e, s]) for e in elements] for s in range(len(dfa))]
            power = number_of(table, token, letter, Powers(elements, index, ()))
            state = table.lookup(led[dfa.start], power) if state is None else table.lookup(led, state, power)
            state = table.column(state, len(dfa) - 1, name=f"state after every {letter}")
    return state


def sum_of_weights(table: Table, token: Column, powers: Powers, ends: list[int]) -> State:
    weight = table.column(table.lookup([0, *powers.weights], token), name="weight")
    total = table.hold(table.prefix_sum(weight, name="sum of weights"), name="sum of weights, exact")
    return table.lookup([ends[powers.fold(count)] for count in range(total.high + 1)], total)


def number_of(table: Table, token: Column, letter: str, powers: Powers) -> Column:
    """Which power of its map all occurrences of a letter make."""
    counted = table.count(where=token == letter, name=f"number of {letter}")
    exact = table.hold(counted, name=f"{counted.name}, exact")
    return table.column(
        table.lookup([powers.fold(c) for c in range(counted.high + 1)], exact), name=f"power of {letter}"
    )


def outside_the_sink(table: Table, token: Column, dfa: Dfa) -> State:
    """Outside of a state that no letter leaves, a simpler automaton does the same. Each row asks whether its letter
    would lead the simpler one's state into the sink. The first row that says so is right, since up to it both agree.
    So the state is the sink as soon as one row has said so, and a head counts these rows.

    Where each letter is a permutation, the state before my letter is known from that after it; else a head reads it.
    """
    alive = outside_of_a_sink(dfa)
    assert alive is not None, "the task refuses this way for an automaton that is no simpler"
    simpler = alive.simpler
    find = counts if alive.turns else last_letter
    state = table.column(find(table, token, simpler), len(simpler) - 1, name="state if alive")
    kills = [[0, *(alive.kills(dfa, s, letter) for letter in range(token.high))] for s in range(len(simpler))]
    if alive.turns:
        maps = letter_maps(simpler)
        dies = [
            [0, *(kills[function.index(s)][letter] for letter, function in enumerate(maps, 1))]
            for s in range(len(simpler))
        ]
        death = table.lookup(dies, state, token)
    else:
        before = table.shift(table.column(state + 1, name="state and 1"), 1, name="state before")
        death = table.lookup([kills[simpler.start], *kills], before, token)
    deaths = table.count(where=table.column(death, 1, name="leads into the sink"), name="times into the sink")
    return table.where(deaths == 0, table.lookup(list(alive.states), state), alive.sink)
