"""Evaluation: batches, padding, blocks of queries, simulated bits, the cache; and what it refuses."""

from importlib import import_module

import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task
from logdepth.transformer import evaluate, resources
from logdepth.transformer.blocks import to_bits
from logdepth.verification.batches import pad

TASKS = {"k-hop": {"n": 20, "k": 5}, "components": {"n": 7}, "sort": {"n": 12, "high": 9}, "prefix-sum": {"n": 30}}


@pytest.fixture(params=TASKS, scope="module")
def model(request):
    return compile_task(make_task(request.param, TASKS[request.param]))


def instances(model, count=6):
    rng = np.random.default_rng(1)
    return [model.task.encode(model.task.sample(rng)) for _ in range(count)]


@pytest.mark.parametrize("scores", [1, 100, 5000], ids=["one query", "some queries", "some tables"])
def test_tables_and_queries_in_small_blocks_give_the_same(model, monkeypatch, scores):
    rng = np.random.default_rng(1)
    tables = [model.task.encode(model.task.sample(rng, size=size)) for size in range(1, model.task.largest + 1)]
    alone = [model.transformer.run(table) for table in tables]
    lengths = np.array([len(next(iter(table.values()))) for table in tables])
    monkeypatch.setattr(import_module("logdepth.transformer.blocks"), "SCORES_AT_ONCE", scores)
    for name, values in evaluate(model.transformer, pad(tables), lengths).items():
        for place, length in enumerate(lengths):
            assert np.array_equal(values[place, :length], alone[place][name])


def test_padding_is_never_seen(model):
    """Whatever stands in the padding, and however long it is."""
    columns = instances(model)[0]
    length = len(next(iter(columns.values())))
    expected = model.transformer.run(columns)
    rows = model.transformer.rows
    rng = np.random.default_rng(2)
    for total in {length, min(length + 1, rows), rows}:
        batch = {
            name: np.concatenate([values, rng.integers(0, model.task.inputs[name] + 1, total - length)])[None]
            for name, values in columns.items()
        }
        for name, values in evaluate(model.transformer, batch, np.array([length])).items():
            assert values.shape == (1, total)
            assert np.array_equal(values[0, :length], expected[name])
            assert not values[0, length:].any()


def test_the_cache_shows_what_run_computes(model):
    columns = instances(model)[0]
    answers, cache = model.transformer.run_with_cache(columns)
    for name, values in model.transformer.run(columns).items():
        assert np.array_equal(answers[name], values)
    steps, tokens = model.transformer.steps, len(next(iter(columns.values()))) + 1
    assert len(cache.patterns) == len(cache.residuals) == len(cache.columns) == len(steps)
    for block, pattern, residual in zip(steps, cache.patterns, cache.residuals, strict=True):
        assert residual.shape == (tokens, model.transformer.width)
        if block.attention is None:
            assert pattern is None
        else:
            assert pattern.shape == (block.attention.heads, tokens, tokens)
            assert torch.allclose(pattern.sum(-1), torch.ones(()))  # rounding of a softmax
            if model.transformer.causal:
                assert not pattern.triu(1).any()
    for name, vector in model.transformer.readouts.items():
        assert np.array_equal((cache.residuals[-1] @ vector)[1:].round().numpy(), answers[name])


def test_a_column_of_the_cache_is_found_by_its_name(model):
    _, cache = model.transformer.run_with_cache(instances(model)[0])
    for name in filter(None, cache.columns[-1]):
        assert cache.residual(-1, name).shape == cache.residuals[-1].shape[:1]
    with pytest.raises(UsageError, match="holds no column 'nonsense'; it holds "):
        cache.residual(0, "nonsense")


def test_24_bits_are_float32():
    rng = np.random.default_rng(0)
    x = torch.as_tensor(rng.normal(size=10_000) * 10.0 ** rng.integers(-20, 20, 10_000))
    assert torch.equal(to_bits(24)(x), x.float().double())
    whole = torch.arange(-1024, 1025, dtype=torch.float64)
    assert torch.equal(to_bits(10)(whole), whole)
    assert not torch.equal(to_bits(9)(whole), whole)
    assert to_bits(2)(torch.tensor([0.0, 1.0, 5.0, -7.0], dtype=torch.float64)).tolist() == [0, 1, 4, -8]


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({}, r"the model takes the columns \['value'\], not \[\]"),
        ({"token": [1]}, r"the model takes the columns \['value'\], not \['token'\]"),
        ({"value": []}, r"the model takes columns of 1\.\.4 rows, not of shape \(0,\)"),
        ({"value": np.zeros((0, 3), dtype=int)}, r"the model takes columns of 1\.\.4 rows, not of shape \(0, 3\)"),
        ({"value": [1] * 5}, r"the model takes columns of 1\.\.4 rows, not of shape \(5,\)"),
        ({"value": 1}, r"not of shape \(\)"),
        ({"value": [[[1]]]}, r"not of shape \(1, 1, 1\)"),
        ({"value": [0.5]}, "the model takes whole numbers, but in column 'value' row 1 has '0.5'"),
        ({"value": ["a"]}, "the model takes integers, but column 'value' holds <U1"),
        ({"value": [1, 8]}, r"column 'value' holds 1\.\.8, but the model takes 0\.\.7"),
        ({"value": [-1]}, r"column 'value' holds -1\.\.-1, but the model takes 0\.\.7"),
    ],
)
def test_input_must_fit(columns, match):
    transformer = compile_task(make_task("broadcast", {"n": 4, "high": 7})).transformer
    with pytest.raises(UsageError, match=match):
        transformer.run(columns)
    with pytest.raises(UsageError, match=match):
        transformer.run_with_cache(columns)


def test_a_cache_is_of_one_table():
    transformer = compile_task(make_task("broadcast", {"n": 4, "high": 7})).transformer
    assert transformer.run({"value": [[1, 2], [3, 4]]})["answer"].tolist() == [[1, 1], [3, 3]]
    with pytest.raises(UsageError, match="a cache is of one table"):
        transformer.run_with_cache({"value": [[1, 2], [3, 4]]})


def test_resources_are_counted_from_the_tensors(model):
    counted, transformer = resources(model.transformer), model.transformer
    attentions = [block.attention for block in transformer.steps if block.attention]
    assert counted.layers == len(attentions)
    assert counted.blocks == len(transformer.steps)
    assert counted.heads == max(attention.query.shape[0] for attention in attentions)
    tensors = [transformer.positions, *transformer.embeddings.values(), *transformer.readouts.values()]
    for block in transformer.blocks:
        for part in (block.attention, block.mlp):
            tensors += [value for value in vars(part).values() if torch.is_tensor(value)] if part else []
    assert counted.parameters == sum(tensor.numel() for tensor in tensors)
    assert all(tensor.dtype == torch.float32 for tensor in tensors)
