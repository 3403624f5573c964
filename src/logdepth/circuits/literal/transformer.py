"""A transformer as Theorem 1 takes it: a token is one float of p bits, and functions of floats are arbitrary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from logdepth.circuits.literal.codes import FloatCodes
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True)
class LiteralHead:
    """score: codes of tokens i and j -> a code. value: of token j -> what of it is weighted."""

    score: Callable[[int, int], int]
    value: Callable[[int], int]


@dataclass(frozen=True)
class LiteralLayer:
    """forward: codes of a token and of what each head gives it -> the code of the token after the layer."""

    heads: tuple[LiteralHead, ...]
    forward: Callable[..., int]


@dataclass(frozen=True)
class LiteralTransformer:
    """embedding: a token of `token_bits` bits, and its position from 1 -> a code.

    All functions give codes of `codes.bits` bits. Attention is Definition 8: a head gives token i the sum ⊕ over all j
    of (score(i, j) / ⊕ scores of i) · value(j), and nothing is masked.
    Errors: UsageError for no layer, or layers that differ in their number of heads.
    """

    codes: FloatCodes
    token_bits: int
    embedding: Callable[[int, int], int]
    layers: tuple[LiteralLayer, ...]

    def __post_init__(self) -> None:
        if len({len(layer.heads) for layer in self.layers}) != 1 or not self.layers[0].heads or self.token_bits < 1:
            raise UsageError(
                "a literal transformer has tokens of at least 1 bit, and layers of equally many heads, at least 1."
                " Change them."
            )

    @property
    def heads(self) -> int:
        return len(self.layers[0].heads)

    def run(self, tokens: Sequence[int]) -> list[int]:
        """The codes after the last layer, as the definitions say."""
        states = [self.embedding(token, position) for position, token in enumerate(tokens, start=1)]
        for layer in self.layers:
            mixed = [[self.mix(head, state, states) for head in layer.heads] for state in states]
            states = [layer.forward(state, *found) for state, found in zip(states, mixed, strict=True)]
        return states

    def mix(self, head: LiteralHead, state: int, states: Sequence[int]) -> int:
        scores = [head.score(state, other) for other in states]
        total = self.add(scores)
        return self.add(self.weighted(head, score, total, other) for score, other in zip(scores, states, strict=True))

    def add(self, codes: Iterable[int]) -> int:
        """⊕."""
        return self.codes.code(sum(map(self.codes.number, codes)))

    def weighted(self, head: LiteralHead, score: int, total: int, state: int) -> int:
        """(score / total) · value, a function of 3p bits; both results are cut off."""
        form, number = self.codes.format, self.codes.number
        weight = form.divide(number(score), number(total))
        return self.codes.code(form.multiply(weight, number(head.value(state))))
