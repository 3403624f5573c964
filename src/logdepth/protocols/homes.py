"""Vertices at their homes: everybody can ask any vertex in four rounds and tell any vertex in two, however skewed.

Questions go by way of the corners of a `Grid`, and answers back the same way. With c vertices a home a corner is asked
at most c questions by each of √q machines, and a home is asked at most c by each of √q corners: c √q questions, for
every pattern of questions. What vertices tell takes the first two of these rounds, and corners pass on the least.

Nothing is sorted and no balance is left to luck; the price is that q grows as (n / s)²: n vertices need s ≥ 2 √n. For
less memory there are `logdepth.mpc.primitives`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from logdepth.mpc import Mail, Memory, Packets, Records, Routine, gather, order_within
from logdepth.mpc.primitives import Grid, least_of_each
from logdepth.protocols.star_hooking_layout import Layout

Array = np.ndarray

VERTEX = "vertex"
"""The records of vertices, at their homes, in ascending order of their numbers, which they hold as `vertex`."""


def grid_of(layout: Layout) -> Grid:
    """The grid of all homes, after the machines with arcs; the last row is full."""
    machines = layout.machines - layout.arc_machines
    rows = machines // layout.across
    return Grid(layout.vertices, layout.each, machines, rows, layout.across, first=layout.arc_machines)


def word(highest: int) -> type[np.signedinteger]:
    """For numbers up to `highest`, of which there are many: half as many bytes travel faster."""
    return np.int32 if highest < 2**31 else np.int64


@dataclass(frozen=True)
class Ask:
    """Vertices ask others for a `field`, in four rounds.

    whom: from the vertices, the places of those who ask, in ascending order, and the vertex that each asks. then: from
    the vertices, the places of those who have asked, and their answers, the vertices as they are afterwards.
    """

    grid: Grid
    name: str
    field: str
    whom: Callable[[Records], tuple[Array, Array]]
    then: Callable[[Records, Array, Array], Records]

    def routine(self) -> Routine:
        return Routine(self.name, (self.ask, self.pass_on, self.answer, self.pass_back, self.take))

    @property
    def waiting(self) -> str:
        return f"{self.name}: waiting"

    @property
    def waiting_at_corners(self) -> str:
        return f"{self.name}: waiting at corners"

    def ask(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        vertices = memory[VERTEX]
        asking, whom = self.whom(vertices)
        owner = gather(vertices.owner, asking)
        column = self.grid.column(whom)
        order = order_within(owner, column)  # that of the answers: by corner, then as they were asked
        waiting = Records(owner, {"vertex": gather(vertices["vertex"], gather(asking, order))})
        questions = Packets(waiting.owner, self.grid.crossing(waiting.owner, column), {"key": whom})
        return memory | {self.waiting: waiting}, {self.name: questions}

    def pass_on(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        waiting, questions = self.grid.asked_once(mail[self.name])
        return memory | {self.waiting_at_corners: waiting}, {self.name: questions}

    def answer(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        asked, vertices = mail[self.name], memory[VERTEX]
        value = gather(vertices[self.field], self.grid.place(vertices, asked["key"]))
        return memory, {self.name: Packets(asked.destination, asked.source, {"value": value})}

    def pass_back(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        answers = self.grid.pass_back(memory[self.waiting_at_corners], mail[self.name])
        stays = {kind: records for kind, records in memory.items() if kind != self.waiting_at_corners}
        return stays, {self.name: answers}

    def take(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        vertices, waiting = memory[VERTEX], memory[self.waiting]
        asked = self.grid.place(vertices, waiting["vertex"]).astype(
            np.intp, copy=False
        )  # for it is used more than once
        stays = {other: records for other, records in memory.items() if other != self.waiting}
        return stays | {VERTEX: self.then(vertices, asked, mail[self.name]["value"])}, {}


@dataclass(frozen=True)
class Tell:
    """Vertices tell others a whole number, each at most one, in two rounds; a vertex hears the least of these numbers.

    whom: from the vertices, the places of those who tell, in ascending order, the vertex that each tells, and what.
    words, number: from such numbers to the words in which they are sent, and back. then: from the vertices and what
    each has heard, or `nothing`, the vertices as they are afterwards.
    """

    grid: Grid
    name: str
    whom: Callable[[Records], tuple[Array, Array, Array]]
    words: Callable[[Array], dict[str, Array]]
    number: Callable[[Packets], Array]
    nothing: int
    then: Callable[[Records, Array], Records]

    def routine(self) -> Routine:
        return Routine(self.name, (self.tell, self.pass_on, self.hear))

    def tell(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        vertices = memory[VERTEX]
        telling, whom, what = self.whom(vertices)
        told = Records(gather(vertices.owner, telling), {"key": whom, **self.words(what)})
        return memory, {self.name: Packets(told.owner, self.grid.corner(told.owner, whom), told.fields)}

    def pass_on(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """A corner passes on the least of what it hears for a vertex."""
        told = mail[self.name]
        order, begins = self.grid.met(told)
        least = least_of_each(gather(self.number(told), order), begins)
        corner, vertex = gather(told.destination, begins), gather(told["key"], gather(order, begins))
        return memory, {self.name: Packets(corner, self.grid.home(vertex), {"key": vertex, **self.words(least)})}

    def hear(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        told, vertices = mail[self.name], memory[VERTEX]
        heard = np.full(len(vertices), self.nothing, dtype=word(self.nothing))
        place = self.grid.place(vertices, told["key"]).astype(np.intp, copy=False)
        np.minimum.at(heard, place, self.number(told))
        return memory | {VERTEX: self.then(vertices, heard)}, {}
