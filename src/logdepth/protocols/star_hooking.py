"""Connected components and minimum spanning forests in O(log n) rounds on machines of about √n words: star hooking.

The algorithm, with its proof, is that of `logdepth.solutions.graphs.star_hooking`: ⌊log2 n⌋ turns make every component
a star, and one more sees that nothing is left to do. A turn of 16 rounds:

1. every vertex asks its parent for its grandparent, and learns along its arcs the most urgent of its edges that leave
   for another parent (4 rounds);
2. it passes this on to its parent, or says that it has a grandparent (2); roots of stars hook;
3. roots that have hooked tell their targets; of two that have chosen each other the smaller lets go (2);
4. and 5. every vertex goes on to its grandparent, twice (4 and 4). Beside this all come to know whether anything was
   left to do at all.

Who knows that its parent is a root, since the answer to its last question was the parent itself, does not ask again
until roots have hooked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc import Loop, Mail, Memory, Packets, Part, Protocol, Records, Routine, gather, local, together
from logdepth.mpc.primitives import Grid, agree, sort
from logdepth.protocols.arcs import EDGE, Arcs
from logdepth.protocols.choices import TALL, Choices
from logdepth.protocols.homes import VERTEX, Ask, Tell, grid_of, word
from logdepth.protocols.star_hooking_layout import Layout, layout, turns

Array = np.ndarray

COUNTED = "counted"
"""How many `roots` there are, on every machine, if it was asked for."""
VERDICT = "verdict"


def star_hooking(vertices: int, edges: int, memory: int, heaviest: int | None = None, count: bool = False) -> Protocol:
    """The protocol for graphs of n vertices and m edges on machines of `memory` words.

    It begins with `start`. In the end every vertex has at its home the root of its tree as `parent`; with weights that
    differ by `heaviest` at most, every edge has `chosen`, 1 if it is in the minimum spanning forest, where of equal
    weights the earlier edge is the lighter; with `count` every machine has the number of components.
    Errors: UsageError below the least memory, which it names.
    """
    return protocol_on(layout(vertices, edges, memory, heaviest is not None), heaviest, count)


def protocol_on(plan: Layout, heaviest: int | None, count: bool) -> Protocol:
    """`star_hooking` on this layout."""
    grid = grid_of(plan)
    choices = Choices(plan.vertices, None if heaviest is None else max(1, plan.edges))
    arcs = Arcs(plan, grid, choices)
    everybody = {"machines": plan.machines, "spare": 2 * plan.fan_in}
    begin: list[Part] = []
    if heaviest is not None:
        begin.append(
            sort(
                EDGE,
                {"weight": heaviest},
                machines=plan.arc_machines,
                per_machine=plan.edges_each,
                spare=plan.spare,
            )
        )
    turn = Turn(plan, grid, arcs, choices)
    loop = Loop(turn.routines(), VERDICT, most=turns(plan.vertices))
    end = [local("roots", roots), agree(VERTEX, COUNTED, {"roots": ("sum", "root")}, **everybody)] if count else []
    return Protocol("star hooking", plan.machines, plan.memory, (*begin, *arcs.arrange(), loop, *end), plan.groups)


def roots(memory: Memory) -> Memory:
    """Every vertex sees whether it is a root."""
    vertices = memory[VERTEX]
    return memory | {VERTEX: vertices.extend(root=vertices["parent"] == vertices["vertex"])}


@dataclass(frozen=True)
class Turn:
    """One turn of the loop."""

    layout: Layout
    grid: Grid
    arcs: Arcs
    choices: Choices

    def routines(self) -> tuple[Routine, ...]:
        grid, choices = self.grid, self.choices
        look = Ask(grid, "look", "parent", self.unsettled, self.know_grandparents)
        tell = Tell(grid, "choose", self.tell_parent, choices.words, choices.number, choices.nothing, self.hook)
        cut = Tell(grid, "cut", self.tell_target, marks, marks_of, choices.nothing, self.let_go)
        once = Ask(grid, "go on", "parent", self.below_roots, self.go_on)
        twice = Ask(grid, "go on again", "parent", self.unsettled, self.go_on_again)
        done = agree(
            VERTEX, VERDICT, {"go_on": ("or", "busy")}, machines=self.layout.machines, spare=2 * self.layout.fan_in
        )
        mark = [] if choices.edges is None else [Routine("mark edges", (self.mark, self.take_marks))]
        return (
            together("look", look.routine(), self.arcs.tell_parents()),
            tell.routine(),
            together("cut", cut.routine(), *mark),
            together("go on", once.routine(), done),
            twice.routine(),
        )

    # --- whom vertices ask and tell, and what becomes of them ---

    def unsettled(self, vertices: Records) -> tuple[Array, Array]:
        """Who does not know that its parent is a root asks it."""
        asking = np.flatnonzero(~vertices["settled"])
        return asking, gather(vertices["parent"], asking)

    def know_grandparents(self, vertices: Records, asked: Array, answers: Array) -> Records:
        return vertices.extend(grandparent=replace(vertices["parent"], asked, answers))

    def tell_parent(self, vertices: Records) -> tuple[Array, Array, Array]:
        parent, grandparent, choice = vertices["parent"], vertices["grandparent"], self.choices.number(vertices)
        tall = grandparent != parent
        speaking = np.flatnonzero(tall | ((choice != self.choices.nothing) & (parent != vertices["vertex"])))
        what = gather(choice, speaking) | -gather(tall.view(np.int8), speaking)  # TALL, -1, has all bits
        return speaking, gather(grandparent, speaking), what

    def hook(self, vertices: Records, heard: Array) -> Records:
        """The root of a star that knows of an edge that leaves hooks; its `hook` is the choice."""
        own = self.choices.number(vertices)
        parent, tall = vertices["parent"], vertices["grandparent"] != vertices["parent"]
        busy = tall | (own != self.choices.nothing)
        best = np.minimum(own, heard)
        hooking = np.flatnonzero((parent == vertices["vertex"]) & (best != TALL) & (best != self.choices.nothing))
        best = gather(best, hooking)
        hook = replace(np.full_like(own, self.choices.nothing), hooking, best)
        kept = vertices.without(*self.choices.words(own))
        words = {f"hook {name}": values for name, values in self.choices.words(hook).items()}
        return kept.extend(parent=replace(parent, hooking, self.choices.target(best)), busy=busy, **words)

    def find_hooked(self, vertices: Records) -> Array:
        """The choices of those that have hooked."""
        words = {name: vertices[f"hook {name}"] for name in self.choices.words(np.zeros(0, dtype=np.int64))}
        return self.choices.number(Records(vertices.owner, words))

    def tell_target(self, vertices: Records) -> tuple[Array, Array, Array]:
        choice = self.find_hooked(vertices)
        hooked = np.flatnonzero(choice != self.choices.nothing)
        mark = self.choices.mark(gather(choice, hooked), gather(vertices["vertex"], hooked))
        return hooked, gather(vertices["parent"], hooked), mark

    def let_go(self, vertices: Records, heard: Array) -> Records:
        """No root hooks onto a star by a more urgent edge than its own, so its own mark, if it is there, is least."""
        choice = self.find_hooked(vertices)
        hooks = choice != self.choices.nothing
        vertex, parent = vertices["vertex"], vertices["parent"]
        back = np.flatnonzero(hooks & (heard == self.choices.answer(choice)) & (vertex < parent))
        kept = vertices.without(*(f"hook {name}" for name in self.choices.words(choice)))
        return kept.extend(parent=replace(parent, back, gather(vertex, back)))

    def below_roots(self, vertices: Records) -> tuple[Array, Array]:
        """Only roots of stars have hooked: who had a grandparent before still has. All others ask, but for roots."""
        parent = vertices["parent"]
        asking = np.flatnonzero((parent != vertices["vertex"]) & ~self.deep(vertices))
        return asking, gather(parent, asking)

    def deep(self, vertices: Records) -> Array:
        """Who had a parent and a grandparent before roots hooked."""
        grandparent = vertices["grandparent"]
        return (grandparent != vertices["parent"]) & (grandparent != vertices["vertex"])

    def go_on(self, vertices: Records, asked: Array, answers: Array) -> Records:
        """Who did not ask has a grandparent already, or is a root, which is its own."""
        parent = vertices["parent"]
        settled = replace(parent == vertices["vertex"], asked, answers == gather(parent, asked))
        above = replace(vertices["grandparent"], asked, answers)
        return vertices.without("grandparent", "busy").extend(parent=above, settled=settled)

    def go_on_again(self, vertices: Records, asked: Array, answers: Array) -> Records:
        parent = vertices["parent"]
        settled = replace(vertices["settled"], asked, answers == gather(parent, asked))
        return vertices.extend(parent=replace(parent, asked, answers), settled=settled)

    # --- edges that are chosen ---

    def mark(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Roots that have hooked say so to their edges."""
        vertices = memory[VERTEX]
        urgency = self.choices.urgency(self.find_hooked(vertices))
        hooks = np.flatnonzero(urgency < self.choices.edges)
        machine, slot = np.divmod(urgency[hooks], self.layout.edges_each)
        return memory, {"chosen": Packets(vertices.owner[hooks], machine, {"slot": slot})}

    def take_marks(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        edges, told = memory[EDGE], mail["chosen"]
        chosen = edges["chosen"].copy()
        chosen[self.arcs.begins(edges.owner)[told.destination] + told["slot"]] = 1
        return memory | {EDGE: edges.extend(chosen=chosen)}, {}


def marks(mark: Array) -> dict[str, Array]:
    return {"mark": mark}


def marks_of(told: Packets) -> Array:
    return told["mark"]


def replace(values: Array, places: Array, others: Array) -> Array:
    """A copy with other values at some places."""
    values = values.copy()
    values[places] = others
    return values


def start(vertices: int, ends: Array, memory: int, weights: Array | None = None) -> Memory:
    """What the machines hold at first: the edges with their ends (m, 2), in order, and the vertices 0, …, n - 1."""
    return start_on(layout(vertices, len(ends), memory, weights is not None), ends, weights)


def start_on(plan: Layout, ends: Array, weights: Array | None) -> Memory:
    """`start` on this layout."""
    number = np.arange(len(ends))
    fields = {"u": ends[:, 0], "v": ends[:, 1]}
    if weights is not None:
        fields |= {"weight": weights - weights.min() if len(weights) else weights, "number": number}
    vertex = np.arange(plan.vertices, dtype=word(plan.vertices))
    own = {"vertex": vertex, "parent": vertex, "settled": np.ones(plan.vertices, dtype=bool)}
    return {
        EDGE: Records(number // plan.edges_each, fields),
        VERTEX: Records(grid_of(plan).home(vertex), own),
    }
