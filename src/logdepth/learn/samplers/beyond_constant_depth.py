"""Problems that no constant depth decides at all sizes, if some classes differ: linear equations, and empty words.

Both are drawn at every size up to a largest one, by which errors are reported: a network of constant depth may well
learn the small ones.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler
from logdepth.numerics.errors import UsageError
from logdepth.tasks import parameter


@dataclass(frozen=True)
class YesOrNo(Sampler):
    """A question of some size, padded to one length; its answer stands at the last token."""

    fewest: ClassVar[int] = 2
    n: int

    @property
    def groups(self) -> range:
        return range(self.fewest, self.n + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        given, answer = self.questions(groups, generator)
        targets = torch.full_like(given, NOT_ASKED)
        targets[:, -1] = answer.long() + len(self.tokens) - 2
        return Batch(given, targets, targets != NOT_ASKED, groups)

    @abstractmethod
    def questions(self, sizes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Token ids (B, T), and whether the answer is yes, bool (B,)."""


@dataclass(frozen=True)
class LinearEqualities(YesOrNo):
    """Whether linear equations modulo a prime have a solution: k equations in k unknowns, the rest of the rows is 0.

    One equation is a combination of others, and by a coin its right side does not fit. Over the integers modulo a prime
    the problem is complete for Mod_p L (Buntrock, Damm, Hertrampf, Meinel 1992). The one of arXiv 2207.00729, which is
    complete for P, asks for fractions from 0.
    """

    name: ClassVar[str] = "linear-equalities"
    summary: ClassVar[str] = "whether linear equations modulo a prime have a solution"

    n: int = parameter(8, low=2, high=64, help="most equations, and unknowns")
    modulus: int = parameter(2, low=2, high=97, help="a prime")

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(self.modulus % divisor == 0 for divisor in range(2, self.modulus)):
            raise UsageError(f"{self.name}: modulus must be a prime; got {self.modulus}. Take 2, 3, 5 or 7.")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*map(str, range(self.modulus)), "?", "no", "yes")

    @property
    def length(self) -> int:
        return self.n * (self.n + 1) + 1

    def questions(self, sizes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        n, p, device, count = self.n, self.modulus, generator.device, len(sizes)
        here = torch.arange(n, device=device) < sizes[:, None]
        left = torch.randint(p, (count, n, n), generator=generator, device=device) * (here[:, :, None] & here[:, None])
        solution = torch.randint(p, (count, n), generator=generator, device=device)
        weights = torch.randint(p, (count, n), generator=generator, device=device) * here
        weights[:, 0] = 0
        left[:, 0] = (weights[:, :, None] * left).sum(1) % p
        right = (left * solution[:, None]).sum(2) % p
        off = torch.randint(1, p, (count,), generator=generator, device=device)
        coin = torch.rand(count, generator=generator, device=device) < 0.5
        right[:, 0] = (right[:, 0] + off * coin) % p
        order = (torch.rand((count, n), generator=generator, device=device) + ~here).argsort(1)
        table = torch.cat([left, right[:, :, None]], dim=2)
        table = table.gather(1, order[:, :, None].expand_as(table))
        asked = torch.full((count, 1), p, device=device)
        return torch.cat([table.flatten(1), asked], dim=1), solvable(table, p)


def solvable(table: Tensor, modulus: int) -> Tensor:
    """Whether equations A x = b modulo a prime, (B, n, m + 1) with b last, have a solution: by elimination, (B,)."""
    table, (count, rows, columns) = table.clone(), table.shape
    places, batch = torch.arange(rows, device=table.device), torch.arange(count, device=table.device)
    done = torch.zeros(count, dtype=torch.int64, device=table.device)  # rows with a pivot, which stand first
    for column in range(columns - 1):
        open_rows = (table[:, :, column] != 0) & (places >= done[:, None])
        found, pivot = open_rows.any(1), open_rows.int().argmax(1)
        swapped = places.repeat(count, 1)
        at = done.clamp(max=rows - 1)
        swapped[batch, at] = torch.where(found, pivot, at)
        swapped[batch, torch.where(found, pivot, at)] = at
        table = table.gather(1, swapped[:, :, None].expand_as(table))
        row = table[batch, at]
        row = row * power(row[:, column], modulus - 2, modulus)[:, None] % modulus
        factor = table[:, :, column] * (places != at[:, None]) * found[:, None]
        table = (table - factor[:, :, None] * row[:, None]) % modulus
        done = done + found
    return ~((table[:, :, :-1] == 0).all(2) & (table[:, :, -1] != 0)).any(1)


def power(numbers: Tensor, exponent: int, modulus: int) -> Tensor:
    found = torch.ones_like(numbers)
    for _ in range(exponent):
        found = found * numbers % modulus
    return found


@dataclass(frozen=True)
class EmptyProductions(YesOrNo):
    """Whether a symbol of a context-free grammar with empty productions gives the empty word.

    A production is three tokens, X Y Z: X becomes Y Z, of which each may be empty. There are two for every symbol. The
    last token asks for a symbol: by a coin one that does or one that does not, where there are both. This is membership
    in a language whose grammar is input, which is complete for P (arXiv 2207.00729, abstract).
    """

    name: ClassVar[str] = "empty-productions"
    summary: ClassVar[str] = "whether a symbol of a context-free grammar gives the empty word"

    n: int = parameter(12, low=2, high=512, help="most symbols of a grammar; it has twice as many productions")

    @property
    def tokens(self) -> tuple[str, ...]:
        return ("empty", *(f"X{i}" for i in range(1, self.n + 1)), "no", "yes")

    @property
    def length(self) -> int:
        return 6 * self.n + 1

    def questions(self, sizes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        n, device, count = self.n, generator.device, len(sizes)
        noise = torch.rand((count, 2 * n, 3), generator=generator, device=device)
        grammar = 1 + (noise * sizes[:, None, None]).long().clamp(max=n - 1)
        bare = torch.rand((count, 2 * n, 2), generator=generator, device=device) < EMPTY
        grammar[:, :, 1:] *= ~bare
        grammar *= (torch.arange(2 * n, device=device) < 2 * sizes[:, None])[:, :, None]
        gives = nullable(grammar, n)[:, 1:]
        real = torch.arange(1, n + 1, device=device) <= sizes[:, None]
        wanted = torch.rand((count, 1), generator=generator, device=device) < 0.5
        order = torch.rand((count, n), generator=generator, device=device) + (gives == wanted) + 2 * real
        asked = order.argmax(1)
        answer = gives.gather(1, asked[:, None])[:, 0]
        return torch.cat([grammar.flatten(1), 1 + asked[:, None]], dim=1), answer


EMPTY = 0.3
"""Of the two symbols of a production, the share that is empty: then both answers are there, and chains are long."""


def nullable(grammar: Tensor, symbols: int) -> Tensor:
    """Which symbols give the empty word, bool (B, symbols + 1), for productions (B, count, 3); 0 is the empty word.

    Productions whose left side is 0 say nothing.
    """
    found = torch.zeros((len(grammar), symbols + 1), dtype=torch.bool, device=grammar.device)
    found[:, 0] = True
    for _ in range(symbols):
        fires = found.gather(1, grammar[:, :, 1]) & found.gather(1, grammar[:, :, 2])
        found = found.int().scatter_reduce(1, grammar[:, :, 0], fires.int(), "amax").bool()
        found[:, 0] = True
    return found
