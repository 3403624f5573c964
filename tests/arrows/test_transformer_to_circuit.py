"""Transformers as circuits: what floats of p bits give, also where they are too few, on all inputs or drawn ones."""

from itertools import product

import numpy as np
import pytest
import torch

from logdepth import compile_task
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.arrows.registry import ARROWS
from logdepth.circuits import BitSliced, FloatFormat, decode_columns, encode_columns
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.programs import Table
from logdepth.tasks import make_task
from logdepth.transformer import Attention, Block, InFloats, Mlp, Transformer

ARROW = ARROWS["transformer-to-circuit"]

CASES = [
    ("k-hop", {"n": 6, "k": 1}, 10, 4),
    ("k-hop", {"n": 6, "k": 3}, 10, 4),
    ("k-hop", {"n": 8, "k": 1}, 8, 4),  # too few: wrong on most inputs
    ("composition", {"n": 6}, 10, 4),
    ("list-ranking", {"n": 5}, 9, 4),
    ("prefix-sum", {"n": 6}, 9, 7),
    ("prefix-sum", {"n": 8}, 6, 7),  # too few
    ("node-degree", {"n": 3, "edges": 3}, 10, 7),
]


def columns_drawn(model: object, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Any numbers in the ranges of the fields, also those that no instance of the task has."""
    return {name: rng.integers(0, len(table), model.rows) for name, table in model.embeddings.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "size", "mantissa", "exponent"), CASES, ids=str)
def test_the_circuit_gives_what_floats_give_right_or_wrong(
    name: str, size: dict[str, int], mantissa: int, exponent: int
) -> None:
    model = compile_task(make_task(name, **size)).transformer
    made = ARROW(model, mantissa=mantissa, exponent=exponent)
    circuit = made.artefact
    assert circuit.depth <= made.claim.sizes["depth"] <= 1.25 * circuit.depth
    floats = InFloats(model, FloatFormat(mantissa, exponent))
    rng = np.random.default_rng(0)
    for columns in [columns_drawn(model, rng) for _ in range(12)]:
        bits = circuit.run({"input": encode_columns(circuit.inputs, columns)})["output"]
        found, expected = decode_columns(circuit.outputs, bits), floats.run(columns)
        assert {k: v.tolist() for k, v in found.items()} == {k: v.tolist() for k, v in expected.items()}


@pytest.mark.parametrize("high", [0, 1])
def test_answers_that_are_always_the_same_need_no_columns(high: int) -> None:
    """For an answer of 0 the residual stream has none at all."""
    table = Table("same", rows=2)
    table.output("answer", table.map(lambda x: 0 * x + high, table.input("x", 3), high=high))
    model = program_to_transformer(table.program())
    assert model.width == high
    columns = {"x": np.array([1, 3])}
    circuit = ARROW(model, mantissa=5, exponent=3).artefact
    bits = circuit.run({"input": encode_columns(circuit.inputs, columns)})["output"]
    assert InFloats(model, FloatFormat(5, 3)).run(columns)["answer"].tolist() == [high] * 2
    assert bits.tolist() == [1] * 2 * high


def test_the_circuit_of_k_hop_is_right_on_every_input() -> None:
    task = make_task("k-hop", n=5, k=2, alphabet=2)
    made = ARROW(compile_task(task).transformer, mantissa=10, exponent=4)
    inputs, expected = [], []
    for instance in task.exhaustive(5):
        columns = task.encode(instance)
        inputs.append(encode_columns(made.artefact.inputs, columns))
        expected.append(task.solve(instance))
    outputs = BitSliced(made.artefact)(np.array(inputs))
    for instance, bits, answer in zip(task.exhaustive(5), outputs, expected, strict=True):
        found = task.decode(decode_columns(made.artefact.outputs, bits), instance)
        assert np.array_equal(found, answer)


@pytest.mark.parametrize("k", [1, 4])
def test_depth_does_not_depend_on_n_and_sizes_stay_below_the_prototype(k: int) -> None:
    """Gates that a prototype took, all rows as outputs: 722 and 2,926 for k = 1, 1,146 and 5,006 for k = 4."""
    made = [
        ARROW(compile_task(make_task("k-hop", n=n, k=k)).transformer, mantissa=mantissa, exponent=4)
        for n, mantissa in ((8, 10), (16, 11))
    ]
    small, large = (each.artefact.sizes for each in made)
    assert small.depth == large.depth <= made[0].claim.sizes["depth"] == made[1].claim.sizes["depth"]
    assert all("No number of rows takes more than" in (each.claim.note or "") for each in made)
    assert (small.gates, large.gates) <= ({1: (722, 2926), 4: (1146, 5006)}[k])


@pytest.mark.parametrize(("n", "edges", "gates", "depth"), [(3, 3, 443, 23), (4, 6, 4300, 53)])
def test_components_of_all_graphs_stay_below_the_prototype(n: int, edges: int, gates: int, depth: int) -> None:
    """4,300 gates are the aim at 4 vertices. The supports follow from the program's rows, and nothing is sampled."""
    task = make_task("components", n=n, edges=edges)
    model = compile_task(task).transformer
    circuit = ARROW(model, promise=f"components n={n} edges={edges}").artefact
    assert (circuit.sizes.gates, circuit.sizes.depth) <= (gates, depth)
    rng, held = np.random.default_rng(0), [task.row_values(row) for row in range(1, task.rows + 1)]
    tables = [np.array([rows[rng.integers(len(rows))] for rows in held]).T for _ in range(300)]
    columns = [dict(zip(task.inputs, table, strict=True)) for table in tables]
    answers = circuit.evaluate(np.array([encode_columns(circuit.inputs, each) for each in columns]))
    for given, bits in zip(columns, answers, strict=True):
        found = decode_columns(circuit.outputs, bits)["representative"]
        assert found.tolist() == model.run(given)["representative"].tolist()


def test_too_many_pairs_of_tokens_are_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    model = compile_task(make_task("k-hop", n=1500, k=1)).transformer
    monkeypatch.setattr("logdepth.arrows.transformer_to_circuit.extract.embed", None)  # it would be the first to build
    with pytest.raises(CapacityExceeded, match="2,254,502 pairs of tokens at 1,500 rows"):
        ARROW(model)


def test_what_takes_too_many_gates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logdepth.arrows.transformer_to_circuit.heads.MOST_STATES", 3)
    with pytest.raises(CapacityExceeded, match="vectors, and 3 are the most"):
        ARROW(compile_task(make_task("k-hop", n=4)).transformer)
    with pytest.raises(UsageError, match="Take fewer"):
        ARROW(compile_task(make_task("k-hop", n=4)).transformer, rows=9)


def random_transformer(rows: int, width: int, layers: int, causal: bool) -> Transformer:
    generator = torch.Generator().manual_seed(rows)

    def draw(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=generator)

    square = (1, width, width)
    blocks = tuple(
        Block(
            Attention(draw(*square), draw(*square), draw(*square), draw(*square), ("head",)),
            Mlp(draw(width, width), draw(width, width)),
            (),
        )
        for _ in range(layers)
    )
    return Transformer(
        {"x": draw(2, width)},
        draw(rows + 1, width),
        blocks,
        tuple(range(layers)),
        {"y": draw(width)},
        {"y": 7},
        causal,
        ("",) * width,
    )


@pytest.mark.parametrize(
    ("rows", "width", "layers", "causal", "bits"),
    [(3, 2, 1, True, 3), (4, 4, 1, False, 3), (2, 2, 2, True, 3), (3, 2, 1, True, 4)],
)
def test_random_weights_give_weight_to_several_rows(
    rows: int, width: int, layers: int, causal: bool, bits: int
) -> None:
    model, form = random_transformer(rows, width, layers, causal), FloatFormat(bits, bits)
    made = ARROW(model, mantissa=bits, exponent=bits)
    circuit = made.artefact
    assert circuit.depth <= made.claim.sizes["depth"]
    inputs = [{"x": np.array(x)} for x in product((0, 1), repeat=rows)]
    outputs = circuit.evaluate(np.array([encode_columns(circuit.inputs, columns) for columns in inputs]))
    expected = [InFloats(model, form).run(columns)["y"].tolist() for columns in inputs]
    assert [decode_columns(circuit.outputs, row)["y"].tolist() for row in outputs] == expected
    assert len({tuple(answer) for answer in expected}) > 1


def test_bits_of_which_no_circuit_is_made_are_refused_with_the_fewest_of_which_one_is() -> None:
    model = compile_task(make_task("k-hop", n=8, k=1)).transformer
    with pytest.raises(CapacityExceeded, match=r"The fewest that do are bits=14\.$"):
        ARROW(model, bits=12)
    assert len(ARROW(model, bits=14).artefact.gates) == 386
