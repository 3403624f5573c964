"""Verification judges: what is right has no wrong answer, and what is broken is found out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task
from logdepth.verification import fewest_mantissa_bits, verify
from logdepth.verification.batches import wrong_answers
from logdepth.verification.verify import draw

SMALL = {"2-sum": {"n": 6, "modulus": 5}, "k-hop": {"n": 8, "k": 3}, "sparse-averaging": {"n": 6, "q": 2}}


@pytest.fixture(params=sorted(TASKS), scope="module")
def model(request):
    return compile_task(make_task(request.param, SMALL.get(request.param, {"n": 6})))


def with_block(model, number, **changes):
    """The model with one of its stored blocks changed."""
    blocks = list(model.transformer.blocks)
    blocks[number] = replace(blocks[number], **changes)
    return replace(model, transformer=replace(model.transformer, blocks=tuple(blocks)))


def blocks_with(model, part):
    return [i for i, block in enumerate(model.transformer.blocks) if getattr(block, part) is not None]


def is_found_out(broken):
    """By some that are drawn, or by all small ones and 60 more."""
    drawn = draw(broken, np.random.default_rng(0), 0, 2 * len(broken.task.families))
    return any(batch.wrong for batch in wrong_answers(broken, drawn)) or verify(broken, samples=60).wrong > 0


def test_a_compiled_model_has_no_wrong_answer(model):
    found = verify(model, samples=20)
    assert (found.wrong, found.first_wrong, found.skipped) == (0, None, 0)
    assert found.instances >= 20
    assert found.as_json().items() >= {"instances": found.instances, "wrong": 0, "seed": 0}.items()


def test_a_model_that_answers_nothing_is_found_out(model):
    silent = {name: torch.zeros_like(vector) for name, vector in model.transformer.readouts.items()}
    broken = replace(model, transformer=replace(model.transformer, readouts=silent))
    found = verify(broken, samples=20)
    assert found.wrong > 0
    assert not np.array_equal(broken.answer(found.first_wrong), model.task.solve(found.first_wrong))
    assert np.array_equal(model.answer(found.first_wrong), model.task.solve(found.first_wrong))


def test_every_family_is_judged_at_the_largest_size_and_at_others():
    model = compile_task(make_task("sort", {"n": 9}))
    families = len(model.task.families)
    rows = [len(keys) for keys in draw(model, np.random.default_rng(0), 0, 6 * families)]
    assert {*rows[:families], *rows[3 * families : 4 * families]} == {9}
    assert min(rows) < 9


def test_every_attention_layer_is_needed(model):
    for number in blocks_with(model, "attention"):
        attention = model.transformer.blocks[number].attention
        deaf = replace(attention, output=torch.zeros_like(attention.output))
        assert is_found_out(with_block(model, number, attention=deaf)), attention.labels


def test_every_relu_layer_is_needed(model):
    for number in blocks_with(model, "mlp"):
        assert is_found_out(with_block(model, number, mlp=None)), f"block {number} does nothing"


def test_one_weight_off_is_found_out():
    """The largest weight of every attention matrix, with its sign turned."""
    model = compile_task(make_task("k-hop", {"n": 8, "k": 3}))
    missed = []
    for number in blocks_with(model, "attention"):
        attention = model.transformer.blocks[number].attention
        for part in ("query", "key", "value", "output"):
            weights = getattr(attention, part)
            place = tuple(int(i) for i in np.unravel_index(int(weights.abs().argmax()), weights.shape))
            changed = weights.clone()
            changed[place] *= -1
            if not is_found_out(with_block(model, number, attention=replace(attention, **{part: changed}))):
                missed.append((number, part))
    assert missed == []


def test_too_few_bits_are_found_out(model):
    bits = fewest_mantissa_bits(model, [model.task.sample(np.random.default_rng(0), size=model.task.largest)])
    assert 1 <= bits <= model.claimed["precision_bits"]


def test_enumeration_goes_as_far_as_it_says():
    model = compile_task(make_task("2-sum", {"n": 6, "modulus": 5}))
    quick, long = verify(model, samples=0), verify(model, samples=0, exhaustive=True)
    assert quick.exhaustive_up_to == 4 and quick.instances == 5 + 25 + 125 + 625
    assert long.exhaustive_up_to == 6 and long.instances == quick.instances + 5**5 + 5**6
    assert quick.wrong == long.wrong == 0


def test_the_seed_decides_the_samples():
    model = compile_task(make_task("sort", {"n": 9, "high": 9}))
    broken = replace(model, transformer=replace(model.transformer, outputs={"answer": 3}))
    one, same, other = (verify(broken, samples=30, seed=seed) for seed in (1, 1, 2))
    assert one.wrong == same.wrong and np.array_equal(one.first_wrong, same.first_wrong)
    assert one.seed == 1 and other.seed == 2


def test_progress_is_told_to_the_end():
    told = []
    found = verify(
        compile_task(make_task("sort", {"n": 5, "high": 2})), samples=10, progress=lambda *now: told.append(now)
    )
    assert told[-1] == (found.instances, found.instances)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_negative_number_of_samples_is_refused():
    with pytest.raises(UsageError, match="the number of samples is 0 or more; got -1"):
        verify(compile_task(make_task("sort", {"n": 5})), samples=-1)
