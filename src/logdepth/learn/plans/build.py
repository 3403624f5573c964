"""The network of a plan, with fresh weights."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import init
from torch.overrides import TorchFunctionMode

from logdepth.learn.plans.recipes import ATTENTION, WIDEST, Plan, Recipe
from logdepth.learn.samplers import Sampler, generator_of
from logdepth.networks import (
    GRAPH_LAYERS,
    SPREAD,
    Gpt2,
    Gpt2Shape,
    Longformer,
    Mamba,
    OnEdgeTokens,
    Performer,
    Recurrent,
)
from logdepth.numerics.errors import UsageError

Network = Gpt2 | Recurrent | Mamba | OnEdgeTokens
"""Each maps token ids (B, T) to logits (B, T, classes)."""

WEIGHTS = 2**32 - 1
"""The step whose generator draws the weights: no training step has that number."""


def network_of(plan: Plan) -> Network:
    """The network, on the CPU: token ids (B, T) to logits (B, T, at least `plan.classes`)."""
    recipe, generator = plan.recipe, generator_of(plan.recipe.seed, WEIGHTS)
    if recipe.network in GRAPH_LAYERS:
        layout = plan.sampler.layout
        assert layout is not None, "a plan checks this"
        named, residual = bool(recipe.named), bool(recipe.residual)
        return OnEdgeTokens(shape_for(plan), recipe.network, layout, named, residual, generator)
    network = build(recipe, shape_for(plan), generator)
    if recipe.positions == "sinusoids" and isinstance(network, Gpt2):
        places = plan.sampler.place_tokens
        with torch.no_grad():
            network.wpe.weight.copy_(SPREAD * sinusoids(*network.wpe.weight.shape))
            if places:  # a token that names a position begins as its vector: then a head finds it at once
                network.wte.weight[list(places)] = network.wpe.weight[list(places.values())]
    return network


def shape_for(plan: Plan) -> Gpt2Shape:
    """The sizes of the network, of whatever kind; one without heads has one."""
    recipe = plan.recipe
    return Gpt2Shape(
        vocabulary=plan.vocabulary,
        positions=plan.sampler.length + 1,  # as published: 100 positions for 99 tokens
        depth=recipe.depth,
        heads=recipe.heads if recipe.network in ATTENTION else 1,
        width=recipe.width,
        classes=plan.classes if recipe.readout == "linear" else None,
        dropout=recipe.dropout,
    )


def build(recipe: Recipe, shape: Gpt2Shape, generator: torch.Generator) -> Network:
    match recipe.network:
        case "gpt2":
            return Gpt2(shape, generator)
        case "performer":
            return Performer(shape, recipe.features, generator)
        case "longformer":
            return Longformer(shape, recipe.window, generator)
        case "mamba":
            return Mamba(shape, recipe.state, generator)
        case kind:
            return Recurrent(shape, kind, generator)


def widest(recipe: Recipe, sampler: Sampler) -> Plan:
    """The plan of the largest width, a multiple of `heads` if there are heads, within `recipe.most_parameters`.

    Errors: UsageError if even the least width that the task needs has more.
    """
    of_size = replace(recipe, width=Recipe.width, lr=Recipe.lr, matrix_lr=Recipe.matrix_lr, seed=Recipe.seed)
    return Plan(replace(recipe, width=largest_width(of_size, sampler)), sampler)


@cache
def largest_width(recipe: Recipe, sampler: Sampler) -> int:
    """Its width, which rates and seed do not change: those of a sweep have it computed once."""
    multiple = recipe.heads if recipe.network in ATTENTION else 1
    needed = sampler.classes if recipe.readout == "hidden" else 1
    least = -(-max(needed, 1) // multiple)

    def plan(times: int) -> Plan:
        return Plan(replace(recipe, width=times * multiple), sampler)

    def fits(times: int) -> bool:
        with torch.device("meta"), Undrawn():  # sizes only
            network = network_of(plan(times))
        return network.size(sampler.length).parameters <= recipe.most_parameters

    if not fits(least):
        raise UsageError(
            f"{recipe.network} of {recipe.depth} layers and width {least * multiple}, the least for {sampler.name}, has"
            f" more than {recipe.most_parameters} parameters. Raise most_parameters."
        )
    low, high = least, WIDEST // multiple + 1
    if fits(high - 1):
        raise UsageError(
            f"{recipe.network} of {recipe.depth} layers has no more than {recipe.most_parameters} parameters at width"
            f" {WIDEST}, the largest. Lower most_parameters."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low * multiple


DRAWING = (Tensor.normal_, Tensor.uniform_, init.normal_, init.uniform_, init.kaiming_uniform_)


class Undrawn(TorchFunctionMode):
    """Within it no numbers are drawn: on the device "meta", which holds none, that takes most of the time."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        if func in DRAWING:
            return args[0] if args else named["tensor"]
        return func(*args, **named)


def sinusoids(positions: int, width: int) -> Tensor:
    """sin and cos of t w for wavelengths from 2π to about 4π · positions, (positions, width).

    A shift by one position is a rotation of it, which a head can learn at once. Source: arXiv 1706.03762, section 3.5.
    """
    half = (width + 1) // 2
    angles = torch.arange(positions)[:, None] * (2.0 * positions) ** (-torch.arange(half) / half)
    return torch.cat([angles.sin(), angles.cos()], dim=1)[:, :width]
