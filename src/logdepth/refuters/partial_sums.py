"""The bottleneck of one attention layer: what its heads sum over Alice's tokens.

The last token is fixed, so its query is public, and so is a shift c_h of every head. Of Alice's tokens Bob needs, for
every head, Σ exp(s_j - c_h) v_j and Σ exp(s_j - c_h): heads · (size + 1) numbers. He adds his own tokens, divides, and
runs the rest of the network. Sources: arXiv 2408.14332; 2306.02896, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import eq
from typing import ClassVar

import numpy as np

from logdepth.numerics.errors import UsageError, Wording
from logdepth.refuters.certificate import register_bottleneck
from logdepth.refuters.index_families import IndexFamily, family_of
from logdepth.refuters.one_layer import OneLayer, check_finite, open_layer
from logdepth.refuters.refutation import Carried, at
from logdepth.refuters.sharing import Sharing
from logdepth.refuters.suspect import NotTaken, Suspect

MOST_ASKED = 2048
"""Bits of a family that are looked into: for each, an instance is made."""
TRIED, ALIKE = 32, 0.75  # instances on which the opened layer is compared with the model, and how often they agree
MOST_BITS = 32
"""Of a term: sums of as many as a table holds are then exact in int64."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A suspect's one attention layer, on the family of its task."""

    suspect: Suspect
    family: IndexFamily
    layer: OneLayer
    sharing: Sharing

    @property
    def numbers(self) -> int:
        """How many numbers are carried."""
        return self.layer.heads * (self.layer.size + 1)


@lru_cache(maxsize=8)
def open_suspect(suspect: Suspect) -> Opened:
    """Errors: NotTaken for a model or a task that the theorem is not about."""
    layer, family = open_layer(suspect), family_of(suspect.task)
    if not family.last_is_fixed:
        raise NotTaken(f"at the last token of {suspect.task.name} the query depends on what is asked")
    if family.bits > MOST_ASKED:
        raise NotTaken(f"{suspect.task.name} of this size asks for {family.bits:,} bits; {MOST_ASKED:,} are the most")
    opened = Opened(suspect, family, layer, Sharing(family, suspect.rows))
    check_opened(opened)
    return opened


def check_opened(opened: Opened) -> None:
    """NotTaken unless the model says what its layer says: a subclass or a hook may compute something else. Numbers of
    the model's own format are coarser than float64, so that a few answers may differ."""
    family, rng = opened.family, np.random.default_rng(0)
    f = rng.integers(0, 2, (TRIED, family.bits))
    instances = [family.instance(word.astype(bool), int(rng.integers(family.bits))) for word in f]
    exact, shift = exact_terms(opened)
    sums = exact[0].sum(axis=0) + f[:, opened.sharing.owner[opened.sharing.alices]] @ (exact[1] - exact[0])
    rows = np.stack([opened.suspect.rows(instance) for instance in instances])
    found = finish_sums(opened, sums, shift, rows).tolist()
    answers = [at(-1, opened.suspect.answer(instance)) for instance in instances]  # one by one: it may mix a batch
    same = sum(map(eq, answers, found))
    if same < ALIKE * TRIED:
        raise NotTaken(
            f"it says what its attention layer says on {same} of {TRIED} instances only: something else computes its"
            " answers, as a class or a hook of your own"
        )


@dataclass(frozen=True, eq=False)
class Terms:
    """What every token of Alice's adds to the sums, for f_t = 0 and 1, in fixed point.

    terms (2, A, numbers) are whole numbers of some bits, a sign among them where a term of that number is negative. One
    step per number is public, so that a term stands for step · term. highest: the greatest whole number.
    shift (heads,): the highest score of Alice's tokens, c_h.
    """

    terms: np.ndarray
    step: np.ndarray
    highest: np.ndarray
    shift: np.ndarray


