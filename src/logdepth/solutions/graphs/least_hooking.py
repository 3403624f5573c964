"""Forests in ⌊log2 n⌋ rounds of two or three layers, proved: every star moves to where its least neighbour leads.

Every vertex v points to a parent p(v). A tree is a *star* if its height is at most 1, else *tall*. An edge {u, v}
*links* p(u) and p(v) if they differ, and t(r) is the least vertex that is linked to r. In a round each vertex v asks
one vertex, and its new parent is what that one answers:

- asked(v) is the grandparent p(p(v)); but t(r) in a star whose root r has links;
- answer(s) is the lesser of p(p(s)) and asked(s); so it is p(p(s)) off the roots of stars.

**Theorem.** After ⌊log2 n⌋ rounds every component is one star.

*Links in a row.* Let x0, x1 = t(x0), x2 = t(x1), … be roots of stars, up to the first vertex that is none. Links have
two ends, so x(i+2) ≤ x(i). Call x(i) *low* if x(i) < x(i+1). Then x(i+2) ≤ x(i) < x(i+1): after a low one comes one
that is not. The members of star x(i), its root among them, move to answer(x(i+1)): if x(i+1) is the root of a star,
this is x(i+1) itself where it is low (a short step), and x(i+2) where it is not (a long step). So after a short step
comes a long one.

*Forest.* Each vertex of a tall tree goes on inside it, towards its root, which stays. So a cycle of new parents
consists of roots of stars, and of such steps. All along it x(i+2) ≤ x(i), so x(i+2) = x(i): it goes to and fro between
some a < b with t(a) = b and t(b) = a. Both move to a. Hence new parents form a forest, whose roots are those of tall
trees, which have not moved, and the lesser of two stars that are each other's least neighbour. The star of an
unfinished component never stays alone: it moves, or it is such a lesser one, and the other moves to it.

*Weights.* Let w(0) = w(1) = 2, and w(h) = ⌈(3h + 1) / 2⌉ for h ≥ 2: 4, 5, 7, 8, 10, …. The potential of a component is
the sum of w(height) over its trees; at first it is at most 2n. **A round at least halves it while the component is not
one star.** Then after ⌊log2 n⌋ rounds it is less than 4, and two trees, or a tall one, have at least 4.

Look at a new tree of height h. Let q steps lead along x0, x1, …, and S of them be short. Steps before and after a short
one are long, so S ≤ (q + 1) / 2, and they take at least 2q - S ≥ (3q - 1) / 2 links.

1. It has only stars. Its root is a of such a pair a < b, and the members of a star at depth h ≥ 1 got there by h steps,
   as none leads past a: from the star before a they are short. Those x(i) are different stars, at least (3h - 1) / 2
   and a. So there are P ≥ (3h + 1) / 2 stars, and P ≥ 2, and w(h) ≤ P = 2P / 2.
2. It has one tall tree, of height H ≥ 2, and k ≥ 0 stars. Depth d in the tall tree becomes ⌈d / 4⌉. If k = 0, w(⌈H /
   4⌉) ≤ w(H) / 2. A vertex s of the tall tree that is linked has depth at most H - 1, for it is a parent of an end of
   an edge, or the root. Say that the star x0 is at depth h, and x(c), c ≤ k, is the first that is no root of a star.
   a. q steps lead to x(c-1), and one more to answer(x(c)), which is the root or two further up: h ≤ q + 1 + e, e =
      ⌈max(H - 3, 0) / 4⌉, and c - 1 ≥ (3q - 1) / 2. So w(h) ≤ k + ⌈(3e + 3) / 2⌉.
   b. q steps lead to x(c-2), and a long one to x(c): h ≤ q + 1 + e, e = ⌈(H - 1) / 4⌉, and c - 2 ≥ (3q - 1) / 2. So
      w(h) ≤ k + ⌈(3e + 1) / 2⌉.
   Both are at most k + w(H) / 2, half of what there was: for H = 2, 3, 4 by w = 4, 5, 7, and from 5 on since w(H) / 2 ≥
   (3H + 1) / 4.

That a tree is tall is known to its root from its vertices at depth 2. In both programs every vertex finds out by itself
what its root could tell it, as it holds the root's number: it looks for the least link of p(v), and for a grandchild of
it.

Three layers and three heads (`by_looking`): vertices read their grandparents, and edges the parents of their ends;
vertices look for the least link and for a grandchild of their parents; vertices ask. Two layers and six heads
(`by_holding`): edge rows hold the parents of both ends, and find out themselves what becomes of them, as vertices do.

Source: ours. Hooking to the least neighbour is in Liu and Tarjan 2019 (arXiv 1812.06177), for labels that only fall.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Table
from logdepth.solutions.graphs.star_hooking import look, rounds, vertices_first

LEAST_HOOKING = "hooking to the least neighbour, proved in logdepth.solutions.graphs.least_hooking"
LEAST_IN_WORDS = (
    "Every vertex points to a parent. An edge links the parents of its two ends. In a round every vertex asks one"
    " vertex, and points to what it answers: in a star (a tree of height one) it asks the least vertex that is linked"
    " to its root, and in a taller tree its grandparent. The root of a star answers with the lesser of itself and the"
    " least vertex that is linked to it, any other vertex with its own grandparent.",
    "Each round at least halves the sum of weights of a component’s trees, so ⌊log₂ <i>n</i>⌋ rounds suffice on every"
    " graph.",
)


def by_looking(table: Table, u: Column, v: Column, n: int) -> Column:
    """A representative of every vertex's component, by ⌊log2 n⌋ rounds of three layers."""

    def one_round(parent: Column) -> Column:
        ends = look(table, u, v, parent, n)
        here, there = ends.here, ends.there
        leaves = table.map(lambda a, b: (b > 0) & (a != b), here, there, high=1, name="links two trees")
        deep = table.map(lambda g, p: (p > 0) & (g != p), here, parent, high=1, name="has depth 2")
        near = least_link(table, parent, here, there, leaves, n, "")
        tall = table.select(query=parent, key=here, where=deep, values=1, name="tree is tall")
        still = table.map(lambda d, t: (d + t) > 0, deep, tall, high=1, name="is in a tall tree")
        own = table.map(lambda g, end: torch.relu(g - n * (end > 0)), here, u, high=n, name="grandparent")
        asked = ask(table, own, near, still, n, "")
        return table.pull(asked, lesser(table, own, asked, n, "answer"), name="parent")

    return table.repeat(rounds(n), one_round, vertices_first(table, u, n), high=n, name="parent")


