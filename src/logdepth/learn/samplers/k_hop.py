"""k-hop and its relatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler
from logdepth.numerics.errors import UsageError
from logdepth.tasks import parameter


def letter_names(count: int) -> tuple[str, ...]:
    """a, b, …, z, then x27, x28, …"""
    return tuple(chr(ord("a") + i) if i < 26 else f"x{i + 1}" for i in range(count))


def random_letters(rows: int, length: int, letters: int, repeats: bool, generator: torch.Generator) -> Tensor:
    """Letters 0..letters-1, (rows, length): independent and uniform, or uniform over all but the one before."""
    device = generator.device
    if repeats:
        return torch.randint(letters, (rows, length), generator=generator, device=device)
    steps = torch.randint(1, letters, (rows, length), generator=generator, device=device)
    steps[:, 0] = torch.randint(letters, (rows,), generator=generator, device=device)
    return steps.cumsum(1) % letters


def after_letters(letters: Tensor, count: int) -> Tensor:
    """[b, a, i]: the position after the latest occurrence of letter a before i, 0 if there is none; 1 <= i <= N.

    Positions are from 1; i = 0 is 0. letters (B, N), result (B, count, N + 1).
    """
    rows, length = letters.shape
    places = torch.arange(2, length + 1, device=letters.device).expand(rows, 1, -1)
    found = torch.zeros((rows, count, length + 1), dtype=torch.int64, device=letters.device)
    found[:, :, 2:].scatter_(1, letters[:, None, :-1], places)
    return found.cummax(2).values


def find(letters: Tensor, count: int) -> Tensor:
    """find(i) = max{ j <= i : x_{j-1} = x_i } for positions i from 1, and 0 where there is none; (B, N + 1).

    Position 0 stands for "nothing" and finds itself. letters (B, N). Source: arXiv 2402.09268, section 4.
    """
    return pad(after_letters(letters, count)[:, :, 1:].gather(1, letters[:, None])[:, 0], (1, 0))


def hop(step: Tensor, k: Tensor, most: int) -> Tensor:
    """The k-th power of each row of `step` (B, N + 1), as a map of positions, for k (B,) up to `most`.

    Doubling: a squaring and a product, each one look-up, for every bit of k.
    """
    at = torch.arange(step.shape[1], device=step.device).expand_as(step)
    for bit in range(most.bit_length()):
        if bit:
            step = step.gather(1, step)
        at = torch.where((k & 1 << bit).bool()[:, None], step.gather(1, at), at)
    return at


def letters_at(letters: Tensor, places: Tensor, none: int) -> Tensor:
    """The letters at places from 1, and `none` at place 0; letters (B, N), places (B, any)."""
    return pad(letters, (1, 0), value=none).gather(1, places)


@dataclass(frozen=True)
class KHop(Sampler):
    """k-hop as it was published: which k is asked, is the first token.

    Input: [k] and the first n - 2 of n letters; target: [blank] and their answers x_{find^k(i)}, or "no answer".
    Token ids: k from 0 upwards, then the letters, "no answer" and blank. Cross-entropy is on every position, errors are
    over letters that are answers. Source: arXiv 2402.09268; github.com/chsanford/hop-induction-heads.
    """

    name: ClassVar[str] = "k-hop"
    summary: ClassVar[str] = "the letter that k induction hops lead back to; the first token is k"
    group_name: ClassVar[str] = "k"

    n: int = parameter(100, low=3, high=2**16, help="length; a sequence has n - 1 tokens, of which n - 2 are letters")
    most_hops: int = parameter(16, low=0, high=2**16, help="k is uniform up to this")
    fewest_hops: int = parameter(0, low=0, high=2**16, help="k is uniform from this")
    letters: int = parameter(4, low=2, high=2**10, help="letters of the alphabet")
    repeats: int = parameter(0, low=0, high=1, help="1: letters are independent; 0: no two neighbours are equal")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fewest_hops > self.most_hops:
            raise UsageError(
                f"{self.name}: fewest_hops must be at most most_hops {self.most_hops}; got {self.fewest_hops}."
            )

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*map(str, self.groups), *letter_names(self.letters), "no answer", "blank")

    @property
    def length(self) -> int:
        return self.n - 1

    @property
    def groups(self) -> range:
        return range(self.fewest_hops, self.most_hops + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        return self.ask(random_letters(len(groups), self.n - 2, self.letters, bool(self.repeats), generator), groups)

    def ask(self, letters: Tensor, k: Tensor) -> Batch:
        """The batch of these letters 0..A-1, (B, N), and these k, (B,)."""
        answer = letters_at(letters, self.places(letters, k), none=self.letters)
        first = len(self.groups)
        inputs = torch.cat([(k - self.fewest_hops)[:, None], letters + first], dim=1)
        targets = pad(answer + first, (1, 0), value=self.vocabulary - 1)
        return Batch(inputs, targets, pad(answer < self.letters, (1, 0), value=False), k)

    def places(self, letters: Tensor, k: Tensor) -> Tensor:
        """The position from 1 of every answer, 0 for none, (B, N)."""
        return hop(find(letters, self.letters), k, self.most_hops)[:, 1:]


@dataclass(frozen=True)
class AcausalKHop(KHop):
    """k hops forward from the first letter; row i answers for the prefix of i letters. Layout as `KHop`.

    In the prefix that ends at i, find(j) is the position after the last occurrence of x_j that has one. Under a causal
    mask no row can hop before its prefix has ended. Source: cf. arXiv 2412.02975.
    """

    name: ClassVar[str] = "acausal-k-hop"
    summary: ClassVar[str] = "in every prefix, the letter that k forward hops from the first one lead to"

    letters: int = parameter(16, low=2, high=2**10, help="letters of the alphabet")

    def places(self, letters: Tensor, k: Tensor) -> Tensor:
        after = after_letters(letters, self.letters)[:, :, 1:].transpose(1, 2)  # [b, end, letter]
        at = torch.ones_like(letters)
        place = at
        for number in range(1, self.most_hops + 1):
            letter = letters_at(letters, at, none=0)
            at = torch.where(at > 0, after.gather(2, letter[:, :, None])[:, :, 0], 0)
            place = torch.where((k == number)[:, None], at, place)
        return place


@dataclass(frozen=True)
class InductionHeads(Sampler):
    """At every letter, the letter after its most recent earlier occurrence, or "no answer": the 1-hop, k not given."""

    name: ClassVar[str] = "induction-heads"
    summary: ClassVar[str] = "the letter after the most recent earlier occurrence of this one"

    n: int = parameter(100, low=1, high=2**16, help="letters of a sequence")
    letters: int = parameter(4, low=2, high=2**10, help="letters of the alphabet")
    repeats: int = parameter(1, low=0, high=1, help="1: letters are independent; 0: no two neighbours are equal")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*letter_names(self.letters), "no answer")

    @property
    def length(self) -> int:
        return self.n

    @property
    def groups(self) -> range:
        return range(1, 2)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        letters = random_letters(len(groups), self.n, self.letters, bool(self.repeats), generator)
        targets = letters_at(letters, find(letters, self.letters)[:, 1:], none=self.letters)
        return Batch(letters, targets, targets < self.letters, groups)


@dataclass(frozen=True)
class KHopThoughts(Sampler):
    """k-hop of the last letter with a chain of thought: the place of every hop is written down before the answer.

    Input: [k], n letters, "?", then `most_hops` thoughts; the answer is due at the last of them, or at "?" if there is
    none. Thought j is the place find^min(j, k) of the last letter, "no answer" where that is undefined. In training the
    right thoughts are given, and every one is a target; a network that is evaluated writes its own.
    Spelled, the chain also has the letter at every place, hop after hop, whatever k is: x_n, then the place and the
    letter of hop 1, of hop 2, …; the answer is due when k hops are written. Then every letter of the text is asked for
    the place of its own hop, too, which counts as no answer.
    Source: shallow transformers with chain of thought, arXiv 2402.09268.
    """

    name: ClassVar[str] = "k-hop-thoughts"
    summary: ClassVar[str] = "k-hop of the last letter, after thoughts: the place of every hop"
    group_name: ClassVar[str] = "k"

    n: int = parameter(64, low=1, high=2**16, help="letters of a sequence")
    most_hops: int = parameter(8, low=0, high=2**10, help="k is uniform from 0 to this; as many thoughts")
    letters: int = parameter(4, low=2, high=2**10, help="letters of the alphabet")
    repeats: int = parameter(0, low=0, high=1, help="1: letters are independent; 0: no two neighbours are equal")
    spelled: int = parameter(0, low=0, high=1, tacit=True, help="1: the letter at every place is a thought, too")

    @property
    def tokens(self) -> tuple[str, ...]:
        places = (f"@{place}" for place in range(1, self.n + 1))
        return (*map(str, self.groups), *letter_names(self.letters), "no answer", "?", *places)

    @property
    def length(self) -> int:
        return self.n + 2 + self.most_hops * (1 + self.spelled)

    @property
    def place_tokens(self) -> Mapping[int, int]:
        """Token ids that name a place -> the position of the token there."""
        first = self.vocabulary - self.n
        return {first + place: 1 + place for place in range(self.n)}

    @property
    def groups(self) -> range:
        return range(self.most_hops + 1)

    @property
    def thoughts(self) -> range:
        return range(self.n + 2, self.length)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        letters = random_letters(len(groups), self.n, self.letters, bool(self.repeats), generator)
        return self.spell(letters, groups) if self.spelled else self.ask(letters, groups)

    def spell(self, letters: Tensor, groups: Tensor) -> Batch:
        """Letters and places in turn, as many as there are for the most hops."""
        first = len(self.groups)
        question = first + self.letters + 1
        step = find(letters, self.letters)
        at = torch.full_like(groups, self.n)[:, None]
        chain = [letters_at(letters, at, none=self.letters) + first]
        for _ in range(self.most_hops):
            at = step.gather(1, at)
            chain += [self.named(at), letters_at(letters, at, none=self.letters) + first]
        asked = torch.full_like(at, question)
        inputs = torch.cat([groups[:, None], letters + first, asked, *chain[:-1]], dim=1)
        nothing = torch.full_like(at, NOT_ASKED)
        targets = torch.cat([nothing, self.named(step[:, 1:]), *chain], dim=1)
        due = torch.arange(self.length, device=letters.device) == self.n + 1 + 2 * groups[:, None]
        return Batch(inputs, targets, due, groups)

    def named(self, places: Tensor) -> Tensor:
        """The token ids of places from 1, and of none for 0."""
        question = len(self.groups) + self.letters + 1
        return torch.where(places > 0, places + question, question - 1)

    def ask(self, letters: Tensor, groups: Tensor) -> Batch:
        """Places alone, and after the k-th nothing changes."""
        first = len(self.groups)
        question = first + self.letters + 1
        step = find(letters, self.letters)
        place = torch.full_like(groups, self.n)[:, None]
        chain = []
        for number in range(1, self.most_hops + 1):
            place = torch.where(groups[:, None] >= number, step.gather(1, place), place)
            chain.append(self.named(place))
        answer = letters_at(letters, place, none=self.letters) + first
        asked = torch.full_like(answer, question)
        inputs = torch.cat([groups[:, None], letters + first, asked, *chain], dim=1)
        targets = torch.cat([torch.full_like(inputs[:, : self.n + 1], NOT_ASKED), *chain, answer], dim=1)
        answered = torch.zeros_like(targets, dtype=torch.bool)
        answered[:, -1] = True
        return Batch(inputs, targets, answered, groups)
