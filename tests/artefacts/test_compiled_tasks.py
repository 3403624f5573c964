"""What every registered task obeys once it is compiled. A new task joins the registry and gets all of this."""

import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from itertools import islice

import numpy as np
import pytest
import torch

from logdepth.arrows.program_to_transformer import translate_narrowest
from logdepth.artefacts import compile_task
from logdepth.programs import interpret, rounds_of
from logdepth.solutions import program_for
from logdepth.tasks import make_task
from logdepth.transformer import columns_kept, evaluate
from logdepth.verification import fewest_mantissa_bits
from logdepth.verification.sizes import small_sizes

SIZES = [(name, tuple(parameters.items())) for name, parameters in small_sizes()]
WAYS = [("float32", True), ("float64", True), ("float32", False), ("float64", False)]
QUICK = ("float32", True)
TWO_WAYS = [QUICK, ("float64", False)]  # each format, and rounds that share weights or do not
COMPILING = import_module("logdepth.artefacts.compile")
ALONE, OTHERWISE = 2, 6  # of so many instances one is run by itself, in the quick way and in the others


def every_way():
    """One small size of a task in every format, tied or not, and the others in two ways, of which one is quick."""
    last = dict(SIZES)
    for name, parameters in SIZES:
        for dtype, tied in WAYS if last[name] == parameters else TWO_WAYS:
            quick = (dtype, tied) == QUICK or last[name] == parameters
            words = [name, *(f"{key}={value}" for key, value in parameters), dtype, "tied" if tied else "untied"]
            marks = () if quick else pytest.mark.slow
            yield pytest.param(name, parameters, dtype, tied, id="-".join(words), marks=marks)


by_model = pytest.mark.parametrize(("name", "parameters", "dtype", "tied"), list(every_way()), scope="module")
"""All tests of one model run one after another, so that one process compiles it, once."""


@cache
def made(name, parameters, dtype, tied):
    """The model, and the claim of the arrow that made it."""
    claims = []

    def translate(*given):
        found = translate_narrowest(*given)
        claims.append(found.claim)
        return found

    with pytest.MonkeyPatch.context() as patch:  # the tests of both compile it once
        patch.setattr(COMPILING, "translate_narrowest", translate)
        model = compile_task(make_task(name, dict(parameters)), dtype, tied)
    return model, *claims


def compiled(*which):
    model, _ = made(*which)
    return model


@cache
def answered(name, parameters):
    """Instances, small ones and of every family, each with its columns, the program's outputs and the exact answer."""
    task = make_task(name, dict(parameters))
    rng = np.random.default_rng(0)
    small = (i for size in range(task.smallest, task.largest + 1) for i in islice(task.exhaustive(size), 5))
    drawn = [task.sample(rng, family, size) for family in task.families for size in (task.largest, None)]
    program = program_for(task)
    tables = [(instance, task.encode(instance)) for instance in [*islice(small, 15), *drawn]]
    return [(instance, columns, interpret(program, columns), task.solve(instance)) for instance, columns in tables]


@by_model
def test_model_equals_program_on_every_row_and_program_equals_the_exact_answer(name, parameters, dtype, tied):
    """Some instances by themselves, more of them in one format: the batch has all of them, in the test below."""
    model = compiled(name, parameters, dtype, tied)
    cases = answered(name, parameters)
    for place, (instance, columns, outputs, exact) in enumerate(reversed(cases)):
        assert np.array_equal(model.task.decode(outputs, instance), exact)
        for output, values in outputs.items():
            assert values.min() >= 0 and values.max() <= model.task.outputs[output]
        if place % (ALONE if (dtype, tied) == QUICK else OTHERWISE) == 0:
            given = model.transformer.run(columns)
            assert given.keys() == outputs.keys()
            for output, values in outputs.items():
                assert np.array_equal(given[output], values)


SLACK = 1.25
SMALLEST = 3  # up to this n, constant columns and rounds that nobody needs fall away, and formulas do not follow


@by_model
def test_sizes_are_planned_and_as_promised_and_no_promise_is_a_quarter_above(name, parameters, dtype, tied):
    """Layers are as promised, other sizes at most; and all are those that the passes plan, layers at most rounds."""
    model, claim = made(name, parameters, dtype, tied)
    claimed, measured, planned = model.claimed, model.measured.as_json(), dict(claim.sizes)
    assert measured["layers"] == claimed["layers"]
    assert {size: count for size, count in measured.items() if count > claimed[size]} == {}, claimed
    loose = {size: count for size, count in claimed.items() if count > SLACK * measured.get(size, count)}
    assert loose == {} or model.task.n <= SMALLEST, measured
    assert measured.pop("layers") <= planned.pop("layers") == rounds_of(model.program)
    assert measured == {size: planned[size] for size in measured}


@by_model
def test_start_token_holds_nothing_and_reads_choose_one_row(name, parameters, dtype, tied):
    """The start token is 0 but for `start` after every block, unnamed columns are 0, weights that read are 0 or 1."""
    model = compiled(name, parameters, dtype, tied)
    for _, columns, *_ in answered(name, parameters)[-2:]:
        _, cache = model.transformer.run_with_cache(columns)
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
    tables = [columns for _, columns, *_ in answered(name, parameters)]
    lengths = np.array([len(next(iter(table.values()))) for table in tables])
    longest = int(lengths.max())
    columns = {
        field: np.stack([np.pad(table[field], (0, longest - len(table[field]))) for table in tables])
        for field in tables[0]
    }
    outputs = evaluate(model.transformer, columns, lengths)
    for place, (_, _, expected, _) in enumerate(answered(name, parameters)):
        assert outputs.keys() == expected.keys()
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
def test_another_process_compiles_the_same_weights(capsys):
    """Whatever order its sets and its memory have: those of this process are others."""
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
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    other = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
    )
    exec(code, {})
    assert capsys.readouterr().out == other.stdout.decode()


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
    cases = answered(name, parameters)
    bits = fewest_mantissa_bits(model, [instance for instance, *_ in cases])
    assert bits <= model.claimed["precision_bits"]
    assert wrong(model, cases, bits) == 0
    assert bits == 1 or not all(columns_kept(model.transformer, table, None, bits - 1) for _, table, *_ in cases)


def wrong(model, cases, bits):
    answers = [evaluate(model.transformer, columns, mantissa_bits=bits) for _, columns, *_ in cases]
    return sum(
        not np.array_equal(model.task.decode(answer, instance), exact)
        for answer, (instance, _, _, exact) in zip(answers, cases, strict=True)
    )