def by_holding(table: Table, u: Column, v: Column, n: int) -> Column:
    """The same by rounds of two layers; on an edge row it is the representative of u."""

    def one_round(first: Column, second: Column) -> tuple[Column, Column]:
        edge = table.map(lambda end: end > 0, second, high=1, name="is an edge")
        leaves = table.map(lambda a, b: (b > 0) & (a != b), first, second, high=1, name="links two trees")
        held = {"u": first, "v": second}
        above = {end: table.pull(x, first, name=f"grandparent of {end}") for end, x in held.items()}
        near = {end: least_link(table, x, first, second, leaves, n, f" of {end}") for end, x in held.items()}
        deep = {
            end: table.map(lambda g, x: g != x, above[end], x, high=1, name=f"{end} has depth 2")
            for end, x in held.items()
        }
        told = table.map(lambda d, e: torch.relu(d - e), deep["u"], edge, high=1, name="vertex of depth 2")

        def is_tall(root: Column, name: str) -> Column:
            return table.select(query=root, key=above["u"], where=told, values=1, name=name)

        def following(end: str) -> Column:
            asked = ask(table, above[end], near[end], deep[end], n, f" of {end}")
            theirs, link = table.pull(asked, [above["u"], near["u"]], name=[f"above {end}", f"near {end}"])
            stays = table.map(
                lambda t, d: torch.relu(t - d),
                is_tall(held[end], f"tree of {end} is tall"),
                deep[end],
                high=1,
                name=f"{end} stays",
            )
            off_stars = table.map(
                lambda t, g, a: (t + (g != a)) > 0,
                is_tall(asked, f"tree asked for {end} is tall"),
                theirs,
                asked,
                high=1,
                name=f"no star asked for {end}",
            )
            onward = ask(table, theirs, link, off_stars, n, f" by the one asked for {end}")
            answer = lesser(table, theirs, onward, n, f"answer for {end}")
            return table.map(
                lambda here, other, stay: torch.relu(here - n * (1 - stay)) + torch.relu(other - n * stay),
                above[end],
                answer,
                stays,
                high=n,
                name=f"parent of {end}",
            )

        return following("u"), following("v")

    start = (table.map(lambda p, end: p + end, vertices_first(table, u, n), u, high=n, name="vertex or u"), v)
    first, _ = table.repeat(rounds(n), one_round, start, high=[n, n], name=["parent of u", "parent of v"])
    return first


def least_link(table: Table, root: Column, first: Column, second: Column, leaves: Column, n: int, name: str) -> Column:
    """n + 1 - t(root), from the edge rows where `first` and `second` are linked; 0 if nothing is linked to it."""

    def near(key: Column, other: Column) -> Column:
        closeness = table.map(lambda x: n + 1 - x, other, high=n + 1, name="closeness")
        return table.select(
            query=root, key=key, where=leaves, priority=other, values=closeness, order="last", name="near"
        )

    found = near(first, second), near(second, first)
    return table.map(torch.maximum, *found, high=n + 1, name=f"closeness of the least link{name}")


def ask(table: Table, above: Column, near: Column, still: Column, n: int, name: str) -> Column:
    """`above`, the grandparent; but the least link if there is one, and not `still`."""

    def asked(g: Tensor, c: Tensor, stay: Tensor) -> Tensor:
        moves = torch.relu((c > 0) * 1 - stay)
        return torch.relu(g - n * moves) + torch.relu(n + 1 - c - (n + 1) * (1 - moves))

    return table.map(asked, above, near, still, high=n, name=f"asked{name}")


def lesser(table: Table, one: Column, other: Column, n: int, name: str) -> Column:
    return table.map(torch.minimum, one, other, high=n, name=name)
