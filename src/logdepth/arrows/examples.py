"""Small sources of every model of computation: what the law of all arrows is checked on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from logdepth.arrows.arrow import Columns, Example
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.programs import Column, LocalStep, Packet, Program, RawProtocol, Slot, State, Table
from logdepth.transformer import Transformer


def programs() -> Iterator[Example[Program]]:
    """One for every way in which rows talk, and one with a loop."""
    for build in (induction_head, running_sums, rank_numbers, doubling):
        program = build()
        yield Example(program, [full_table(program, seed) for seed in range(3)])


def transformers() -> Iterator[Example[Transformer]]:
    """The same programs, compiled."""
    for example in programs():
        yield Example(program_to_transformer(example.source), example.tables)


def raw_protocols() -> Iterator[Example[RawProtocol]]:
    """Numbers that walk on a ring, and mail that two may send to one."""
    for build in (ring, collect):
        raw = build()
        yield Example(raw, [raw.draw(np.random.default_rng(seed)) for seed in range(3)])


def full_table(program: Program, seed: int) -> Columns:
    """A table of as many rows as the program takes, of numbers that any program takes here: 0 … its number of rows."""
    rng = np.random.default_rng(seed)
    return {column.name: rng.integers(0, column.high + 1, program.rows) for column in program.inputs}


def induction_head() -> Program:
    table = Table("induction head", rows=9, causal=True)
    token = table.input("token", high=3)
    table.output("answer", table.last(key=table.previous(token), query=token, values=token))
    return table.program()


def running_sums() -> Program:
    table = Table("running sums", rows=8, causal=True)
    value = table.input("value", high=5)
    table.output("sum", table.prefix_sum(value))
    table.output("equal so far", table.count(query=value, key=value, high=8))
    return table.program()


def rank_numbers() -> Program:
    table = Table("ranked", rows=7)
    table.output("sorted", table.sort(table.input("key", high=6)))
    return table.program()


def doubling() -> Program:
    """The end of every list, by a loop with one set of weights."""
    table = Table("doubling", rows=8)
    pointer = table.input("pointer", high=8)

    def double(at: Column) -> Column:
        further = table.pull(at, at)
        return table.map(_or_else, further, at, high=8, name="at")

    table.output("end", table.repeat(3, double, pointer, high=8, name="at"))
    return table.program()


def _or_else(further: Any, at: Any) -> Any:
    return further + (further == 0) * at


def ring() -> RawProtocol:
    """Every machine hands its number on, and keeps the sum of what it has seen, in three rounds."""

    def send(machine: Any, state: State) -> list[Packet]:
        return [(machine % 5 + 1, state["number"])]

    def begin(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return state, send(machine, state)

    def hand_on(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        ((_, number),) = inbox
        following = {"number": number, "sum": state["sum"] + number}
        return following, send(machine, following)

    def end(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return hand_on(machine, state, inbox)[0], []

    def draw(rng: np.random.Generator) -> Mapping[str, np.ndarray]:
        return {"number": rng.integers(0, 4, 5), "sum": np.zeros(5, dtype=np.int64)}

    steps: list[LocalStep] = [begin, hand_on, hand_on, end]
    return RawProtocol("ring", 5, 1, {"number": 3, "sum": 9}, {"number": 3}, steps, draw)


def rotation() -> RawProtocol:
    """Every machine sends five numbers to five machines, a turn further in each of three rounds, which are alike."""
    machines, slots = 25, 5
    numbers = [f"number {k}" for k in range(slots)]

    def send(machine: Any, state: State) -> list[Packet]:
        return [((machine + k * state["turn"]) % machines + 1, state[name]) for k, name in enumerate(numbers)]

    def begin(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return state, send(machine, state)

    def turn(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        following = {"turn": state["turn"] + 1, **{n: word for n, (_, word) in zip(numbers, inbox, strict=True)}}
        return following, send(machine, following)

    def end(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return turn(machine, state, inbox)[0], []

    def draw(rng: np.random.Generator) -> Mapping[str, np.ndarray]:
        return {"turn": np.full(machines, 1), **{name: rng.integers(0, 100, machines) for name in numbers}}

    state = {"turn": 5, **dict.fromkeys(numbers, 99)}
    return RawProtocol("rotation", machines, slots, state, {"number": 99}, [begin, turn, turn, end], draw)


def collect() -> RawProtocol:
    """Two rounds: every machine asks two others, at most two ask one, and the answers come back."""

    def ask(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        return state, [(state["first"], machine), (state["second"], machine)]

    def answer(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        (there, one), (also, other) = inbox
        return state, [(there * one, state["number"]), (also * other, state["number"])]

    def add(machine: Any, state: State, inbox: Sequence[Slot]) -> tuple[State, list[Packet]]:
        (_, one), (_, other) = inbox
        return {**state, "sum": one + other}, []

    def draw(rng: np.random.Generator) -> Mapping[str, np.ndarray]:
        first, second = rng.permutation(6) + 1, rng.permutation(6) + 1
        return {"number": rng.integers(0, 8, 6), "first": first, "second": second, "sum": np.zeros(6, dtype=np.int64)}

    state = {"number": 7, "first": 6, "second": 6, "sum": 14}
    steps: list[LocalStep] = [ask, answer, add]
    return RawProtocol("collect", 6, 2, state, {"number": 7}, steps, draw)
