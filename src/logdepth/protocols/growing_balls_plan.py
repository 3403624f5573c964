"""Leader contraction with growing balls: where arcs and roots live, how large balls are, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np

from logdepth.mpc.primitives.costs import deepest, reduction_levels, sorting, words_of_ends
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.protocols.leader_contraction_plan import LEAST_BALL, turns
from logdepth.theory import Claim
from logdepth.theory.logarithm import ceil_div

Array = np.ndarray

COMMON_BALL = 8
"""What balls grow to at least, where memory is chosen by default."""
WORDS_OF_AN_ARC = 5
"""Its tail, its number, how many roots there are; its rank and whether it is the first of its tail, or its head and
what that has chosen."""
WORDS_OF_A_ROOT = 8
WORDS_ON_A_LEVEL = 2 * words_of_ends(0, 4)
"""Of a binary tree, for two sums: what its node hears of two children."""
ARCS_OF_A_MACHINE = 16
"""Arcs take up this part of the words at most; roots and their balls the rest."""
ROUNDS_OF_LINKS, ROUNDS_OF_FULL, ROUNDS_TO_DOUBLE, ROUNDS_TO_LEAVE = 3, 4, 2, 2
"""Heads 2 and links 1; choices to pieces 1 and along arcs 2, balls 1; balls, and choices; choices, and the way home."""


@dataclass(frozen=True)
class Plan:
    """n vertices, m edges and `machines` of `memory` words, all alike.

    An edge is two arcs, and a vertex is a member of a root, which is as long as an arc. Both are sorted by root,
    `arcs_each` a machine. The two arcs of an edge meet on a machine with `edges_each` edges. Of L live roots ⌈L /
    machines⌉ live on each machine.
    """

    vertices: int
    edges: int
    memory: int
    machines: int

    @property
    def arcs_each(self) -> int:
        return ceil_div(2 * self.edges + self.vertices, self.machines)

    @property
    def edges_each(self) -> int:
        return max(1, ceil_div(self.edges, self.machines))

    @property
    def vertices_each(self) -> int:
        return ceil_div(self.vertices, self.machines)

    @property
    def spare(self) -> int:
        """Words besides arcs, vertices that have come home, and what a machine knows of turns and verdicts."""
        return self.memory - WORDS_OF_AN_ARC * self.arcs_each - 2 * self.vertices_each - 4

    @property
    def most_doublings(self) -> int:
        """A ball of radius r has r members besides its centre, or is the whole component. So after so many none grows
        any more, and once more all machines come to know it."""
        return int(self.ball(1)).bit_length() + 2

    def roots_each(self, live: int | Array) -> Array:
        return -(-np.asarray(live) // self.machines)

    def ball(self, live: int | Array) -> Array:
        """How many others a root gets to know while so many are live: about (memory of all / live)^(1/2).

        A ball is sent to all in it, b² packets of two words for each of k roots; the roots of one machine lie on k +
        machines - 1 pieces at most, and each of these tells of b links.
        """
        k = self.roots_each(live)
        sent = np.sqrt(self.memory / (2 * k)).astype(np.int64)
        told = self.memory // (2 * (k + self.machines - 1)) - 1
        return np.minimum(sent, told)

    def fits(self) -> bool:
        """Whether no machine holds, sends or receives too much, with balls of LEAST_BALL and more.

        A binary tree over all machines adds up with so many words for each of its levels; sorting needs fewer.
        """
        k, b = self.vertices_each, int(self.ball(self.vertices))
        held = WORDS_OF_A_ROOT * k + 2 * (k + self.machines - 1) + 2 * k * b
        return b >= LEAST_BALL and max(held, WORDS_ON_A_LEVEL * deepest(self.machines)) <= self.spare


def plan_for(vertices: int, edges: int, memory: int) -> Plan:
    """The plan with the fewest machines. Errors: UsageError below the least memory, which it names."""
    found = fitting(vertices, edges, memory)
    if found is None:
        size = f"{count_of(vertices, 'vertex')} and {count_of(edges, 'edge')}"
        raise UsageError(
            f"machines of {count_of(memory, 'word')} cannot grow balls on {size}. Give them at"
            f" least {least_memory(vertices, edges)} words."
        )
    return found


def fitting(vertices: int, edges: int, memory: int) -> Plan | None:
    """More machines hold fewer arcs and roots each; but their pieces are more."""
    if memory < 1:
        return None
    least = ceil_div(ARCS_OF_A_MACHINE * (2 * edges + vertices), memory)
    most = max(least, memory // (2 * (LEAST_BALL + 1)) + 1)
    plans = (Plan(vertices, edges, memory, max(1, machines)) for machines in range(least, most + 1))
    return next((plan for plan in plans if plan.fits()), None)


def least_memory(vertices: int, edges: int, ball: int = LEAST_BALL) -> int:
    """The fewest words with which balls come to have so many members, up to a 64th."""
    memory = max(2 * ball**2, 2 * isqrt(2 * edges + vertices))
    while (plan := fitting(vertices, edges, memory)) is None or plan.ball(1) < ball:
        memory += max(1, memory // 64)
    return memory


def rounds_of_agreeing(plan: Plan) -> int:
    """On whether to go on."""
    return 2 * reduction_levels(plan.machines, plan.spare, 1)


def rounds_of_a_turn(plan: Plan) -> int:
    """Without doublings."""
    order = sorting(plan.machines, plan.spare, [plan.vertices - 1]).rounds
    numbers = 1 + 2 * reduction_levels(plan.machines, plan.spare, words_of_ends(0, 4))
    return order + numbers + ROUNDS_OF_LINKS + ROUNDS_OF_FULL + max(ROUNDS_TO_LEAVE, rounds_of_agreeing(plan))


def rounds_of_a_doubling(plan: Plan) -> int:
    return max(ROUNDS_TO_DOUBLE, rounds_of_agreeing(plan))


def growing_balls_claim(plan: Plan, count: bool) -> Claim:
    """The protocol of `logdepth.protocols.growing_balls`."""
    a_turn, a_doubling = rounds_of_a_turn(plan), rounds_of_a_doubling(plan)
    most = turns(plan.vertices) * (a_turn + plan.most_doublings * a_doubling)
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={
            "rounds": most + (rounds_of_agreeing(plan) if count else 0),
            "machines": plan.machines,
            "memory_words": plan.memory,
        },
        source="construction after Andoni, Song, Stein, Wang and Zhong 2018, arXiv 1805.03055",
        note=f"{a_turn} rounds a turn, and {a_doubling} for each doubling. Balls of {plan.ball(plan.vertices)} roots"
        f" grow to {plan.ball(1)}. The number of turns is random, O(log log n) in expectation while balls grow; a turn"
        " doubles O(log D) times. An answer is never wrong. A run that takes more rounds than claimed ends with an"
        " error.",
    )
