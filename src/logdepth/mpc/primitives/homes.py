"""Sends and questions to keys whose home all machines know, in 2 and 4 rounds at any skew, over a `Grid`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logdepth.mpc.primitives.grid import Grid
from logdepth.mpc.primitives.scan import ANY, Scan, State
from logdepth.mpc.protocol import Routine
from logdepth.mpc.records import Mail, Memory, Packets, Records

Array = np.ndarray


def send_home(kind: str, into: str, scan: Scan, *, keys: int, machines: int) -> Routine:
    """Records of `kind` go to the homes of their `key`, and are gone; there is one record of kind `into` for each key
    that was sent, with the fields of the scan over all that was sent to it.

    The field `key` of `kind` holds 0..keys-1; key k is at home on machine k // ⌈keys / machines⌉. A "first" or "last"
    is any of those of least priority. Records of `into` are in the order of their keys, field `key`. 2 rounds.
    """
    grid = Grid.over(machines, keys)

    def send(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory[kind]
        state = scan.of_records(records)
        fields = {"key": records["key"]} | {name: state[name] for name in scan.names if name != ANY}
        stays = {other: held for other, held in memory.items() if other != kind}
        return stays, {"sent": Packets(records.owner, grid.corner(records.owner, records["key"]), fields)}

    def combined(sent: Packets) -> tuple[Array, Array, State]:
        """Of everything that a machine was sent for one key: the machine, the key, the state."""
        order, begins = grid.met(sent)
        state = {name: sent[name][order] for name in scan.names if name != ANY} | {ANY: np.ones(len(sent), dtype=int)}
        return sent.destination[begins], sent["key"][order[begins]], scan.of_runs(state, begins)

    def pass_on(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        machine, key, state = combined(mail["sent"])
        fields = {"key": key} | {name: value for name, value in state.items() if name != ANY}
        return memory, {"sent": Packets(machine, grid.home(key), fields)}

    def keep(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        machine, key, state = combined(mail["sent"])
        return memory | {into: Records(machine, {"key": key} | scan.results(state))}, {}

    return Routine(f"{kind} to {into}", (send, pass_on, keep))


def ask_home(kind: str, table: str, read: Mapping[str, str], *, keys: int, machines: int) -> Routine:
    """Every record of `kind` reads fields of the record of `table` with its `key`, or 0 if there is none; the table is
    gone then.

    Both have a field `key` with 0..keys-1; those of `table` are at home as for `send_home`, in ascending order, and no
    two the same. read: field of `table` -> new field of `kind`. 4 rounds.
    """
    grid, waiting = Grid.over(machines, keys), f"{kind} of {table}"

    def ask(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records = memory[kind]
        corner = grid.corner(records.owner, records["key"])
        return memory, {"questions": Packets(records.owner, corner, {"key": records["key"]})}

    def pass_on(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        remembered, questions = grid.asked_once(mail["questions"])
        return memory | {waiting: remembered}, {"questions": questions}

    def answer(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        """To corners: in the order of the keys, so the keys need not be told."""
        questions, held = mail["questions"], memory[table]
        place = np.searchsorted(held["key"], questions["key"])
        there = place < len(held)
        there[there] = held["key"][place[there]] == questions["key"][there]
        told = {}
        for field, new in read.items():
            told[new] = np.zeros(len(questions), dtype=held[field].dtype)
            told[new][there] = held[field][place[there]]
        memory = {other: records for other, records in memory.items() if other != table}
        return memory, {"answers": Packets(questions.destination, questions.source, told)}

    def pass_back(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        answers = grid.pass_back(memory[waiting], mail["answers"])
        return {other: records for other, records in memory.items() if other != waiting}, {"answers": answers}

    def hear(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        records, answers = memory[kind], mail["answers"]
        order = grid.arrival(records.owner, records["key"])
        fields = {name: np.empty_like(told) for name, told in answers.fields.items()}
        for name, told in answers.fields.items():
            fields[name][order] = told
        return memory | {kind: records.extend(**fields)}, {}

    return Routine(f"{kind} ask {table}", (ask, pass_on, answer, pass_back, hear))
