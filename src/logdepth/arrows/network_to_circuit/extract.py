"""The circuit of a GPT-2, token by token and step by step, as `Gpt2InFloats` computes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from logdepth.arrows.transformer_to_circuit.extract import add, bit_of, decode, function_of
from logdepth.arrows.transformer_to_circuit.products import multiply, single
from logdepth.arrows.transformer_to_circuit.softmax import MOST_FLOATS, mix, negative
from logdepth.arrows.transformer_to_circuit.values import Numbers, Value, total
from logdepth.circuits import Circuit, CircuitBuilder, FloatFormat, bits_of, drop_unread
from logdepth.networks import Affine, Gpt2, Gpt2InFloats, LayerInFloats, Norm
from logdepth.numerics.errors import CapacityExceeded, UsageError

ANSWERS = ("class", "logits")
"""What a circuit gives of every token: its class, or the rank of every logit among all floats, 0 the least."""

MOST_GATES = 300_000

Tokens = list[list[Value]]


def network_to_circuit(network: Gpt2, number_format: FloatFormat, tokens: int, answer: str = "class") -> Circuit:
    """The answers as bits, for so many tokens. Columns: `token`, and `class` or `logit0`, `logit1`, …

    An id beyond the vocabulary counts as the last one.
    Errors: CapacityExceeded for a format of more than `MOST_FLOATS` floats, with the gates that it could take, and
    beyond `MOST_GATES`; UsageError for an unknown answer, or more tokens than positions.
    """
    shape = network.shape
    if answer not in ANSWERS or not 1 <= tokens <= shape.positions:
        raise UsageError(f"a circuit gives {' or '.join(ANSWERS)} of 1 to {shape.positions} tokens. Change what it is.")
    check_size(network, number_format, tokens)
    fields = {"token": shape.vocabulary - 1}
    builder = CircuitBuilder([str(bit) for bit in bits_of(fields, tokens)], most=MOST_GATES)
    made = Gpt2Circuit(Numbers(builder, number_format), Gpt2InFloats(network, number_format))
    outputs = dict(made.run(tokens, answer))
    builder.end_part("answers")
    return drop_unread(builder.finish(outputs))


def check_size(network: Gpt2, form: FloatFormat, tokens: int) -> None:
    """Refuses a format of too many floats. A gate for every float of every sum, product and quotient is the most."""
    if form.count > MOST_FLOATS:
        raise CapacityExceeded(
            f"in floats of {form.bits} bits the circuit of this GPT-2 takes up to"
            f" {operations(network, tokens) * form.count:,} gates, and its products need more pairs of floats than are"
            f" told apart. Take a format of up to {MOST_FLOATS:,} floats, as 5 + 5 bits are."
        )


def operations(network: Gpt2, tokens: int) -> int:
    """Sums of variables, products and quotients of two, those of signed numbers three times."""
    shape = network.shape
    width, hidden, pairs = shape.width, shape.mlp_width, tokens * (tokens + 1) // 2
    norm = 2 + 4 * width
    attention = tokens * (norm + 4 * width + shape.heads) + pairs * (6 * width + 4 * shape.heads)
    return shape.depth * (attention + tokens * (norm + hidden + width)) + tokens * (norm + (shape.classes or width))


class Gpt2Circuit:
    """The steps of `Gpt2InFloats` on values that depend on the input."""

    def __init__(self, numbers: Numbers, floats: Gpt2InFloats) -> None:
        self.numbers = numbers
        self.floats = floats
        self.format = numbers.format

    def run(self, tokens: int, answer: str) -> Iterator[tuple[str, int]]:
        """Names of outputs, and their nodes."""
        part = self.numbers.builder.end_part
        x = [self.embed(token) for token in range(tokens)]
        part("embedding")
        for number, layer in enumerate(self.floats.layers, start=1):
            x = self.attend(layer, x)
            part(f"block {number}: attention")
            x = [self.compute(layer, row) for row in x]
            part(f"block {number}: MLP")
        last, head = [self.normalise(row, self.floats.last_norm) for row in x], self.floats.head
        logits = last if head is None else [self.apply(head, row) for row in last]
        named = [self.ranks(row) if answer == "logits" else {"class": self.class_bits(row)} for row in logits]
        for token, answers in enumerate(named, start=1):
            for name, bits in answers.items():
                yield from ((f"{name}[{token}].{place}", node) for place, node in enumerate(bits))

    def embed(self, token: int) -> list[Value]:
        table = [self.floats.embed(token, number) for number in range(len(self.floats.tokens))]
        high = len(table) - 1
        variable = decode(self.numbers, token * high.bit_length(), high.bit_length(), range(high + 1))
        return [function_of(variable, column) for column in zip(*table, strict=True)]

    def attend(self, layer: LayerInFloats, x: Tokens) -> Tokens:
        normal = [self.normalise(row, layer.norm) for row in x]
        mixed: Tokens = [[] for _ in x]
        for head in layer.heads:
            queries, keys, values = (
                [self.apply(affine, row) for row in normal] for affine in (head.query, head.key, head.value)
            )
            for token, query in enumerate(queries):
                scaled = [self.numbers.multiply(number, self.floats.scale) for number in query]
                mixed[token] += mix(self.numbers, scaled, keys[: token + 1], values[: token + 1])
        return [self.absorb(row, found, layer.output) for row, found in zip(x, mixed, strict=True)]

    def compute(self, layer: LayerInFloats, row: list[Value]) -> list[Value]:
        hidden = self.apply(layer.into, self.normalise(row, layer.mlp_norm))
        return self.absorb(row, [self.numbers.apply(self.floats.gelu, number) for number in hidden], layer.out)

    def apply(self, affine: Affine, row: Sequence[Value]) -> list[Value]:
        return add(self.numbers, [Value(number) for number in affine.bias], row, affine.matrix)

    def absorb(self, row: Sequence[Value], found: Sequence[Value], affine: Affine) -> list[Value]:
        own = [self.numbers.add([number, Value(bias)]) for number, bias in zip(row, affine.bias, strict=True)]
        return add(self.numbers, own, found, affine.matrix)

    def normalise(self, row: Sequence[Value], norm: Norm) -> list[Value]:
        numbers = self.numbers
        mean = negative(self.mean(row))
        centred = [single(numbers, numbers.add([number, mean])) for number in row]
        square = lambda number: self.format.multiply(number, number)  # noqa: E731
        variance = self.mean([numbers.apply(square, number) for number in centred])
        scale = numbers.apply(self.floats.inverse_root, variance)
        scaled = [
            numbers.multiply(multiply(numbers, one, scale), gain) for one, gain in zip(centred, norm.gain, strict=True)
        ]
        return [numbers.add([one, Value(bias)]) for one, bias in zip(scaled, norm.bias, strict=True)]

    def mean(self, row: Sequence[Value]) -> Value:
        width = self.floats.width
        return self.numbers.apply(lambda number: self.format.divide(number, width), self.numbers.add(row))

    # --- answers ---

    def class_bits(self, logits: Sequence[Value]) -> list[int]:
        """The bits of the number of the first largest logit, the lowest first."""
        wins = [self.wins(logits, number) for number in range(len(logits))]
        places = range((len(logits) - 1).bit_length())
        return [
            self.numbers.builder.disjunction([win for number, win in enumerate(wins) if number >> place & 1])
            for place in places
        ]

    def wins(self, logits: Sequence[Value], number: int) -> int:
        """Whether this logit exceeds those before it, and none after it exceeds this."""
        beaten = [
            self.numbers.gate(total([logits[number], negative(other)]).linear, int(place < number))
            for place, other in enumerate(logits)
            if place != number
        ]
        return self.numbers.builder.conjunction(beaten)

    def ranks(self, logits: Sequence[Value]) -> dict[str, list[int]]:
        bits = range((self.format.count - 1).bit_length())
        ranked = [self.numbers.apply(self.format.rank, single(self.numbers, logit)) for logit in logits]
        return {
            f"logit{number}": [bit_of(self.numbers, rank, place) for place in bits]
            for number, rank in enumerate(ranked)
        }
