"""Connected components in O(log D · log log n) expected rounds, on machines that together hold O(n + m) words: balls
grow with the memory that contraction sets free.

Every vertex is a *member* of a root, at first of itself; an edge whose ends have two roots is two *arcs* between them.
A turn, with L live roots on q machines of s words:

1. Arcs and members are sorted by root, and roots numbered 0, …, L - 1 in this order. So all machines know where each
   root lives, ⌈L / q⌉ on each machine. In this turn a root gets to know b = (q s / 2L)^(1/2) others, or somewhat
   fewer (`Plan.ball`); then it is *full*.
2. Arcs learn their heads, and roots to whom they are linked. A full root chooses a leader among these, or itself. Arcs
   tell it to their twins: who is linked to a full root is *touched*, and knows what the full one has chosen. So no
   root hears of many, however popular it is: arcs tell arcs, and a root has one *piece* on a machine, which tells it.
3. Roots that are neither send their balls to all in them, and so double their radius, until none grows any more: each
   has become full, was touched, or knows its whole component.
4. Leaders choose themselves. Else a full root chooses the leader in its ball, and a touched one the choice of the full
   one. The roots of a whole component all choose the same of them, and are done. A root that finds no leader stays.
   What is chosen are the roots of the next turn.

**Never wrong.** A root chooses one of its own component, whoever leads; so roots of two components never become one.
Roots are done only when they know their whole component. Their members go home with the number of the root that all of
them have chosen.

**Rounds.** Leaders are drawn anew in each turn, by a hash that all machines know: each root with probability ln b / b.
A full root finds no leader with probability 1 / b at most. So (1 + ln b) L / b roots are left in expectation, besides
those that are done, and the b of the next turn is about b^(3/2) / (1 + ln b)^(1/2): it grows double exponentially,
until each machine has one root and b is about (s / 2)^(1/2). If s is a power of n, and s ≥ q^(1 + ε) for some ε > 0,
this takes O(log log n) turns, and then O(1) turns are left. A turn sorts in O(1) rounds, and doubles O(log min(D, b))
times. So O(log D · log log n) rounds are expected: this takes the hash for random, and what is expected for what
happens. The paper proves it with high probability, for its own variant. The answer and the budgets do not depend on
chance.

**Memory.** The arcs of a machine take s / 16 records at most. So q s = O(n + m).

Source: Andoni, Song, Stein, Wang and Zhong 2018 (arXiv 1805.03055). Ours are the sorting, the pieces, and that full
roots are found before balls are doubled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from logdepth.mpc import Loop, Mail, Memory, Packets, Part, Protocol, Records, Routine, local, together
from logdepth.mpc.primitives import agree, begins_of, place_in_run, sizes_of
from logdepth.numerics.counts import check_count
from logdepth.protocols.growing_balls_plan import Plan, plan_for
from logdepth.protocols.homes import VERTEX
from logdepth.protocols.leader_contraction import MOST_SEEDS, NONE, hash_of
from logdepth.protocols.leader_contraction_plan import turns
from logdepth.protocols.sorted_arcs import ARC, SortedArcs, of_arcs
from logdepth.protocols.star_hooking import COUNTED

Array = np.ndarray

ROOT = "root"
"""A live root, where it lives."""
PIECE = "piece"
"""Where a root lives, of every machine that has arcs or members of it."""
BALL = "ball"
"""Where a root lives, one record for every `member` of its ball but itself."""
TURN = "turn"
"""On every machine: how many turns are over, and how many components ended here."""
GROW, VERDICT = "grow", "verdict"


def growing_balls(vertices: int, edges: int, memory: int, seed: int = 0, count: bool = False) -> Protocol:
    """The protocol for graphs of n vertices and m edges on machines of `memory` words; it begins with `start`.

    In the end every vertex has at its home the number of its component as `parent`; with `count` every machine has the
    number of components. seed: of the leaders, from 0.
    Errors: UsageError below the least memory, which it names, and for a seed below 0.
    """
    return protocol_on(plan_for(vertices, edges, memory), seed, count)


def protocol_on(plan: Plan, seed: int, count: bool) -> Protocol:
    """`growing_balls` on this plan."""
    turn = Turn(plan, SortedArcs(plan), check_count("the seed of leaders", seed, least=0) % MOST_SEEDS)
    loop: Part = Loop(turn.parts(), VERDICT, most=turns(plan.vertices))
    end = [turn.agree(TURN, COUNTED, {"roots": ("sum", "ended")})] if count else []
    return Protocol("growing balls", plan.machines, plan.memory, (loop, *end))


def start(vertices: int, ends: Array, memory: int) -> Memory:
    """What the machines hold at first: the edges with their ends (m, 2), in order, and the vertices 0, …, n - 1."""
    return start_on(plan_for(vertices, len(ends), memory), ends)


def start_on(plan: Plan, ends: Array) -> Memory:
    """`start` on this plan."""
    vertex, edge = np.arange(plan.vertices), np.arange(len(ends))
    tail = np.concatenate([ends.reshape(-1), vertex])
    number = np.concatenate([np.repeat(edge, 2), plan.edges + vertex])
    owner = np.arange(len(tail)) // plan.arcs_each
    machine = np.arange(plan.machines)
    return {
        ARC: Records(owner, {"tail": tail, "number": number}),
        VERTEX: Records(vertex // plan.vertices_each, {"vertex": vertex, "parent": vertex}),
        TURN: Records(machine, {"turn": 0 * machine, "ended": 0 * machine}),
    }


def find(roots: Records, root: Array) -> Array:
    """Where these roots stand: their numbers ascend with the machines."""
    return np.searchsorted(roots["root"], root)


def count_each(roots: Records, root: Array) -> Array:
    return np.bincount(find(roots, root), minlength=len(roots))


def distinct(*keys: Array) -> Array:
    """The places of one each, in order."""
    order = np.lexsort(keys[::-1])
    return order[begins_of(*(key[order] for key in keys))]


@dataclass(frozen=True)
class Turn:
    """One turn of the loop."""

    plan: Plan
    arcs: SortedArcs
    seed: int

    def parts(self) -> tuple[Part, ...]:
        double = Routine("double", (self.send_balls, self.grow, self.hear))
        grow = together("grow", double, self.agree(ROOT, GROW, {"go_on": ("or", "grows")}))
        leave = Routine("leave", (self.tell_choices, self.leave, self.come_home))
        return (
            self.arcs.order(),
            self.arcs.number(),
            Routine("links", (self.tell_tails, self.arcs.meet, self.tell_links, self.take_links)),
            Routine("full", (self.tell_full, self.tell_heads, self.arcs.meet, self.tell_open, self.take_open)),
            Loop((grow,), GROW, most=self.plan.most_doublings),
            local("choose", self.choose),
            together("end", leave, self.agree(ROOT, VERDICT, {"go_on": ("or", "busy")})),
        )

    def agree(self, kind: str, into: str, reduce: Mapping[str, tuple[Literal["or", "sum"], str]]) -> Routine:
        return agree(kind, into, reduce, machines=self.plan.machines, spare=self.plan.spare)

    def home(self, root: Array, live: Array) -> Array:
        return root // self.plan.roots_each(live)

    # --- 2: links, and who is full ---

    def tell_tails(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"arcs": self.arcs.ask_twins(memory[ARC], "tail")}

    def tell_links(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """An arc within a root is dropped, as its twin is. Pieces tell roots where they are, and of b links at most."""
        arcs = memory[ARC]
        arcs = arcs.extend(head=self.arcs.told_by_twins(arcs, mail["twins"]))
        arcs = arcs.take(np.flatnonzero(arcs["head"] != arcs["tail"]))
        pieces = arcs.take(begins_of(arcs.owner, arcs["tail"]))
        links = self.links(arcs.take(np.flatnonzero(arcs["head"] != NONE)))
        to_roots = Packets(
            pieces.owner, self.home(pieces["tail"], pieces["live"]), {"root": pieces["tail"], "live": pieces["live"]}
        )
        return memory | {ARC: arcs}, {"pieces": to_roots, "links": links}

    def links(self, arcs: Records) -> Packets:
        """From every piece, to the root, b different heads or all."""
        arcs = arcs.take(distinct(arcs.owner, arcs["tail"], arcs["head"]))
        arcs = arcs.take(np.flatnonzero(place_in_run(arcs.owner, arcs["tail"]) < self.plan.ball(arcs["live"])))
        told = {"root": arcs["tail"], "member": arcs["head"]}
        return Packets(arcs.owner, self.home(arcs["tail"], arcs["live"]), told)

    def take_links(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Pieces come in the order of roots, since arcs are sorted by root."""
        pieces, links = mail["pieces"], mail["links"]
        begins = begins_of(pieces.destination, pieces["root"])
        roots = Records(pieces.destination[begins], {name: pieces[name][begins] for name in ("root", "live")})
        ball = distinct_members(links)
        full = count_each(roots, ball["root"]) >= self.plan.ball(roots["live"])
        choice = np.where(full, self.leader_in(memory, roots, ball), NONE)
        return memory | {
            ROOT: roots.extend(full=full, choice=choice),
            PIECE: Records(pieces.destination, {"root": pieces["root"], "machine": pieces.source}),
        }, {}

    def tell_full(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"choices": self.to_pieces(memory, "choice")}

    def to_pieces(self, memory: Memory, *fields: str) -> Packets:
        """What every root tells its pieces; on a machine it comes in the order of roots, and so of pieces."""
        roots, pieces = memory[ROOT], memory[PIECE]
        place = find(roots, pieces["root"])
        return Packets(pieces.owner, pieces["machine"], {name: roots[name][place] for name in fields})

    def tell_heads(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        arcs = memory[ARC]
        arcs = arcs.extend(choice=of_arcs(arcs, mail["choices"]["choice"]))
        return memory | {ARC: arcs}, {"arcs": self.arcs.ask_twins(arcs, "choice")}

    def tell_open(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Roots that are not full hear what a full head has chosen, and of all heads that are not full."""
        arcs = memory[ARC]
        told = self.arcs.told_by_twins(arcs, mail["twins"])
        asks = (arcs["choice"] == NONE) & (arcs["head"] != NONE)
        open_arcs = arcs.take(np.flatnonzero(asks & (told == NONE)))
        touched = np.flatnonzero(asks & (told != NONE))
        one = touched[begins_of(arcs.owner[touched], arcs["tail"][touched])]  # any will do
        tail = arcs["tail"][one]
        full = Packets(arcs.owner[one], self.home(tail, arcs["live"][one]), {"root": tail, "choice": told[one]})
        return memory | {ARC: arcs.without("head", "choice")}, {"open": self.links(open_arcs), "full": full}

    def take_open(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        ball = distinct_members(mail["open"])
        roots = touch(memory[ROOT], mail["full"])
        count = count_each(roots, ball["root"])
        still = (roots["choice"] == NONE) & (count == 0)
        return memory | {BALL: ball, ROOT: let_grow(roots.extend(count=count, still=still))}, {}

    # --- leaders ---

    def chance(self, live: Array) -> Array:
        """That a root is a leader."""
        ball = self.plan.ball(live)
        return np.log(ball) / ball

    def least_in(self, memory: Memory, roots: Records, ball: Records) -> tuple[Array, Array]:
        """Of the ball of each root, itself among it, the one of least hash; and its hash."""
        own = roots["root"]
        everyone = np.concatenate([own, ball["member"]])
        whose = np.concatenate([np.arange(len(own)), find(roots, ball["root"])])
        value = hash_of(everyone, turn_of(memory, roots)[whose], self.seed)
        order = np.lexsort((everyone, value, whose))
        first = order[begins_of(whose[order])]
        return everyone[first], value[first]

    def leads(self, memory: Memory, roots: Records) -> Array:
        return hash_of(roots["root"], turn_of(memory, roots), self.seed) < self.chance(roots["live"])

    def leader_in(self, memory: Memory, roots: Records, ball: Records) -> Array:
        """The choice of a full root: itself if it is a leader, or if it knows none."""
        least, value = self.least_in(memory, roots, ball)
        stays = self.leads(memory, roots) | (value >= self.chance(roots["live"]))
        return np.where(stays, roots["root"], least)

    # --- 3: balls ---

    def send_balls(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Roots without a choice send their balls to all in them, and roots that are touched their choice."""
        roots, ball = memory[ROOT], memory[BALL]
        place = find(roots, ball["root"])
        is_open = (roots["choice"] == NONE)[place]
        touched = ((roots["choice"] != NONE) & ~roots["full"])[place]
        return memory, {
            "balls": self.balls_to_members(roots, ball.take(np.flatnonzero(is_open))),
            "choices": self.choices_to_members(roots, ball.take(np.flatnonzero(touched))),
        }

    def balls_to_members(self, roots: Records, ball: Records) -> Packets:
        """Every ball to all in it; who sends it is in the balls of all of them already."""
        begins = begins_of(ball["root"])
        sizes = sizes_of(begins, len(ball))
        each = np.repeat(sizes, sizes)  # of every member, how many it hears of
        to = np.repeat(np.arange(len(ball)), each)
        what = np.repeat(np.repeat(begins, sizes), each) + place_in_run(to)
        return self.to_members(roots, ball, to, {"member": ball["member"][what]})

    def choices_to_members(self, roots: Records, ball: Records) -> Packets:
        told = roots["choice"][find(roots, ball["root"])]
        return self.to_members(roots, ball, np.arange(len(ball)), {"choice": told})

    def to_members(self, roots: Records, ball: Records, to: Array, told: dict[str, Array]) -> Packets:
        """to: places in the ball; told: what is told to each of them."""
        live = roots["live"][find(roots, ball["root"])]
        member = ball["member"]
        return Packets(ball.owner[to], self.home(member, live)[to], {"root": member[to], **told})

    def grow(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Who has become full, or was touched, tells all that it knows."""
        before = memory[ROOT]["choice"]
        roots = touch(memory[ROOT], mail["choices"])
        ball = self.grown(roots, memory[BALL], mail["balls"])
        count = count_each(roots, ball["root"])
        is_open = roots["choice"] == NONE
        fresh = is_open & (count >= self.plan.ball(roots["live"]))
        choice = np.where(fresh, self.leader_in(memory, roots, ball), roots["choice"])
        still = is_open & ~fresh & (count == roots["count"])
        roots = roots.extend(choice=choice, count=count, still=still, full=roots["full"] | fresh)
        place = find(roots, ball["root"])
        news = ball.take(np.flatnonzero(((before == NONE) & (choice != NONE))[place]))
        kept = np.flatnonzero(place_in_run(ball["root"]) < self.plan.ball(roots["live"][place]))
        return memory | {ROOT: roots, BALL: ball.take(kept)}, {"choices": self.choices_to_members(roots, news)}

    def grown(self, roots: Records, ball: Records, balls: Packets) -> Records:
        """The balls of roots without a choice, with all that they hear of; of the others as they were."""
        is_open = (roots["choice"] == NONE)[find(roots, balls["root"])]
        takes = np.flatnonzero(is_open & (balls["member"] != balls["root"]))
        owner = np.concatenate([ball.owner, balls.destination[takes]])
        root = np.concatenate([ball["root"], balls["root"][takes]])
        member = np.concatenate([ball["member"], balls["member"][takes]])
        return Records(owner, {"root": root, "member": member}).take(distinct(root, member))

    def hear(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory | {ROOT: let_grow(touch(memory[ROOT], mail["choices"]))}, {}

    # --- 4: the roots of the next turn ---

    def choose(self, memory: Memory) -> Memory:
        """Who has no choice takes the least in its ball, if this is a leader, or if the ball is all there is."""
        roots, turn = memory[ROOT], memory[TURN]
        own, choice = roots["root"], roots["choice"]
        least, value = self.least_in(memory, roots, memory[BALL])
        whole = roots["still"] & (choice == NONE)
        found = np.where(value < self.chance(roots["live"]), least, own)
        choice = np.where(self.leads(memory, roots), own, np.where(choice == NONE, found, choice))
        choice = np.where(whole, least, choice)
        name = np.where(whole, turn_of(memory, roots) * self.plan.vertices + choice, NONE)
        ends = np.bincount(np.searchsorted(turn.owner, roots.owner[whole & (choice == own)]), minlength=len(turn))
        stays = {kind: records for kind, records in memory.items() if kind != BALL}
        chosen = Records(roots.owner, {"root": own, "choice": choice, "name": name, "busy": ~whole})
        return stays | {ROOT: chosen, TURN: turn.extend(turn=turn["turn"] + 1, ended=turn["ended"] + ends)}

    def tell_choices(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        return memory, {"choices": self.to_pieces(memory, "choice", "name")}

    def leave(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The members of whole components go home, and their arcs are dropped; all others have a new tail."""
        arcs, told = memory[ARC], mail["choices"]
        choice, name = of_arcs(arcs, told["choice"]), of_arcs(arcs, told["name"])
        leaving = np.flatnonzero((name != NONE) & (arcs["number"] >= self.plan.edges))
        vertex = arcs["number"][leaving] - self.plan.edges
        packets = Packets(
            arcs.owner[leaving], vertex // self.plan.vertices_each, {"vertex": vertex, "parent": name[leaving]}
        )
        left = arcs.extend(tail=choice).without("live").take(np.flatnonzero(name == NONE))
        stays = {kind: records for kind, records in memory.items() if kind not in (ROOT, PIECE)}
        return stays | {ARC: left}, {"home": packets}

    def come_home(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        vertices, home = memory[VERTEX], mail["home"]
        parent = vertices["parent"].copy()
        parent[np.searchsorted(vertices["vertex"], home["vertex"])] = home["parent"]
        return memory | {VERTEX: vertices.extend(parent=parent)}, {}


def distinct_members(told: Packets) -> Records:
    """Balls, in order, of what roots are told of members."""
    kept = distinct(told["root"], told["member"])
    return Records(told.destination[kept], {name: told[name][kept] for name in ("root", "member")})


def touch(roots: Records, told: Packets) -> Records:
    """Who has no choice yet takes the greatest that it is told, if any: one will do."""
    heard = np.full(len(roots), NONE)
    np.maximum.at(heard, find(roots, told["root"]), told["choice"])
    choice = roots["choice"]
    return roots.extend(choice=np.where(choice == NONE, heard, choice))


def let_grow(roots: Records) -> Records:
    return roots.extend(grows=(roots["choice"] == NONE) & ~roots["still"])


def turn_of(memory: Memory, roots: Records) -> Array:
    turn = memory[TURN]
    return turn["turn"][np.searchsorted(turn.owner, roots.owner)]
