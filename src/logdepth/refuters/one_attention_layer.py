"""One attention layer is wrong somewhere on an INDEX family unless its heads carry T bits.

If it is right on the whole family, its heads · (size + 1) sums of p-bit terms hold at least T bits, exactly. Where they
hold fewer, two f have equal sums, by counting. Lattice reduction finds such pairs long before that point.
Sources: arXiv 2408.14332, Theorem 1; 2306.02896, Theorem 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.numerics.errors import UsageError, Wording
from logdepth.refuters.checker import Rejected
from logdepth.refuters.collisions import BIRTHDAY_BITS, COMPARED, birthday, short_vectors, ternary_kernel
from logdepth.refuters.conviction import convict
from logdepth.refuters.packing import packing_examples
from logdepth.refuters.partial_sums import Opened, PartialSums, exact_terms, open_suspect, terms_of
from logdepth.refuters.refutation import Attempt, Counterexample, NotRefuted, Refutation, at
from logdepth.refuters.refuter import Refuter, Search
from logdepth.tasks import AcausalKHop, InductionHeads, KHop, ThreeSum

NAME = "one-attention-layer"
BITS = 8
"""Of a term, where nothing is said."""
COARSER = (6, 12, 5, 4, 3, 2)
"""Formats that are tried after `BITS`: pairs that are equal in a coarse one are near each other in the model's own."""
SCALES = (2, 4, 6, 8, 12, 16, 20)
"""Of near collisions: the greatest term is 2^scale."""
ROUNDS = 4  # lattice reductions of one format, each in another order of the bits
NEAREST = 32  # pairs with nearly equal sums that are asked about, of one scale
MOST_ASKED = 64  # questions about one pair
DRAWN = 256  # questions that are drawn at random in the end
FOR_EQUAL, FOR_NEAR = 0.6, 0.9  # parts of the time by which the search for equal and for near sums is over
FEW_BITS = 16
"""All f of so few bits are compared: then it is known whether any two have equal sums."""

EQUAL = (
    "If every term is rounded to {bits} bits, the last token reads the same sums of both inputs. So the rounded model"
    " gives one answer to both, and two different ones are right."
)
NEAR = "The sums that the last token reads of both inputs are nearly equal, and the model gives a wrong answer."
WRONG = "The model gives a wrong answer."


@dataclass(eq=False)
class Trial:
    """A search in progress: what was tried, and a pair that only the rounded model fails."""

    opened: Opened
    search: Search
    begun: float = field(default_factory=perf_counter)
    tried: dict[str, int] = field(default_factory=dict)
    rounded_only: tuple[list[Any], int] | None = None

    def over(self, part: float = 1.0) -> bool:
        """Whether this part of the time is over."""
        return perf_counter() - self.begun > self.search.seconds * part

    def count(self, what: str, number: int) -> None:
        self.tried[what] = self.tried.get(what, 0) + number

    def failing_pair(self, z: np.ndarray, rng: np.random.Generator) -> list[Any] | None:
        """Instances of f = [z > 0] and f' = [z < 0], the free bits drawn, that differ in a bit which is asked for; the
        first ones on one of which the model is wrong, if it is on any."""
        family = self.opened.family
        free = rng.integers(0, 2, family.bits).astype(bool) & (z == 0)
        asked = rng.permutation(np.flatnonzero(z))[:MOST_ASKED].tolist()
        instances = [family.instance(sign * z > 0 | free, i) for i in asked for sign in (1, -1)]
        rights = [family.right(sign * z > 0 | free, i) for i in asked for sign in (1, -1)]
        self.count("questions", len(instances))
        wrong = np.not_equal(self.says(instances), rights)
        if not wrong.any():
            return None
        first = int(np.argmax(wrong)) // 2 * 2
        return instances[first : first + 2]

    def says(self, instances: list[Any]) -> list[int]:
        return [at(-1, answer) for answer in self.opened.suspect.answers(instances)]


def refute(opened: Opened, search: Search) -> Refutation:
    """Pairs with equal sums first, in one format after another, then near ones, then any question."""
    trial = Trial(opened, search)
    for instances, bits, why in failures(trial):
        if found := confirmed(opened, instances, bits, why):
            return found
    if search.bits and trial.rounded_only:
        instances, bits = trial.rounded_only
        return of_sums(opened, instances, bits, EQUAL.format(bits=bits))
    if not trial.tried.get("questions"):
        raise UsageError(
            f"{search.seconds:g} seconds were over before the first question.", Wording("Raise {seconds}.")
        )
    return not_refuted(trial)


def confirmed(opened: Opened, instances: list[Any], bits: int, why: str) -> Counterexample | None:
    """The counterexample of these instances; None if the model is right on them when it is asked nothing else: sums of
    floats may depend on the size of the batch, and so may the greater of two logits that are nearly equal."""
    try:
        found = of_sums(opened, instances, bits, why)
    except Rejected:
        return None
    return found if found.refutes_model else None


def of_sums(opened: Opened, instances: list[Any], bits: int, why: str) -> Counterexample:
    bottleneck = PartialSums(bits) if bits else None
    return convict(opened.suspect, instances, why, refuter=NAME, entry=-1, bottleneck=bottleneck)


