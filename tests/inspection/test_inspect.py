"""Inspection: on compiled models it finds what the construction says, on trained ones what is known of them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from logdepth.artefacts import compile_task
from logdepth.inspection import inspect
from logdepth.inspection.heads import heads_of
from logdepth.inspection.inspect import OTHER_SEQUENCES
from logdepth.learn.samplers import InductionHeads, KHop, generator_of, unseen
from logdepth.learn.trained.models import CompiledHops, Trained, read_answering
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task


def compiled(k, n=30, letters=3):
    model = compile_task(make_task("k-hop", {"n": n, "k": k, "alphabet": str(letters)}))
    return CompiledHops(Path("compiled"), KHop(n=n + 2, most_hops=k, fewest_hops=k, letters=letters), model)


def trained(depth=2, heads=2, n=16, most=3):
    sampler = KHop(n=n, most_hops=most, letters=3)
    shape = Gpt2Shape(sampler.vocabulary, n, depth=depth, heads=heads, width=12)
    return Trained(Path("trained"), sampler, Gpt2(shape, torch.Generator().manual_seed(0)).eval())


def hops_of_the_construction(k):
    """What each layer reads: the token before, find, then by the bits of k - 1 from the top (docs/theory.md, T3)."""
    read, reach = ["previous", "find^1"], 0
    for bit in f"{k - 1:b}" if k > 1 else "":
        read.append(f"find^{reach + int(bit)}")
        reach = 2 * reach + int(bit)
    return read


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6, 7, 8, 11, 16])
def test_the_heads_of_a_compiled_model_do_the_hops_of_the_construction_and_nothing_else(k):
    model = compiled(k)
    found = inspect(model, sequences=6)
    expected = hops_of_the_construction(k)
    assert [head.layer for head in found.heads] == list(range(1, len(expected) + 1))
    for index, name in enumerate(expected):
        column = found.targets.index(name)
        assert found.alignments[k].share[index, column] == 1, name
        if name != "previous":
            assert f"find^{found.best(found.heads[index], k)}" == name
    assert found.error.wrong == 0


@pytest.mark.parametrize("k", [2, 5])
def test_a_compiled_model_needs_every_head(k):
    found = inspect(compiled(k), sequences=20)
    assert all(rate.value > 0.3 for rate in found.without.values())


def test_a_head_is_replaced_by_its_mean_over_other_sequences():
    """Over the same single sequence it would be what the head brings anyway, and nothing would be missed."""
    found = inspect(compiled(2), sequences=1)
    assert found.error.wrong == 0
    assert all(rate.wrong > 0 for rate in found.without.values())


@pytest.mark.parametrize("seed", [0, 1])
def test_errors_without_a_head_are_those_of_a_plain_loop(seed):
    """Hooks put the mean over other sequences, or something else, before the output matrix: only the mean will do."""
    model, k, head_width = trained(), 2, 6
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.network.parameters():  # fresh ones hardly hear their heads
            weight += 0.3 * torch.randn(weight.shape, generator=generator)
    found = inspect(model, k=k, sequences=30, seed=seed)
    own = model.sampler.draw(30, generator_of(unseen(seed), k), group=k)
    other = model.sampler.draw(30, generator_of(unseen(seed), OTHER_SEQUENCES + k), group=k)

    def brought(inputs):
        """What the heads of each layer bring, seen from outside: (B, T, width) each."""
        held = []
        hooks = [layer.attn.c_proj.register_forward_pre_hook(lambda _, x: held.append(x[0])) for layer in layers]
        model.network(inputs)
        for hook in hooks:
            hook.remove()
        return held

    def wrong_with(layer, head, value):
        """The number of wrong answers with `value` (T, width) in the place of that head."""

        def replaced(_, x):
            mixed = x[0].clone()
            columns = slice(head * head_width, (head + 1) * head_width)
            mixed[..., columns] = value[..., columns]
            return (mixed,)

        hook = layers[layer].attn.c_proj.register_forward_pre_hook(replaced)
        answers = model.network(own.inputs).argmax(-1)
        hook.remove()
        return sum(
            int(answers[row, token] != own.targets[row, token])
            for row, token in np.argwhere(own.answered.numpy()).tolist()
        )

    layers = model.network.layers
    places = {head: (head.layer - 1, head.number - 1) for head in found.heads}
    over_others, over_same = brought(other.inputs), brought(own.inputs)
    counts = {head: rate.wrong for head, rate in found.without.items()}
    assert counts == {head: wrong_with(*at, over_others[at[0]].mean(0)) for head, at in places.items()}
    assert counts != {head: wrong_with(*at, over_same[at[0]].mean(0)) for head, at in places.items()}
    assert counts != {head: wrong_with(*at, torch.zeros(1, 12)) for head, at in places.items()}
    assert len(set(counts.values())) > 2  # heads are told apart


def test_compiled_and_trained_models_answer_as_ever_when_they_are_observed():
    for model in (compiled(3), trained()):
        batch = model.sampler.draw(5, torch.Generator().manual_seed(0))
        heads = heads_of(model)
        seen = heads.observe(batch.inputs)
        assert torch.equal(seen.answers, model.answers(batch.inputs))
        assert len(seen.patterns) == len(seen.reads) == len(heads.labels)
        for pattern, labels in zip(seen.patterns, heads.labels, strict=True):
            assert pattern.shape[:2] == (5, len(labels))
            assert torch.allclose(pattern.sum(-1), torch.ones(1), atol=1e-6)


def test_a_head_that_brings_what_it_brings_anyway_is_not_missed():
    for model in (compiled(3), trained()):
        inputs = model.sampler.draw(1, torch.Generator().manual_seed(0)).inputs
        heads = heads_of(model)
        seen = heads.observe(inputs)
        for layer, reads in enumerate(seen.reads):
            for head in range(reads.shape[1]):
                answers = heads.answers_without(inputs, layer, head, reads[0, head])
                assert torch.equal(answers, seen.answers)


def test_every_k_is_asked_and_the_best_hop_is_the_best_aligned():
    found = inspect(trained(), k=2, sequences=4)
    assert list(found.alignments) == [0, 1, 2, 3]
    assert found.targets == ("first token", "previous", "find^0", "find^1", "find^2", "find^3")
    for index, head in enumerate(found.heads):
        values = found.alignments[2].alignment[index]
        assert values[found.first_hop + found.best(head, 2)] == values[2:].max()
    assert found.example.patterns.shape == (4, 15, 15)
    assert found.example.targets.shape == (6, 15)


def test_json_has_a_line_for_each_head():
    found = inspect(trained(), k=1, sequences=3).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert [(head["layer"], head["head"]) for head in found["heads"]] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    for head in found["heads"]:
        assert head["alignments"].keys() == {"first token", "previous", *(f"find^{j}" for j in range(4))}
        assert head["alignment"] == head["alignments"][f"find^{head['best_hop']}"]
        assert head["best_hop_by_k"]["1"] == head["best_hop"]


def test_rows_hold_every_alignment_and_share():
    found = inspect(trained(), k=1, sequences=3)
    header, *lines = [line.split(",") for line in found.as_csv().splitlines()]
    assert header == ["layer", "head", "k", "target", "alignment", "share"]
    assert len(lines) == 4 * 4 * 6  # heads, k, targets
    for layer, head, k, target, alignment, share in lines:
        at = 2 * (int(layer) - 1) + int(head) - 1, found.targets.index(target)
        assert float(alignment) == found.alignments[int(k)].alignment[at]
        assert float(share) == found.alignments[int(k)].share[at]


def test_more_errors_are_the_difference_of_the_two_rates():
    found = inspect(compiled(2), sequences=20)
    for head, more in found.more.items():
        assert more.value == pytest.approx(found.without[head].value - found.error.value)
        assert 0 < more.low < more.value < more.high  # every head is needed


def test_what_cannot_be_inspected_is_refused():
    with pytest.raises(UsageError, match="asked k from 0 to 3; got 4"):
        inspect(trained(), k=4)
    with pytest.raises(UsageError, match="asked k from 5 to 5; got 1"):
        inspect(compiled(5), k=1)
    with pytest.raises(UsageError, match="at least one sequence; got 0"):
        inspect(trained(), sequences=0)
    other = Trained(Path("other"), InductionHeads(n=8), trained().network)
    with pytest.raises(UsageError, match="is a model of induction-heads; heads are compared with the hops of k-hop"):
        inspect(other)
    headless = Trained(Path("headless"), trained().sampler, torch.nn.Linear(2, 2))
    with pytest.raises(UsageError, match="headless has no attention heads to look into"):
        inspect(headless)


def test_the_published_depth_4_model_has_the_heads_that_its_paper_shows(published):
    """Source: arXiv 2402.09268, figures of attention: layer ℓ ≥ 2 has a head for find^{2^{ℓ-2}}."""
    found = inspect(read_answering(published / "width4-depth4"), k=7, sequences=2)
    best = found.alignments[7].alignment[:, found.first_hop :].reshape(4, 4, 17)  # layer, head, hop
    for layer in (2, 3, 4):
        assert best[layer - 1, :, 2 ** (layer - 2)].max() > 0.8
    assert found.alignments[7].alignment[:4, found.targets.index("previous")].max() > 0.95
    assert np.argmax([rate.value for rate in found.without.values()]) // 4 == 1  # a head of layer 2 is missed most
