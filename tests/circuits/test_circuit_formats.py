"""Files of circuits: what is written is read again, and other tools' meaning of it is the circuit's."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from circuits.random_circuits import every_input, random_circuit

from logdepth.circuits import symmetric, to_logic
from logdepth.circuits.formats import (
    clauses_of,
    read_aiger,
    read_circuit,
    write_aiger,
    write_blif,
    write_circuit,
    write_dimacs,
    write_opb,
)
from logdepth.numerics.errors import UsageError


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("packed", [False, True])
def test_aiger_is_read_as_it_was_written(seed: int, packed: bool) -> None:
    circuit = random_circuit(seed)
    read = read_aiger(write_aiger(circuit, packed))
    assert (read.inputs, [*read.outputs]) == (circuit.inputs, [*circuit.outputs])
    assert np.array_equal(read.evaluate(every_input(6)), circuit.evaluate(every_input(6)))


def test_the_ands_of_aiger_may_stand_in_any_order() -> None:
    chain = [f"{node} {node - 2} {node - 4}" for node in range(6, 30, 2)]  # each of the two before it
    one, other = (
        read_aiger("\n".join(["aag 14 2 0 1 12", "2", "4", "28", *ands, ""]).encode()) for ands in (chain, chain[::-1])
    )
    assert (one.gates, one.depth) == (other.gates, 12)


@pytest.mark.parametrize("large", [False, True])
def test_our_own_file_keeps_a_circuit_as_it_is(large: bool, tmp_path: Path) -> None:
    circuit = random_circuit(2, large=large)
    (tmp_path / "c.circuit").write_text(write_circuit(circuit))
    read = read_circuit(tmp_path / "c.circuit")
    assert (read.inputs, read.forms, read.gates) == (circuit.inputs, circuit.forms, circuit.gates)
    assert [*read.outputs.items()] == [*circuit.outputs.items()]


@pytest.mark.parametrize("seed", range(3))
def test_the_clauses_leave_every_node_its_value_and_no_other(seed: int) -> None:
    circuit = random_circuit(seed, inputs=4, gates=5)
    logic = to_logic(circuit)
    clauses = [*clauses_of(logic)]
    for row in every_input(4)[:8]:
        values = node_values(logic, row)
        assert all(any((literal > 0) == values[abs(literal) - 1] for literal in clause) for clause in clauses)
        for node in range(1 + 4, logic.nodes):  # with one value changed, a clause of its own or of a reader fails
            changed = [value ^ (place == node) for place, value in enumerate(values)]
            assert not all(any((literal > 0) == changed[abs(literal) - 1] for literal in clause) for clause in clauses)


def node_values(logic: object, row: np.ndarray) -> list[bool]:
    values = [False, *map(bool, row)]
    for kind, left, right in zip(logic.kinds, logic.left, logic.right, strict=True):  # type: ignore[attr-defined]
        one, other = (values[literal >> 1] ^ bool(literal & 1) for literal in (left, right))
        values.append(one != other if kind else one and other)
    return values


@pytest.mark.parametrize("seed", range(4))
def test_the_inequalities_of_opb_leave_every_node_its_value_and_no_other(seed: int) -> None:
    circuit = random_circuit(seed, inputs=4, gates=4)
    lines = [line for line in write_opb(circuit).splitlines() if not line.startswith("*")]
    conditions = [parse_opb(line) for line in lines]
    nodes = circuit.nodes
    models = [v for v in itertools.product((0, 1), repeat=nodes) if all(holds(c, v) for c in conditions)]
    assert len(models) == 2**4  # one for every input
    outputs = [[bool(values[node]) for node in circuit.outputs.values()] for values in models]
    assert outputs == circuit.evaluate(np.array(models)[:, :4]).tolist()


def parse_opb(line: str) -> tuple[list[tuple[int, int]], str, int]:
    terms = [(int(weight), int(node) - 1) for weight, node in re.findall(r"([+-]\d+) x(\d+)", line)]
    relation, bound = re.search(r"(>=|=) (-?\d+) ;", line).groups()  # type: ignore[union-attr]
    return terms, relation, int(bound)


def holds(condition: tuple[list[tuple[int, int]], str, int], values: tuple[int, ...]) -> bool:
    terms, relation, bound = condition
    total = sum(weight * values[node] for weight, node in terms)
    return total >= bound if relation == ">=" else total == bound


def test_blif_means_the_same() -> None:
    circuit = random_circuit(5, inputs=4)
    for row, expected in zip(every_input(4), circuit.evaluate(every_input(4)), strict=True):
        assert read_blif(write_blif(circuit), row) == expected.tolist()


def read_blif(text: str, row: np.ndarray) -> list[bool]:
    """The outputs of a file of tables in order, by their lines."""
    lines = [line.split() for line in text.splitlines()]
    names = next(line[1:] for line in lines if line[0] == ".inputs")
    values = dict(zip(names, map(bool, row), strict=True))
    table: list[str] = []
    for line in lines:
        if line[0] == ".names":
            table = line[1:]
            values[table[-1]] = False
        elif table and len(line) == 2 and not line[0].startswith("."):
            read = zip(line[0], table[:-1], strict=True)
            values[table[-1]] |= all(values[name] == (bit == "1") for bit, name in read)
    return [values[name] for name in next(line[1:] for line in lines if line[0] == ".outputs")]


def test_a_required_output_is_a_condition() -> None:
    circuit = symmetric(3, lambda ones: ones == 2)
    assert write_dimacs(circuit, "accepted").splitlines()[-1].endswith(" 0")
    assert write_opb(circuit, "accepted").splitlines()[-1] == f"+1 x{1 + circuit.outputs['accepted']} >= 1 ;"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "first line"),
        (b"p cnf 1 1\n", "first line"),
        (b"aag 3 2 1 1 0\n", "latches"),
        (b"aag 1 2 0 1 1\n", "variables"),
        (b"aag 3 2 0 1 1\n2\n4\n6\n6 2\n", "line 5"),
        (b"aag 3 2 0 1 1\n2\n4\n6\n6 6 2\n", "cycle"),
        (b"aag 4 2 0 1 2\n2\n4\n6\n6 8 2\n8 6 4\n", "cycle"),
        (b"aag 3 2 0 1 1\n2\n4\n6\n6 8 2\n", "does not define"),
        (b"aag 3 2 0 1 1\n2\n4\n8\n6 4 2\n", "does not define"),
        (b"aag 3 2 0 1 1\n2\n2\n6\n6 4 2\n", "twice"),
        (b"aag 3 2 0 1 1\n2\n3\n6\n6 4 2\n", "even"),
        (b"aag x 2 0 1 1\n", "for a number"),
        (b"aig 3 2 0 1 1\n6\n\x02", "ends within"),
        (b"aig 3 2 0 1 1\n6\n\x09\x02", "does not come before"),
    ],
)
def test_an_aiger_file_that_is_none_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_aiger(content)


@pytest.mark.parametrize(
    "change", ['"format":"logdepth circuit 9"', '"gates":[[0,"x"]]', '"gates":[[7,1]]', '"forms":[[[-1],[1]]]']
)
def test_a_circuit_file_that_is_none_is_refused(change: str, tmp_path: Path) -> None:
    key = change.split(":")[0]
    text = re.sub(rf'{key}:("[^"]*"|\[\[.*?\]\](?=,"|}}))', change, write_circuit(symmetric(3, lambda ones: ones == 2)))
    assert change in text
    (tmp_path / "c.circuit").write_text(text)
    with pytest.raises(UsageError):
        read_circuit(tmp_path / "c.circuit")


def test_outputs_of_one_name_are_refused_as_one_would_be_lost() -> None:
    with pytest.raises(UsageError, match="the outputs of a circuit have names that differ"):
        read_aiger(b"aag 1 1 0 2 0\n2\n2\n3\no0 y\no1 y\n")


def test_what_is_wrong_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "forward.circuit"
    gate = '"inputs": ["a"], "forms": [[[1], [1]]], "gates": [[0, 1]], "outputs": {"y": 1}'
    path.write_text('{"format": "logdepth circuit 1", ' + gate + "}")
    with pytest.raises(UsageError, match=r"forward\.circuit: node 1 reads node 1"):
        read_circuit(path)
