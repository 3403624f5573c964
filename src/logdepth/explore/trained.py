"""A trained GPT-2 that is asked k-hop, as a page knows it: its shape, its inputs, what heads bring on average, runs."""

from __future__ import annotations

from typing import Any

import torch
from safetensors.torch import save

from logdepth.arithmetic import undisturbed
from logdepth.learn.samplers import KHop, generator_of, letter_names, unseen
from logdepth.learn.trained.models import Answering, Trained
from logdepth.networks import Gpt2
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TextForm

CHECKED, AVERAGED = 6, 20
"""Sequences that the page runs when it is loaded, and those of each k over which the output of a head is averaged."""

SHOWN, MOST_LETTERS = 40, 26
DIGITS = "0123456789 "
AVERAGES, CHECKS = 0, 1  # seeds


def contents_of_trained(model: Answering, text: str | None = None) -> dict[str, Any]:
    """Everything but the weights. text: the input that is shown first, "3 abcab": k, a space, and the letters.

    Errors: UsageError for a model that is no GPT-2, or is not asked k-hop, or over more than 26 letters.
    """
    network, sampler = network_and_sampler(model)
    batches = [ids for asked in asked_first(sampler) for ids in sequences(sampler, asked, 1, CHECKS)]
    first = typed(sampler, batches[0][: SHOWN + 1]) if text is None else text
    shape = network.shape
    return {
        "title": model.name,
        "parameters": {**model.sizes, **sampler.parameters},
        "subject": {
            "kind": "trained",
            "shape": {
                **{name: getattr(shape, name) for name in ("depth", "heads", "width", "classes", "epsilon")},
                "hidden": shape.mlp_width,
                "dtype": str(network.wte.weight.dtype).removeprefix("torch."),
            },
            "letters": list(letter_names(sampler.letters)),
            "asks": {"low": sampler.fewest_hops, "high": sampler.most_hops, "most": sampler.n - 2},
            "form": form_of(sampler),
            "word": "letter",
            "means": means(network, sampler),
        },
        "examples": [{"name": "a random sequence" if text is None else "the given sequence", "input": first}],
        "checks": [reference(network, sampler, ids) for ids in batches],
    }


def form_of(sampler: KHop) -> dict[str, Any]:
    """A text with its k in front; `note` says so beside the field."""
    letters = "".join(letter_names(sampler.letters))
    asked = f"First the k that is asked, {sampler.fewest_hops} to {sampler.most_hops}, and a space"
    note = f"{asked}; then at most {sampler.n - 2} letters, of these: {letters}"
    most = len(f"{sampler.most_hops} ") + sampler.n - 2
    return {**TextForm("token", DIGITS + letters, most).as_json(), "note": note}


def network_and_sampler(model: Answering) -> tuple[Gpt2, KHop]:
    sampler = model.sampler
    if not isinstance(sampler, KHop) or sampler.name != KHop.name:
        raise UsageError(f"{model.path} is a model of {sampler.name}; the explorer takes trained models of k-hop.")
    if not isinstance(model, Trained) or type(model.network) is not Gpt2:  # others of its kind attend in another way
        raise UsageError(f"{model.path} is no GPT-2; the explorer takes trained networks of this architecture alone.")
    if sampler.letters > MOST_LETTERS:
        raise UsageError(f"{model.path} has {sampler.letters} letters; the explorer takes up to {MOST_LETTERS}.")
    return model.network.cpu().eval(), sampler


def weights_of_trained(model: Answering) -> bytes:
    """A safetensors file, with the names of `Gpt2`."""
    network, _ = network_and_sampler(model)
    return save({name: tensor.detach().contiguous() for name, tensor in network.state_dict().items()})


def asked_first(sampler: KHop) -> list[int]:
    """Of the k that are asked the greatest, and some others evenly between."""
    groups = list(sampler.groups)
    places = {round(step * (len(groups) - 1) / (CHECKED - 1)) for step in range(CHECKED)}
    return [groups[place] for place in sorted(places, reverse=True)]


def sequences(sampler: KHop, k: int, count: int, seed: int) -> torch.Tensor:
    """Ids (count, T) of sequences that ask this k, none of which training has drawn."""
    return sampler.draw(count, generator_of(unseen(seed), k), group=k).inputs


@undisturbed()
def reference(network: Gpt2, sampler: KHop, ids: torch.Tensor) -> dict[str, Any]:
    """What is typed, and of every token the answer and its logit."""
    logits, answers = network(ids[None])[0].max(-1)
    return {"input": typed(sampler, ids), "answers": answers.tolist(), "logits": logits.tolist()}


def typed(sampler: KHop, ids: torch.Tensor) -> str:
    """A sequence of ids, as "3 abcab"."""
    names = letter_names(sampler.letters)
    asked, *letters = ids.tolist()
    return f"{asked + sampler.fewest_hops} {''.join(names[number - len(sampler.groups)] for number in letters)}"


@undisturbed()
def means(network: Gpt2, sampler: KHop) -> list[list[list[float]]]:
    """For every k and head, in order of layer, what the head brings on average over sequences and tokens."""
    found = []
    for k in sampler.groups:
        _, cache = network.run_with_cache(sequences(sampler, k, AVERAGED, AVERAGES))
        found.append([value for layer in cache.outputs for value in layer.mean((0, 2)).tolist()])
    return found
