"""RASP as a tree: s-ops, which hold a value at every position, and selectors, which say who reads whom.

RASP text, Tracr's objects, C-RASP and RASP-L are all read into this one form. `evaluate` says what it means, and
`translate` makes a program of it. Positions are counted from 0, as in RASP.
Source: Weiss, Goldberg, Yahav 2021, "Thinking like transformers", arXiv 2106.06981.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logdepth.rasp.values import Value


@dataclass(frozen=True, eq=False)
class Function:
    """A function of values, used at every position alike.

    name: as messages call it. call: it in Python, on ints, Fractions, truth values and texts. known: whether the
    translator may go by the name: the function is one of `logdepth.rasp.functions`. strict: None in, None out.
    """

    name: str
    call: Callable[..., Any]
    known: bool = False
    strict: bool = False


@dataclass(frozen=True, eq=False)
class SOp:
    """A value at every position. Two s-ops are the same if they are one object."""


@dataclass(frozen=True, eq=False)
class Tokens(SOp):
    """The input."""


@dataclass(frozen=True, eq=False)
class Indices(SOp):
    """0, 1, 2, …"""


@dataclass(frozen=True, eq=False)
class Length(SOp):
    """How many positions there are."""


@dataclass(frozen=True, eq=False)
class Full(SOp):
    """The same value at every position."""

    value: Value


@dataclass(frozen=True, eq=False)
class Map(SOp):
    """A function of s-ops, position by position."""

    function: Function
    operands: tuple[SOp, ...]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Selector:
    """Which positions (keys) every position (query) selects."""


@dataclass(frozen=True, eq=False)
class Select(Selector):
    """predicate(key, query) says whether a query selects a key."""

    keys: SOp
    queries: SOp
    predicate: Function


@dataclass(frozen=True, eq=False)
class Both(Selector):
    """What both of two selectors select."""

    first: Selector
    second: Selector


@dataclass(frozen=True, eq=False)
class Either(Selector):
    """What at least one of two selectors selects."""

    first: Selector
    second: Selector


@dataclass(frozen=True, eq=False)
class Not(Selector):
    """What a selector does not select."""

    inner: Selector


@dataclass(frozen=True, eq=False)
class Aggregate(SOp):
    """The mean of the selected values, an exact fraction; of a single one this value, whatever it is; else `default`.

    Several selected values that are not all numbers have no mean: such an input has no value.
    """

    selector: Selector
    values: SOp
    default: Value = None
    name: str = ""


@dataclass(frozen=True, eq=False)
class Best(SOp):
    """The largest of the selected values, which are numbers, or the least; else `default`. From RASP-L."""

    selector: Selector
    values: SOp
    default: Value = 0
    largest: bool = True
    name: str = ""


@dataclass(frozen=True, eq=False)
class Width(SOp):
    """How many positions are selected."""

    selector: Selector
    name: str = ""


def parts_of(node: SOp | Selector) -> tuple[SOp | Selector, ...]:
    """What a node is made of."""
    match node:
        case Map():
            return node.operands
        case Select():
            return (node.keys, node.queries)
        case Both() | Either():
            return (node.first, node.second)
        case Not():
            return (node.inner,)
        case Aggregate() | Best():
            return (node.selector, node.values)
        case Width():
            return (node.selector,)
    return ()


def in_order(root: SOp | Selector) -> list[SOp | Selector]:
    """All nodes of a tree, each once, and after those that it is made of."""
    found: dict[SOp | Selector, None] = {}
    waiting = [(root, iter(parts_of(root)))]
    while waiting:  # not by recursion: a loop in RASP text makes deep trees
        node, rest = waiting[-1]
        for part in rest:
            if part not in found:
                waiting.append((part, iter(parts_of(part))))
                break
        else:
            found[node] = None
            waiting.pop()
    return list(found)


def depth_of(root: SOp) -> int:
    """How many aggregates and counts wait for one another, and 1 for `length`."""
    depth: dict[SOp | Selector, int] = {}
    for node in in_order(root):
        before = max((depth[part] for part in parts_of(node)), default=0)
        depth[node] = before + isinstance(node, (Aggregate, Best, Width, Length))
    return depth[root]
