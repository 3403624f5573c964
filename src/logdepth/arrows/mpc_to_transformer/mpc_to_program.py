"""T1: a raw MPC protocol becomes a program whose rows are machines, and whose only communication is a router.

Local steps become maps, and so ReLU weights; a round becomes one or two attention layers, by the router's choice.
Source: arXiv 2402.09268, Theorem 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence

from logdepth.arithmetic import undisturbed
from logdepth.arrows.mpc_to_transformer.routers import ROUTERS, Inbox, Sent
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.programs import Column, Program, RawProtocol, Table


@undisturbed()
def mpc_to_program(raw: RawProtocol, router: str = "exact") -> Program:
    """The program that does what the protocol does, with as many rows as it has machines.

    Inputs and outputs are the state's columns. It holds every state and inbox under the names that `state_name` and
    `inbox_name` give.
    Errors: UsageError for an unknown router, a step that cannot be, or a protocol whose traffic the router does not
    take.
    """
    if router not in ROUTERS:
        raise UsageError(f"there is no router {router!r}. {did_you_mean(router, ROUTERS)}")
    route = ROUTERS[router](raw)
    table = Table(raw.name, raw.machines)
    state = [table.input(name, high) for name, high in raw.state.items()]
    inbox: Inbox = [[0] * (1 + len(raw.words))] * raw.slots
    for number in range(len(raw.steps)):
        state, sent = local_step(table, raw, number, state, inbox)
        if number < raw.rounds:
            inbox = hold_inbox(table, raw, number + 1, route(table, number, sent))
    for name, column in zip(raw.state, state, strict=True):
        table.output(name, column)
    return table.program()


def state_name(number: int, name: str) -> str:
    """What the residual column is called that holds a state column after step `number`, from 0."""
    return f"{name} after step {number}"


def inbox_name(number: int, slot: int, word: str | None) -> str:
    """What the residual column is called that holds a word (None: whether there is one) of a slot after round
    `number`, from 1; slots from 0."""
    return f"round {number} slot {slot} " + ("filled" if word is None else word)


def local_step(
    table: Table, raw: RawProtocol, number: int, state: Sequence[Column], inbox: Inbox
) -> tuple[list[Column], Sent]:
    """The state that step `number` leaves, and the packets that it sends."""
    sent = raw.packets(number)
    part = [("destination", raw.machines), *raw.words.items()]
    names = [f"{name} of step {number}" for name in raw.state]
    names += [f"step {number} packet {k} {name}" for k in range(sent) for name, _ in part]
    highs = [*raw.state.values(), *(high for _ in range(sent) for _, high in part)]
    inputs = [table.index, *state, *(word for slot in inbox for word in slot)]
    results = table.map(raw.functions[number], *inputs, high=highs, name=names)
    following = [table.hold(column, state_name(number, name)) for name, column in zip(raw.state, results, strict=False)]
    rest, width = results[len(state) :], len(part)
    return following, [list(rest[i : i + width]) for i in range(0, len(rest), width)]


def hold_inbox(table: Table, raw: RawProtocol, number: int, inbox: Inbox) -> Inbox:
    """The same, every column standing under its own name."""
    return [
        [
            table.hold(value, inbox_name(number, slot, name)) if isinstance(value, Column) else value
            for name, value in zip([None, *raw.words], words, strict=True)
        ]
        for slot, words in enumerate(inbox)
    ]
