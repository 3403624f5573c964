"""A trained network in the page: its answers, its attention and what it loses without a head are the library's."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from engine import ask, needs_node

from logdepth.explore import contents_of_trained, pack, weights_of_trained
from logdepth.inspection.alignment import align, target_names
from logdepth.inspection.inspect import targets_of
from logdepth.learn.samplers import InductionHeads, KHop, generator_of
from logdepth.learn.trained.models import Trained
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError

SAMPLER = KHop(n=20, most_hops=3, letters=4)


@cache
def network(classes: int | None = 12, double: bool = False) -> Trained:
    """Fresh weights, large enough for sharp attention; with a readout of its own, or its last hidden state."""
    shape = Gpt2Shape(vocabulary=12, positions=20, depth=2, heads=2, width=16, classes=classes)
    gpt2 = Gpt2(shape, torch.Generator().manual_seed(3))
    with torch.no_grad():
        for weight in gpt2.parameters():
            weight.mul_(12 if weight.ndim == 2 else 1)
            weight.add_(0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(weight.numel())))
    return Trained(Path("run"), SAMPLER, (gpt2.double() if double else gpt2).eval())


def page_of(model: Trained) -> dict[str, str]:
    return {"packed": pack(contents_of_trained(model), weights_of_trained(model))}


def test_an_input_is_typed_as_k_and_letters():
    contents = contents_of_trained(network())
    assert contents["examples"][0]["input"].startswith("3 ")
    assert {check["input"][0] for check in contents["checks"]} == set("0123")
    assert contents_of_trained(network(), "2 abc")["examples"] == [{"name": "the given sequence", "input": "2 abc"}]


@needs_node
@pytest.mark.parametrize(("classes", "double"), [(12, False), (None, False), (12, True)])
def test_the_check_finds_the_answers_of_the_library(classes, double):
    check = ask("return (await $explorer.open(given)).check();", page_of(network(classes, double)))
    assert not check["wrong"] and check["numbers"] == check["inputs"] * SAMPLER.length
    assert 0 < check["far"] < (1e-12 if double else 1e-4)
    assert "no logit of an answer is further" in check["sentence"]


@needs_node
def test_answers_attention_and_ablation_are_those_of_the_library():
    model = network()
    batch = SAMPLER.draw(1, generator_of(5, 5), group=3)
    ids, cache_of = batch.inputs, model.network.run_with_cache(batch.inputs)[1]
    text = "3 " + "".join("abcd"[number - 4] for number in ids[0, 1:].tolist())
    contents = contents_of_trained(model)
    script = """const e = await $explorer.open(given.page);
    return [await e.run(given.text), await e.run(given.text, { ablate: [[1, 0]] })];"""
    page = {"packed": pack(contents, weights_of_trained(model))}
    whole, ablated = (found["data"] for found in ask(script, {"page": page, "text": text}))

    def names(logits: torch.Tensor) -> list[str]:
        spelt = dict(enumerate("abcd∅", start=4))
        return [spelt.get(number, "?") for number in logits.argmax(-1)[0, 1:].tolist()]

    mean = torch.tensor(contents["subject"]["means"][3][2])
    assert whole["answer"]["model"] == names(model.network(ids))
    assert ablated["answer"]["model"] == names(model.network(ids, {(1, 0): mean}))
    for layer, patterns in enumerate(cache_of.patterns):
        for head, pattern in enumerate(patterns[0]):
            seen = whole["steps"][layer]["heads"][head]
            assert seen["hard"] == pattern.argmax(-1).tolist()
            for token, groups in seen["spread"].items():
                assert all(abs(weight - pattern[int(token), keys[0]].item()) < 1e-5 for weight, keys in groups)
                assert sum(weight for weight, _ in groups) == pytest.approx(1, abs=0.005 * 20)
    found = align([pattern.detach() for pattern in cache_of.patterns], targets_of(SAMPLER, batch)).alignment
    labels = [head["label"] for block in whole["blocks"] for head in block["heads"]]
    best = [f"{target_names(3)[row.argmax()]}, alignment {row.max():.2f}" for row in found]
    assert [label.split(": ")[1] for label in labels] == best


@needs_node
@pytest.mark.parametrize("text", ["abc", "4 abc", "3 abx", "3 " + "a" * 19, "3", ""])
def test_other_texts_are_refused(text):
    said = ask(
        "return (await $explorer.open(given.page)).refusal(given.text);", {"page": page_of(network()), "text": text}
    )
    assert said.endswith((".", "abcd")) and len(said) > 20


def test_other_models_are_refused():
    with pytest.raises(UsageError, match="trained models of k-hop"):
        contents_of_trained(replace(network(), sampler=InductionHeads(n=20)))
    with pytest.raises(UsageError, match="up to 26"):
        contents_of_trained(replace(network(), sampler=KHop(n=20, letters=30)))
