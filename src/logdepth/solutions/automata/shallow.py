"""Automata in one layer: those of which the last letters, or the numbers of the letters, decide the state."""

from __future__ import annotations

from logdepth.automata import Powers, cyclic, letter_maps, powers_of, window
from logdepth.programs import Column, Program, Table
from logdepth.solutions.automata.machine import Machine


def constant(name: str, machine: Machine, rows: int) -> Program:
    """An automaton of one state."""
    table = Table(name, rows, causal=True)
    token = table.input("token", letters=machine.dfa.letters)
    table.output("answer", table.column(table.lookup([machine.first_value] * (token.high + 1), token), name="answer"))
    return table.program()


def by_last_letter(name: str, machine: Machine, rows: int) -> Program:
    """A letter leads all states to one, or leaves all where they are. So a head reads the last letter that leads."""
    dfa, table = machine.dfa, Table(name, rows, causal=True)
    token = table.input("token", letters=dfa.letters)
    maps = letter_maps(dfa)
    leads = [int(len(set(function)) == 1 and len(dfa) > 1) for function in maps]
    said = [value + 1 for value in (machine.values[function[0]] for function in maps)]
    found = table.last(
        table.column(table.lookup([0, *said], token), name="answer of the letter"),
        where=table.column(table.lookup([0, *leads], token), name="leads"),
        name="answer of the last",
    )
    values = [machine.first_value, *range(machine.highest + 1)]
    table.output("answer", table.column(table.lookup(values, found), machine.highest, name="answer"))
    return table.program()


def by_window(name: str, machine: Machine, rows: int) -> Program:
    """The last k letters decide: k - 1 heads read those before, and k ReLU layers carry out the steps.

    Before the first letter there is token 0, which leaves the start where it is.
    """
    dfa, table = machine.dfa, Table(name, rows, causal=True)
    token = table.input("token", letters=dfa.letters)
    steps = [[state, *row] for state, row in enumerate(dfa.steps)]
    state: Column | int = dfa.start
    for back in reversed(range(window(dfa) or 0)):
        letter = table.shift(token, back, name=f"token {back} before") if back else token
        after = table.lookup(steps[state], letter) if isinstance(state, int) else table.lookup(steps, state, letter)
        state = table.column(after, len(dfa) - 1, name=f"state after token {back} before")
    assert isinstance(state, Column), "an automaton of more than one state has a window of at least one letter"
    table.output("answer", table.column(table.lookup(machine.values, state), machine.highest, name="answer"))
    return table.program()


def by_counts(name: str, machine: Machine, rows: int) -> Program:
    """The order of the letters does not matter. If all are powers of one map g, letter l is g^w(l), and the word g^Σw:
    a head adds up the weights, and the sum decides. If not, a head counts each letter that leaves some state.

    A count is made exact before its remainder is taken, so that a table of n steps stands on one number.
    """
    table = Table(name, rows, causal=True)
    token = table.input("token", letters=machine.dfa.letters)
    assert machine.monoid is not None, "the task refuses this way for a monoid that is too large to list"
    one = cyclic(machine.monoid)
    value = from_sum(table, token, machine, one) if one else from_counts(table, token, machine)
    table.output("answer", value)
    return table.program()


def from_sum(table: Table, token: Column, machine: Machine, powers: Powers) -> Column:
    weight = table.column(table.lookup([0, *powers.weights], token), name="weight")
    assert machine.monoid is not None, "it was listed"
    total = table.hold(table.prefix_sum(weight, name="sum of weights"), name="sum of weights, exact")
    ends = [machine.values[int(machine.monoid.maps[element, machine.dfa.start])] for element in powers.elements]
    said = [ends[powers.fold(count)] for count in range(total.high + 1)]
    return table.column(table.lookup(said, total), machine.highest, name="answer")


def from_counts(table: Table, token: Column, machine: Machine) -> Column:
    monoid, dfa = machine.monoid, machine.dfa
    assert monoid is not None, "it was listed"
    state: Column | None = None
    for place, element in enumerate(monoid.letters):
        if not element:
            continue
        elements, index = powers_of(monoid, element)
        powers = Powers(elements, index, ())
        counted = table.count(where=token == dfa.letters[place], name=f"number of {dfa.letters[place]}")
        exact = table.hold(counted, name=f"{counted.name}, exact")
        power = table.column(table.lookup([powers.fold(c) for c in range(counted.high + 1)], exact), name="power")
        ends = [[int(monoid.maps[e, s]) for e in elements] for s in range(len(dfa))]
        after = table.lookup(ends[dfa.start], power) if state is None else table.lookup(ends, state, power)
        state = table.column(after, len(dfa) - 1, name=f"state after every {dfa.letters[place]}")
    assert state is not None, "some letter leaves a state, or all would be powers of the identity"
    return table.column(table.lookup(machine.values, state), machine.highest, name="answer")
