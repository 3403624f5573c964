"""T1 for any protocol of the engine, with local functions as they are: attention layers deliver the mail.

Machines are tokens. A round is the exact router's two attention layers, the same weights in every round; what a machine
does between two rounds is the protocol's own step, a function of what the token holds. Steps, loops and budgets are the
engine's, which counts what is delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logdepth.arithmetic import undisturbed
from logdepth.arrows.mpc_to_transformer.mixed import Layer, MixedTransformer, mixed_transformer
from logdepth.mpc import LocalMachines, Mail, Memory, Packets, Protocol, Received, Run, begin, run_on
from logdepth.numerics.errors import CapacityExceeded
from logdepth.numerics.formats import FLOAT32
from logdepth.programs import Program, Table, TableState, Values, exchange, run_statements

Array = np.ndarray
HEADING = 3  # words before a packet's own: its kind, its source, its place among its source's packets


@dataclass(frozen=True, eq=False)
class Delivery:
    """What a run by attention gave. `unlike`: rounds in which the mail was not the one that the engine delivers.

    layers: two for every round. heads, width: of one layer; the words that machines hold are part of the width.
    """

    run: Run
    router: MixedTransformer
    unlike: int
    memory: int

    @property
    def layers(self) -> int:
        return self.router.layers * self.run.rounds

    @property
    def width(self) -> int:
        return self.router.width + self.memory


@undisturbed()
def run_by_attention(protocol: Protocol, memory: Memory, slots: int, words: int) -> Delivery:
    """Run a protocol whose messages travel through attention, and compare every round with the engine's own delivery.

    slots: packets that a machine sends or receives in a round, at most. words: of one packet, at most.
    Errors: as of `run_locally`; CapacityExceeded for more packets or words, or for words that float32 does not carry.
    """
    router = mixed_transformer(shuffle(protocol.machines, slots, HEADING + words))
    machines = AttentionMachines(protocol, router, slots, words)
    done = run_on(machines, protocol, begin(machines, protocol, memory))
    return Delivery(done, router, machines.unlike, protocol.memory)


def shuffle(machines: int, slots: int, words: int) -> Program:
    """One round: every machine's packets to their receivers."""
    table = Table("shuffle", machines)
    to = [table.input(f"to {k}", machines) for k in range(slots)]
    sent = [[table.input(f"packet {k} word {w}", 1) for w in range(words)] for k in range(slots)]
    for slot, columns in enumerate(exchange(table, to, sent, slots)):
        for w, column in enumerate(columns):
            table.output(f"slot {slot} word {w}", column)
    return table.program()


class AttentionMachines(LocalMachines):
    """All machines in this process, and all mail through the router."""

    def __init__(self, protocol: Protocol, router: MixedTransformer, slots: int, words: int) -> None:
        super().__init__(protocol, 1)
        self.router, self.slots, self.words, self.unlike = router, slots, words, 0

    def deliver(self) -> Sequence[Received]:
        mail = {kind: packets.open() for kind, packets in self.sent[0][0].items()}
        arrived = self.route(mail)
        direct = {kind: packets.deliver() for kind, packets in mail.items()}
        self.unlike += any(not equal(arrived[kind], direct[kind]) for kind in mail)
        self.sent = [[{**arrived}]]
        return super().deliver()

    def route(self, mail: Mail) -> Mail:
        """What comes out of the last attention layer, as packets."""
        to, words = self.pack(mail)
        program = self.router.program
        values: Values = {program.index: np.arange(1, self.protocol.machines + 1)}
        columns = iter(program.inputs)
        values |= {next(columns): row for row in to}
        values |= {next(columns): row for packet in words for row in packet}
        for part in self.router.parts:
            if isinstance(part, Layer):
                part.run(values, program.index)
            else:
                run_statements(TableState(program.index, program.causal, values), part)
        inbox = np.stack([values[column] for column in program.outputs.values()])
        return self.unpack(mail, inbox.reshape(self.slots, 1 + HEADING + self.words, -1))

    def pack(self, mail: Mail) -> tuple[Array, Array]:
        """Destinations (slots, machines), from 1, 0 for none; and words (slots, heading and words, machines)."""
        machines = self.protocol.machines
        to = np.zeros((self.slots, machines), dtype=np.int64)
        words = np.zeros((self.slots, HEADING + self.words, machines), dtype=np.int64)
        sent = np.zeros(machines, dtype=np.int64)
        for number, packets in enumerate(mail.values()):
            if not len(packets):
                continue
            flat = [values.reshape(len(packets), -1) for values in packets.fields.values()]
            content = np.concatenate(flat, axis=1) if flat else np.zeros((len(packets), 0))
            if content.shape[1] > self.words or np.abs(content).max(initial=0) >= FLOAT32.exact:
                raise CapacityExceeded(
                    f"packets of {content.shape[1]} words up to {np.abs(content).max(initial=0)} are sent, and"
                    f" {self.words} words below {FLOAT32.exact} were promised"
                )
            for row, (source, destination) in enumerate(zip(packets.source, packets.destination, strict=True)):
                k = sent[source]
                if k >= self.slots:
                    raise CapacityExceeded(f"machine {source} sends more than {self.slots} packets in one round")
                to[k, source] = destination + 1
                words[k, : HEADING + content.shape[1], source] = [number, source, k, *content[row]]
                sent[source] += 1
        return to, words

    def unpack(self, mail: Mail, inbox: Array) -> Mail:
        """The packets of an inbox (slots, filled and heading and words, machines), kind by kind as the engine has."""
        slot, machine = np.nonzero(inbox[:, 0])
        filled, kind, source, place, *words = inbox[slot, :, machine].T
        assert filled.min(initial=1) == 1, "a slot holds one packet"
        arrived: Mail = {}
        for number, (name, packets) in enumerate(mail.items()):
            mine = np.flatnonzero(kind == number)
            mine = mine[np.lexsort((place[mine], source[mine], machine[mine]))]
            fields, first = {}, 0
            for field, values in packets.fields.items():
                width = int(np.prod(values.shape[1:]))
                flat = np.stack([word[mine] for word in words[first : first + width]], axis=-1)
                fields[field] = flat.reshape(len(mine), *values.shape[1:]).astype(values.dtype)
                first += width
            arrived[name] = Packets(source[mine], machine[mine], fields)
        return arrived


def equal(one: Packets, other: Packets) -> bool:
    """Whether these are the same packets in the same order."""
    same = np.array_equal(one.source, other.source) and np.array_equal(one.destination, other.destination)
    return same and all(np.array_equal(values, other[name]) for name, values in one.fields.items())
