"""What every registered task obeys once it is compiled. A new task joins the registry and gets all of this."""

import os
import subprocess
import sys
from functools import cache
from itertools import islice

import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.programs import interpret
from logdepth.solutions import program_for
from logdepth.tasks import make_task
from logdepth.transformer import columns_kept, evaluate
from logdepth.verification import fewest_mantissa_bits
from logdepth.verification.sizes import small_sizes

SIZES = [(name, tuple(parameters.items())) for name, parameters in small_sizes()]
WAYS = [("float32", True), ("float64", True), ("float32", False), ("float64", False)]
QUICK = ("float32", True)


def every_way():
    """Every small size in every format, tied or not; but for float32 tied, the quick tier has one size of a task."""
    last = dict(SIZES)
    for name, parameters in SIZES:
        for dtype, tied in WAYS:
            quick = (dtype, tied) == QUICK or last[name] == parameters
            words = [name, *(f"{key}={value}" for key, value in parameters), dtype, "tied" if tied else "untied"]
            marks = () if quick else pytest.mark.slow
            yield pytest.param(name, parameters, dtype, tied, id="-".join(words), marks=marks)


by_model = pytest.mark.parametrize(("name", "parameters", "dtype", "tied"), list(every_way()), scope="module")
"""All tests of one model run one after another, so that one process compiles it, once."""


@cache
def compiled(name, parameters, dtype, tied):
    return compile_task(make_task(name, dict(parameters)), dtype, tied)


@cache
def answered(name, parameters):
    """Instances, small ones and of every family, with the program's outputs."""
    task = make_task(name, dict(parameters))
    rng = np.random.default_rng(0)
    small = [i for size in range(task.smallest, task.largest + 1) for i in islice(task.exhaustive(size), 8)]
    drawn = [task.sample(rng, family, size) for family in task.families for size in (task.largest, None)]
    program = program_for(task)
    return [(instance, interpret(program, task.encode(instance))) for instance in small[:24] + drawn]


@by_model
def test_model_equals_program_on_every_row_and_program_equals_the_exact_answer(name, parameters, dtype, tied):
    model = compiled(name, parameters, dtype, tied)
    for instance, outputs in answered(name, parameters):
        columns = model.task.encode(instance)
        assert np.array_equal(model.task.decode(outputs, instance), model.task.solve(instance))
        given = model.transformer.run(columns)
        assert given.keys() == outputs.keys()
        for output, values in outputs.items():
            assert np.array_equal(given[output], values)
            assert values.min() >= 0 and values.max() <= model.task.outputs[output]


@by_model
def test_measured_sizes_are_within_what_the_construction_promises(name, parameters, dtype, tied):
    model = compiled(name, parameters, dtype, tied)
    beyond = {size: count for size, count in model.measured.as_json().items() if count > model.claimed[size]}
    assert beyond == {}, model.claimed


SLACK = 1.25
SMALLEST = 3  # up to this n, constant columns and rounds that nobody needs fall away, and formulas do not follow


@by_model
def test_no_promise_is_more_than_a_quarter_above_what_is_measured(name, parameters, dtype, tied):
    model = compiled(name, parameters, dtype, tied)
    if model.task.n <= SMALLEST:
        pytest.skip("the smallest sizes need less than formulas say")
    measured = model.measured.as_json()
    loose = {size: count for size, count in model.claimed.items() if count > SLACK * measured.get(size, count)}
    assert loose == {}, measured


@by_model
def test_layers_are_exactly_as_promised(name, parameters, dtype, tied):
    model = compiled(name, parameters, dtype, tied)
    assert model.measured.layers == model.claimed["layers"]