def failures(trial: Trial) -> Iterator[tuple[list[Any], int, str]]:
    """Instances on one of which the model is wrong, with the bits of the sums to show, 0 for none, and why."""
    rng = np.random.default_rng(trial.search.seed)
    for bits in (trial.search.bits,) if trial.search.bits else (BITS, *COARSER):
        for z in collisions(trial, bits, rng):
            trial.count(f"pairs with equal sums of {bits}-bit terms", 1)
            if pair := trial.failing_pair(z, rng):
                yield pair, bits, EQUAL.format(bits=bits)
            elif trial.rounded_only is None:
                trial.rounded_only = instances_of(trial.opened, z), bits
    for z in near_collisions(trial, rng):
        trial.count("pairs with nearly equal sums", 1)
        if pair := trial.failing_pair(z, rng):
            yield pair, trial.search.bits or BITS, NEAR
    yield from ask_at_random(trial, rng)


def instances_of(opened: Opened, z: np.ndarray) -> list[Any]:
    """The pair of z, asked for a bit in which it differs."""
    i = int(np.flatnonzero(z)[0])
    return [opened.family.instance(z > 0, i), opened.family.instance(z < 0, i)]


def collisions(trial: Trial, bits: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """z of pairs with equal sums in this format: by lattice reduction, and by birthday where the message is short."""
    opened = trial.opened
    message = PartialSums(bits)
    deltas = deltas_of(opened, bits)
    for _ in range(ROUNDS):
        if trial.over(FOR_EQUAL):
            return
        yield from until(trial, FOR_EQUAL, ternary_kernel(deltas, rng))
    short = opened.numbers * message.sum_bits(opened) <= BIRTHDAY_BITS
    if (short or opened.family.bits <= FEW_BITS) and not trial.over(FOR_EQUAL):
        trial.count(f"f compared by their sums of {bits}-bit terms", min(2**opened.family.bits, COMPARED))
        yield from until(trial, FOR_EQUAL, birthday(deltas, rng))


def until(trial: Trial, part: float, found: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """What is found before this part of the time is over."""
    for z in found:
        yield z
        if trial.over(part):
            return


def deltas_of(opened: Opened, bits: int) -> np.ndarray:
    """By how much bit t changes every sum, (T, numbers), in steps."""
    terms = terms_of(opened, bits).terms
    return by_bit(opened, terms[1] - terms[0])


def by_bit(opened: Opened, changes: np.ndarray) -> np.ndarray:
    """Changes of Alice's tokens (A, numbers) added up bit by bit, (T, numbers)."""
    total = np.zeros((opened.family.bits, changes.shape[1]), dtype=changes.dtype)
    np.add.at(total, opened.sharing.owner[opened.sharing.alices], changes)
    return total


def near_collisions(trial: Trial, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """z with small Σ z_t δ_t, in the model's own numbers, number by number relative to its greatest term."""
    exact, _ = exact_terms(trial.opened)
    changes = by_bit(trial.opened, exact[1] - exact[0])
    greatest = np.abs(exact).max(axis=(0, 1))
    relative = np.divide(changes, greatest, out=np.zeros_like(changes), where=greatest > 0)
    for scale in SCALES:
        if trial.over(FOR_NEAR):
            return
        whole = np.rint(relative * 2.0**scale).astype(np.int64)
        ordered = sorted(short_vectors(whole, rng, 1), key=lambda found: float(np.abs(found[1]).sum()))
        yield from until(trial, FOR_NEAR, (z for z, _ in ordered[:NEAREST]))


def ask_at_random(trial: Trial, rng: np.random.Generator) -> Iterator[tuple[list[Any], int, str]]:
    """Random questions on which the model is wrong."""
    family = trial.opened.family
    for _ in range(DRAWN):
        if trial.over():
            return
        f, i = rng.integers(0, 2, family.bits).astype(bool), int(rng.integers(family.bits))
        trial.count("questions", 1)
        trial.count("of these drawn at random", 1)
        instance = family.instance(f, i)
        if trial.says([instance]) != [family.right(f, i)]:
            yield [instance], 0, WRONG


def not_refuted(trial: Trial) -> NotRefuted:
    opened, family = trial.opened, trial.opened.family
    bits = trial.search.bits or BITS
    carried = PartialSums(bits).sum_bits(opened) * opened.numbers
    why = f"With {bits}-bit terms the sums hold {carried} bits, and {family.bits} bits are asked for:"
    why += " enough to be right." if carried >= family.bits else " too few, so it fails on an input not found here."
    if trial.rounded_only is not None:
        why += f" With {trial.rounded_only[1]}-bit terms some sums are equal: that model is refuted."
    return NotRefuted(
        refuter=NAME,
        model=opened.suspect.name,
        task=opened.suspect.task,
        attempts=[Attempt(what, count) for what, count in trial.tried.items()],
        carried_bits=carried,
        needed_bits=family.bits,
        why=why,
    )


ONE_ATTENTION_LAYER = Refuter(
    name=NAME,
    models="a transformer of one attention layer",
    claim_model="one-layer transformer",
    tasks=(InductionHeads, KHop, AcausalKHop, ThreeSum),
    theorem="One attention layer that tells any of T bits at a fixed last token sums at least T bits in its heads.",
    proof="arXiv 2408.14332, Theorem 1; arXiv 2306.02896, Theorem 7; by INDEX, exact for sums of p-bit terms",
    take=open_suspect,
    refute=refute,
    examples=packing_examples,
)
