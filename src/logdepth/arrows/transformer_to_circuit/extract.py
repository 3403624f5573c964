"""The circuit of a transformer, token by token and step by step."""

from __future__ import annotations

from collections.abc import Sequence

from logdepth.arrows.transformer_to_circuit.heads import HeadCircuit, key_of
from logdepth.arrows.transformer_to_circuit.joint import Variable
from logdepth.arrows.transformer_to_circuit.products import few
from logdepth.arrows.transformer_to_circuit.softmax import MOST_FLOATS, mix
from logdepth.arrows.transformer_to_circuit.values import Numbers, Value, from_table
from logdepth.circuits import Circuit, CircuitBuilder, FloatFormat, bits_of, drop_unread
from logdepth.numerics.errors import CapacityExceeded
from logdepth.transformer import BlockInFloats, InFloats, Transformer

Sparse = list[list[tuple[int, int]]]  # of every column of a matrix its entries that are not 0
Tokens = list[list[Value]]


MOST_GATES = 1_000_000
"""A larger circuit is of no use here: no solver ends on it, and its file is not read."""


MOST_PAIRS = 1_000_000
"""Pairs of a query and a key, of all heads and blocks: each is looked at in every case of both; many take a gate."""


Held = Sequence[tuple[int, ...]] | None
"""What the fields of a row hold together; None: anything in their ranges."""


def transformer_to_circuit(
    model: Transformer, number_format: FloatFormat, rows: int, held: Sequence[Held] | None = None
) -> Circuit:
    """The answers as bits, for tables of so many rows. A number beyond a field's range counts as the largest in it.

    held: of every row what its fields hold, if not anything. The circuit says nothing about other tables.
    Errors: CapacityExceeded at once for too many pairs of tokens; and, with the block and the gates so far, where the
    circuit becomes too large.
    """
    check_pairs(model, rows)
    fields = {name: len(table) - 1 for name, table in model.embeddings.items()}
    builder = CircuitBuilder([str(bit) for bit in bits_of(fields, rows)], most=MOST_GATES)
    numbers = Numbers(builder, number_format)
    floats = InFloats(model, number_format)
    x = embed(numbers, floats, held or [None] * rows)
    builder.end_part("embedding")
    for number, block in enumerate(floats.blocks, start=1):
        try:
            x = attend(numbers, block, x)
            builder.end_part(f"block {number}: {heads_in_words(block)}")
            x = compute(numbers, block, x)
            builder.end_part(f"block {number}: ReLU layer")
        except CapacityExceeded as error:
            place = f"in block {number} of {len(floats.blocks)}, after {builder.size:,} gates for {rows:,} rows,"
            raise CapacityExceeded(place, error) from None
    answers = [
        node for row in x[1:] for name, high in model.outputs.items() for node in read(numbers, floats, name, row, high)
    ]
    builder.end_part("answers")
    names = map(str, bits_of(model.outputs, rows))
    return drop_unread(builder.finish(dict(zip(names, answers, strict=True))))


def heads_in_words(block: BlockInFloats) -> str:
    attention = block.block.attention
    return "no attention" if attention is None else f"attention, {'; '.join(attention.labels)}"


def check_pairs(model: Transformer, rows: int) -> None:
    """Before anything is built. Errors: CapacityExceeded."""
    heads = sum(block.attention.heads for block in model.steps if block.attention is not None)
    seen = (rows + 1) * (rows + 2) // 2 if model.causal else (rows + 1) ** 2
    if heads * seen > MOST_PAIRS:
        raise CapacityExceeded(
            f"the heads of the model compare {heads * seen:,} pairs of tokens at {rows:,} rows, and a circuit is built"
            f" for at most {MOST_PAIRS:,}. Take fewer rows."
        )


def embed(numbers: Numbers, floats: InFloats, held: Sequence[Held]) -> Tokens:
    """The residual stream at first: the start token is constant, and a row a function of its fields."""
    tokens = [[Value(number) for number in floats.embed_token(0, {})]]
    width = sum((len(table) - 1).bit_length() for table in floats.embeddings.values())
    for row, tuples in enumerate(held, start=1):
        fields = fields_of(numbers, floats, (row - 1) * width, tuples)
        columns = zip(floats.positions[row], *fields, strict=True)
        tokens.append([numbers.add([Value(position), *parts]) for position, *parts in columns])
    return tokens


