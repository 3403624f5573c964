"""Proofs on all inputs: definitions against the tasks' own answers, verdicts against enumeration, and time."""

from itertools import product
from pathlib import Path
from shutil import which

import numpy as np
import pytest

from logdepth import compile_task
from logdepth.arrows.registry import ARROWS
from logdepth.circuits import Circuit, CircuitBuilder, bits_of, decode_columns, encode_columns, symmetric
from logdepth.numerics.errors import UsageError
from logdepth.proofs import DEFINITIONS, Verdict, definition_of, prove, prove_equal
from logdepth.proofs.abc import NAMES
from logdepth.proofs.definition import Bits
from logdepth.tasks import Components, Task, make_task

ARROW = ARROWS["transformer-to-circuit"]

SMALL = [
    ("k-hop", {"n": 4, "k": 0, "alphabet": "3"}),
    ("k-hop", {"n": 4, "k": 1, "alphabet": "3"}),
    ("k-hop", {"n": 5, "k": 3, "alphabet": "2"}),
    ("prefix-sum", {"n": 4, "high": 2}),
]


def checker(task: Task, names: dict[str, list[str]]) -> Circuit:
    """A circuit of the columns and of an answer: whether they are promised, and whether the answer is right."""
    builder = CircuitBuilder([*names["inputs"], *names["outputs"]])
    nodes = {name: place for place, name in enumerate(builder.inputs)}
    bits, definition = Bits(builder, nodes), definition_of(task)
    return builder.finish({"promised": definition.promised(bits, task), "right": definition.right(bits, bits, task)})


def test_every_definition_is_tried_here() -> None:
    assert {type(make_task(name, **size)) for name, size in SMALL} | {Components} == set(DEFINITIONS)


@pytest.mark.parametrize(("name", "size"), SMALL, ids=str)
def test_a_definition_accepts_the_exact_answer_of_every_instance_and_no_other(
    name: str, size: dict[str, object]
) -> None:
    task = make_task(name, **size)
    model = compile_task(task).transformer
    made = ARROW(model, rows=task.n, mantissa=10, exponent=7).artefact
    circuit = checker(task, {"inputs": [*made.inputs], "outputs": [*made.outputs]})
    rng = np.random.default_rng(0)
    rows, expected = [], []
    for instance in task.exhaustive(task.n):
        columns, exact = task.encode(instance), task.solve(instance)
        for answer in (exact, changed(exact, rng, model.outputs["answer"])):
            given = encode_columns(made.inputs, columns), encode_columns(made.outputs, {"answer": answer})
            rows.append(np.concatenate(given))
            expected.append([True, np.array_equal(answer, exact)])
    assert circuit.evaluate(np.array(rows)).tolist() == expected


def changed(answer: np.ndarray, rng: np.random.Generator, high: int) -> np.ndarray:
    other = answer.copy()
    place = rng.integers(len(answer))
    other[place] = (answer[place] + rng.integers(1, high + 1)) % (high + 1)
    return other


def tables_of(task: Task) -> list[dict[str, np.ndarray]]:
    """All that its rows may hold."""
    rows = [task.row_values(row) for row in range(1, task.rows + 1)]
    return [dict(zip(task.inputs, np.array(table).T, strict=True)) for table in product(*rows)]


def test_components_are_right_if_and_only_if_the_task_decodes_them_as_its_answer() -> None:
    task = Components(n=3, edges=2)
    names = {
        kind: [str(bit) for bit in bits_of(columns, task.rows)]
        for kind, columns in (("inputs", task.inputs), ("outputs", task.outputs))
    }
    circuit = checker(task, names)
    chosen = [{"representative": np.array([*some, 0, 0])} for some in product(range(4), repeat=3)]
    answers = [encode_columns(names["outputs"], answer) for answer in chosen]
    rows, expected = [], []
    for table in tables_of(task):
        graph, given = definition_of(task).decode(table, task), encode_columns(names["inputs"], table)
        exact = task.solve(graph)
        rows += [np.concatenate([given, answer]) for answer in answers]
        expected += [[True, np.array_equal(task.decode(answer, graph), exact)] for answer in chosen]
    assert circuit.evaluate(np.array(rows)).tolist() == expected


