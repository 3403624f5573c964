"""Models of the laboratory, and networks of one's own, as what refuters take."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, cast

import numpy as np
from torch import nn

from logdepth import tasks
from logdepth.learn.samplers import (
    AcausalKHop,
    Connectivity,
    InductionHeads,
    KHop,
    Recall,
    Sampler,
    ThreeSum,
    TwoSum,
)
from logdepth.learn.trained.models import Trained, in_words, read_answering
from logdepth.networks import MessagePassing, StepByStep, one_pass
from logdepth.numerics.errors import UsageError
from logdepth.refuters import (
    Encoding,
    GraphNetwork,
    Suspect,
    TokenNetwork,
    edge_list,
    encoding_of,
    graph_network,
    key_value,
    letters,
    sums,
)
from logdepth.tasks import Task

COUNTED = 62  # letters that an alphabet counts; beyond, any others do


def trained_suspect(path: str | Path, task: Task[Any] | None = None, hops: int = 1) -> TokenNetwork:
    """The network of a run or a checkpoint, asked as it was trained; or for another task, as networks are asked that.

    hops: the k of a network that was trained for several.

    Errors: UsageError as of `read_answering`, and for a network that was trained for what has no task.
    """
    model = read_answering(path)
    if not isinstance(model, Trained):
        raise UsageError(f"{path} is no trained network. Give a run or a checkpoint.")
    asked, encoding = as_trained(model.sampler, hops) if task is None else (task, encoding_of(task))
    return TokenNetwork(asked, model.network, encoding, in_words(model.architecture, model.sizes))


def own_suspect(network: nn.Module | StepByStep, task: Task[Any], label: str) -> Suspect:
    """A network of the user's own: ids (B, N) int64 -> logits (B, N, classes) or (B, classes), or step by step.

    One with `message_layers`, a number, passes messages on graphs: adjacency (B, n, n), labels (B, n) -> logits
    (B, n, classes).
    """
    if isinstance(network, MessagePassing):
        return graph_network(task, network)
    if isinstance(layers := getattr(network, "message_layers", None), int):
        return GraphNetwork(task, cast("nn.Module", network), layers, label)
    if not isinstance(network, StepByStep) and takes_graphs(network):
        raise UsageError(
            f"{label} takes two inputs, as networks on graphs do, and does not say how many layers of messages it has."
            " Set its attribute message_layers."
        )
    encoding = encoding_of(task)
    called = one_pass(network, len(encoding.names)) if isinstance(network, StepByStep) else network
    return TokenNetwork(task, called, encoding, label)


def takes_graphs(network: nn.Module) -> bool:
    """Whether a module asks for two inputs, which adjacency and labels would be."""
    inputs = list(inspect.signature(network.forward).parameters.values())
    wanted = [each for each in inputs if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    return len(wanted) == 2


def as_trained(sampler: Sampler, hops: int = 1) -> tuple[Task[Any], Encoding]:
    """The task that a sampler draws from, and how it writes instances as token ids. hops: the k that is asked for.

    Errors: UsageError for a sampler without a task, or of k-hop without this k.
    """
    match sampler:
        case KHop():  # the acausal one is one too
            return hops_as_trained(sampler, hops)
        case InductionHeads():
            heads = tasks.InductionHeads(sampler.n, alphabet(sampler.letters))
            return heads, letters(heads)
        case Recall():  # of its questions, the first is asked
            pairs = tasks.Recall(sampler.pairs, sampler.keys, sampler.values)
            return pairs, key_value(pairs)
        case TwoSum():
            twos = tasks.TwoSum(sampler.n, sampler.m)
            return twos, sums(twos, times=2)
        case ThreeSum():
            threes = tasks.ThreeSum(sampler.n, sampler.m)
            return threes, sums(threes, times=2)
        case Connectivity():
            graphs = tasks.Connectivity(sampler.n)
            return graphs, edge_list(graphs, *sampler.answers)
    raise UsageError(f"a network that was trained for {sampler.name} has no task that refuters ask. Name one.")


def hops_as_trained(sampler: KHop, hops: int) -> tuple[Task[Any], Encoding]:
    """So many hops, which the first token asks for."""
    if hops not in sampler.groups:
        trained = f"k = {sampler.fewest_hops} to {sampler.most_hops}"
        raise UsageError(f"{sampler.name} was trained for {trained}; it cannot be asked for k = {hops}.")
    kind = tasks.AcausalKHop if isinstance(sampler, AcausalKHop) else tasks.KHop
    task = kind(n=sampler.n - 2, k=hops, alphabet=alphabet(sampler.letters))
    return task, letters(task, tuple(map(str, sampler.groups)), asked=hops - sampler.fewest_hops)


def alphabet(count: int) -> str:
    """So many letters, as a task takes them."""
    return str(count) if count <= COUNTED else "".join(map(chr, np.arange(0x100, 0x100 + count)))