@by_model
def test_start_token_holds_nothing_and_reads_choose_one_row(name, parameters, dtype, tied):
    """The start token is 0 but for `start` after every block, unnamed columns are 0, weights that read are 0 or 1."""
    model = compiled(name, parameters, dtype, tied)
    for instance, _ in answered(name, parameters)[-2:]:
        _, cache = model.transformer.run_with_cache(model.task.encode(instance))
        for block, names, pattern, residual in zip(
            model.transformer.steps, cache.columns, cache.patterns, cache.residuals, strict=True
        ):
            held = torch.tensor([name != "start" for name in names])
            assert not residual[0, held].any()
            assert not residual[:, torch.tensor([name == "" for name in names])].any()
            for head, label in enumerate(block.attention.labels if block.attention else ()):
                if label.startswith("read"):
                    assert ((pattern[head] == 0) | (pattern[head] == 1)).all()


@by_model
def test_a_padded_batch_answers_as_its_tables_one_by_one(name, parameters, dtype, tied):
    model = compiled(name, parameters, dtype, tied)
    tables = [model.task.encode(instance) for instance, _ in answered(name, parameters)]
    lengths = np.array([len(next(iter(table.values()))) for table in tables])
    longest = int(lengths.max())
    columns = {
        field: np.stack([np.pad(table[field], (0, longest - len(table[field]))) for table in tables])
        for field in tables[0]
    }
    outputs = evaluate(model.transformer, columns, lengths)
    for place, (_, expected) in enumerate(answered(name, parameters)):
        for output, values in expected.items():
            assert np.array_equal(outputs[output][place, : lengths[place]], values)
            assert not outputs[output][place, lengths[place] :].any()


@pytest.mark.parametrize(("name", "parameters"), [pytest.param(*size, id=size[0]) for size in dict(SIZES).items()])
def test_compiling_twice_gives_the_same_weights(name, parameters):
    one, two = (compile_task(make_task(name, dict(parameters))).transformer for _ in range(2))
    assert one.order == two.order and one.residual == two.residual
    assert weights(one).keys() == weights(two).keys()
    for place, weight in weights(one).items():
        assert torch.equal(weight, weights(two)[place])
    assert [block.residual for block in one.blocks] == [block.residual for block in two.blocks]


@pytest.mark.slow
def test_another_process_compiles_the_same_weights():
    """Whatever order its sets and its memory have."""
    code = """
import hashlib
from logdepth.artefacts import compile_task
from logdepth.tasks import make_task
for name in ("components", "spanning-forest", "k-hop", "1-vs-2-cycle"):
    transformer = compile_task(make_task(name, {"n": 12})).transformer
    parts = [part for block in transformer.blocks for part in (block.attention, block.mlp) if part]
    tensors = [value for part in parts for value in vars(part).values() if hasattr(value, "numpy")]
    print(name, hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in tensors)).hexdigest())
"""
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def weights(transformer):
    found = {"positions": transformer.positions}
    found |= {f"embedding {name}": table for name, table in transformer.embeddings.items()}
    found |= {f"readout {name}": vector for name, vector in transformer.readouts.items()}
    for number, block in enumerate(transformer.blocks):
        for part in (block.attention, block.mlp):
            tensors = vars(part).items() if part else ()
            found |= {
                f"{number} {type(part).__name__} {key}": value for key, value in tensors if torch.is_tensor(value)
            }
    return found


@pytest.mark.parametrize(("name", "parameters"), [pytest.param(*size, id=size[0]) for size in dict(SIZES).items()])
def test_right_at_the_bits_it_needs_and_wrong_at_one_fewer(name, parameters):
    """Simulated arithmetic: the promised bits suffice, and with one fewer a column is wrong, if no answer is."""
    model = compiled(name, parameters, *QUICK)
    instances = [instance for instance, _ in answered(name, parameters)]
    bits = fewest_mantissa_bits(model, instances)
    assert bits <= model.claimed["precision_bits"]
    assert wrong(model, instances, bits) == 0
    tables = [model.task.encode(instance) for instance in instances]
    assert bits == 1 or not all(columns_kept(model.transformer, table, None, bits - 1) for table in tables)


def wrong(model, instances, bits):
    answers = [evaluate(model.transformer, model.task.encode(i), mantissa_bits=bits) for i in instances]
    return sum(
        not np.array_equal(model.task.decode(answer, instance), model.task.solve(instance))
        for answer, instance in zip(answers, instances, strict=True)
    )