def test_components_are_proved_and_their_circuit_is_the_model_on_every_table() -> None:
    pytest.importorskip("pysat")
    task = Components(n=3, edges=2)
    model = compile_task(task).transformer
    made = ARROW(model, promise="components n=3 edges=2")
    tables = tables_of(task)
    bits = np.array([encode_columns(made.artefact.inputs, table) for table in tables])
    answers = [decode_columns(made.artefact.outputs, row) for row in made.artefact.evaluate(bits)]
    assert all(
        np.array_equal(a["representative"], model.run(t)["representative"])
        for a, t in zip(answers, tables, strict=True)
    )
    assert prove(made.artefact, task).verdict is Verdict.PROVED
    assert made.claim.provided == "rows hold what instances of components n=3 edges=2 hold"


def test_a_promise_is_a_task_of_the_transformers_columns() -> None:
    model = compile_task(Components(n=3, edges=2)).transformer
    for promise, message in (
        ("components n", "a promise is a task"),
        ("components n=3 edges=1", "Promise another task"),
    ):
        with pytest.raises(UsageError, match=message):
            ARROW(model, promise=promise)


@pytest.mark.parametrize(
    ("name", "size", "mantissa", "exponent", "verdict"),
    [
        ("k-hop", {"n": 5, "k": 2, "alphabet": "3"}, 10, 4, Verdict.PROVED),
        ("k-hop", {"n": 8, "k": 1}, 8, 4, Verdict.REFUTED),
        ("prefix-sum", {"n": 8}, 9, 7, Verdict.PROVED),
        ("prefix-sum", {"n": 8}, 6, 7, Verdict.REFUTED),
    ],
)
def test_a_compiled_model_is_proved_and_one_of_too_few_bits_gets_an_input_on_which_it_is_wrong(
    name: str, size: dict[str, object], mantissa: int, exponent: int, verdict: Verdict
) -> None:
    pytest.importorskip("pysat")
    task = make_task(name, **size)
    made = ARROW(compile_task(task).transformer, mantissa=mantissa, exponent=exponent)
    proof = prove(made.artefact, task)
    assert proof.verdict is verdict
    if verdict is Verdict.REFUTED:
        assert proof.columns is not None
        instance = definition_of(task).decode(proof.columns, task)
        given = task.decode(made.run(proof.columns).outputs, instance)
        assert not np.array_equal(given, task.solve(instance))


def test_two_circuits_are_equal_or_differ_on_an_input_that_is_shown() -> None:
    pytest.importorskip("pysat")
    names = [f"x[{row}].0" for row in range(1, 6)]
    odd, also = (renamed(symmetric(5, accepts), names) for accepts in (lambda n: n % 2, lambda n: n in (1, 3, 5)))
    assert prove_equal(odd, also).verdict is Verdict.PROVED
    proof = prove_equal(odd, renamed(symmetric(5, lambda n: n in (1, 3)), names))
    assert proof.verdict is Verdict.REFUTED and proof.columns is not None
    assert proof.columns["x"].tolist() == [1, 1, 1, 1, 1]


def renamed(circuit: Circuit, names: list[str]) -> Circuit:
    return Circuit(tuple(names), circuit.forms, circuit.gates, circuit.outputs)


def test_circuits_of_a_graph_task_are_compared_on_its_tables_alone() -> None:
    """One says something else of a table that no instance fills: an edge from 1 to 1."""
    pytest.importorskip("pysat")
    task = Components(n=3, edges=2)
    names = [str(bit) for bit in bits_of(task.inputs, task.rows)]
    builder = CircuitBuilder(names)
    loop = [names.index(f"{end}[4].{bit}") for end in "uv" for bit in (0, 1)]
    one = builder.finish({"y": builder.conjunction([loop[0], loop[2]], [loop[1], loop[3]])})
    none = CircuitBuilder(names)
    never = none.finish({"y": none.constant(False)})
    assert prove_equal(one, never).verdict is Verdict.REFUTED
    assert prove_equal(one, never, promise=task).verdict is Verdict.PROVED


