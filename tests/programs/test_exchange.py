"""A round of an MPC protocol, as statements of a program and as two attention layers (T1)."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from logdepth import Table, UsageError, compile_program, interpret
from logdepth.artefacts import Model
from logdepth.programs import Program, exchange
from logdepth.verification.traffic import PATTERNS, deliver

HIGHEST = 50


def router(machines: int, slots: int) -> Program:
    table = Table("router", machines)
    destinations = [table.input(f"to {k}", machines) for k in range(slots)]
    words = [table.input(f"word {k}", HIGHEST) for k in range(slots)]
    for number, (filled, word) in enumerate(exchange(table, destinations, [[word] for word in words], slots)):
        table.output(f"filled {number}", filled)
        table.output(f"slot {number}", word)
    return table.program()


@cache
def compiled_router(machines: int, slots: int) -> tuple[Program, Model]:
    program = router(machines, slots)
    return program, compile_program(program, "float32")


def columns_of(destinations: np.ndarray, words: np.ndarray) -> dict[str, np.ndarray]:
    kinds = range(len(words))
    return {f"to {k}": destinations[k] for k in kinds} | {f"word {k}": words[k] for k in kinds}


def inbox_of(outputs: dict[str, np.ndarray], slots: int) -> np.ndarray:
    return np.stack([outputs[f"slot {number}"] for number in range(slots)])


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(("machines", "slots"), [(1, 1), (7, 2), (16, 3), (64, 4)])
def test_every_packet_arrives_in_order(pattern: str, machines: int, slots: int) -> None:
    program, model = compiled_router(machines, slots)
    rng = np.random.default_rng(machines)
    if slots > machines:
        pytest.skip("more packets than machines")
    destinations = PATTERNS[pattern](machines, slots, rng)
    words = rng.integers(1, HIGHEST + 1, (slots, machines))
    expected = deliver(destinations, words)
    table = columns_of(destinations, words)
    reference, outputs = interpret(program, table), model.run(table)
    assert np.array_equal(inbox_of(reference, slots), expected)
    assert all(np.array_equal(outputs[name], values) for name, values in reference.items())
    assert all(np.array_equal(outputs[f"filled {r}"], expected[r] > 0) for r in range(slots))


def test_every_legal_traffic_among_three_machines_arrives() -> None:
    words = np.array([[1, 2, 3], [4, 5, 6]])
    every = (np.array(flat).reshape(2, 3) for flat in itertools.product(range(4), repeat=6))
    legal = [each for each in every if max((each == receiver).sum() for receiver in (1, 2, 3)) <= 2]
    assert len(legal) > 1000
    sent = [columns_of(destinations, words) for destinations in legal]
    _, model = compiled_router(3, 2)
    outputs = model.run({name: np.stack([columns[name] for columns in sent]) for name in sent[0]})
    arrived = inbox_of(outputs, 2).swapaxes(0, 1)
    assert np.array_equal(arrived, np.stack([deliver(destinations, words) for destinations in legal]))


@pytest.mark.parametrize(("machines", "slots", "width"), [(16, 2, 40), (64, 4, 80), (64, 8, 160), (256, 8, 165)])
def test_a_round_is_two_layers_of_heads_that_the_formula_counts(machines: int, slots: int, width: int) -> None:
    size = compile_program(router(machines, slots), "float32").measured
    digits = next(count for count in range(1, 12) if 4**count > machines)
    assert size.layers == 2
    assert size.heads == max(slots * (slots - 1) // 2 + slots * digits, slots**2)
    assert size.width <= width


def test_illegal_traffic_is_refused_by_the_interpreter() -> None:
    destinations = np.array([[1, 1, 1], [0, 0, 0]])
    with pytest.raises(UsageError, match=r"holds 0\.\.2"):
        interpret(router(4, 2), columns_of(np.array([[1, 1, 1, 1], [0, 0, 0, 0]]), np.ones((2, 4), dtype=np.int64)))
    interpret(router(3, 3), columns_of(np.concatenate([destinations, [[0, 0, 0]]]), np.ones((3, 3), dtype=np.int64)))


def test_an_exchange_needs_packets_of_one_width() -> None:
    table = Table("uneven", 4)
    to, word = table.input("to", 4), table.input("word", 9)
    with pytest.raises(UsageError, match="one width"):
        exchange(table, [to, to], [[word], [word, word]], 2)
    with pytest.raises(UsageError, match="at least one slot"):
        exchange(table, [to], [[word]], 0)