def fields_of(numbers: Numbers, floats: InFloats, first: int, tuples: Held) -> list[list[Value]]:
    """What every field embeds, its bits among the inputs from `first` on."""
    tables = floats.embeddings.values()
    bits = [(len(table) - 1).bit_length() for table in tables]
    starts = [sum(bits[:place]) for place in range(len(bits))]
    if tuples is None:
        variables = [decode(numbers, first + s, b, range(len(t))) for s, b, t in zip(starts, bits, tables, strict=True)]
        return [[function_of(v, c) for c in zip(*t, strict=True)] for v, t in zip(variables, tables, strict=True)]
    number = {one: sum(entry << start for entry, start in zip(one, starts, strict=True)) for one in tuples}
    ordered = sorted(number, key=lambda one: number[one])
    variable = decode(numbers, first, sum(bits), [number[one] for one in ordered])
    return [
        [function_of(variable, [column[one[place]] for one in ordered]) for column in zip(*table, strict=True)]
        for place, table in enumerate(tables)
    ]


def decode(numbers: Numbers, first: int, bits: int, support: Sequence[int]) -> Variable:
    """The number whose bits are so many inputs from `first` on, the lowest first. Another one counts as the next lower
    of those that it can be."""
    weights = {first + place: 2**place for place in range(bits)}
    return Variable(tuple(support), tuple(numbers.builder.gate(weights, number) for number in support[1:]))


def function_of(variable: Variable, table: Sequence[int]) -> Value:
    return from_table(variable, table) if variable.reached else Value(table[0])


def attend(numbers: Numbers, block: BlockInFloats, x: Tokens) -> Tokens:
    if not block.heads:
        return x
    mixed: Tokens = [[] for _ in x]
    for query, key, value in block.heads:
        queries, keys, values = ([multiply(numbers, row, matrix) for row in x] for matrix in (query, key, value))
        for token, found in enumerate(mix_rows(numbers, queries, keys, values, block.of.model.causal)):
            mixed[token] += found
    return [add(numbers, row, found, block.output) for row, found in zip(x, mixed, strict=True)]


def mix_rows(numbers: Numbers, queries: Tokens, keys: Tokens, values: Tokens, causal: bool) -> Tokens:
    """What a head mixes for every token: by who wins, or how much every row adds; for few floats by arithmetic."""
    seen = [token + 1 if causal else len(keys) for token in range(len(queries))]
    small = numbers.format.count <= MOST_FLOATS
    if not small or all(few(numbers, vector) for vector in [*queries, *keys]):
        try:
            cases = [key_of(numbers, key, value) for key, value in zip(keys, values, strict=True)]
            return [HeadCircuit(numbers, query, cases[:end]).mix() for query, end in zip(queries, seen, strict=True)]
        except CapacityExceeded:
            if not small:
                raise
    return [mix(numbers, query, keys[:end], values[:end]) for query, end in zip(queries, seen, strict=True)]


def compute(numbers: Numbers, block: BlockInFloats, x: Tokens) -> Tokens:
    if block.block.mlp is None:
        return x
    made = []
    for row in x:
        hidden = [numbers.apply(lambda number: max(0, number), unit) for unit in multiply(numbers, row, block.into)]
        made.append(add(numbers, row, hidden, block.out))
    return made


def multiply(numbers: Numbers, row: Sequence[Value], matrix: Sparse) -> list[Value]:
    """A row times a matrix."""
    return [numbers.add([numbers.multiply(row[place], weight) for place, weight in column]) for column in matrix]


def add(numbers: Numbers, row: Sequence[Value], found: Sequence[Value], matrix: Sparse) -> list[Value]:
    """A row of the residual stream, and what a matrix makes of others, in one sum."""
    return [
        numbers.add([own, *(numbers.multiply(found[place], weight) for place, weight in column)])
        for own, column in zip(row, matrix, strict=True)
    ]


def read(numbers: Numbers, floats: InFloats, name: str, row: Sequence[Value], high: int) -> list[int]:
    """The bits of an answer, the lowest first."""
    (found,) = multiply(numbers, row, floats.readouts[name])
    answer = numbers.apply(lambda number: floats.nearest(number, high), found)
    return [bit_of(numbers, answer, place) for place in range(high.bit_length())]


def bit_of(numbers: Numbers, value: Value, place: int) -> int:
    """The node of a bit of a number from 0."""
    return numbers.gate(numbers.apply(lambda number: number >> place & 1, value).linear, 1)
