"""What a RASP tree means, in plain Python on exact values: the independent answer by which compiled models are judged.

Nothing here knows of tables, columns or transformers. A selected set of positions is the bits of one int.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from logdepth.numerics.errors import first_line
from logdepth.rasp import tree
from logdepth.rasp.values import NoValue, Value, is_number, settle


def evaluate(sop: tree.SOp, tokens: Sequence[Value], causal: bool = False) -> list[Value]:
    """The value of an s-op at every position.

    causal: no position selects a later one, and `length` counts the positions up to mine.
    Errors: NoValue, with the position, if the program has no value on this input.
    """
    return Evaluation(tokens, causal).of(sop)


class Evaluation:
    """All that is known of one input so far: the values of s-ops, and the rows of selectors as bits."""

    def __init__(self, tokens: Sequence[Value], causal: bool) -> None:
        self.tokens, self.causal, self.size = [settle(token) for token in tokens], causal, len(tokens)
        self.values: dict[tree.SOp, list[Value]] = {}
        self.rows: dict[tree.Selector, list[int]] = {}

    def of(self, root: tree.SOp) -> list[Value]:
        for node in tree.in_order(root):
            if isinstance(node, tree.SOp) and node not in self.values:
                self.values[node] = self.values_of(node)
            if isinstance(node, tree.Selector) and node not in self.rows:
                self.rows[node] = self.rows_of(node)
        return self.values[root]

    def values_of(self, sop: tree.SOp) -> list[Value]:
        match sop:
            case tree.Tokens():
                return self.tokens
            case tree.Indices():
                return [*range(self.size)]
            case tree.Length():
                return [row.bit_count() for row in self.seen()]
            case tree.Full():
                return [settle(sop.value)] * self.size
            case tree.Map():
                columns = zip(*(self.values[operand] for operand in sop.operands), strict=True)
                return self.at_every_position(lambda row: called(sop.function, row), [*columns])
            case tree.Width():
                return [row.bit_count() for row in self.rows[sop.selector]]
            case tree.Aggregate():
                values, default = self.values[sop.values], settle(sop.default)
                return self.at_every_position(lambda row: mean(chosen(values, row), default), self.rows[sop.selector])
            case tree.Best():
                values, default = self.values[sop.values], settle(sop.default)
                best = max if sop.largest else min
                return self.at_every_position(
                    lambda row: extreme(best, chosen(values, row), default), self.rows[sop.selector]
                )
        raise AssertionError(f"{type(sop).__name__} is no s-op")

    def at_every_position(self, function: Callable[[Any], Value], given: Sequence[Any]) -> list[Value]:
        found: list[Value] = []
        for position, each in enumerate(given):
            try:
                found.append(function(each))
            except NoValue as error:
                raise NoValue(f"position {position + 1} of the input has no value:", error) from error
        return found

    def seen(self) -> list[int]:
        """The bits of all positions that a position sees."""
        return [(2 << position) - 1 if self.causal else (1 << self.size) - 1 for position in range(self.size)]

    def rows_of(self, selector: tree.Selector) -> list[int]:
        match selector:
            case tree.Select():
                keys, queries = self.values[selector.keys], self.values[selector.queries]
                distinct = dict.fromkeys(queries)
                bits = {query: selected(selector.predicate, keys, query) for query in distinct}
                return [bits[query] & seen for query, seen in zip(queries, self.seen(), strict=True)]
            case tree.Both():
                return [a & b for a, b in self.pairs(selector)]
            case tree.Either():
                return [a | b for a, b in self.pairs(selector)]
            case tree.Not():
                return [seen & ~row for row, seen in zip(self.rows[selector.inner], self.seen(), strict=True)]
        raise AssertionError(f"{type(selector).__name__} is no selector")

    def pairs(self, selector: tree.Both | tree.Either) -> Iterator[tuple[int, int]]:
        return zip(self.rows[selector.first], self.rows[selector.second], strict=True)


def called(function: tree.Function, values: Sequence[Value]) -> Value:
    """What a function gives. Errors: NoValue for whatever it raises."""
    if function.strict and any(value is None for value in values):
        return None
    try:
        return settle(function.call(*values))
    except NoValue:
        raise
    except Exception as error:  # the function is anybody's
        shown = ", ".join(map(repr, values))
        raise NoValue(f"{function.name}({shown}) raises {type(error).__name__}: {first_line(error)}") from error


def selected(predicate: tree.Function, keys: Sequence[Value], query: Value) -> int:
    """The bits of the keys that a query selects."""
    known = {key: bool(called(predicate, (key, query))) for key in dict.fromkeys(keys)}
    return sum(1 << position for position, key in enumerate(keys) if known[key])


def chosen(values: Sequence[Value], row: int) -> list[Value]:
    """The values at the positions whose bits are 1."""
    found = []
    while row:
        found.append(values[(row & -row).bit_length() - 1])
        row &= row - 1
    return found


def mean(values: Sequence[Any], default: Value) -> Value:
    if not values:
        return default
    if len(values) == 1:
        return values[0]
    if not all(map(is_number, values)):
        raise NoValue(f"it selects {len(values)} values that are not all numbers, which have no mean")
    return settle(
        Fraction(sum(values), len(values))
        if all(isinstance(v, int) for v in values)
        else sum(values) / Fraction(len(values))
    )


def extreme(best: Callable[..., Any], values: Sequence[Any], default: Value) -> Value:
    if not values:
        return default
    if not all(map(is_number, values)):
        raise NoValue("it selects values that are not all numbers, which have no order")
    return best(values)
