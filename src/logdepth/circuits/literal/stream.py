"""The circuit of Theorem 1 as a stream: a gate by arithmetic on its number alone.

So the circuit is uniform: what names a gate is counters of O(log n) bits, and no table is kept. A block of gates begins
where a formula says; division with remainder tells which block a number lies in, and of which tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from logdepth.circuits.literal.codes import FloatCodes
from logdepth.circuits.literal.transformer import LiteralTransformer
from logdepth.numerics.errors import UsageError

Wire = tuple[int, int]
"""A node, and its weight. Merrill and Sabharwal repeat an argument as often as the weight says."""


@dataclass(frozen=True, slots=True)
class StreamedGate:
    """[Σ weight · node ≥ threshold]; the wires come one after the other, and may repeat a node."""

    threshold: int
    wires: Iterator[Wire]


@dataclass(frozen=True, slots=True)
class Table:
    """Lemma 1 from node `first` on: a NOT for every bit it reads, an AND for every input, an OR for every output bit.

    reads: place -> node. function: of the input as a number.
    """

    first: int
    bits: int
    reads: Callable[[int], int]
    function: Callable[[int], int]

    def gate(self, offset: int) -> StreamedGate:
        inputs = 1 << self.bits
        if offset < self.bits:
            return StreamedGate(0, iter(((self.reads(offset), -1),)))
        if offset < self.bits + inputs:
            return StreamedGate(self.bits, self.literals(offset - self.bits))
        return StreamedGate(1, self.hits(offset - self.bits - inputs))

    def literals(self, number: int) -> Iterator[Wire]:
        for place in range(self.bits):
            yield self.reads(place) if number >> place & 1 else self.first + place, 1

    def hits(self, place: int) -> Iterator[Wire]:
        for number in range(1 << self.bits):
            if self.function(number) >> place & 1:
                yield self.first + self.bits + number, 1


@dataclass(frozen=True, slots=True)
class Sum:
    """⊕ from node `first` on: NOTs, an AND for every code of every number, a gate for every float, and the bits.

    reads: number and place -> node.
    """

    first: int
    count: int
    codes: FloatCodes
    reads: Callable[[int, int], int]

    def gate(self, offset: int) -> StreamedGate:
        bits, floats = self.codes.bits, self.codes.format.count
        if offset < self.count * bits:
            return StreamedGate(0, iter(((self.reads(*divmod(offset, bits)), -1),)))
        offset -= self.count * bits
        if offset < self.count << bits:
            return StreamedGate(bits, self.literals(*divmod(offset, 1 << bits)))
        offset -= self.count << bits
        if offset < floats - 1:
            return StreamedGate(self.codes.format.threshold(offset + 1), self.addends())
        place = offset - floats + 1
        return StreamedGate(1 - self.bit(0, place), self.changes(place))

    def literals(self, number: int, code: int) -> Iterator[Wire]:
        for place in range(self.codes.bits):
            negation = self.first + number * self.codes.bits + place
            yield self.reads(number, place) if code >> place & 1 else negation, 1

    def addends(self) -> Iterator[Wire]:
        """What the codes say: the exact sum."""
        first = self.first + self.count * self.codes.bits
        for node in range(self.count << self.codes.bits):
            if number := self.codes.number(node & (1 << self.codes.bits) - 1):
                yield first + node, number

    def changes(self, place: int) -> Iterator[Wire]:
        """Of a bit of the answer: the floats where it becomes another one."""
        first = self.first + self.count * self.codes.bits + (self.count << self.codes.bits)
        for rank in range(1, self.codes.format.count):
            if change := self.bit(rank, place) - self.bit(rank - 1, place):
                yield first + rank - 1, change

    def bit(self, rank: int, place: int) -> int:
        return self.codes.code(self.codes.format.ranked(rank)) >> place & 1


@dataclass(frozen=True)
class LiteralCircuit:
    """The circuit for n tokens. Nodes: the inputs from 0, the lowest bit of a token first, then the gates.

    Errors: UsageError for no token.
    """

    model: LiteralTransformer
    n: int

    def __post_init__(self) -> None:
        if self.n < 1:
            raise UsageError(f"a circuit of a transformer takes at least 1 token; got {self.n}. Take more.")

    # --- how many gates ---

    @property
    def inputs(self) -> int:
        return self.n * self.model.token_bits

    @property
    def gates(self) -> int:
        return self.embedding_gates + len(self.model.layers) * self.layer_gates

    @property
    def embedding_gates(self) -> int:
        return self.n * self.table_gates(self.model.token_bits)

    @property
    def layer_gates(self) -> int:
        return self.model.heads * self.head_gates + self.n * self.forward_gates

    @property
    def head_gates(self) -> int:
        """Scores, their sums, weighted values, and their sums."""
        return self.n * (self.n * (self.score_gates + self.weighted_gates) + 2 * self.sum_gates)

    @property
    def score_gates(self) -> int:
        return self.table_gates(2 * self.model.codes.bits)

    @property
    def weighted_gates(self) -> int:
        return self.table_gates(3 * self.model.codes.bits)

    @property
    def forward_gates(self) -> int:
        return self.table_gates((self.model.heads + 1) * self.model.codes.bits)

    @property
    def sum_gates(self) -> int:
        bits = self.model.codes.bits
        return self.n * (bits + (1 << bits)) + self.model.codes.format.count - 1 + bits

    def table_gates(self, bits: int) -> int:
        return bits + (1 << bits) + self.model.codes.bits

    # --- which gate ---

    def gate(self, number: int) -> StreamedGate:
        """Gate `number`, 0 … gates - 1, from nothing but the number. Errors: UsageError for another number."""
        if not 0 <= number < self.gates:
            raise UsageError(f"the circuit has gates 0 … {self.gates - 1:,}; got {number:,}. Change it.")
        if number < self.embedding_gates:
            token, offset = divmod(number, self.table_gates(self.model.token_bits))
            return self.embedding(token).gate(offset)
        layer, offset = divmod(number - self.embedding_gates, self.layer_gates)
        if offset >= self.model.heads * self.head_gates:
            token, offset = divmod(offset - self.model.heads * self.head_gates, self.forward_gates)
            return self.forward(layer, token).gate(offset)
        return self.head_gate(layer, *divmod(offset, self.head_gates))

    def head_gate(self, layer: int, head: int, offset: int) -> StreamedGate:
        pairs = self.n * self.n
        if offset < pairs * self.score_gates:
            pair, offset = divmod(offset, self.score_gates)
            return self.score(layer, head, *divmod(pair, self.n)).gate(offset)
        offset -= pairs * self.score_gates
        if offset < self.n * self.sum_gates:
            token, offset = divmod(offset, self.sum_gates)
            return self.total(layer, head, token).gate(offset)
        offset -= self.n * self.sum_gates
        if offset < pairs * self.weighted_gates:
            pair, offset = divmod(offset, self.weighted_gates)
            return self.weighted(layer, head, *divmod(pair, self.n)).gate(offset)
        token, offset = divmod(offset - pairs * self.weighted_gates, self.sum_gates)
        return self.mixed(layer, head, token).gate(offset)

    # --- blocks, each by where it begins, what it reads and what it computes ---

    def embedding(self, token: int) -> Table:
        bits = self.model.token_bits
        first = self.inputs + token * self.table_gates(bits)
        return Table(first, bits, lambda place: token * bits + place, partial(self.embed, token))

    def embed(self, token: int, number: int) -> int:
        return self.model.embedding(number, token + 1)

    def score(self, layer: int, head: int, query: int, key: int) -> Table:
        first = self.head_first(layer, head) + (query * self.n + key) * self.score_gates
        bits = self.model.codes.bits
        score = self.model.layers[layer].heads[head].score

        def reads(place: int) -> int:
            return self.state(layer, query if place < bits else key, place % bits)

        return Table(first, 2 * bits, reads, lambda number: score(number & (1 << bits) - 1, number >> bits))

    def total(self, layer: int, head: int, query: int) -> Sum:
        scores = self.n * self.n * self.score_gates
        first = self.head_first(layer, head) + scores + query * self.sum_gates
        reads = lambda key, place: self.answer(self.score(layer, head, query, key), place)  # noqa: E731
        return Sum(first, self.n, self.model.codes, reads)

    def weighted(self, layer: int, head: int, query: int, key: int) -> Table:
        before = self.n * self.n * self.score_gates + self.n * self.sum_gates
        first = self.head_first(layer, head) + before + (query * self.n + key) * self.weighted_gates
        bits = self.model.codes.bits
        mask = (1 << bits) - 1
        of = self.model.layers[layer].heads[head]

        def reads(place: int) -> int:
            if place < bits:
                return self.answer(self.score(layer, head, query, key), place)
            if place < 2 * bits:
                return self.answer(self.total(layer, head, query), place - bits)
            return self.state(layer, key, place - 2 * bits)

        def function(number: int) -> int:
            return self.model.weighted(of, number & mask, number >> bits & mask, number >> 2 * bits)

        return Table(first, 3 * bits, reads, function)

    def mixed(self, layer: int, head: int, query: int) -> Sum:
        first = self.head_first(layer, head) + self.head_gates - (self.n - query) * self.sum_gates
        reads = lambda key, place: self.answer(self.weighted(layer, head, query, key), place)  # noqa: E731
        return Sum(first, self.n, self.model.codes, reads)

    def forward(self, layer: int, token: int) -> Table:
        first = self.head_first(layer, self.model.heads) + token * self.forward_gates
        bits = self.model.codes.bits
        forward = self.model.layers[layer].forward

        def reads(place: int) -> int:
            head, place = divmod(place, bits)
            return self.answer(self.mixed(layer, head - 1, token), place) if head else self.state(layer, token, place)

        def function(number: int) -> int:  # a list: of tuples that a generator fills Python keeps two thousand
            return forward(*[number >> part * bits & (1 << bits) - 1 for part in range(self.model.heads + 1)])

        return Table(first, (self.model.heads + 1) * bits, reads, function)

    def head_first(self, layer: int, head: int) -> int:
        return self.inputs + self.embedding_gates + layer * self.layer_gates + head * self.head_gates

    def state(self, layer: int, token: int, place: int) -> int:
        """The node of a bit of a token, before this layer."""
        return self.answer(self.forward(layer - 1, token) if layer else self.embedding(token), place)

    def answer(self, block: Table | Sum, place: int) -> int:
        """The node of a bit of what a block gives: its last gates."""
        size = self.sum_gates if isinstance(block, Sum) else self.table_gates(block.bits)
        return block.first + size - self.model.codes.bits + place

    def outputs(self) -> Iterator[int]:
        """The nodes of the tokens after the last layer, the lowest bit of the first token first."""
        for token in range(self.n):
            for place in range(self.model.codes.bits):
                yield self.state(len(self.model.layers), token, place)
