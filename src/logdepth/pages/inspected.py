"""What was found inside a model as records that the page draws: every head for every k, and one sequence as a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.inspection import Inspection
from logdepth.learn.evaluation.rates import Estimate, Rate
from logdepth.learn.samplers import letter_names
from logdepth.pages.labels import show_letter
from logdepth.pages.reading import STRONG, best_target, in_short, layers
from logdepth.pages.run import head_pattern

SEEN = 0.005  # attention weights below are not drawn
DIGITS = 4  # of a weight
NEXT_TO_ONE = 1 - 10**-DIGITS  # what a weight is drawn as that would be rounded to 1 and is less

Interval = tuple[float, float, float]
"""A value, and the ends of its 95% interval."""


@dataclass(frozen=True)
class HeadRecord:
    """One head. alignments, shares: for every k that is asked, of every target. without: the error without it; more:
    how much larger that is; None where no token is answered."""

    layer: int
    number: int
    label: str
    alignments: list[list[float]]
    shares: list[list[float]]
    without: Interval | None
    more: Interval | None


@dataclass(frozen=True)
class InspectionRecord:
    """All that the page of an inspection draws. run: the example, of the form of `pages.run`. k: the one of errors and
    example, of all `asked`. error: with all heads."""

    run: dict[str, Any]
    k: int
    asked: list[int]
    targets: list[str]
    first_hop: int
    error: float | None
    heads: list[HeadRecord]


def inspection_record(found: Inspection, most: int) -> InspectionRecord:
    """most: how many tokens of the example are drawn, of those in front."""
    return InspectionRecord(
        run=example_run(found, most),
        k=found.k,
        asked=list(found.alignments),
        targets=list(found.targets),
        first_hop=found.first_hop,
        error=found.error.value,
        heads=[head_record(found, index) for index in range(len(found.heads))],
    )


def head_record(found: Inspection, index: int) -> HeadRecord:
    head = found.heads[index]
    return HeadRecord(
        layer=head.layer,
        number=head.number,
        label=head.label,
        alignments=[rounded(at_k.alignment[index]) for at_k in found.alignments.values()],
        shares=[rounded(at_k.share[index]) for at_k in found.alignments.values()],
        without=interval(found.without[head]),
        more=interval(found.more[head]),
    )


def rounded(values: np.ndarray) -> list[float]:
    return [float(value) for value in values.round(3).tolist()]


def interval(found: Rate | Estimate | None) -> Interval | None:
    return None if found is None or found.value is None else (found.value, found.low, found.high)


# --- the example as a run ---


def example_run(found: Inspection, most: int) -> dict[str, Any]:
    """The example in the form of a run, a block for each attention layer; no residual column has a name."""
    compiled, tokens = any(head.label for head in found.heads), len(found.example.letters) + 1
    shown = np.arange(min(tokens, most + 1))
    by_layer = [of_layer(found, layer) for layer in layers(found)]
    return {
        "causal": True,
        "labels": ["start" if compiled else f"k={found.k}", *letters_of(found)],
        "shown": shown.tolist(),
        "first": None if compiled else f"the token that asks k = {found.k}",
        "blocks": [{"names": [], "heads": [label(found, at) for at in heads], "relu": []} for heads in by_layer],
        "start": {"names": [], "values": []},
        "steps": [step(found, number, heads, shown) for number, heads in enumerate(by_layer)],
        "noise": 0,
        "word": "letter",
        "chain": {
            "name": "find",
            "pointer": hops_of(found),
            "times": found.k,
            "powers": [[] for _ in by_layer],
        },
        "graph": None,
        "answer": answer(found, shown),
    }


def answer(found: Inspection, shown: np.ndarray) -> dict[str, Any]:
    """What the model answers at the letters that are shown, beside the exact answers, as in `pages.run`."""
    model, exact = found.example.answers, found.example.exact
    places = [place for place in range(len(model)) if place + 1 in shown]
    return {
        "tokens": [place + 1 for place in places],
        "model": [in_words(model[place]) for place in places],
        "exact": [in_words(exact[place]) for place in places],
        "with": None,
        "groups": None,
        "wrong": [at for at, place in enumerate(places) if model[place] != exact[place]],
        "entries": len(model),
        "right": sum(one == other for one, other in zip(model, exact, strict=True)),
    }


def in_words(name: str) -> str:
    return show_letter(None) if name == "no answer" else name


def of_layer(found: Inspection, layer: int) -> list[int]:
    """The numbers of its heads among all."""
    return [index for index, head in enumerate(found.heads) if head.layer == layer]


def label(found: Inspection, index: int) -> dict[str, Any]:
    head = found.heads[index]
    return {"label": head.label or f"{head.name}: {in_short(found, index)}", "writes": []}


def step(found: Inspection, number: int, heads: Sequence[int], shown: np.ndarray) -> dict[str, Any]:
    return {
        "block": number,
        "card": number,
        "layer": number + 1,
        "round": 1,
        "rounds": 1,
        "values": {},
        "heads": [pattern(found, index, shown) for index in heads],
    }


def pattern(found: Inspection, index: int, shown: np.ndarray) -> dict[str, Any]:
    """What a head reads on the example; `leads`: where the target leads with which it clearly is aligned."""
    weights = found.example.patterns[index]
    certain = (weights.max(axis=-1) == 1) & (np.count_nonzero(weights, axis=-1) == 1)
    drawn = head_pattern(in_sight(weights[shown]), weights.argmax(axis=-1), int(certain.sum()), shown, keep_all=True)
    target, value = best_target(found, index)
    leads = found.example.targets[target][shown].tolist() if value >= STRONG else None
    return drawn | {"leads": leads}


def in_sight(weights: np.ndarray) -> np.ndarray:
    """Weights with few digits, those that nobody would see as 0; 1 stays what was exactly 1."""
    few = np.where(weights < SEEN, 0, weights.round(DIGITS)).astype(np.float32)
    return np.where((few == 1) & (weights < 1), np.float32(NEXT_TO_ONE), few)


def hops_of(found: Inspection) -> list[int]:
    """Where one hop leads from every token, 0 for nowhere."""
    hops = found.example.targets[found.first_hop + 1 :]
    return np.maximum(hops[0], 0).tolist() if len(hops) else [0] * (len(found.example.letters) + 1)


def letters_of(found: Inspection) -> list[str]:
    letters = found.example.letters
    names = letter_names(int(letters.max()) + 1)
    return [names[letter] for letter in letters]