def weighted(scores: np.ndarray, values: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """exp(s - c_h) v and exp(s - c_h) of every token, (…, tokens, heads · (size + 1))."""
    weights = np.exp(scores - shift)[..., None]
    return np.concatenate([weights * values, weights], axis=-1).reshape(*scores.shape[:-1], -1)


def exact_terms(opened: Opened) -> tuple[np.ndarray, np.ndarray]:
    """The terms of Alice's tokens for f_t = 0 and 1, (2, A, numbers), and the shift."""
    sharing = opened.sharing
    scores, values = opened.layer.project(np.stack([sharing.zeros, sharing.ones]))
    before = scores.shape[1] - len(sharing.owner)  # tokens that the model puts before the rows
    scores, values = scores[:, before + sharing.alices], values[:, before + sharing.alices]
    check_finite(values, "values")
    highest = scores.max(axis=(0, 1))
    shift = np.where(highest == -np.inf, 0.0, highest)  # a head that reads none of them
    check_finite(shift, "scores")
    return weighted(scores, values, shift), shift


def round_terms(exact: np.ndarray, shift: np.ndarray, bits: int) -> Terms:
    """To the nearest multiple of a step, in which the greatest term of a number is the greatest of so many bits."""
    signed = (exact < 0).any(axis=(0, 1))
    highest = np.where(signed, 2 ** (bits - 1) - 1, 2**bits - 1)
    step = np.abs(exact).max(axis=(0, 1)) / highest
    terms = np.rint(np.divide(exact, step, out=np.zeros_like(exact), where=step > 0))
    return Terms(terms.astype(np.int64), step, highest, shift)


@lru_cache(maxsize=64)
def terms_of(opened: Opened, bits: int) -> Terms:
    return round_terms(*exact_terms(opened), bits)


@register_bottleneck
@dataclass(frozen=True)
class PartialSums:
    """The sums over Alice's tokens, of terms of `bits` bits, themselves exact.

    Errors: UsageError for one bit, which leaves none beside the sign, and for more than 32.
    """

    bits: int

    name: ClassVar[str] = "partial sums of the heads"

    def __post_init__(self) -> None:
        if not 2 <= self.bits <= MOST_BITS:
            rule = f"terms of a sum have a sign, and so from 2 to {MOST_BITS} bits; got {self.bits}."
            raise UsageError(rule, Wording("Change {bits}."))

    def form(self, suspect: Suspect) -> str:
        opened = open_suspect(suspect)
        heads, size = opened.layer.heads, opened.layer.size
        each = f"each of {heads} heads" if heads > 1 else "the one head"
        return (
            f"For {each}, the sum of the weights and the sums of {size} weighted values over the"
            f" {len(opened.sharing.alices)} tokens that hold the bits. Every term is rounded to fixed point: a whole"
            f" number of {self.bits} bits times a step, one step for each sum. The rounded terms are added exactly, in"
            f" up to {self.sum_bits(opened)} bits."
        )

    def sum_bits(self, opened: Opened) -> int:
        """The bits of the greatest sum that is possible, and its sign."""
        highest = terms_of(opened, self.bits).highest
        greatest = len(opened.sharing.alices) * int(highest.max())
        return greatest.bit_length() + int(highest.min() < 2**self.bits - 1)

    def carried(self, suspect: Suspect, instance: object) -> Carried:
        opened = open_suspect(suspect)
        f = opened.sharing.bits_in(suspect.rows(instance))
        return Carried(tuple(self.sums(opened, f[None])[0].tolist()), self.sum_bits(opened))

    def sums(self, opened: Opened, f: np.ndarray) -> np.ndarray:
        """What is carried for every f (B, T): (B, numbers) int64."""
        terms, owner = terms_of(opened, self.bits).terms, opened.sharing.owner[opened.sharing.alices]
        return terms[0].sum(axis=0) + f[:, owner].astype(np.int64) @ (terms[1] - terms[0])

    def beyond(self, suspect: Suspect, instance: object) -> list[int]:
        """The rows that are not Alice's, one after another."""
        sharing, rows = open_suspect(suspect).sharing, suspect.rows(instance)
        sharing.bits_in(rows)  # refuses rows that Alice never has
        flat: list[int] = rows[sharing.owner < 0].ravel().tolist()
        return flat

    def answer(self, suspect: Suspect, carried: Carried, beyond: list[int]) -> int:
        opened = open_suspect(suspect)
        rows = opened.sharing.zeros.copy()
        others = opened.sharing.owner < 0
        rows[others] = np.array(beyond).reshape(-1, rows.shape[1])
        return int(answers_from(opened, self.bits, np.array([carried.numbers]), rows[None])[0])


def answers_from(opened: Opened, bits: int, sums: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What Bob answers from sums (B, numbers) in fixed point and from his rows among `rows` (B, N, columns): (B,)."""
    rounded = terms_of(opened, bits)
    return finish_sums(opened, rounded.step * sums, rounded.shift, rows)


def finish_sums(opened: Opened, sums: np.ndarray, shift: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The same from sums (B, numbers) as they are, with weights relative to the shift (heads,)."""
    layer, sharing = opened.layer, opened.sharing
    scores, values = layer.project(rows)
    before = scores.shape[1] - len(sharing.owner)
    scores, values = (np.delete(part, before + sharing.alices, axis=1) for part in (scores, values))
    highest = np.maximum(shift, scores.max(axis=1))  # (B, heads)
    own = weighted(scores, values, highest[:, None]).sum(axis=1)
    parts = (len(rows), layer.heads, layer.size + 1)
    total = own.reshape(parts) + sums.reshape(parts) * np.exp(shift - highest)[..., None]
    return layer.finish(rows, total[..., :-1] / total[..., -1:])
