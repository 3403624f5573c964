"""Connected components of graphs of small diameter: balls grow by doubling, and contract to leaders.

Every vertex points to a root of its component, at first itself; an edge between two roots links them. A *turn*:

1. Every root learns who is linked to it, up to b roots (2 rounds). With b it is *full*.
2. A root that is not full asks all that are linked to it whether they are (4). If one is, the root is *touched*.
3. K times, roots that are neither send their balls, who they know, to all in them, and so double their radius (1). Who
   knows b roots now is full; it tells them, and so do those who hear of a touched or a full one (1).
4. Every root chooses a new root. A leader chooses itself. Else a full root chooses the leader in its ball, and a
   touched one the choice of the full one. A ball that has not grown is the whole component; its roots choose the least.
   A root that finds no leader stays. Every vertex and every end of an edge asks its root for its choice (4).

**Never wrong.** A choice is a root of the same component, and stays one in this turn: a leader chooses itself; of a
whole component the least, by the order below, finds no less in its own ball; a full root without a leader chooses
itself. So pointers lead to roots in one step, and never to another component. The loop ends when every linked root has
known its whole component, and all of them chose the same.

**Rounds.** Leaders are drawn anew in each turn, by a hash that all machines know: each root with probability ln b / b;
the order is that of the hash. If 2^K is at least the diameter, every ball is full, touched or a whole component, and
about (1 + ln b) / b of all roots are left, in expectation. So O(log n / log b) turns of 10 + 2 K rounds are expected:
O(log D) rounds for b = n^Ω(1), where all machines together hold n^(1 + Ω(1)) words. With smaller K the answer is as
right, and more turns are to be expected. The rounds are random; the answer is not.

**Memory.** Balls are known both ways: of two roots that are neither full nor touched, each is in the other's ball, or
neither is. So a root that sends a ball of less than b to less than b roots hears as much. Popular roots are full, and
are asked over a grid, on whose corners equal questions become one.

Source: Andoni, Song, Stein, Wang and Zhong 2018 (arXiv 1805.03055): neighbours by doubling, contraction to random
leaders, O(log D · log log n) rounds with b growing from turn to turn. Here b stays as large as a machine can work with.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from logdepth.mpc import Loop, Mail, Memory, Packets, Part, Protocol, Records, Routine, Step, local, together
from logdepth.mpc.primitives import Grid, agree, begins_of, place_in_run
from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError
from logdepth.protocols.homes import VERTEX
from logdepth.protocols.leader_contraction_plan import Plan, plan_for, turns
from logdepth.protocols.star_hooking import COUNTED, roots

Array = np.ndarray

EDGE = "edge"
"""The edges between different roots: the roots of its ends, `u` and `v`."""
BALL = "ball"
"""At the home of a root, one record for every other root that it knows: `member`."""
VERDICT = "verdict"
NONE = -1
DOUBLINGS = 3
MOST_SEEDS = 2**63


def leader_contraction(
    vertices: int, edges: int, memory: int, doublings: int = DOUBLINGS, seed: int = 0, count: bool = False
) -> Protocol:
    """The protocol for graphs of n vertices and m edges on machines of `memory` words; it begins with `start`.

    In the end every vertex has at its home a root of its component as `parent`, the same for all of a component; with
    `count` every machine has the number of components. doublings: K, at least 1. seed: of the leaders, from 0.
    Errors: UsageError below the least memory, which it names, for fewer than 1 doubling and for a seed below 0.
    """
    return protocol_on(plan_for(vertices, edges, memory), doublings, seed, count)


def protocol_on(plan: Plan, doublings: int, seed: int, count: bool) -> Protocol:
    """`leader_contraction` on this plan."""
    if doublings < 1:
        raise UsageError(f"balls are doubled 1 time or more; got {doublings}.")
    seed = check_count("the seed of leaders", seed, least=0) % MOST_SEEDS
    everybody = {"machines": plan.machines, "spare": plan.memory // 2}
    turn = Turn(plan, plan.grid, doublings, seed)
    loop: Part = Loop(turn.routines(), VERDICT, most=turns(plan.vertices))
    end = [local("roots", roots), agree(VERTEX, COUNTED, {"roots": ("sum", "root")}, **everybody)] if count else []
    return Protocol("leader contraction", plan.machines, plan.memory, (loop, *end))


def start(vertices: int, ends: Array, memory: int) -> Memory:
    """What the machines hold at first: the edges with their ends (m, 2), in order, and the vertices 0, …, n - 1."""
    return start_on(plan_for(vertices, len(ends), memory), ends)


def start_on(plan: Plan, ends: Array) -> Memory:
    """`start` on this plan."""
    vertex = np.arange(plan.vertices)
    apart = np.flatnonzero(ends[:, 0] != ends[:, 1])
    number = np.arange(len(ends))[apart]
    return {
        EDGE: Records(number // plan.edges_each, {"u": ends[apart, 0], "v": ends[apart, 1]}),
        VERTEX: Records(plan.grid.home(vertex), {"vertex": vertex, "parent": vertex, "turn": 0 * vertex}),
    }


def hash_of(vertex: Array, turn: Array, seed: int) -> Array:
    """Uniform in [0, 1), known to all: splitmix64 (Steele, Lea, Flood 2014)."""
    x = vertex.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15) * (turn.astype(np.uint64) + np.uint64(seed + 1))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return (x ^ (x >> np.uint64(31))) / 2.0**64


def distinct_pairs(first: Array, second: Array, most: int | None = None) -> Array:
    """The places of one of each pair, in order; of each `first` at most so many."""
    order = np.lexsort((second, first))
    kept = order[begins_of(first[order], second[order])]
    return kept if most is None else kept[place_in_run(first[kept]) < most]


def place_of(vertices: Records, machine: Array) -> Array:
    """Where the vertices that have these homes stand, among those that are here."""
    return np.searchsorted(vertices.owner, machine)


def known(vertices: Records, ball: Records) -> Array:
    """How many each vertex knows."""
    return np.bincount(place_of(vertices, ball.owner), minlength=len(vertices))


@dataclass(frozen=True)
class Turn:
    """One turn of the loop."""

    plan: Plan
    grid: Grid
    doublings: int
    seed: int

    def routines(self) -> tuple[Routine, ...]:
        done = agree(
            VERTEX, VERDICT, {"go_on": ("or", "busy")}, machines=self.plan.machines, spare=self.plan.memory // 2
        )
        double = Routine("double", (self.send_balls, self.grow, self.hear))
        return (
            Routine("links", (self.send_links, self.pass_links, self.take_links)),
            Routine("full", (self.ask_full, self.pass_on, self.answer_full, self.pass_back, self.be_touched)),
            *(Routine(f"double {time}", double.steps) for time in range(1, self.doublings + 1)),
            Routine("choose", (self.choose,)),
            together("follow", Routine("roots", self.following()), done),
        )

    def home(self, vertex: Array) -> Array:
        return self.grid.home(vertex)

    def corner(self, machine: Array, key: Array) -> Array:
        """Of machines with edges each has a row of its own."""
        first = self.plan.edge_machines
        row = np.where(machine < first, machine, (machine - first) // self.plan.columns)
        return first + row * self.plan.columns + key % self.plan.columns

    # --- 1: who is linked to whom ---

    def send_links(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        edges = memory[EDGE]
        machine = np.concatenate([edges.owner, edges.owner])
        one = np.concatenate([edges["u"], edges["v"]])
        other = np.concatenate([edges["v"], edges["u"]])
        links = self.fewer(machine, one, other)
        machine, one, other = machine[links], one[links], other[links]
        return memory, {"links": Packets(machine, self.corner(machine, one), {"root": one, "member": other})}

    def fewer(self, machine: Array, root: Array, member: Array) -> Array:
        """The places of b different links of each root, or all, on each machine."""
        return distinct_pairs(machine * self.plan.vertices + root, member, self.plan.ball)

    def pass_links(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        links = mail["links"]
        kept = self.fewer(links.destination, links["root"], links["member"])
        machine, root, member = links.destination[kept], links["root"][kept], links["member"][kept]
        return memory, {"links": Packets(machine, self.home(root), {"member": member})}

    def take_links(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        links = mail["links"]
        kept = distinct_pairs(links.destination, links["member"], self.plan.ball)
        ball = Records(links.destination[kept], {"member": links["member"][kept]})
        vertices = memory[VERTEX]
        count = known(vertices, ball)
        full = count >= self.plan.ball
        vertices = vertices.extend(count=count, full=full, choice=np.full(len(vertices), NONE), still=count < 0)
        choice = np.where(full, self.leader_in(vertices, ball), NONE)
        return memory | {BALL: ball, VERTEX: vertices.extend(choice=choice)}, {}

    # --- leaders ---

    @property
    def chance(self) -> float:
        return log(self.plan.ball) / self.plan.ball

    def drawn(self, vertex: Array, turn: Array) -> Array:
        return hash_of(vertex, turn, self.seed)

    def least_in(self, vertices: Records, ball: Records) -> tuple[Array, Array]:
        """Of the ball of each vertex, itself among it, the one of least hash; and its hash."""
        own, turn = vertices["vertex"], vertices["turn"]
        at = place_of(vertices, ball.owner)
        everyone = np.concatenate([own, ball["member"]])
        whose = np.concatenate([np.arange(len(own)), at])
        value = self.drawn(everyone, turn[whose])
        order = np.lexsort((everyone, value, whose))
        first = order[begins_of(whose[order])]
        return everyone[first], value[first]

    def leader_in(self, vertices: Records, ball: Records) -> Array:
        """The choice of a full root: itself if it is a leader, or if it knows none."""
        own = vertices["vertex"]
        least, value = self.least_in(vertices, ball)
        leads = self.drawn(own, vertices["turn"]) < self.chance
        return np.where(leads | (value >= self.chance), own, least)

    # --- 2: who is linked to one that is full ---

    def ask_full(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        ball = self.of_open(memory)
        packets = Packets(ball.owner, self.corner(ball.owner, ball["member"]), {"key": ball["member"]})
        return memory, {"questions": packets}

    def of_open(self, memory: Memory) -> Records:
        """The balls of roots that have chosen nothing yet: neither full nor touched."""
        vertices, ball = memory[VERTEX], memory[BALL]
        return ball.take(np.flatnonzero(vertices["choice"][place_of(vertices, ball.owner)] == NONE))

    def pass_on(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        waiting, questions = self.grid.asked_once(mail["questions"])
        return memory | {"waiting": waiting}, {"questions": questions}

    def answer_full(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"answers": self.answers(memory, mail["questions"])}

    def answers(self, memory: Memory, questions: Packets) -> Packets:
        vertices = memory[VERTEX]
        told = vertices["choice"][place_of(vertices, questions.destination)]
        return Packets(questions.destination, questions.source, {"choice": told})

    def pass_back(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        answers = self.grid.pass_back(memory["waiting"], mail["answers"])
        return {kind: records for kind, records in memory.items() if kind != "waiting"}, {"answers": answers}

    def be_touched(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Full roots leave the balls of others: they have heard enough."""
        vertices, ball = memory[VERTEX], memory[BALL]
        asked = np.flatnonzero(vertices["choice"][place_of(vertices, ball.owner)] == NONE)
        owner, member = ball.owner[asked], ball["member"][asked]
        told = np.empty(len(asked), dtype=np.int64)
        told[self.grid.arrival(owner, member)] = mail["answers"]["choice"]
        stays = np.ones(len(ball), dtype=bool)
        stays[asked[told != NONE]] = False
        return memory | {
            VERTEX: self.touch(vertices, owner, told),
            BALL: ball.take(np.flatnonzero(stays)),
        }, {}

    def touch(self, vertices: Records, machine: Array, told: Array) -> Records:
        """Who has no choice yet takes the greatest that it is told, if any: one will do."""
        heard = np.full(len(vertices), NONE)
        np.maximum.at(heard, place_of(vertices, machine), told)
        choice = vertices["choice"]
        return vertices.extend(choice=np.where(choice == NONE, heard, choice))

    # --- 3: balls ---

    def send_balls(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Roots without a choice send their balls to all in them, and roots that are touched their choice."""
        vertices, ball, open_ball = memory[VERTEX], memory[BALL], self.of_open(memory)
        touched = ball.take(np.flatnonzero(self.speaks(vertices)[place_of(vertices, ball.owner)]))
        return memory, {
            "balls": self.balls_to_members(open_ball),
            "choices": self.choices_to_members(vertices, touched),
        }

    def speaks(self, vertices: Records) -> Array:
        return (vertices["choice"] != NONE) & ~vertices["full"]

    def balls_to_members(self, ball: Records) -> Packets:
        """Every ball to all in it, the sender with it."""
        begins = begins_of(ball.owner)
        sizes = np.diff(begins, append=len(ball))
        to = np.repeat(np.arange(len(ball)), np.repeat(sizes, sizes))  # each member hears of all
        start = np.repeat(np.repeat(begins, sizes), np.repeat(sizes, sizes))
        what = start + place_in_run(to)
        return Packets(ball.owner[to], self.home(ball["member"][to]), {"member": ball["member"][what]})

    def choices_to_members(self, vertices: Records, ball: Records) -> Packets:
        told = vertices["choice"][place_of(vertices, ball.owner)]
        return Packets(ball.owner, self.home(ball["member"]), {"choice": told})

    def grow(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Who has become full, or was touched, tells all that it knows."""
        vertices, ball, balls = memory[VERTEX], memory[BALL], mail["balls"]
        before = vertices["choice"]
        vertices = self.touch(vertices, mail["choices"].destination, mail["choices"]["choice"])
        grows = (vertices["choice"] == NONE)[place_of(vertices, balls.destination)]
        owner = np.concatenate([ball.owner, balls.destination[grows]])
        member = np.concatenate([ball["member"], balls["member"][grows]])
        own = owner - self.grid.first == member
        owner, member = owner[~own], member[~own]
        kept = distinct_pairs(owner, member)
        ball = Records(owner[kept], {"member": member[kept]})
        count = known(vertices, ball)
        still = (count == vertices["count"]) & (vertices["choice"] == NONE)
        full = vertices["full"] | ((vertices["choice"] == NONE) & (count >= self.plan.ball))
        fresh = full & ~vertices["full"]
        choice = np.where(fresh, self.leader_in(vertices, ball), vertices["choice"])
        vertices = vertices.extend(choice=choice, count=count, still=still, full=full)
        news = ball.take(np.flatnonzero(((before == NONE) & (choice != NONE))[place_of(vertices, ball.owner)]))
        told = self.choices_to_members(vertices, news)
        kept = np.flatnonzero(place_in_run(ball.owner) < self.plan.ball)
        return memory | {VERTEX: vertices, BALL: ball.take(kept)}, {"choices": told}

    def hear(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        told = mail["choices"]
        return memory | {VERTEX: self.touch(memory[VERTEX], told.destination, told["choice"])}, {}

    # --- 4: new roots ---

    def choose(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Who has no choice takes the least in its ball, if this is a leader, or if the ball is all there is."""
        vertices, ball = memory[VERTEX], memory[BALL]
        own, choice = vertices["vertex"], vertices["choice"]
        least, value = self.least_in(vertices, ball)
        leads = self.drawn(own, vertices["turn"]) < self.chance
        whole = vertices["still"] & (choice == NONE)
        found = np.where((value < self.chance) | whole, least, own)
        new = np.where(leads, own, np.where(choice == NONE, found, choice))
        linked = vertices["count"] > 0
        busy = linked & ~(whole & (new == least))
        kept = vertices.without("count", "full", "still")
        stays = {kind: records for kind, records in memory.items() if kind != BALL}
        return stays | {VERTEX: kept.extend(choice=new, busy=busy, turn=vertices["turn"] + 1)}, {}

    def following(self) -> tuple[Step, ...]:
        return (self.ask_roots, self.pass_on, self.answer_full, self.pass_back, self.take_roots)

    def askers(self, memory: Memory) -> tuple[Array, Array]:
        """Who asks for which root: every machine for each of its own once, in order."""
        vertices, edges = memory[VERTEX], memory[EDGE]
        below = np.flatnonzero(vertices["parent"] != vertices["vertex"])
        machine = np.concatenate([edges.owner, edges.owner, vertices.owner[below]])
        root = np.concatenate([edges["u"], edges["v"], vertices["parent"][below]])
        once = distinct_pairs(machine, root)
        return machine[once], root[once]

    def ask_roots(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        machine, root = self.askers(memory)
        return memory, {"questions": Packets(machine, self.corner(machine, root), {"key": root})}

    def take_roots(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Answers come by corner, and so by column, then as they were asked."""
        machine, root = self.askers(memory)
        order = self.grid.arrival(machine, root)
        told = np.empty(len(root), dtype=np.int64)
        told[order] = mail["answers"]["choice"]
        asked = machine * self.plan.vertices + root  # in order

        def root_of(owner: Array, now: Array) -> Array:
            return told[np.searchsorted(asked, owner * self.plan.vertices + now)]

        vertices, edges = memory[VERTEX], memory[EDGE]
        below = np.flatnonzero(vertices["parent"] != vertices["vertex"])
        parent = np.where(vertices["parent"] == vertices["vertex"], vertices["choice"], vertices["parent"])
        parent[below] = root_of(vertices.owner[below], vertices["parent"][below])
        u, v = root_of(edges.owner, edges["u"]), root_of(edges.owner, edges["v"])
        apart = np.flatnonzero(u != v)
        left = Records(edges.owner[apart], {"u": u[apart], "v": v[apart]})
        return memory | {VERTEX: vertices.without("choice", "busy").extend(parent=parent), EDGE: left}, {}
