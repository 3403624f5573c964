"""Keys whose homes all machines know, and the grid on which senders and askers of one key meet.

Machines stand in rows, and homes in columns; where a row and a column meet stands one machine, a *corner*. What a row
has for the homes of a column goes to their corner, and equal keys become one: so a home hears of a key at most once
from every row. With about √q rows and columns, for r records and as many keys on each machine, no machine gets more
than about r √q, whatever the skew.

Source: folklore; combining on a grid, as in the simulation of concurrent reads and writes on a mesh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.mpc.primitives.costs import rows_and_columns
from logdepth.mpc.primitives.order import place_in_run
from logdepth.mpc.records import Packets, Records
from logdepth.mpc.runs import begins_of_each, runs_of, sizes_of
from logdepth.mpc.stable_order import gather, order_and_runs, order_within
from logdepth.theory.logarithm import ceil_div

Array = np.ndarray


@dataclass(frozen=True)
class Grid:
    """Keys 0..keys-1, `each` a home, in order, on `machines` machines from number `first` on; rows · columns of them
    are corners. Only these machines ask and send, so each asks from one of the rows."""

    keys: int
    each: int
    machines: int
    rows: int
    columns: int
    first: int = 0

    @classmethod
    def over(cls, machines: int, keys: int) -> Grid:
        """The grid of all machines."""
        return cls(keys, ceil_div(keys, machines), machines, *rows_and_columns(machines))

    def home(self, key: Array) -> Array:
        return key // self.each + self.first

    def column(self, key: Array) -> Array:
        home = key // self.each
        return home - home // self.columns * self.columns  # numpy takes remainders one by one, and divides sooner

    def place_in_column(self, key: Array) -> Array:
        """The place of a key among those of its column, in ascending order, if all homes were full: a short number."""
        above = key // (self.each * self.columns)  # homes of the column before this one
        return key - (key // self.each - above) * self.each

    def corner(self, machine: Array, key: Array) -> Array:
        """Where the row of the machine meets the column of the key."""
        return self.crossing(machine, self.column(key))

    def crossing(self, machine: Array, column: Array) -> Array:
        """Where the row of the machine meets a column."""
        runs = runs_of(machine)
        row = (runs.machine - self.first) * self.rows // self.machines
        corner = runs.spread(self.first + row * self.columns)
        corner += column
        return corner

    def begins(self, owner: Array) -> Array:
        """For every machine of the grid, where its records begin, if they are in order."""
        return begins_of_each(owner, self.machines, self.first)

    def place(self, records: Records, key: Array) -> Array:
        """Where these keys stand among records of all keys, which are at home and in order."""
        if len(records) == self.keys:  # of all homes
            return key
        return self.begins(records.owner)[key // self.each] + key % self.each

    def met(self, packets: Packets) -> tuple[Array, Array]:
        """What machines have received of keys of one column, by receiver and `key`: the order, stable, in which
        receivers stay as they are, and where the runs of equal keys begin."""
        return order_and_runs(packets.destination, self.place_in_column(packets["key"]))

    # --- questions: from machines to corners and homes, and back ---

    def arrival(self, machine: Array, key: Array) -> Array:
        """The order in which these machines get the answers about these keys: by corner, then as they asked."""
        return order_within(machine, self.column(key))

    def asked_once(self, questions: Packets) -> tuple[Records, Packets]:
        """What corners ask the homes: every key once, in ascending order. And what they remember of every question: who
        asks, and which of the answers that will come it is."""
        order, begins = self.met(questions)
        corner, key = gather(questions.destination, begins), gather(questions["key"], gather(order, begins))
        asked = Packets(corner, self.home(key), {"key": key})
        rank = np.empty(len(questions), dtype=np.int64)
        rank[order] = np.repeat(place_in_run(asked.source), sizes_of(begins, len(questions)))
        return Records(questions.destination, {"by": questions.source, "rank": rank}), asked

    def pass_back(self, waiting: Records, answers: Packets) -> Packets:
        """The answers to all who wait: to a corner they come in ascending order of homes, and so of keys."""
        corners = runs_of(waiting.owner)
        place = corners.spread(self.begins(answers.destination)[corners.machine - self.first])
        place += waiting["rank"]
        told = {name: gather(value, place) for name, value in answers.fields.items()}
        return Packets(waiting.owner, waiting["by"], told)
