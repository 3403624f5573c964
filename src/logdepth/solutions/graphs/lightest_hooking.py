"""Minimum spanning forests in rounds of two or three layers, proved: every star follows its lightest edge two steps.

Every vertex v points to a parent p(v). A tree is a *star* if its height is at most 1, else *tall*. An edge {u, v}
*links* p(u) and p(v) if they differ. No two edges weigh the same: ties are broken by row. Of a star whose root r has
links, e(r) is the lightest of them, which is *chosen*, and t(r) its other end. In a round a vertex v asks one vertex:

- asked(v) is the grandparent p(p(v)); but t(r) in a star whose root r has links;
- its new parent is asked(asked(v)); but the lesser of r and t(r) if e(r) = e(t(r)): these two stars chose each other.

**Theorem.** After the least t rounds with 4 · 3^t > n², the chosen edges are the minimum spanning forest.

*Chosen edges belong to it:* each is the lightest that leaves the vertex set of a star.

*Forest.* Let x0, x1 = t(x0), x2 = t(x1), … be roots of stars, up to the first vertex x(c) that is none, or up to two
that chose each other. Links have two ends, so e(x(i+1)) is lighter than e(x(i)), or the same, and then x(i+2) = x(i).
So the sequence ends in one of the two ways. The members of x(i), its root among them, move to x(i+2), or at the end to
p(p(x(c))) or to the lesser of the two. The other vertices go on towards the roots of their tall trees, which stay. So
new parents make no circle. All stars that lead to the same two, or to the same tall tree, become one tree with it, and
chosen edges connect it. So these span it, and when a component is one tree, its part of the forest is chosen.

*Weights.* Let w(0) = w(1) = 1, and w(h) = (2h - 1) / √3 for h ≥ 2. The potential of a component is the sum of w(height)
over its trees; at first it is at most n. **A round divides it by √3 or more while the component is not one star.** So
after t rounds with n / √3^t < 2 it is below 2, and two trees have at least 2.

Look at a new tree of height h.

1. It has only stars, P ≥ 2 of them. The star x0 leads to x1, …, x(c), x(c+1), the last two of which chose each other.
   It gets to one of these by ⌈c / 2⌉ steps, and to the lesser of them by one more. So h ≤ ⌈c / 2⌉ + 1, and for h ≥ 2
   there are P ≥ c + 2 ≥ 2h - 1 stars. Hence w(h) ≤ P / √3, also for h = 1, as 1 ≤ 2 / √3.
2. It has one tall tree, of height H ≥ 2, and no star. Depth d becomes ⌈d / 4⌉. For H ≤ 4 this is 1 at most, and
   w(1) = 1 ≤ w(H) / √3. For H ≥ 5 it is at most (H + 3) / 4, and (H + 1) / 2 ≤ (2H - 1) / √3.
3. It has one tall tree and k ≥ 1 stars. What a link leads to in a tall tree is the parent of a vertex, or a root: its
   depth is at most H - 1. Say that x(c), c ≤ k, is the first that is no root of a star. If c is even, c / 2 steps lead
   to x(c): h ≤ c / 2 + f for f = ⌈(H - 1) / 4⌉, and w(h) ≤ (c + 2f - 1) / √3. If c is odd, (c + 1) / 2 steps lead to
   p(p(x(c))): h ≤ (c + 1) / 2 + f for f = ⌈max(H - 3, 0) / 4⌉, and w(h) ≤ (c + 2f) / √3. Both are at most
   (k + w(H)) / √3: the first as 2f - 1 ≤ 1 for H ≤ 5 and ≤ H / 2 beyond, the second as f = 0 for H ≤ 3 and f ≤ H / 4
   beyond. For h ≤ 1, w(h) = 1 ≤ (1 + √3) / √3.

That a tree is tall its vertices find out by themselves, as in `least_hooking`; and so they find the lightest link.

Three layers and three heads (`by_looking`): vertices read their grandparents, and edges the parents of their ends;
vertices look for the lightest link and for a grandchild of their parents; vertices ask, and edges ask the parents of
their ends what they chose. Two layers and six heads (`by_holding`): edge rows hold the parents of both ends, and find
out by themselves what becomes of them, as vertices do.

Source: ours. That stars follow their lightest edges is Borůvka's idea (1926).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from logdepth.programs import Column
from logdepth.solutions.graphs.star_hooking import look, vertices_first
from logdepth.solutions.graphs.weighed import Weighed

LIGHTEST_HOOKING = "hooking along the lightest edge, proved in logdepth.solutions.graphs.lightest_hooking"
LIGHTEST_IN_WORDS = (
    "Every vertex points to a parent. An edge links the parents of its two ends. In a round every vertex asks one"
    " vertex whom it asks itself, and points to this one: in a star (a tree of height one) it asks where the lightest"
    " link of its root leads, and in a taller tree its grandparent. Two stars that chose the same link both point to"
    " the lesser of their roots. Chosen links belong to the forest.",
    "Each round divides the sum of weights of a component’s trees by √3, so the least <i>t</i> rounds with"
    " 4 · 3<sup><i>t</i></sup> > <i>n</i>² suffice on every graph.",
)


@dataclass(frozen=True)
class Link:
    """The lightest link of a vertex: its urgency, and the vertex at its other end. Both are 0 if there is none."""

    urgency: Column
    end: Column


def rounds(n: int) -> int:
    """The least t with 4 · 3^t > n²: about 1.26 log2 n - 1.26."""
    times = 0
    while 4 * 3**times <= n * n:
        times += 1
    return times


def by_looking(edges: Weighed) -> Column:
    """1 on the edge rows of the minimum spanning forest, by rounds of three layers."""
    table, n = edges.table, edges.n

    def one_round(parent: Column, chosen: Column) -> tuple[Column, Column]:
        ends = look(table, edges.u, edges.v, parent, n)
        here, there = ends.here, ends.there
        leaves = table.map(lambda a, b: (b > 0) & (a != b), here, there, high=1, name="links two trees")
        deep = table.map(lambda g, p: (p > 0) & (g != p), here, parent, high=1, name="has depth 2")
        link = lightest_link(edges, parent, here, there, leaves, "")
        tall = table.select(query=parent, key=here, where=deep, values=1, name="tree is tall")
        choice = unless(edges, link.urgency, deep, tall, "choice")
        own = table.map(lambda g, end: torch.relu(g - n * (end > 0)), here, edges.u, high=n, name="grandparent")
        asked = ask(edges, own, link.end, choice, "asked")
        answer, theirs = table.pull(asked, [asked, choice], name=["answer", "choice of the one asked"])
        moved = settle(edges, parent, asked, answer, choice, theirs, "parent")
        at_u, at_v = (table.pull(x, choice, name=f"choice at {end}") for end, x in (("u", here), ("v", there)))
        return moved, take(edges, chosen, at_u, at_v)

    start = (vertices_first(table, edges.u, n), 0)
    return table.repeat(rounds(n), one_round, start, high=[n, 1], name=["parent", "chosen"])[1]


def by_holding(edges: Weighed) -> Column:
    """The same by rounds of two layers."""
    table, n = edges.table, edges.n

    def one_round(first: Column, second: Column, chosen: Column) -> tuple[Column, Column, Column]:
        held = {"u": first, "v": second}
        edge = table.map(lambda end: end > 0, second, high=1, name="is an edge")
        leaves = table.map(lambda a, b: (b > 0) & (a != b), first, second, high=1, name="links two trees")
        above = {end: table.pull(x, first, name=f"grandparent of {end}") for end, x in held.items()}
        links = {end: lightest_link(edges, x, first, second, leaves, f" of {end}") for end, x in held.items()}
        deep = {
            end: table.map(lambda g, x: g != x, above[end], x, high=1, name=f"{end} has depth 2")
            for end, x in held.items()
        }
        told = table.map(lambda d, e: torch.relu(d - e), deep["u"], edge, high=1, name="vertex of depth 2")

        def is_tall(root: Column, name: str) -> Column:
            return table.select(query=root, key=above["u"], where=told, values=1, name=name)

        def following(end: str) -> tuple[Column, Column]:
            if_star = unless(edges, links[end].urgency, deep[end], deep[end], f"choice of {end} in a star")
            asked = ask(edges, above[end], links[end].end, if_star, f"asked for {end}")
            columns = [above["u"], links["u"].end, links["u"].urgency]
            beyond, link, urgency = table.pull(
                asked, columns, name=[f"{x} of it, {end}" for x in ("above", "end", "edge")]
            )
            tall, tall_there = (
                is_tall(held[end], f"tree of {end} is tall"),
                is_tall(asked, f"tree of it, {end}, is tall"),
            )
            inside = table.map(lambda g, a: g != a, beyond, asked, high=1, name=f"it, {end}, is no root")
            theirs = unless(edges, urgency, inside, tall_there, f"choice of it, {end}")
            choice = unless(edges, if_star, tall, tall, f"choice of {end}")
            answer = ask(edges, beyond, link, theirs, f"answer for {end}")
            moved = settle(edges, held[end], asked, answer, choice, theirs, f"moved {end}")
            return stay(edges, tall, deep[end], above[end], moved, f"parent of {end}"), choice

        (to_u, at_u), (to_v, at_v) = following("u"), following("v")
        return to_u, to_v, take(edges, chosen, at_u, at_v)

    first = table.map(lambda p, end: p + end, vertices_first(table, edges.u, n), edges.u, high=n, name="vertex or u")
    names = ["parent of u", "parent of v", "chosen"]
    return table.repeat(rounds(n), one_round, (first, edges.v, 0), high=[n, n, 1], name=names)[2]


def lightest_link(edges: Weighed, root: Column, first: Column, second: Column, leaves: Column, name: str) -> Link:
    """Of the edge rows where `first` and `second` are linked, and one of them is `root`, the lightest."""
    table = edges.table

    def lightest(key: Column, other: Column) -> tuple[Column, ...]:
        values, names = [other, edges.urgency], ["end", "urgency"]
        return table.select(
            query=root, key=key, where=leaves, priority=edges.rank, values=values, order="any", name=names
        )

    (end_1, urgency_1), (end_2, urgency_2) = lightest(first, second), lightest(second, first)
    urgency = table.map(torch.maximum, urgency_1, urgency_2, high=table.rows, name=f"urgency of the link{name}")

    def more_urgent(a: Tensor, b: Tensor, x: Tensor, y: Tensor) -> Tensor:
        wins = (a > b) * 1
        return torch.relu(x - edges.n * (1 - wins)) + torch.relu(y - edges.n * wins)

    columns = (urgency_1, urgency_2, end_1, end_2)
    return Link(urgency, table.map(more_urgent, *columns, high=edges.n, name=f"end of the link{name}"))


def unless(edges: Weighed, urgency: Column, one: Column, other: Column, name: str) -> Column:
    """The urgency, but 0 where one of two conditions holds."""
    most = edges.table.rows
    return edges.table.map(lambda x, a, b: torch.relu(x - most * (a + b)), urgency, one, other, high=most, name=name)


def ask(edges: Weighed, above: Column, end: Column, choice: Column, name: str) -> Column:
    """`above`, the grandparent; but `end` where a link is chosen."""

    def asked(g: Tensor, t: Tensor, c: Tensor) -> Tensor:
        chosen = (c > 0) * 1
        return torch.relu(g - edges.n * chosen) + torch.relu(t - edges.n * (1 - chosen))

    return edges.table.map(asked, above, end, choice, high=edges.n, name=name)


def settle(
    edges: Weighed, parent: Column, asked: Column, answer: Column, choice: Column, theirs: Column, name: str
) -> Column:
    """The answer; but the lesser of `parent` and `asked` where they chose one link."""

    def settled(p: Tensor, s: Tensor, a: Tensor, mine: Tensor, its: Tensor) -> Tensor:
        both = ((mine > 0) & (mine == its)) * 1
        return torch.relu(a - edges.n * both) + torch.relu(torch.minimum(p, s) - edges.n * (1 - both))

    return edges.table.map(settled, parent, asked, answer, choice, theirs, high=edges.n, name=name)


def stay(edges: Weighed, tall: Column, deep: Column, above: Column, moved: Column, name: str) -> Column:
    """`above` for the root of a tall tree and its children, else `moved`."""

    def chosen(t: Tensor, d: Tensor, g: Tensor, m: Tensor) -> Tensor:
        stays = torch.relu(t - d)
        return torch.relu(g - edges.n * (1 - stays)) + torch.relu(m - edges.n * stays)

    return edges.table.map(chosen, tall, deep, above, moved, high=edges.n, name=name)


def take(edges: Weighed, chosen: Column, at_u: Column, at_v: Column) -> Column:
    """1 where an edge was chosen before, or by one of its ends now."""
    return edges.table.map(
        lambda c, a, b, own: (c + (a == own) + (b == own)) > 0,
        chosen,
        at_u,
        at_v,
        edges.urgency,
        high=1,
        name="chosen",
    )
