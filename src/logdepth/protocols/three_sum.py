"""3-SUM in a constant number of rounds, on about N^0.99 machines of about N^0.51 words.

1. Copies of the numbers are sorted; of those with the same value the first one stands for all. The values are cut into
   g blocks of b; block i lives at machine i, its *home*.
2. Every machine learns the least value of every block: first along the rows of a grid, then along its columns.
3. From these all machines make the same list of the threes of blocks that may hold a sum (see `three_sum_layout`);
   machine p takes the p-th.
4. Every block goes to all machines that want it: to the leaders of their groups, and from them to the members. Both
   times it is dealt out in parts, and then the machines with a part send it to one another: no machine sends or
   receives much more than a block.
5. Every machine tries all threes of its values. What it has found goes back the way the blocks came, and on each
   machine of the way it is told once.
6. What was found for a value goes to the first copy, from there to all copies, and from them to the numbers.

Source: HajiAghayi, Lattanzi, Seddighin, Stein 2019 (MapReduce meets fine-grained complexity); the delivery is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc import Mail, Memory, Packets, Protocol, Records, Routine, local
from logdepth.mpc.primitives import Scan, begins_of, each_of, place_in_run, segmented, sizes_of, sort
from logdepth.protocols.prepared import Prepared, ProtocolSolution
from logdepth.protocols.three_sum_layout import Layout, claim_on, three_sum_layout, three_sum_protocol
from logdepth.protocols.three_sum_plan import SLOTS, Plan, plan
from logdepth.tasks import Task, ThreeSum
from logdepth.theory import Claim

Array = np.ndarray


def three_sum(numbers: int, modulus: int, memory: int | None = None) -> Protocol:
    """The protocol for at most so many numbers 0..modulus-1.

    `dealt` puts the numbers on the machines, and `answers` reads what is found in the end. memory: words of a machine;
    without it, about 6 N^0.51.
    Errors: UsageError for less memory than any layout needs.
    """
    return protocol_on(three_sum_layout(numbers, modulus, memory))


def protocol_on(layout: Layout) -> Protocol:
    """`three_sum` on this layout."""
    steps = Blocks(layout)
    machines, spare = layout.machines, layout.spare
    first = Scan("first", (), (), "before", found="again")
    count = Scan("sum", ("first",), ("rank",), "so far")
    answer = Scan("max", ("answer",), ("answer",))
    parts = (
        local("copies", copies),
        sort("copy", {"value": layout.modulus - 1}, machines=machines, per_machine=layout.per_machine, spare=spare),
        segmented("copy", ("value",), [first], machines=machines, spare=spare),
        local("first copies", first_copies),
        segmented("copy", (), [count], machines=machines, spare=spare),
        Routine(
            "blocks",
            (
                *(steps.go_home, steps.tell_row, steps.tell_column),
                *(steps.deal_to_leaders, steps.tell_leaders, steps.deal_to_members, steps.tell_members),
                *(steps.find, steps.report_to_leader, steps.report_among_leaders, steps.report_home),
                *(steps.tell_first_copies, steps.hear),
            ),
        ),
        segmented("copy", ("value",), [answer], machines=machines, spare=spare),
        Routine("answers", (steps.tell_numbers, steps.take)),
    )
    return Protocol("3-sum", machines, layout.memory, parts)


def dealt(numbers: Array, layout: Layout) -> Memory:
    """The numbers on the machines, in order."""
    return {"number": Records(np.arange(len(numbers)) // layout.per_machine, {"number": np.asarray(numbers, np.int64)})}


def answers(memory: Memory) -> Array:
    """For every number, in order, whether some two make it up: (N,) of 0 and 1."""
    return memory["number"]["answer"].astype(np.int64)


def prepare(task: Task[Array], numbers: Array, memory: int) -> Prepared:
    """The protocol for these numbers. Errors: UsageError, naming the least memory."""
    layout = three_sum_layout(len(numbers), task.parameters["modulus"], memory)
    return Prepared(protocol_on(layout), dealt(numbers, layout), answers, claim_on(layout), task.parameters)


def memory_for(numbers: int) -> int:
    """About 6 N^0.51 words."""
    return three_sum_layout(numbers, 1).memory


def copies(memory: Memory) -> Memory:
    """A copy of every number, which knows the number's place on its machine and the machine."""
    numbers = memory["number"]
    whose = numbers.owner + np.int64(2**31) * place_in_run(numbers.owner)
    return memory | {"copy": Records(numbers.owner, {"value": numbers["number"], "whose": whose})}


def first_copies(memory: Memory) -> Memory:
    """Of every value one copy is the first."""
    records = memory["copy"]
    fields = {"value": records["value"], "whose": records["whose"], "first": 1 - records["again"]}
    return memory | {"copy": Records(records.owner, fields)}


