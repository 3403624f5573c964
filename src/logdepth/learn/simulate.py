"""T2 for trained networks: a GPT-2, run as an MPC protocol on sequences of its own task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arithmetic import undisturbed
from logdepth.arrows.transformer_to_mpc.gpt2 import gpt2_embedded, gpt2_layers
from logdepth.arrows.transformer_to_mpc.protocol import Trees
from logdepth.arrows.transformer_to_mpc.simulation import Simulation, simulate_layers
from logdepth.learn.samplers.sampler import generator_of
from logdepth.learn.trained import Answering, Trained
from logdepth.mpc import Protocol
from logdepth.mpc.engine import Progress
from logdepth.mpc.local import Watch
from logdepth.networks import Gpt2
from logdepth.numerics.errors import UsageError
from logdepth.runs import Outcome
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class Agreement:
    """What one sequence cost on machines, and how near its logits are to those of a forward pass in float64."""

    outcome: Outcome  # its answer: the most likely token everywhere, (T,)
    expected: np.ndarray  # the same by the forward pass
    difference: float  # the greatest of any logit

    @property
    def same(self) -> bool:
        return bool(np.array_equal(self.outcome.answer, self.expected))


def machines_for(model: Answering, memory: int | None = None) -> tuple[Protocol, Trees, Claim]:
    """The protocol for one sequence of the model's task, its machines, and the claim. As for `simulate_trained`."""
    simulation = simulation_of(gpt2_of(model), model.sampler.length, memory)
    return simulation.protocol, simulation.trees, simulation.claimed


def simulation_of(network: Gpt2, tokens: int, memory: int | None) -> Simulation:
    layers = gpt2_layers(network.state_dict(), network.shape.to_hugging_face())
    return simulate_layers(layers, network.shape.width, tokens, causal=True, memory=memory)


def gpt2_of(model: Answering) -> Gpt2:
    """The network in float64. Errors: UsageError for what is no GPT-2."""
    if not isinstance(model, Trained) or not isinstance(model.network, Gpt2):
        raise UsageError(
            f"{model.path} is no GPT-2 ({model.architecture}): machines run softmax attention. Give a GPT-2 or a"
            " compiled model."
        )
    return deepcopy(model.network).cpu().double().eval()


def simulate_trained(
    model: Answering,
    sequences: int = 1,
    memory: int | None = None,
    seed: int = 0,
    watch: Watch | None = None,
    progress: Progress | None = None,
) -> Iterator[Agreement]:
    """Run `sequences` random sequences of the model's task as a protocol on machines of `memory` words, in float64.

    memory: by default as much as trees of depth 2 take. watch, progress: as by `run_locally`.
    Errors: UsageError for what is no GPT-2, and for memory below the least, which it names.
    """
    network = gpt2_of(model)
    with undisturbed():
        batch = model.sampler.draw(sequences, generator_of(seed, 0))
    state = network.state_dict()
    simulation = simulation_of(network, model.sampler.length, memory)
    logits_of = read_out(network)
    for ids in batch.inputs:
        last, run = simulation.run(gpt2_embedded(state, ids.numpy()), watch, progress)
        found = logits_of(last)
        with undisturbed():
            expected = network(ids[None])[0].numpy()
        outcome = Outcome(found.argmax(-1), simulation.protocol, run, simulation.claimed)
        yield Agreement(outcome, expected.argmax(-1), float(np.abs(found - expected).max()))


def read_out(network: Gpt2) -> Callable[[np.ndarray], np.ndarray]:
    """From the last hidden state to the logits."""
    head = network.head
    if head is None:
        return lambda hidden: hidden
    weight, bias = (part.detach().numpy() for part in (head.weight, head.bias))
    return lambda hidden: hidden @ weight.T + bias


def as_json(found: list[Agreement]) -> dict[str, Any]:
    """What the sequences cost, each the same, and whether all agree."""
    return found[0].outcome.as_json() | {
        "sequences": len(found),
        "compared_with": "the answers of the forward pass in float64",
        "answer_correct": all(each.same for each in found),
        "largest_difference": max(each.difference for each in found),
    }
