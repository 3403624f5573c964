"""Arcs in the order of their tails, which are numbered anew in each turn, and what they tell their twins.

An edge is two arcs, and a vertex is one more, a *member*, that has a tail alone. So the arcs of a tail lie on
neighbouring machines; those on one machine are its *piece* there. The two arcs of an edge have the same number. They
tell each other something on a machine that both know, in two rounds: one packet from and to each, whatever the degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc import Mail, Memory, Packets, Records, Routine, order_within
from logdepth.mpc.primitives import Scan, begins_of, chain, segmented, sizes_of, sort
from logdepth.protocols.growing_balls_plan import Plan
from logdepth.protocols.leader_contraction import NONE

Array = np.ndarray

ARC = "arc"
"""In the order of tails, the roots: `tail`, and `number`, by which an arc knows its twin; a member's number is m and
more."""


@dataclass(frozen=True)
class SortedArcs:
    """Sorting them, numbering their tails, and asking twins."""

    plan: Plan

    def order(self) -> Routine:
        plan = self.plan
        return sort(
            ARC,
            {"tail": plan.vertices - 1},
            machines=plan.machines,
            per_machine=plan.arcs_each,
            spare=plan.spare,
        )

    def number(self) -> Routine:
        """Every arc learns the rank of its tail among all tails, and how many there are."""
        sums = [Scan("sum", ("first",), ("rank",), "so far"), Scan("sum", ("first",), ("live",))]
        return chain(
            "number roots",
            Routine("last tails", (self.tell_last, self.mark_first)),
            segmented(ARC, (), sums, machines=self.plan.machines, spare=self.plan.spare),
            rename_tails,
        )

    def tell_last(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine tells the one behind it its last tail."""
        arcs = memory[ARC]
        last = np.append(begins_of(arcs.owner)[1:], len(arcs))[: len(np.unique(arcs.owner))] - 1
        last = last[arcs.owner[last] + 1 < self.plan.machines]
        return memory, {"last": Packets(arcs.owner[last], arcs.owner[last] + 1, {"tail": arcs["tail"][last]})}

    def mark_first(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        arcs, before = memory[ARC], mail["last"]
        first = np.zeros(len(arcs), dtype=np.int64)
        first[begins_of(arcs.owner, arcs["tail"])] = 1
        begins = begins_of(arcs.owner)
        told = np.flatnonzero(np.isin(before.destination, arcs.owner[begins]))
        place = begins[np.searchsorted(arcs.owner[begins], before.destination[told])]
        first[place] = arcs["tail"][place] != before["tail"][told]
        return memory | {ARC: arcs.extend(first=first)}, {}

    def ask_twins(self, arcs: Records, field: str) -> Packets:
        """The arcs of an edge meet where both know, and tell each other a number."""
        edges = np.flatnonzero(arcs["number"] < self.plan.edges)
        number = arcs["number"][edges]
        told = {"number": number, "value": arcs[field][edges]}
        return Packets(arcs.owner[edges], number // self.plan.edges_each, told)

    def meet(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        arcs = mail["arcs"]
        pairs = order_within(arcs.destination, arcs["number"]).reshape(-1, 2)
        one, other = pairs.reshape(-1), pairs[:, ::-1].reshape(-1)
        return memory, {"twins": Packets(arcs.destination[one], arcs.source[one], {"value": arcs["value"][other]})}

    def told_by_twins(self, arcs: Records, told: Packets) -> Array:
        """At members NONE. What twins tell comes in the order of their numbers."""
        edges = np.flatnonzero(arcs["number"] < self.plan.edges)
        heard = np.full(len(arcs), NONE)
        heard[edges[order_within(arcs.owner[edges], arcs["number"][edges])]] = told["value"]
        return heard


def rename_tails(memory: Memory) -> Memory:
    """Tails by their ranks."""
    arcs = memory[ARC]
    return memory | {ARC: arcs.extend(tail=arcs["rank"] - 1).without("first", "rank")}


def of_arcs(arcs: Records, told: Array) -> Array:
    """For every arc what its piece was told."""
    return np.repeat(told, sizes_of(begins_of(arcs.owner, arcs["tail"]), len(arcs)))
