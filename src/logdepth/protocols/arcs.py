"""Arcs, two for every edge, in order of their tails: a vertex's arcs lie on neighbouring machines, in few *pieces*.

A vertex tells its neighbours a number in two rounds: from its home to its pieces, and from every arc to its twin, the
same edge the other way. That is one packet from and to every arc, so there is no skew, whatever the degrees; and it
hears the least of its neighbours' replies in one round more. Nothing is sorted again: pieces and homes, and arcs and
twins, know each other's order.

An arc that finds both its ends in the same tree is dropped, as its twin is; trees never part. A piece without arcs says
so to its home and is dropped, too, if it is all that its vertex has. It knows that it is if the same machine has pieces
before and after it, of smaller and larger tails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc import (
    Mail,
    Memory,
    Packets,
    Records,
    Routine,
    begins_of_each,
    gather,
    order_within,
    runs_of,
)
from logdepth.mpc.primitives import Grid, begins_of, each_of, least_of_each, place_in_run, sizes_of, sort
from logdepth.protocols.choices import Choices
from logdepth.protocols.homes import VERTEX, word
from logdepth.protocols.star_hooking_layout import Layout

Array = np.ndarray

EDGE = "edge"
"""The edges, each with its two ends; in the end, with weights, whether they are chosen."""
ARC = "arc"
"""In order of tails: the machine of the twin, and the urgency if edges have weights."""
ARRIVAL = "arrival"
"""In the order in which the mail of twins arrives: the place of the arc on its machine."""
PIECE = "piece"
"""For every tail that has arcs on a machine, in ascending order: its home, and how many arcs."""


@dataclass(frozen=True)
class Arcs:
    """Making arcs of edges, and telling along them."""

    layout: Layout
    grid: Grid
    choices: Choices

    @property
    def word(self) -> type[np.signedinteger]:
        """For what arcs hold and send: vertices, and places of arcs."""
        return word(max(self.layout.vertices, self.layout.arc_machines * self.layout.arcs_each))

    def arrange(self) -> list[Routine]:
        """From edges with ends `u` and `v`, in the order of their urgency, to arcs that know their twins."""
        plan = self.layout
        by_tail = sort(
            ARC,
            {"tail": plan.vertices - 1},
            machines=plan.arc_machines,
            per_machine=plan.arcs_each,
            spare=plan.spare,
        )
        return [
            Routine("edges to arcs", (self.part,)),
            by_tail,
            Routine("twins", (self.find_home, self.meet, self.know)),
        ]

    def part(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every edge becomes two arcs."""
        edges = memory[EDGE]
        number = edges.owner * self.layout.edges_each + place_in_run(edges.owner)
        tails = np.stack([edges["u"], edges["v"]], axis=1).reshape(-1).astype(self.word)
        arcs = Records(np.repeat(edges.owner, 2), {"tail": tails, "edge": np.repeat(number.astype(self.word), 2)})
        stays = {kind: records for kind, records in memory.items() if kind != EDGE}
        return stays | self.choices.kept_of(edges) | {ARC: arcs}, {}

    def find_home(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Pieces tell the homes of their tails where they are; the two arcs of an edge meet where it has been."""
        arcs = memory[ARC]
        begins = begins_of(arcs.owner, arcs["tail"])
        owner, tail = arcs.owner[begins], arcs["tail"][begins]
        pieces = Records(owner, {"home": self.grid.home(tail), "arcs": sizes_of(begins, len(arcs))})
        been = arcs["edge"] // self.layout.edges_each
        meeting = Packets(arcs.owner, been, {"edge": arcs["edge"], "slot": place_in_run(arcs.owner).astype(self.word)})
        stays = memory | {PIECE: pieces, ARC: Records(arcs.owner, self.choices.of_edge(arcs["edge"]))}
        return stays, {"pieces": Packets(owner, pieces["home"], {"vertex": tail}), "arcs": meeting}

    def meet(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Homes hear of the pieces of a vertex in the order of their machines, which are neighbours."""
        found, vertices = mail["pieces"], memory[VERTEX]
        begins = begins_of(found.destination, found["vertex"])
        place = self.grid.place(vertices, found["vertex"][begins])
        first, count = np.zeros((2, len(vertices)), dtype=np.int64)
        first[place] = found.source[begins]
        count[place] = sizes_of(begins, len(found))
        memory = memory | {VERTEX: vertices.extend(first=first, pieces=count)}
        arcs = mail["arcs"]
        place = arcs.source * self.layout.arcs_each + arcs["slot"]
        both = np.bincount(arcs["edge"], place).astype(np.int64)  # of an edge: the sum of its two places, below 2^53
        twin = (gather(both, arcs["edge"]) - place).astype(self.word)
        return memory, {"twins": Packets(arcs.destination, arcs.source, {"slot": arcs["slot"], "twin": twin})}

    def know(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The mail of the twins will arrive in the order of their places."""
        arcs, told = memory[ARC], mail["twins"]
        machines = runs_of(arcs.owner)
        begins = machines.spread(machines.begins)
        twin = np.empty(len(arcs), dtype=self.word)
        twin[begins + told["slot"]] = told["twin"]  # one for every arc, so that machines have as many as arcs
        slot = order_within(arcs.owner, twin)
        slot -= begins
        return memory | {
            ARC: arcs.extend(twin=twin // self.layout.arcs_each),
            ARRIVAL: Records(arcs.owner, {"slot": slot.astype(self.word)}),
        }, {}

    def begins(self, owner: Array) -> Array:
        """For every machine with arcs, where its records begin."""
        return begins_of_each(owner, self.layout.arc_machines)

    def tell_parents(self) -> Routine:
        """Every vertex learns the most urgent of its edges to vertices of another parent, as its `choice`."""
        return Routine("tell neighbours", (self.tell_pieces, self.tell_twins, self.hear_twins, self.hear_pieces))

    def tell_pieces(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        vertices = memory[VERTEX]
        some = np.flatnonzero(vertices["pieces"] != 0)
        piece, number = each_of(gather(vertices["pieces"], some))
        place = gather(some, piece)
        number += gather(vertices["first"], place)
        parent = gather(vertices["parent"], place)
        return memory, {"to pieces": Packets(gather(vertices.owner, place), number, {"parent": parent})}

    def tell_twins(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Homes are in ascending order, and so are the vertices of each: so are the pieces that hear of them."""
        pieces, arcs = memory[PIECE], memory[ARC]
        parent = mail["to pieces"]["parent"]
        told = np.repeat(parent, pieces["arcs"])
        memory = memory | {PIECE: pieces.extend(parent=parent)}
        return memory, {"to twins": Packets(arcs.owner, arcs["twin"], {"parent": told})}

    def hear_twins(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every piece tells its home the most urgent of its arcs that leave the tree."""
        pieces, arcs, arrival = memory[PIECE], memory[ARC], memory[ARRIVAL]
        machines = runs_of(arcs.owner)
        place = machines.spread(machines.begins)
        place += arrival["slot"]
        other = np.empty_like(mail["to twins"]["parent"])
        other[place] = mail["to twins"]["parent"]
        leaves = other != np.repeat(pieces["parent"], pieces["arcs"])
        if not leaves.all():
            stay = np.flatnonzero(leaves)
            pieces, arcs, arrival = self.left(pieces, arcs, place, leaves, stay)
            other = gather(other, stay)
        choice, gone = self.choices_of(pieces, self.choices.of_arcs(arcs, other))
        stays = pieces.without("parent")
        memory = memory | {
            ARC: arcs,
            ARRIVAL: arrival,
            PIECE: stays.take(np.flatnonzero(~gone)) if gone.any() else stays,
        }
        return memory, {"to homes": Packets(pieces.owner, pieces["home"], self.choices.words(choice))}

    def choices_of(self, pieces: Records, of_arcs: Array) -> tuple[Array, Array]:
        """What pieces choose among what their arcs propose, and which of them are gone: those without arcs, but for the
        first and the last of a machine, which may not be all that their vertices have."""
        choice = np.full(len(pieces), self.choices.nothing, dtype=word(self.choices.gone))
        some = np.flatnonzero(pieces["arcs"] != 0)
        begins = np.cumsum(pieces["arcs"]) - pieces["arcs"]
        choice[some] = least_of_each(of_arcs, gather(begins, some))
        gone = pieces["arcs"] == 0
        machines = runs_of(pieces.owner)
        gone[machines.begins] = gone[machines.begins + machines.sizes - 1] = False
        choice[gone] = self.choices.gone
        return choice, gone

    def left(
        self, pieces: Records, arcs: Records, place: Array, stays: Array, stay: Array
    ) -> tuple[Records, Records, Records]:
        """The arcs that stay, as flags and by their places. place: of every arc that mail arrives for."""
        before = np.zeros(len(stays) + 1, dtype=np.int32)  # how many stay, of those before each place
        np.cumsum(stays, dtype=np.int32, out=before[1:])
        begins = np.cumsum(pieces["arcs"]) - pieces["arcs"]
        pieces = pieces.extend(arcs=sizes_of(gather(before, begins).astype(np.int64), int(before[-1])))
        arcs = Records(gather(arcs.owner, stay), {name: gather(values, stay) for name, values in arcs.fields.items()})
        slot = gather(before, gather(place, np.flatnonzero(gather(stays, place)))).astype(self.word, copy=False)
        machines = runs_of(arcs.owner)
        slot -= machines.spread(machines.begins.astype(self.word))
        return pieces, arcs, Records(arcs.owner, {"slot": slot})

    def hear_pieces(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Mail is in the order of machines; and so are the vertices of a home, and the pieces of each."""
        vertices = memory[VERTEX]
        choice = np.full(len(vertices), self.choices.nothing, dtype=word(self.choices.gone))
        some = np.flatnonzero(vertices["pieces"] != 0)
        count = gather(vertices["pieces"], some)
        heard = least_of_each(self.choices.number(mail["to homes"]), np.cumsum(count) - count)
        gone = heard == self.choices.gone
        choice[some] = np.minimum(heard, self.choices.nothing)
        pieces = vertices["pieces"].copy()
        pieces[some[gone]] = 0
        return memory | {VERTEX: vertices.extend(pieces=pieces, **self.choices.words(choice))}, {}
