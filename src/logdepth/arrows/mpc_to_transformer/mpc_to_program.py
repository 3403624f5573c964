"""T1: a raw MPC protocol becomes a program whose rows are machines, and whose only communication is a router.

Local steps become maps, and so ReLU weights; a round becomes one or two attention layers, by the router's choice. Equal
steps in a row may become one loop, whose rounds share their weights. Source: arXiv 2402.09268, Theorem 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from logdepth.arithmetic import undisturbed
from logdepth.arrows.mpc_to_transformer.names import names_after
from logdepth.arrows.mpc_to_transformer.packets import machine_of
from logdepth.arrows.mpc_to_transformer.router_costs import tokens_of_machine
from logdepth.arrows.mpc_to_transformer.routers import ROUTERS, Inbox, Route, Sent, empty
from logdepth.arrows.mpc_to_transformer.stretches import stretches
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.programs import Column, Program, RawProtocol, Table


@undisturbed()
def mpc_to_program(raw: RawProtocol, router: str = "exact", tied: bool | None = None) -> Program:
    """The program that does what the protocol does.

    It has a row for every machine; of the router "packets" for every packet, and those beyond the machines are blank.
    Inputs and outputs are the state's columns. It holds every state and inbox under the names that `state_name` and
    `inbox_name` give. tied: equal steps in a row become a loop; None: of the router "packets" only.
    Errors: UsageError for an unknown router, a step that cannot be, or a protocol whose traffic the router does not
    take.
    """
    if router not in ROUTERS:
        raise UsageError(f"there is no router {router!r}. {did_you_mean(router, ROUTERS)}")
    tokens = tokens_of_machine(router, raw.slots) if raw.rounds else 1
    table = Table(raw.name, raw.machines * tokens)
    writer = Writer(raw, table, machine_of(table, raw.machines), ROUTERS[router](raw))
    held = writer.begin()
    for steps in stretches(raw, loops=router == "packets" if tied is None else tied):
        held = writer.loop(steps, held) if len(steps) > 1 else writer.step(steps[0], held)
    for name, column in zip(raw.state, held.state, strict=True):
        table.output(name, column)
    return replace(table.program(), blank=table.rows - raw.machines)


@dataclass(frozen=True, eq=False)
class Held:
    """What the machines hold between two rounds."""

    state: Sequence[Column]
    inbox: Inbox

    @property
    def columns(self) -> list[Column | int]:
        return [*self.state, *(word for slot in self.inbox for word in slot)]


@dataclass(frozen=True, eq=False)
class Writer:
    """Writes the steps of a protocol into a table. machine: the number of every row's machine."""

    raw: RawProtocol
    table: Table
    machine: Column
    route: Route

    def begin(self) -> Held:
        """The state as it is given; all rows of a machine read it from its first one."""
        state: Sequence[Column] = [self.table.input(name, high) for name, high in self.raw.state.items()]
        if self.machine is not self.table.index:
            state = self.table.pull(self.machine, state)
        return Held(state, empty(self.raw))

    def step(self, number: int, held: Held) -> Held:
        """What the machines hold after step `number` and the round that follows, all under its name."""
        state, sent = self.local_step(number, held)
        names = names_after(self.raw, number)
        state = [self.table.hold(column, name) for column, name in zip(state, names, strict=False)]
        if number == self.raw.rounds:
            return Held(state, empty(self.raw))
        inbox = self.route(self.table, number, sent)
        return self.split([*state, *self.hold(Held(state, inbox).columns[len(state) :], names[len(state) :])])

    def loop(self, steps: range, held: Held) -> Held:
        """The same after many equal steps, each with its round: one loop. What is held after its last one stands under
        the names of that."""

        def turn(*columns: Column) -> list[Column | int]:
            state, sent = self.local_step(steps[0], self.split(columns))
            return Held(state, self.route(self.table, steps[0], sent)).columns

        slot = [1, *self.raw.words.values()]
        highs = [*self.raw.state.values(), *slot * self.raw.slots]
        last = self.table.repeat(len(steps), turn, held.columns, highs, names_after(self.raw, steps))
        return self.split(self.hold(last, names_after(self.raw, steps[-1])))

    def hold(self, columns: Sequence[Column | int], names: Sequence[str]) -> list[Column | int]:
        """The columns, each standing under its name; a number stands nowhere."""
        pairs = zip(columns, names, strict=True)
        return [self.table.hold(value, name) if isinstance(value, Column) else value for value, name in pairs]

    def split(self, columns: Sequence[Column | int]) -> Held:
        """State and inbox, of both in a row."""
        count, width = len(self.raw.state), 1 + len(self.raw.words)
        inbox = [list(columns[i : i + width]) for i in range(count, len(columns), width)]
        return Held([column for column in columns[:count] if isinstance(column, Column)], inbox)

    def local_step(self, number: int, held: Held) -> tuple[Sequence[Column], Sent]:
        """The state that step `number` leaves, and the packets that it sends."""
        raw, sent = self.raw, self.raw.packets(number)
        part = [("destination", raw.machines), *raw.words.items()]
        names = [f"{name} of step {number}" for name in raw.state]
        names += [f"step {number} packet {k} {name}" for k in range(sent) for name, _ in part]
        highs = [*raw.state.values(), *(high for _ in range(sent) for _, high in part)]
        results = self.table.map(raw.functions[number], self.machine, *held.columns, high=highs, name=names)
        rest, width = results[len(raw.state) :], len(part)
        return results[: len(raw.state)], [list(rest[i : i + width]) for i in range(0, len(rest), width)]