@dataclass(frozen=True)
class Blocks:
    """The rounds in which blocks go to the machines that want them, and what is found goes back."""

    layout: Layout

    def plan(self, memory: Memory) -> Plan:
        """From the boundaries that every machine has been told: the same everywhere."""
        lows = memory["low"]
        begins = begins_of(lows.owner)
        told = lows["value"].reshape(max(1, len(begins)), -1)
        assert (told == told[0]).all() and (np.diff(begins) == told.shape[1]).all(), "machines know other boundaries"
        return plan(told[0], self.layout)

    def part(self, holders: Array) -> Array:
        """Numbers of a block that each of so many holders gets."""
        return -(-self.layout.each // holders)

    # the values, in blocks; and where blocks begin

    def go_home(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The first copies send their values home."""
        records = memory["copy"]
        first = records.take(np.flatnonzero(records["first"] == 1))
        home = (first["rank"] - 1) // self.layout.each
        fields = {name: records[name] for name in ("value", "whose", "first")}
        memory = memory | {"copy": Records(records.owner, fields)}
        return memory, {"value": Packets(first.owner, home, {"value": first["value"]})}

    def tell_row(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """A home tells the least value of its block to a row of machines: block i has row i of a grid."""
        came = mail["value"]
        memory = memory | {"block": Records(came.destination, {"value": came["value"], "from": came.source})}
        begins = begins_of(came.destination)
        across = self.layout.across
        home = np.repeat(came.destination[begins], across)
        machine = home * across + np.tile(np.arange(across), len(begins))
        return memory, {"low": Packets(home, machine, {"value": np.repeat(came["value"][begins], across)})}

    def tell_column(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        came, across, rows = mail["low"], self.layout.across, self.layout.blocks
        machine = np.repeat(came.destination % across, rows) + np.tile(np.arange(rows) * across, len(came))
        source, low = np.repeat(came.destination, rows), np.repeat(came["value"], rows)
        return memory, {"low": Packets(source, machine, {"value": low})}

    # blocks to all who want them

    def deal_to_leaders(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """A home deals its block out to the leaders of those who want it."""
        memory = memory | {"low": Records(mail["low"].destination, mail["low"].fields)}
        records, to = memory["block"], self.plan(memory)
        leaders = to.leaders[records.owner]
        wanted = np.flatnonzero(leaders)
        number = place_in_run(records.owner)[wanted] // self.part(leaders[wanted])
        leader = to.first_leader[records.owner[wanted]] + number
        return memory, {"part": Packets(records.owner[wanted], leader, {"value": records["value"][wanted]})}

    def tell_leaders(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The leaders of a block tell their parts to one another."""
        came, to = mail["part"], self.plan(memory)
        block = to.block[came.destination]
        count = to.leaders[block]
        packet, number = each_of(count)
        leader = to.first_leader[block[packet]] + number
        return memory, {"block": Packets(came.destination[packet], leader, {"value": came["value"][packet]})}

    def deal_to_members(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """A leader deals the block out to the members of its group, each in the slot for which it wants it."""
        came, to = mail["block"], self.plan(memory)
        group = came.destination
        wish = to.begin[group] + place_in_run(group) // self.part(to.size[group])
        return memory, self.by_slot(to, group, wish, came["value"], "value")

    def tell_members(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The members of a group tell their parts to one another."""
        to = self.plan(memory)
        machine, wish, value = self.take_words(to, mail, "value")
        group = to.group[wish]
        packet, number = each_of(to.size[group])
        other = to.begin[group[packet]] + number
        return memory, self.by_slot(to, machine[packet], other, value[packet], "value")

    # what is found, back home

    def find(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine marks the numbers of its blocks that are in a sum, and tells the member who had dealt them."""
        to = self.plan(memory)
        machine, wish, value = self.take_words(to, mail, "value")
        order = np.argsort(wish, kind="stable")  # within a wish by member, so in the order of the block
        begin = np.searchsorted(wish[order], np.arange(len(to.machine) + 1))
        value = value[order]
        marks = []
        for one in np.unique(machine).tolist():
            wishes = to.wish_of[one]
            held = [value[begin[w] : begin[w + 1]] if w >= 0 else value[:0] for w in wishes]
            first = held[0]
            second = held[1] if wishes[1] >= 0 else first
            third = held[2] if wishes[2] >= 0 else second
            found = in_sums(first, second, third, int(to.threes.total[one]))
            same = [wishes[0], wishes[1] if wishes[1] >= 0 else wishes[0]]
            same.append(wishes[2] if wishes[2] >= 0 else same[1])
            for w, hits in zip(same, found, strict=True):
                marks.append((np.full(len(hits), w), hits))
        wish = np.concatenate([w for w, _ in marks]) if marks else np.zeros(0, dtype=np.int64)
        rank = np.concatenate([r for _, r in marks]) if marks else np.zeros(0, dtype=np.int64)
        wish, rank = once(wish, rank, self.layout.each)
        return memory, self.by_slot(to, to.machine[wish], self.dealer(to, wish, rank), rank, "rank")

    def report_to_leader(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        to = self.plan(memory)
        _, wish, rank = self.take_words(to, mail, "rank")
        wish, rank = once(wish, rank, self.layout.each)
        return memory, {"found": Packets(to.machine[wish], to.group[wish], {"rank": rank})}

    def report_among_leaders(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """To the leader who had told this part of the block."""
        to = self.plan(memory)
        leader, rank = once(mail["found"].destination, mail["found"]["rank"], self.layout.each)
        block = to.block[leader]
        other = to.first_leader[block] + rank // self.part(to.leaders[block])
        return memory, {"found": Packets(leader, other, {"rank": rank})}

    def report_home(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        to = self.plan(memory)
        leader, rank = once(mail["found"].destination, mail["found"]["rank"], self.layout.each)
        return memory, {"found": Packets(leader, to.block[leader], {"rank": rank})}

    def tell_first_copies(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """A home tells those from whom its values came what was found, in the same order."""
        records, found, each = memory["block"], mail["found"], self.layout.each
        number = records.owner * each + place_in_run(records.owner)  # the value's place among all
        answer = np.isin(number, found.destination * each + found["rank"]).astype(np.int64)
        stays = {"number": memory["number"], "copy": memory["copy"]}
        return stays, {"answer": Packets(records.owner, records["from"], {"answer": answer})}

    def hear(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory["copy"]
        answer = np.zeros(len(records), dtype=np.int64)
        answer[records["first"] == 1] = mail["answer"]["answer"]
        fields = {"value": records["value"], "whose": records["whose"], "answer": answer}
        return memory | {"copy": Records(records.owner, fields)}, {}

    # answers, at the copies

    def tell_numbers(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory["copy"]
        machine, place = records["whose"] % 2**31, records["whose"] // 2**31
        told = {"place": place, "answer": records["answer"]}
        return {"number": memory["number"]}, {"answer": Packets(records.owner, machine, told)}

    def take(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Each number has one copy, so there are as many answers as numbers on every machine."""
        records, told = memory["number"], mail["answer"]
        begins = begins_of(told.destination)
        answer = np.empty(len(records), dtype=np.int64)
        answer[np.repeat(begins, sizes_of(begins, len(told))) + told["place"]] = told["answer"]
        return {"number": records.extend(answer=answer)}, {}

    # wishes and slots

    def dealer(self, to: Plan, wish: Array, rank: Array) -> Array:
        """The wish of the member who had dealt the number of this rank in its block."""
        group = to.group[wish]
        return to.begin[group] + rank // self.part(to.size[group])

    def by_slot(self, to: Plan, source: Array, wish: Array, word: Array, name: str) -> Mail:
        """A word for every wish, sent in the slot of the one who has it: a kind of mail for each slot."""
        order = np.argsort(source, kind="stable")
        mail = {}
        for slot, kind in enumerate(SLOTS):
            here = order[to.slot[wish[order]] == slot]
            mail[kind] = Packets(source[here], to.machine[wish[here]], {name: word[here]})
        return mail

    def take_words(self, to: Plan, mail: Mail, name: str) -> tuple[Array, Array, Array]:
        """All that came by slots: at which machine, for which wish, and the word."""
        machine = np.concatenate([mail[kind].destination for kind in SLOTS])
        slot = np.repeat(np.arange(len(SLOTS)), [len(mail[kind]) for kind in SLOTS])
        return machine, to.wish_of[machine, slot], np.concatenate([mail[kind][name] for kind in SLOTS])


def once(key: Array, rank: Array, most: int) -> tuple[Array, Array]:
    """Pairs without repetitions, in order; ranks are below `most`."""
    both = np.unique(key * most + rank)
    return both // most, both % most


def in_sums(first: Array, second: Array, third: Array, total: int) -> tuple[Array, Array, Array]:
    """The places of the numbers that are in some sum of one from each, which are in order."""
    wanted = total - first[:, None] - second[None, :]
    place = np.searchsorted(third, wanted)
    hit = third[np.minimum(place, len(third) - 1)] == wanted
    at_first, at_second = np.nonzero(hit)
    return at_first, at_second, place[at_first, at_second]


def claim(task: Task[Array]) -> Claim:
    return three_sum_protocol(task.largest, task.parameters["modulus"], memory_for(task.largest))


THREE_SUM = ProtocolSolution(ThreeSum, prepare, lambda numbers: memory_for(len(numbers)), claim)
