"""1-vs-2 cycle and connectivity: the classes look alike near every vertex, and names and order carry no information."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler, choice_without_replacement
from logdepth.numerics.errors import UsageError
from logdepth.tasks import parameter


@dataclass(frozen=True)
class GraphSampler(Sampler):
    """A graph as a list of edges: the two ends of every edge, then "?", where the answer is due.

    Names, order of the edges and direction of each are uniformly random.
    """

    group_name: ClassVar[str] = "vertices"

    n: int = parameter(16, low=6, high=2**12, help="vertices of the graph; a sequence has 2 n + 1 tokens")

    @property
    @abstractmethod
    def answers(self) -> tuple[str, str]:
        """The two answers in words, that of the graph in one piece first."""

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*map(str, range(1, self.n + 1)), "?", *self.answers)

    @property
    def length(self) -> int:
        return 2 * self.edge_count + 1

    @property
    def edge_count(self) -> int:
        """The edges of every graph."""
        return self.n

    @property
    def groups(self) -> range:
        return range(self.n, self.n + 1)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        rows, device = len(groups), generator.device
        parted = torch.randint(2, (rows,), generator=generator, device=device)
        count = self.edge_count
        edges = self.edges(parted.bool(), generator)  # (rows, count, 2), vertices 0..n-1
        names = choice_without_replacement(rows, self.n, self.n, generator)
        edges = names.gather(1, edges.flatten(1)).view(rows, count, 2)
        order = choice_without_replacement(rows, count, count, generator)
        edges = edges.gather(1, order[:, :, None].expand(-1, -1, 2))
        turned = torch.randint(2, (rows, count, 1), generator=generator, device=device).bool()
        edges = torch.where(turned, edges.flip(2), edges)
        question = torch.full((rows, 1), self.n, device=device)
        targets = torch.full((rows, self.length), NOT_ASKED, device=device)
        targets[:, -1] = self.n + 1 + parted
        return Batch(torch.cat([edges.flatten(1), question], dim=1), targets, targets != NOT_ASKED, groups)

    @abstractmethod
    def edges(self, parted: Tensor, generator: torch.Generator) -> Tensor:
        """The edges (B, edge_count, 2) of graphs that are in two parts where `parted` (B,), and in one where not."""


@dataclass(frozen=True)
class Cycles(GraphSampler):
    """One cycle of n vertices or two of n / 2, by a coin: every vertex has degree 2."""

    name: ClassVar[str] = "1-vs-2-cycle"
    summary: ClassVar[str] = "whether a list of edges is one cycle or two of half its length"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n % 2:
            raise UsageError(f"{self.name}: n must be even, for two cycles of n / 2; got {self.n}. Take {self.n + 1}.")

    @property
    def answers(self) -> tuple[str, str]:
        return "one", "two"

    def edges(self, parted: Tensor, generator: torch.Generator) -> Tensor:
        vertex = torch.arange(self.n, device=parted.device)
        half = self.n // 2
        one = (vertex + 1) % self.n
        two = torch.where((vertex + 1) % half == 0, vertex + 1 - half, vertex + 1)
        return torch.stack([vertex.expand(len(parted), -1), torch.where(parted[:, None], two, one)], dim=2)


@dataclass(frozen=True)
class Connectivity(GraphSampler):
    """Two rings, or the same two cut open and joined into one, by a coin.

    Along a ring each vertex holds on to one that is at most `reach` places before it, and the first to the last;
    `chords` of the vertices hold on to a second one. Joining takes {first, last} of both rings away and adds
    {first, other last} twice: no degree changes, and neighbourhoods look the same until one goes all around a ring.
    The size of the first ring is uniform from n / 3, at least 4, to what leaves as much for the second.
    """

    name: ClassVar[str] = "connectivity"
    summary: ClassVar[str] = "whether a list of edges is a connected graph"

    n: int = parameter(32, low=8, high=2**12, help="vertices of the graph; a sequence has 2 (n + chords) + 1 tokens")
    chords: int = parameter(0, low=0, high=2**12, help="edges beyond n; 0: a quarter of n")
    reach: int = parameter(3, low=2, high=2**12, help="places between neighbours along a ring; more: shallower graphs")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chords > self.n - 4:
            raise UsageError(f"{self.name}: chords must be at most n - 4 = {self.n - 4}; got {self.chords}.")

    @property
    def edge_count(self) -> int:
        return self.n + (self.chords or self.n // 4)

    @property
    def answers(self) -> tuple[str, str]:
        return "connected", "not connected"

    def edges(self, parted: Tensor, generator: torch.Generator) -> Tensor:
        rows, device = len(parted), generator.device

        def below(count: Tensor) -> Tensor:
            """Whole numbers from 0 to count - 1, shaped as `count` is; 0 where that is 0."""
            noise = torch.rand(count.shape, generator=generator, device=device)
            return torch.minimum((noise * count).long(), (count - 1).clamp(min=0))

        least = max(4, self.n // 3)
        size = least + below(torch.full((rows, 1), self.n - 2 * least + 1, device=device))  # of the first ring
        vertex = torch.arange(self.n, device=device).expand(rows, -1)
        second = vertex >= size
        first = torch.where(second, size, 0)  # of the ring that the vertex is in
        last = torch.where(second, self.n, size) - 1
        other_last = torch.where(second, size, self.n) - 1
        # How far back a vertex may hold on: to the first at most, and the last not to it, a neighbour anyway.
        far = (vertex - first - (vertex == last).long()).clamp(max=self.reach)
        back = below(far)  # 0 is the vertex just before
        closing = torch.where(parted[:, None], last, other_last)
        held = torch.where(vertex == first, closing, vertex - 1 - back)
        # Chords: another choice of those vertices that have one.
        second_back = (back + 1 + below(far - 1)) % far.clamp(min=1)
        noise = torch.rand((rows, self.n), generator=generator, device=device).masked_fill(far < 2, -1.0)
        chosen = noise.topk(self.edge_count - self.n, dim=1).indices
        chords = torch.stack([chosen, chosen - 1 - second_back.gather(1, chosen)], dim=2)
        return torch.cat([torch.stack([vertex, held], dim=2), chords], dim=1)