# --- by ABC ---


def test_what_abc_says_becomes_a_verdict_and_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that says what ABC says, as it is not everywhere."""
    odd, also = (symmetric(3, accepts) for accepts in (lambda n: n % 2, lambda n: n == 1))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for said, verdict in (("Status = 1  Frames", "PROVED"), ("Status = -1", "UNKNOWN"), ("Status = 0", "REFUTED")):
        program = tmp_path / "abc"
        cex = "# LENGTH\nx0@0=1\nx1@0=1\nx2@0=1\n# DONE"
        program.write_text(f"#!/bin/sh\ntest -s miter.aig || exit 9\necho '{said}'\nprintf '{cex}' > found.txt\n")
        program.chmod(0o755)
        proof = prove_equal(odd, also, solver="abc")
        assert proof.verdict is Verdict[verdict]
        assert (None if proof.input is None else list(proof.input.values())) == (
            [True] * 3 if verdict == "REFUTED" else None
        )
    program.write_text("#!/bin/sh\nexec sleep 5\n")
    assert prove_equal(odd, also, 0.05, "abc").verdict is Verdict.UNKNOWN
    program.write_text("#!/bin/sh\necho Killed\n")
    with pytest.raises(UsageError, match="ABC ended without an answer"):
        prove_equal(odd, also, solver="abc")


def test_abc_finds_what_cadical_finds() -> None:
    if not any(map(which, NAMES)):
        pytest.skip("ABC is not installed")
    task = make_task("k-hop", n=6, k=1)
    for mantissa, verdict in ((10, Verdict.PROVED), (6, Verdict.REFUTED)):
        made = ARROW(compile_task(task).transformer, mantissa=mantissa, exponent=4)
        proof = prove(made.artefact, task, solver="abc")
        assert proof.verdict is verdict
        if proof.columns is not None:
            instance = definition_of(task).decode(proof.columns, task)
            given = task.decode(made.run(proof.columns).outputs, instance)
            assert not np.array_equal(given, task.solve(instance))


def test_a_solver_that_is_unknown_or_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = symmetric(3, bool)
    with pytest.raises(UsageError, match=r"there is no solver 'abs'\. Did you mean 'abc'"):
        prove_equal(odd, odd, solver="abs")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match=r"ABC is not installed: .* apt install berkeley-abc"):
        prove_equal(odd, odd, solver="abc")


def test_a_solver_without_time_proves_nothing() -> None:
    pytest.importorskip("pysat")
    task = make_task("k-hop", n=5, k=2)
    assert prove(ARROW(compile_task(task).transformer).artefact, task, seconds=0.0).verdict is Verdict.UNKNOWN


def test_a_circuit_that_takes_only_some_instances_is_not_proved() -> None:
    """One bit a number: right on all numbers up to 1, and the task has 2."""
    narrow = ARROW(compile_task(make_task("prefix-sum", n=3, high=1)).transformer).artefact
    with pytest.raises(UsageError, match=r"lacks 'value\[1\]\.1'"):
        prove(narrow, make_task("prefix-sum", n=3, high=2))


def test_what_has_no_definition_or_is_of_another_size_is_refused() -> None:
    task = make_task("k-hop", n=4, k=1)
    circuit = ARROW(compile_task(task).transformer).artefact
    with pytest.raises(UsageError, match="no definition as gates"):
        prove(circuit, make_task("sort", n=4))
    with pytest.raises(UsageError, match=r"lacks 'token\[5\]\.0'"):
        prove(circuit, make_task("k-hop", n=5, k=1))
    with pytest.raises(UsageError, match=r"has 'token\[4\]\.0'"):  # the rows of a part say nothing of the whole
        prove(circuit, make_task("k-hop", n=3, k=1))
    with pytest.raises(UsageError, match="same names"):
        prove_equal(circuit, symmetric(3, bool))
