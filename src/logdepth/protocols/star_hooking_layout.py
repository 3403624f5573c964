"""Star hooking as a protocol: where vertices and edges live on machines of s words, and how many rounds it takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from logdepth.mpc.primitives.costs import deepest, sorting
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError
from logdepth.theory import Claim
from logdepth.theory.logarithm import ceil_div

ROUNDS_OF_A_TURN = 16
"""Looking 4, telling roots 2, cutting pairs 2, going on to the grandparent 4 and 4; the rest happens beside them."""

ROUNDS_TO_COUNT = 4
"""Up and down a tree of two levels, at most."""

WORDS_OF_A_VERTEX = 10
"""Held at its home, at most: its number, its parent, whether that is a root, where its arcs are (2), its grandparent,
its choice or its hook (2), whether it is busy, its place among those who wait for an answer; and the verdict."""


@dataclass(frozen=True)
class Layout:
    """n vertices and m edges on machines of `memory` words.

    Edges come first, `edges_each` a machine on `arc_machines` machines; so do their arcs, two for an edge. After
    them vertices have their homes, `each` a home; the homes form a grid, `across` in a row.
    """

    vertices: int
    edges: int
    memory: int
    weighted: bool
    arc_machines: int
    edges_each: int
    each: int

    @property
    def homes(self) -> int:
        return ceil_div(self.vertices, self.each)

    @property
    def across(self) -> int:
        """⌈√homes⌉: there are no more rows than homes in a row."""
        return isqrt(self.homes - 1) + 1

    @property
    def machines(self) -> int:
        """The last row is full, though some of its machines may be home to no vertex."""
        return self.arc_machines + ceil_div(self.homes, self.across) * self.across

    @property
    def groups(self) -> dict[str, int]:
        return {"arcs": self.arc_machines, "homes": self.machines - self.arc_machines}

    @property
    def arcs_each(self) -> int:
        return 2 * self.edges_each

    @property
    def spare(self) -> int:
        """Words that a machine with arcs has for sorting, besides what is sorted and what else it holds."""
        return self.memory - (6 if self.weighted else 4) * self.edges_each

    @property
    def fan_in(self) -> int:
        """Of a tree of two levels over all machines."""
        return isqrt(self.machines - 1) + 1

    def fits(self) -> bool:
        """Whether no home has to hold, send or receive more than its memory, arcs can be sorted, and all can agree.

        A binary tree over all machines with arcs can sort with 6 spare words for each of its levels. The arcs of the
        vertices of one home lie on neighbouring machines, in at most `each` + `arc_machines` - 1 pieces. A corner of
        the grid is asked at most `each` · `across` questions.
        """
        choice = 2 if self.weighted else 1
        asked = self.each * self.across
        pieces = self.each + self.arc_machines - 1
        held = WORDS_OF_A_VERTEX * self.each + 2 * asked
        pushed = (1 + choice) * asked
        agreeing = asked + self.fan_in
        told = asked + choice * pieces
        sortable = self.spare >= 6 * deepest(self.arc_machines)
        return sortable and max(held, pushed, told, agreeing, self.each + pieces) <= self.memory


def edges_of_a_machine(memory: int, edges: int, weighted: bool) -> int:
    """As many as fit, but no more than there are.

    An arc is 2 words, its twin's machine and the order of the mail, and 3 more if it is all that its vertex has
    here: the home, how many arcs there are, and the vertex's parent. With weights it is 1 more, its urgency, and an
    edge is 2 words, its number and whether it is chosen. The last word is the verdict.
    """
    return min((memory - 1) // (14 if weighted else 10), max(1, edges))


def layout(vertices: int, edges: int, memory: int, weighted: bool) -> Layout:
    """The layout with the fewest homes.

    Errors: UsageError below the least memory, which it names.
    """
    found = fitting(vertices, edges, memory, weighted)
    if found is None:
        least = least_memory(vertices, edges, weighted)
        size = f"{count_of(vertices, 'vertex')} and {count_of(edges, 'edge')}"
        raise UsageError(
            f"machines of {count_of(memory, 'word')} cannot run star hooking on {size}."
            f" Give them at least {least} words."
        )
    return found


def fitting(vertices: int, edges: int, memory: int, weighted: bool) -> Layout | None:
    edges_each = edges_of_a_machine(memory, edges, weighted)
    if not edges_each:
        return None
    arc_machines = max(1, ceil_div(edges, edges_each))
    most = memory**2 // (4 * vertices)  # for a corner is asked c ⌈√⌈n/c⌉⌉ ≥ √(c n) questions, and holds 2 words of each
    plans = (
        Layout(vertices, edges, memory, weighted, arc_machines, edges_each, each)
        for each in range(min(vertices, memory // WORDS_OF_A_VERTEX, most), 0, -1)
    )
    return next((plan for plan in plans if plan.fits()), None)


def least_memory(vertices: int, edges: int, weighted: bool) -> int:
    """The fewest words with which there is a layout: about 2 √n, and √(10 m)."""

    def enough(memory: int) -> bool:
        """With one vertex a home, if with any: c homes' questions are at least as many, as (c ⌈√⌈n/c⌉⌉)² ≥ n."""
        edges_each = edges_of_a_machine(memory, edges, weighted)
        machines = max(1, ceil_div(edges, max(1, edges_each)))
        plan = Layout(vertices, edges, memory, weighted, machines, edges_each, 1)
        return bool(edges_each) and plan.fits()

    low, high = 1, 16
    while not enough(high):
        low, high = high, 2 * high
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def turns(vertices: int) -> int:
    """⌊log2 n⌋ turns make every component a star; one more sees that it is done."""
    return vertices.bit_length()


def setup_rounds(layout: Layout, heaviest: int) -> int:
    """Sort edges by weight, if they have weights 0..heaviest; sort arcs by tail; and let twins meet."""
    by_weight = sorting(layout.arc_machines, layout.spare, [heaviest]).rounds if layout.weighted else 0
    return by_weight + sorting(layout.arc_machines, layout.spare, [layout.vertices - 1]).rounds + 2


def star_hooking_claim(
    *, vertices: int, edges: int, memory: int, heaviest: int | None = None, count: bool = False
) -> Claim:
    """The protocol of `logdepth.protocols.star_hooking`; `heaviest`: the highest weight less the lowest, None without
    weights; `count`: in the end all machines learn how many components there are.

    Errors: UsageError below the least memory, which it names.
    """
    return claim_on(layout(vertices, edges, memory, heaviest is not None), heaviest, count)


def claim_on(plan: Layout, heaviest: int | None, count: bool) -> Claim:
    """`star_hooking_claim` on this layout."""
    setup = setup_rounds(plan, heaviest or 0)
    rounds = setup + ROUNDS_OF_A_TURN * turns(plan.vertices) + (ROUNDS_TO_COUNT if count else 0)
    return Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": rounds, "machines": plan.machines, "memory_words": plan.memory},
        source="construction; star hooking after Awerbuch and Shiloach 1987, proved in docs/algorithms.md",
        note=f"{setup} rounds to begin, {ROUNDS_OF_A_TURN} a turn, ⌊log2 n⌋ + 1 turns at most.",
    )
