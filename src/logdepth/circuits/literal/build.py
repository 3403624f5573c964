"""The circuit of Theorem 1, built gate by gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from logdepth.circuits.builder import CircuitBuilder
from logdepth.circuits.circuit import Circuit
from logdepth.circuits.columns import bits_of
from logdepth.circuits.functions import boolean_function
from logdepth.circuits.literal.codes import FloatCodes
from logdepth.circuits.literal.stream import LiteralCircuit
from logdepth.circuits.literal.transformer import LiteralHead, LiteralTransformer
from logdepth.numerics.errors import CapacityExceeded

MOST_GATES = 700_000
"""Built in memory; a stream has no limit."""

Float = list[int]
"""The nodes of the bits of a float, the lowest first."""


def build_literal(model: LiteralTransformer, n: int, share: bool = False) -> Circuit:
    """The gates of the proof for n tokens, in the order of `LiteralCircuit`. Columns: `token` and `output`.

    share: equal gates are made once, and gates of known value are constants.
    Errors: CapacityExceeded beyond `MOST_GATES`; UsageError for no token.
    """
    gates = LiteralCircuit(model, n).gates
    if gates > MOST_GATES:
        raise CapacityExceeded(
            f"the circuit of Theorem 1 takes {gates:,} gates here, and {MOST_GATES:,} are the most that are built."
            " Take fewer tokens or bits, or stream the gates."
        )
    builder = CircuitBuilder([str(bit) for bit in bits_of({"token": 2**model.token_bits - 1}, n)], share)
    states = Builder(model, builder).run(n)
    names = map(str, bits_of({"output": 2**model.codes.bits - 1}, n))
    nodes = [node for state in states for node in state]
    return builder.finish(dict(zip(names, nodes, strict=True)))


class Builder:
    """The definitions once more, with nodes in place of bits."""

    def __init__(self, model: LiteralTransformer, builder: CircuitBuilder) -> None:
        self.model = model
        self.builder = builder
        self.bits = model.codes.bits
        self.table = cache(lambda function, parts: self.table_of(function, [self.bits] * parts))

    def run(self, n: int) -> list[Float]:
        states = [self.embed(position) for position in range(1, n + 1)]
        for layer in self.model.layers:
            mixed = [self.mix(head, states) for head in layer.heads]
            states = [
                self.append(self.table(layer.forward, 1 + len(mixed)), state, *(found[place] for found in mixed))
                for place, state in enumerate(states)
            ]
        return states

    def embed(self, position: int) -> Float:
        bits = self.model.token_bits
        table = self.table_of(lambda token: self.model.embedding(token, position), [bits])
        return self.append(table, [(position - 1) * bits + place for place in range(bits)])

    def mix(self, head: LiteralHead, states: Sequence[Float]) -> list[Float]:
        """What the head gives every token."""
        score = self.table(head.score, 2)
        scores = [[self.append(score, query, key) for key in states] for query in states]
        totals = [append_sum(self.builder, self.model.codes, row) for row in scores]
        weighted = self.table_of(lambda *codes: self.model.weighted(head, *codes), [self.bits] * 3)
        parts = [
            [self.append(weighted, score, total, state) for score, state in zip(row, states, strict=True)]
            for row, total in zip(scores, totals, strict=True)
        ]
        return [append_sum(self.builder, self.model.codes, row) for row in parts]

    def table_of(self, function: Callable[..., int], parts: Sequence[int]) -> Circuit:
        """Lemma 1 of a function of numbers of so many bits."""
        firsts = [sum(parts[:place]) for place in range(len(parts))]

        def of_number(number: int) -> int:
            return function(*(number >> first & (1 << bits) - 1 for first, bits in zip(firsts, parts, strict=True)))

        return boolean_function(of_number, sum(parts), self.bits)

    def append(self, table: Circuit, *inputs: Float) -> Float:
        nodes = self.builder.append(table, [node for number in inputs for node in number])
        return [nodes[node] for node in table.outputs.values()]


def append_sum(builder: CircuitBuilder, codes: FloatCodes, numbers: Sequence[Float]) -> Float:
    """⊕ of floats, in four levels."""
    negated = [[builder.negation(node) for node in number] for number in numbers]
    addends: dict[int, int] = {}
    for number, negations in zip(numbers, negated, strict=True):
        for code in range(2**codes.bits):
            literals = [number[place] if code >> place & 1 else negations[place] for place in range(codes.bits)]
            node = builder.conjunction(literals)
            addends[node] = addends.get(node, 0) + codes.number(code)
    floats = sorted({codes.number(code) for code in range(2**codes.bits)})
    reached = [builder.gate(addends, least_sum(codes, floats, place)) for place in range(1, len(floats))]
    written = [codes.code(number) for number in floats]
    return [choose(builder, reached, [code >> place & 1 for code in written]) for place in range(codes.bits)]


def least_sum(codes: FloatCodes, floats: Sequence[int], place: int) -> int:
    """The least sum that is cut off to this float or to a greater one."""
    here, before = floats[place], floats[place - 1]
    return next(number for number in (before + 1, here) if codes.format.cut(number) >= here)


def choose(builder: CircuitBuilder, reached: Sequence[int], values: Sequence[int]) -> int:
    """The bit of the last float that is reached."""
    weights = {node: after - before for node, before, after in zip(reached, values, values[1:], strict=False)}
    return builder.gate(weights, 1 - values[0])
