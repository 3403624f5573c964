"""Leader contraction as a protocol: where vertices and edges live, how large balls are, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from logdepth.mpc.primitives import Grid
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.theory import Claim
from logdepth.theory.logarithm import ceil_div

LEAST_BALL, COMMON_BALL, MOST_BALL = 4, 32, 512
ROUNDS_OF_A_TURN, ROUNDS_OF_A_DOUBLING = 10, 2
"""Links 2, asking who is full 4, following new roots 4."""
ROUNDS_TO_COUNT = 4
"""Up and down a tree of two levels, at most."""


@dataclass(frozen=True)
class Plan:
    """n vertices, m edges and machines of `memory` words.

    `edge_machines` hold `edges_each` edges. After them every vertex has a home; homes stand in a grid of so many rows,
    with ⌈√n⌉ columns. A root that knows `ball` others is full.
    """

    vertices: int
    edges: int
    memory: int

    @property
    def edges_each(self) -> int:
        """An eighth of the words: an edge is two, and asks for both; a corner hears of both ends, with two words each,
        from one machine with edges."""
        return max(1, self.memory // 8)

    @property
    def edge_machines(self) -> int:
        return max(1, ceil_div(self.edges, self.edges_each))

    @property
    def columns(self) -> int:
        return isqrt(self.vertices - 1) + 1

    @property
    def rows(self) -> int:
        """No row has more than one machine with edges."""
        return max(self.columns, self.edge_machines)

    @property
    def machines(self) -> int:
        return self.edge_machines + self.rows * self.columns

    @property
    def ball(self) -> int:
        """A ball is sent to all in it, b² words, and one that has grown is held; a corner is asked for the balls of
        a row, and a home hears of b links from every row. Larger ones than MOST_BALL would have few leaders where
        the diameter is large."""
        return min(MOST_BALL, isqrt(max(self.memory, 0) // 2) - 1, self.memory // (3 * self.rows) - 1)

    @property
    def grid(self) -> Grid:
        return Grid(self.vertices, 1, self.rows * self.columns, self.rows, self.columns, first=self.edge_machines)


def plan_for(vertices: int, edges: int, memory: int) -> Plan:
    """Errors: UsageError below the least memory, which it names."""
    plan = Plan(vertices, edges, memory)
    if plan.ball < LEAST_BALL:
        size = f"{count_of(vertices, 'vertex')} and {count_of(edges, 'edge')}"
        raise UsageError(
            f"machines of {count_of(memory, 'word')} cannot contract balls on {size}. Give them"
            f" at least {least_memory(vertices, edges)} words."
        )
    return plan


def least_memory(vertices: int, edges: int, ball: int = LEAST_BALL) -> int:
    """The fewest words with which balls have so many members, up to a 64th."""
    memory = 2 * LEAST_BALL**2
    while Plan(vertices, edges, memory).ball < ball:
        memory += max(1, memory // 64)
    return memory


def turns(vertices: int) -> int:
    """After which a run ends with an error. Far fewer are to be expected, of any graph: in a turn a root of an
    unfinished component finds a leader with a chance of a third or so, whatever the diameter."""
    return 40 + 10 * vertices.bit_length()


def leader_contraction_claim(plan: Plan, doublings: int, count: bool) -> Claim:
    """The protocol of `logdepth.protocols.leader_contraction`."""
    a_turn = ROUNDS_OF_A_TURN + ROUNDS_OF_A_DOUBLING * doublings
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={
            "rounds": a_turn * turns(plan.vertices) + (ROUNDS_TO_COUNT if count else 0),
            "machines": plan.machines,
            "memory_words": plan.memory,
        },
        source="construction after Andoni, Song, Stein, Wang and Zhong 2018, arXiv 1805.03055",
        note=f"{a_turn} rounds a turn. The number of turns is random, O(log n / log b) in expectation for balls of b ="
        f" {plan.ball} roots, if the diameter is at most {2**doublings}; an answer is never wrong. A run that takes"
        " more rounds than claimed ends with an error.",
    )
