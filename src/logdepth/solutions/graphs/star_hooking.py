"""Spanning forests in ⌊log2 n⌋ rounds of five layers, proved: star hooking after Awerbuch and Shiloach (1987).

Every vertex points to a parent; the trees of the pointers grow until each spans a component. A round:

1. every vertex reads its grandparent, every edge the parents of its two ends;
2. an edge between different parents announces each to the other; a star (a tree of height ≤ 1: its root has no
   grandchild) hears the most urgent of its edges and hangs its root below the other end's parent;
3. two stars that have chosen each other (by the same edge, as urgencies differ) let go: the smaller root stays a root;
4. and 5. every vertex goes on to its grandparent, twice.

Why ⌊log2 n⌋ rounds: call the sum of the heights of a component's trees (at least 1 each) its potential; at first it is
at most n. Only stars hook, each along its most urgent edge, so cycles have length two, which step 3 cuts. After step 3
every tree of an unfinished component either was no star, so has height ≥ 2, or unites several trees; a united tree is
at most as high as the sum of its parts. Steps 4 and 5 take height h to ⌈h/4⌉ ≤ h/2 for h ≥ 2. So every round at least
halves the potential, and a component with potential below 2 is one star.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from logdepth.programs import Column, Table
from logdepth.theory.logarithm import floor_log2

STAR_HOOKING = (
    "star hooking (after Awerbuch and Shiloach 1987): ⌊log2 n⌋ rounds of five layers, "
    "proved in logdepth.solutions.graphs.star_hooking"
)
STARS_IN_WORDS = (
    "Every vertex points to a parent; the trees of these pointers grow until each one spans a component. In a"
    " round every vertex reads its grandparent and every edge the parents of its two ends; an edge between two"
    " trees tells each of the other, and a star (a tree of height one) hangs its root below the other tree; two"
    " stars that chose each other let go; then every vertex goes on to its grandparent, twice.",
    "Each round at least halves the sum of the heights of a component’s trees, so ⌊log₂ <i>n</i>⌋ rounds suffice"
    " on every graph. After Awerbuch and Shiloach (1987).",
)


@dataclass(frozen=True)
class Ends:
    """What step 1 of a round tells each row.

    On a vertex row `here` is the grandparent and `there` is 0; on an edge row they are the parents of u and v.
    """

    here: Column
    there: Column


@dataclass(frozen=True)
class Hooking:
    """What step 2 tells a root: `target` (0: stay), and the row of the edge that won."""

    target: Column
    edge: Column


def vertices_first(table: Table, u: Column, n: int) -> Column:
    """The first parents: every vertex is its own root; edge rows hold 0."""
    return table.map(lambda i, end: torch.where(end == 0, i, 0), table.index, u, high=n, name="parent")


def look(table: Table, u: Column, v: Column, parent: Column, n: int) -> Ends:
    """Step 1. A vertex row reads at its parent, an edge row at u: one of the two is 0, so one head serves both."""
    at = table.map(lambda p, end: p + end, parent, u, high=n, name="parent or u")
    here = table.pull(at, parent, name="grandparent or parent of u")
    there = table.pull(v, parent, name="parent of v")
    return Ends(here, there)


def hook(
    table: Table, u: Column, parent: Column, ends: Ends, n: int, priority: Column | None, urgency: Column
) -> Hooking:
    """Step 2. Of a star's edges the one of least `priority` wins, which is the one of greatest `urgency`.

    Without a priority the last row wins.
    """
    far = 2 * n + 2  # beyond any difference of two vertices

    def differ(x: Tensor, y: Tensor, elsewhere: Tensor) -> Tensor:
        apart = x - y + far * elsewhere
        return (apart != 0) & (apart <= n)

    leaves = table.map(
        lambda a, b, end: differ(a, b, end == 0), ends.here, ends.there, u, high=1, name="edge leaves its tree"
    )
    deep = table.map(lambda g, p, end: differ(g, p, end > 0), ends.here, parent, u, high=1, name="has a grandparent")
    rows, row = table.rows, table.index

    def announce(listener: Column, other: Column, end: str) -> tuple[Column, ...]:
        return table.push(
            listener,
            [other, urgency, row],
            where=leaves,
            priority=priority,
            order="last" if priority is None else "any",
            name=[f"target {end}", f"urgency {end}", f"edge {end}"],
        )

    target_1, urgency_1, row_1 = announce(ends.here, ends.there, "u")
    target_2, urgency_2, row_2 = announce(ends.there, ends.here, "v")
    tall = table.push(ends.here, 1, where=deep, name="has grandchildren")

    def chosen(most: int) -> Callable[..., Tensor]:
        """The winner's x if I am the root of a star, else 0: relu(x_1 - …) + relu(x_2 - …)."""

        def choose(x_1: Tensor, x_2: Tensor, u_1: Tensor, u_2: Tensor, p: Tensor, i: Tensor, t: Tensor) -> Tensor:
            first = (u_1 > u_2) * 1
            out = most * ((p != i) + t)
            return torch.relu(x_1 - most * (1 - first) - out) + torch.relu(x_2 - most * first - out)

        return choose

    common = (urgency_1, urgency_2, parent, row, tall)
    target = table.map(chosen(n), target_1, target_2, *common, high=n, name="target")
    edge = table.map(chosen(rows), row_1, row_2, *common, high=rows, name="winning edge")
    return Hooking(target, edge)


def unite(table: Table, parent: Column, target: Column, n: int) -> Column:
    """Steps 3 to 5: hang roots below their targets, cut cycles of two, and go on to the grandparent twice."""
    hung = table.map(lambda p, t: t + torch.relu(p - n * t), parent, target, high=n, name="hung parent")
    back = table.pull(hung, hung, name="parent's parent")
    cut = table.map(
        lambda h, b, i: h - torch.relu(h - i - n * (b != i)), hung, back, table.index, high=n, name="cut parent"
    )
    once = table.pull(cut, cut, name="grandparent")
    return table.pull(once, once, name="parent")


def rounds(n: int) -> int:
    """⌊log2 n⌋."""
    return floor_log2(n)


def grow_forest(table: Table, u: Column, v: Column, n: int) -> Column:
    """The root of every vertex's component, by ⌊log2 n⌋ rounds of star hooking; of a star's edges the last row wins."""

    def one_round(parent: Column) -> Column:
        ends = look(table, u, v, parent, n)
        hooking = hook(table, u, parent, ends, n, None, table.index)
        return unite(table, parent, hooking.target, n)

    return table.repeat(rounds(n), one_round, vertices_first(table, u, n), high=n, name="parent")


def roots(table: Table, parent: Column) -> Column:
    return table.map(lambda p, i: p == i, parent, table.index, high=1, name="is a root")
