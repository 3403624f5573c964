"""Reductions and scans over runs of equal keys, which may span any number of machines.

Every machine says with which runs its records begin and end. A tree puts neighbours together, and tells every machine
of the run that comes right before its records and of the one right behind them: it may be its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from logdepth.mpc.primitives.costs import reduction_levels, words_of_ends
from logdepth.mpc.primitives.order import begins_of
from logdepth.mpc.primitives.scan import ANY, Scan, State, double, shift, take
from logdepth.mpc.primitives.tree import Tree
from logdepth.mpc.protocol import Routine, Step
from logdepth.mpc.records import Mail, Memory, Packets, Records
from logdepth.mpc.runs import sizes_of

Array = np.ndarray

BEFORE, BEHIND = "before", "behind"
ENDS = {BEFORE: ("first", "last"), BEHIND: ("last", "first")}
"""What flows in from before enters at the first run and leaves at the last; from behind, the other way round."""


def segmented(kind: str, by: Sequence[str], scans: Sequence[Scan], *, machines: int, spare: int) -> Routine:
    """Give the records of `kind` new fields, each computed over the records with the same values of the fields `by`.

    Records with equal keys must be neighbours, in the order of machines and on them: sorted, say. Without `by` all are
    one run. Records stay where they are. spare: words that every machine has besides its records.
    Errors: UsageError for fewer spare words than a tree needs.
    """
    levels = reduction_levels(machines, spare, words_of_ends(len(by), sum(scan.words for scan in scans)))
    runs = Runs(kind, tuple(by), tuple(scans), Tree.of(machines, levels))
    if not levels:
        return Routine(f"runs of {kind}", (runs.alone,))
    up: list[Step] = [runs.summarise, *(partial(runs.merge, level) for level in range(1, levels))]
    down: list[Step] = [runs.turn, *(partial(runs.spread, level) for level in range(levels - 1, 0, -1))]
    return Routine(f"runs of {kind}", (*up, *down, runs.finish))


def prefix_sum(kind: str, field: str, into: str, *, machines: int, spare: int, before: bool = False) -> Routine:
    """Give every record of `kind` the sum of `field` over all records up to itself, or `before` itself: by machine, and
    in a machine's own order."""
    scan = Scan("sum", (field,), (into,), "before" if before else "so far")
    return segmented(kind, (), (scan,), machines=machines, spare=spare)


