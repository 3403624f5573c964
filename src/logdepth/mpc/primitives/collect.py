"""Joins: every asking record learns what the offering records with its key hold, however many ask or offer one key.

All are sorted by key together. A run of equal keys reduces what is offered, and tells all its records. Answers go back
to where the questions came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from logdepth.mpc.primitives.chain import chain
from logdepth.mpc.primitives.order import begins_of, place_in_run
from logdepth.mpc.primitives.scan import Op, Scan
from logdepth.mpc.primitives.segmented import segmented
from logdepth.mpc.primitives.sort import sort
from logdepth.mpc.protocol import Routine
from logdepth.mpc.records import Mail, Memory, Packets, Records
from logdepth.mpc.runs import sizes_of
from logdepth.numerics.errors import UsageError

Array = np.ndarray

OFFERS, BACK, PLACE = "offers", "back", "place"  # whether a record offers; where an asking one is at home


def pull(
    asking: str,
    holding: str,
    by: Mapping[str, int],
    read: Mapping[str, str],
    *,
    at: Sequence[str] | None = None,
    found: str | None = None,
    missing: int = 0,
    machines: int,
    per_machine: int,
    spare: int,
) -> Routine:
    """Every record of `asking` reads fields of the record of `holding` with its key: of several, of the first.

    by: the fields of `asking` that make its key, and their highest values; at: the fields of `holding` that must be
    equal, of the same names if not given. read: field of `holding` -> new field of `asking`, which is `missing` if
    no record has the key; found: a new field that says so, by 0 and 1. per_machine: as many records of both kinds as a
    machine takes while they are sorted together; spare: words besides, as for `sort` and `segmented`.
    Errors: UsageError as of `sort` and `segmented`, and for `at` of another length.
    """
    scan = Scan("first", tuple(read), tuple(read.values()), found=found, missing=missing)
    return collect(asking, holding, by, (scan,), at=at, machines=machines, per_machine=per_machine, spare=spare)


def push(
    sending: str,
    receiving: str,
    by: Mapping[str, int],
    reduce: Mapping[str, tuple[Op, str]],
    *,
    at: Sequence[str] | None = None,
    found: str | None = None,
    missing: int = 0,
    machines: int,
    per_machine: int,
    spare: int,
) -> Routine:
    """Every record of `receiving` gets what the records of `sending` with its key add up to.

    by: the fields of `sending` that make its key, and their highest values; at: those of `receiving` that must be
    equal. reduce: new field of `receiving` -> ("sum", "min", "max", "first" or "last", field of `sending`). The others
    are as for `pull`; a sum of nothing is 0.
    """
    mine = tuple(at) if at is not None else tuple(by)
    scans = [Scan(op, (field,), (into,), missing=missing) for into, (op, field) in reduce.items()]
    if found is not None:
        scans.append(Scan("first", (), (), found=found))
    if len(mine) != len(by):
        raise UsageError(f"push {sending!r}: a key of {len(by)} fields cannot match one of {len(mine)}.")
    return collect(
        receiving,
        sending,
        dict(zip(mine, by.values(), strict=True)),
        scans,
        at=tuple(by),
        machines=machines,
        per_machine=per_machine,
        spare=spare,
    )


def collect(
    asking: str,
    offering: str,
    by: Mapping[str, int],
    scans: Sequence[Scan],
    *,
    at: Sequence[str] | None = None,
    machines: int,
    per_machine: int,
    spare: int,
) -> Routine:
    """Give every record of `asking` new fields, computed over the records of `offering` with its key.

    scans: over whole runs; their fields, `where` and `priority` are of `offering`, and `into` and `found` of `asking`.
    The other arguments are as for `pull`. Both kinds stay where they are.
    """
    theirs = tuple(at) if at is not None else tuple(by)
    if len(theirs) != len(by):
        raise UsageError(f"pull {asking!r}: a key of {len(by)} fields cannot match one of {len(theirs)}.")
    if any(scan.part != "run" for scan in scans):
        raise UsageError(f"pull {asking!r}: a scan is over a whole run; got {[scan.part for scan in scans]}.")
    join = Join(asking, offering, tuple(by), theirs, tuple(scans), machines)
    keys = {f"key {n}": highest for n, highest in enumerate(by.values())}
    name = f"{asking} from {offering}"
    return chain(
        name,
        join.together,
        sort(join.kind, keys, machines=machines, per_machine=per_machine, spare=spare),
        segmented(join.kind, tuple(keys), join.inner, machines=machines, spare=spare),
        answer(join.kind, asking, join.told, machines=machines),
    )


@dataclass(frozen=True)
class Join:
    """Both kinds as one: their key, whether they offer, where they are at home if they ask, and what they offer."""

    asking: str
    offering: str
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    scans: tuple[Scan, ...]
    machines: int

    @property
    def kind(self) -> str:
        return f"{self.asking} and {self.offering}"

    @property
    def values(self) -> list[str]:
        """The fields that are offered, each once."""
        read = [
            name
            for scan in self.scans
            for name in (*scan.fields, *(extra for extra in (scan.priority, scan.where) if extra is not None))
        ]
        return list(dict.fromkeys(read))

    @property
    def inner(self) -> list[Scan]:
        """The scans on the joint records. Results take the place of what was offered, where they can."""
        scans, taken = [], set()
        for number, scan in enumerate(self.scans):
            into = []
            for place, field in enumerate(scan.fields):
                into.append(value(field) if field not in taken else f"told {number} {place}")
                taken.add(field)
            found = None
            if scan.found is not None:
                found = OFFERS if OFFERS not in taken else f"found {number}"
                taken.add(OFFERS)
            scans.append(
                replace(
                    scan,
                    fields=tuple(map(value, scan.fields)),
                    into=tuple(into),
                    where=OFFERS if scan.where is None else value(scan.where),
                    priority=None if scan.priority is None else value(scan.priority),
                    found=found,
                )
            )
        return scans

    @property
    def told(self) -> dict[str, str]:
        """Field of the joint records -> new field of those that asked."""
        told: dict[str, str] = {}
        for scan, inner in zip(self.scans, self.inner, strict=True):
            told |= dict(zip(inner.into, scan.into, strict=True))
            told |= {inner.found: scan.found} if inner.found is not None and scan.found is not None else {}
        return told

    def together(self, memory: Memory) -> Memory:
        """One kind of record for both."""
        asking, offering = memory[self.asking], memory[self.offering]
        fields = {
            OFFERS: np.repeat([0, 1], [len(asking), len(offering)]),
            BACK: np.concatenate([addresses(asking, self.machines), np.full(len(offering), -1)]),
        }
        for number, (mine, theirs) in enumerate(zip(self.mine, self.theirs, strict=True)):
            fields[f"key {number}"] = np.concatenate([asking[mine], offering[theirs]])
        for name in self.values:
            nothing = np.zeros(len(asking), dtype=offering[name].dtype)
            fields[value(name)] = np.concatenate([nothing, offering[name]])
        return memory | {self.kind: Records(np.concatenate([asking.owner, offering.owner]), fields)}


def addresses(records: Records, machines: int) -> Array:
    """Where every record is at home, as one number: its place on its machine, and the machine."""
    return place_in_run(records.owner) * machines + records.owner


def answer(kind: str, asking: str, told: Mapping[str, str], *, machines: int) -> Routine:
    """Records of `kind` go home, to the record of `asking` whose address they hold in field `back`, and are gone; those
    that hold -1 just go. told: field of `kind` -> new field of `asking`.

    A record of `asking` to which none comes home has 0 in the new fields. One round.
    """

    def send(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        found = memory[kind]
        found = found.take(np.flatnonzero(found[BACK] >= 0))
        fields = {new: found[field] for field, new in told.items()} | {PLACE: found[BACK] // machines}
        memory = {other: held for other, held in memory.items() if other != kind}
        return memory, {"answers": Packets(found.owner, found[BACK] % machines, fields)}

    def hear(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records, answers = memory[asking], mail["answers"]
        homes, begins = begins_of(records.owner), begins_of(answers.destination)
        first = homes[np.searchsorted(records.owner[homes], answers.destination[begins])]
        place = np.repeat(first, sizes_of(begins, len(answers))) + answers[PLACE]
        fields = {new: np.zeros(len(records), dtype=answers[new].dtype) for new in told.values()}
        for new, values in fields.items():
            values[place] = answers[new]
        return memory | {asking: records.extend(**fields)}, {}

    return Routine(f"answers to {asking}", (send, hear))


def value(name: str) -> str:
    """What an offered field is called on the joint records."""
    return f"value {name}"
