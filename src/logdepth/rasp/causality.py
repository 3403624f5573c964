"""Whether no position reads a later one, though none is forbidden to: then the causal table is the smaller one."""

from __future__ import annotations

from collections.abc import Iterable

from logdepth.rasp import functions
from logdepth.rasp.evaluate import Evaluation
from logdepth.rasp.tree import Both, Either, Full, Indices, Length, Map, Select, Selector, SOp, in_order, parts_of
from logdepth.rasp.values import NoValue

SMALL = 256
"""Rows up to which all pairs of positions are asked."""


def looks_back(sops: Iterable[SOp], rows: int) -> bool:
    """Whether every selector that is used selects positions up to mine alone, by what it says of positions."""
    nodes = {node: None for sop in sops for node in in_order(sop)}
    inside = {part for node in nodes if isinstance(node, Selector) for part in parts_of(node)}
    used = [node for node in nodes if isinstance(node, Selector) and node not in inside]
    if any(isinstance(node, Length) for node in nodes):
        return False
    return all(is_back(selector, rows) for selector in used)


def is_back(selector: Selector, rows: int) -> bool:
    """Whether it selects positions up to mine alone. Not by recursion: a loop in RASP text makes deep selectors."""
    known: dict[Selector, bool] = {}
    for node in joined(selector):
        match node:
            case Both():
                known[node] = known[node.first] or known[node.second]
            case Either():
                known[node] = known[node.first] and known[node.second]
            case _:
                known[node] = is_back_alone(node, rows)
    return known[selector]


def joined(selector: Selector) -> list[Selector]:
    """What `and` and `or` make it of, each once and after its parts."""
    found, order = {selector}, in_order(selector)
    for node in reversed(order):
        if node in found and isinstance(node, (Both, Either)):
            found |= {node.first, node.second}
    return [node for node in order if isinstance(node, Selector) and node in found]


def is_back_alone(selector: Selector, rows: int) -> bool:
    match selector:
        case Select(keys=Indices(), queries=Indices()) if selector.predicate in BACK:
            return True
    return is_positional(selector) and rows <= SMALL and all_back(selector, rows)


BACK = (functions.EQUAL, functions.LESS, functions.AT_MOST, functions.NEVER)


def is_positional(selector: Selector) -> bool:
    """Whether it depends on the numbers of positions alone."""
    return not any(isinstance(node, SOp) and not isinstance(node, (Indices, Full, Map)) for node in in_order(selector))


def all_back(selector: Selector, rows: int) -> bool:
    evaluation = Evaluation([None] * rows, causal=False)
    for node in in_order(selector):
        try:
            if isinstance(node, SOp):
                evaluation.of(node)
            elif isinstance(node, Selector):
                evaluation.rows[node] = evaluation.rows_of(node)
        except NoValue:
            return False
    return all(row < 2 << position for position, row in enumerate(evaluation.rows[selector]))