@dataclass(frozen=True)
class Runs:
    kind: str
    by: tuple[str, ...]
    scans: tuple[Scan, ...]
    tree: Tree

    # every machine

    def summarise(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine tells of its first and its last run."""
        records = memory[self.kind]
        runs = begins_of(records.owner, *self.keys(records))
        ends = first_and_last(records.owner, runs)
        some = np.unique(np.concatenate(ends))  # of all runs, those that may reach further
        sizes = sizes_of(runs, len(records))[some]
        few = records.take(np.repeat(runs[some] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum()))
        whole = self.of_runs(few, np.cumsum(sizes) - sizes)
        said: State = {}
        for name, run in zip(("first", "last"), ends, strict=True):
            said |= {f"{name} key {n}": key[runs[run]] for n, key in enumerate(self.keys(records))}
            said |= {f"{name} {part}": value[np.searchsorted(some, run)] for part, value in whole.items()}
        machine = records.owner[begins_of(records.owner)]
        return memory, {"ends": Packets(machine, self.tree.above(1, machine, 0 * machine), said)}

    def finish(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Every machine has been told of the runs right before and behind its records, and completes them."""
        return memory | {self.kind: self.complete(memory[self.kind], dict(mail["outside"].fields))}, {}

    def alone(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """As `finish`, where there is one machine only."""
        return memory | {self.kind: self.complete(memory[self.kind], None)}, {}

    def complete(self, records: Records, outside: State | None) -> Records:
        """The records with their new fields."""
        runs = begins_of(records.owner, *self.keys(records))
        sizes = sizes_of(runs, len(records))
        around: dict[str, State] = {}
        if outside is not None:
            first, last = first_and_last(records.owner, runs)
            around = {
                BEFORE: self.reaching(BEFORE, records, runs, first, outside),
                BEHIND: self.reaching(BEHIND, records, runs, last, outside),
            }
        fields = dict(records.fields)
        for number, scan in enumerate(self.scans):
            own = scan.of_records(records)
            if scan.part == "run":
                told = scan.of_runs(own, runs)
            else:
                told = scan.up_to(own, runs)
                told = shift(told, runs) if scan.part == "before" else told
            if scan.part == "run" and around:
                told = scan.combine(part_of(around[BEFORE], number), told)
                told = scan.combine(told, part_of(around[BEHIND], number))
            if scan.part == "run":
                told = repeat(told, sizes)
            elif around:
                told = scan.combine(repeat(part_of(around[BEFORE], number), sizes), told)
            fields |= scan.results(told)
        return Records(records.owner, fields)

    def reaching(self, side: str, records: Records, runs: Array, ends: Array, outside: State) -> State:
        """For every run, the state of what belongs to it on machines of one side: nothing, but for runs at `ends`."""
        same = outside[f"{side} {ANY}"] == 1
        for n, key in enumerate(self.keys(records)):
            same = same & (outside[f"{side} key {n}"] == key[runs[ends]])
        state = {}
        for name in self.names:
            told = outside[f"{side} {name}"]
            state[name] = np.zeros(len(runs), dtype=told.dtype)
            state[name][ends[same]] = told[same]
        return state

    # the nodes of the tree

    def heard(self, level: int) -> str:
        """The kind of record in which nodes keep what their children said."""
        return f"{self.kind}: ends {level}"

    def merge(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Nodes keep what their children said, and say the same of all of them together."""
        said = mail["ends"]
        begins = begins_of(said.destination)
        node = said.destination[begins]
        together: State = {}
        for side in (BEFORE, BEHIND):
            through = self.through(side, self.flow(side, said.fields), begins)
            leaves = begins + sizes_of(begins, len(said)) - 1 if side == BEFORE else begins
            together |= {
                f"{ENDS[side][1]} {name}": value[leaves]
                for name, value in through.items()
                if name != ANY and not name.startswith("entry")
            }
        memory = memory | {self.heard(level): Records(said.destination, {"child": said.source, **said.fields})}
        return memory, {"ends": Packets(node, self.tree.above(level + 1, node, 0 * node), together)}

    def turn(self, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """The top node tells its children what lies around them; around all of them lies nothing."""
        said = mail["ends"]
        return memory, {"outside": self.tell_children(said.destination, said.source, dict(said.fields), None)}

    def spread(self, level: int, memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """Nodes tell their children what lies around them."""
        said, told = memory[self.heard(level)], mail["outside"]
        outside = take(dict(told.fields), np.searchsorted(told.destination, said.owner))
        memory = {kind: held for kind, held in memory.items() if kind != self.heard(level)}
        return memory, {"outside": self.tell_children(said.owner, said["child"], dict(said.fields), outside)}

    def tell_children(self, node: Array, child: Array, said: State, outside: State | None) -> Packets:
        """What children hear: of the siblings on either side, and of what lies `outside` all of them."""
        begins = begins_of(node)
        fields: State = {}
        for side in (BEFORE, BEHIND):
            near = self.through(side, self.flow(side, said), begins, exclusive=True)
            if outside is not None:
                far = {name: outside[f"{side} {name}"] for name in (ANY, *self.key_names, *self.names)}
                far |= {f"entry {name}": far[name] for name in self.key_names}
                near = self.join(side, far, near)
            fields |= {f"{side} {name}": near[name] for name in (ANY, *self.key_names, *self.names)}
        return Packets(node, child, fields)

    # flows: of what machines said, all that goes one way

    def flow(self, side: str, said: Mapping[str, Array]) -> State:
        """Of each child: whether it has records; the keys where the flow enters and leaves; the run where it leaves."""
        entry, leave = ENDS[side]
        count = len(said[f"first {self.names[0]}"])
        return (
            {ANY: np.ones(count, dtype=np.int64)}
            | {f"entry {name}": said[f"{entry} {name}"] for name in self.key_names}
            | {name: said[f"{leave} {name}"] for name in (*self.key_names, *self.names)}
        )

    def through(self, side: str, flow: State, begins: Array, exclusive: bool = False) -> State:
        """What has flowed through each child and those before it on its way; or only through those before it."""
        size = len(flow[ANY])
        way = slice(None) if side == BEFORE else slice(None, None, -1)
        starts = begins if side == BEFORE else size - (begins + sizes_of(begins, size))[::-1]
        through = double({name: value[way] for name, value in flow.items()}, starts, partial(self.join, side))
        through = shift(through, starts) if exclusive else through
        return {name: value[way] for name, value in through.items()}

    def join(self, side: str, first: State, then: State) -> State:
        """Through two parts, one after the other on the way; either may be empty."""
        any_first, any_then = first[ANY] == 1, then[ANY] == 1
        one_run = any_first & any_then  # the run that leaves the first part goes all through the second
        for name in self.key_names:
            one_run = one_run & (first[name] == then[f"entry {name}"]) & (then[name] == then[f"entry {name}"])
        both = {ANY: first[ANY] | then[ANY]}
        for name in self.key_names:
            both[f"entry {name}"] = np.where(any_first, first[f"entry {name}"], then[f"entry {name}"])
            both[name] = np.where(any_then, then[name], first[name])
        for number, scan in enumerate(self.scans):
            parts = [part_of(first, number), part_of(then, number)]
            merged = scan.combine(*(parts if side == BEFORE else parts[::-1]))
            for name, value in merged.items():
                last = np.where(any_then, parts[1][name], parts[0][name])
                both[f"{number} {name}"] = np.where(one_run, value, last)
        return both

    # names of fields

    @property
    def key_names(self) -> list[str]:
        return [f"key {n}" for n in range(len(self.by))]

    @property
    def names(self) -> list[str]:
        return [f"{number} {name}" for number, scan in enumerate(self.scans) for name in scan.names]

    def keys(self, records: Records) -> list[Array]:
        return [records[name] for name in self.by]

    def of_runs(self, records: Records, begins: Array) -> State:
        """The states of whole runs, for all scans."""
        whole: State = {}
        for number, scan in enumerate(self.scans):
            state = scan.of_runs(scan.of_records(records), begins)
            whole |= {f"{number} {name}": value for name, value in state.items()}
        return whole


def first_and_last(owner: Array, runs: Array) -> tuple[Array, Array]:
    """Of every machine with records, the numbers of its first and its last run."""
    first = np.searchsorted(runs, begins_of(owner))
    return first, np.append(first[1:], len(runs))[: len(first)] - 1


def part_of(state: State, number: int) -> State:
    """The state of one scan, of those of all."""
    prefix = f"{number} "
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def repeat(state: State, sizes: Array) -> State:
    return {name: np.repeat(value, sizes) for name, value in state.items()}
