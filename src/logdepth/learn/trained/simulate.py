"""T2 for trained networks: a GPT-2, run as an MPC protocol on sequences of its own task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arithmetic import undisturbed
from logdepth.arrows.transformer_to_mpc import Simulation, Trees, gpt2_embedded, gpt2_layers, simulate_layers
from logdepth.learn.samplers.sampler import generator_of
from logdepth.learn.trained.models import Answering, Trained
from logdepth.mpc import Progress, Protocol, Watch
from logdepth.networks import Gpt2
from logdepth.numerics.errors import UsageError
from logdepth.runs import Outcome


@dataclass(frozen=True, eq=False)
class Agreement:
    """What one sequence cost on machines, and how near its logits are to those of a forward pass in float64."""

    outcome: Outcome  # its answer: the most likely token everywhere, (T,)
    expected: np.ndarray  # the same by the forward pass
    difference: float  # the greatest of any logit

    @property
    def same(self) -> bool:
        return bool(np.array_equal(self.outcome.answer, self.expected))


@dataclass(frozen=True, eq=False)
class PreparedNetwork:
    """A GPT-2 as a protocol for one sequence of its task: everything but the run."""

    model: Trained
    network: Gpt2  # in float64
    simulation: Simulation

    @property
    def protocol(self) -> Protocol:
        return self.simulation.protocol

    @property
    def trees(self) -> Trees:
        return self.simulation.trees

    def run(
        self, sequences: int = 1, seed: int = 0, watch: Watch | None = None, progress: Progress | None = None
    ) -> Iterator[Agreement]:
        """Run so many random sequences of the model's task, one after the other. As `simulate_trained`."""
        with undisturbed():
            batch = self.model.sampler.draw(sequences, generator_of(seed, 0))
        state = self.network.state_dict()
        logits_of = read_out(self.network)
        for ids in batch.inputs:
            last, run = self.simulation.run(gpt2_embedded(state, ids.numpy()), watch, progress)
            found = logits_of(last)
            with undisturbed():
                expected = self.network(ids[None])[0].numpy()
            outcome = Outcome(found.argmax(-1), self.protocol, run, self.simulation.claimed)
            yield Agreement(outcome, expected.argmax(-1), float(np.abs(found - expected).max()))


def prepare_trained(model: Answering, memory: int | None = None) -> PreparedNetwork:
    """Everything but the run. Arguments and errors as for `simulate_trained`."""
    if not isinstance(model, Trained) or not isinstance(model.network, Gpt2):
        raise UsageError(
            f"{model.path} is no GPT-2 ({model.architecture}): machines run softmax attention. Give a GPT-2 or a"
            " compiled model."
        )
    network = deepcopy(model.network).cpu().double().eval()
    layers = gpt2_layers(network.state_dict(), network.shape.to_hugging_face())
    tokens = model.sampler.length
    return PreparedNetwork(
        model, network, simulate_layers(layers, network.shape.width, tokens, causal=True, memory=memory)
    )


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
    yield from prepare_trained(model, memory).run(sequences, seed, watch, progress)


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
