"""Samplers: tasks as batches of tokens with their answers, drawn on any device."""

from collections.abc import Mapping

from logdepth.learn.samplers.beyond_constant_depth import EmptyProductions, LinearEqualities
from logdepth.learn.samplers.graph_questions import GraphQuestions
from logdepth.learn.samplers.graphs import Connectivity, Cycles
from logdepth.learn.samplers.k_hop import AcausalKHop, InductionHeads, KHop, KHopThoughts, find, letter_names
from logdepth.learn.samplers.prompts import Prompts
from logdepth.learn.samplers.questions import Questions
from logdepth.learn.samplers.random_tokens import RandomTokens
from logdepth.learn.samplers.recall import Recall
from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler, generator_of, unseen
from logdepth.learn.samplers.sums import ThreeSum, TwoSum
from logdepth.numerics.errors import UsageError, did_you_mean

SAMPLERS: dict[str, type[Sampler]] = {
    sampler.name: sampler
    for sampler in (
        KHop,
        KHopThoughts,
        AcausalKHop,
        InductionHeads,
        Recall,
        Cycles,
        Connectivity,
        GraphQuestions,
        TwoSum,
        ThreeSum,
        Questions,
        LinearEqualities,
        EmptyProductions,
    )
}


def make_sampler(name: str, parameters: Mapping[str, object] | None = None) -> Sampler:
    """The sampler of this name with these parameters; the rest keep their defaults.

    Errors: UsageError for an unknown name, an unknown parameter or a bad value.
    """
    if name not in SAMPLERS:
        raise UsageError(f"there is no sampler {name!r}. {did_you_mean(name, SAMPLERS)}")
    return SAMPLERS[name].from_parameters(parameters or {})


__all__ = [
    "NOT_ASKED",
    "SAMPLERS",
    "AcausalKHop",
    "Batch",
    "Connectivity",
    "Cycles",
    "EmptyProductions",
    "InductionHeads",
    "KHop",
    "KHopThoughts",
    "LinearEqualities",
    "Prompts",
    "Questions",
    "RandomTokens",
    "Recall",
    "Sampler",
    "ThreeSum",
    "TwoSum",
    "dataset",
    "find",
    "generator_of",
    "letter_names",
    "make_sampler",
    "unseen",
]
