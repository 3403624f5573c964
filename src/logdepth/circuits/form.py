"""Form: a weighted sum of bits, shared by all gates that compare it with a threshold of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from logdepth.numerics.errors import UsageError

SMALL = 2**62
"""A form whose values stay below this is summed in int64; another one in Python's numbers."""


@dataclass(frozen=True)
class Form:
    """A weighted sum of nodes, stored once for all gates that compare it with a threshold of their own.

    nodes: increasing. weights: one a node, not 0, of any size.
    """

    nodes: tuple[int, ...]
    weights: tuple[int, ...]

    @cached_property
    def lowest(self) -> int:
        """The least value of the sum."""
        return sum([weight for weight in self.weights if weight < 0])

    @cached_property
    def highest(self) -> int:
        """The greatest value of the sum."""
        return sum([weight for weight in self.weights if weight > 0])


def check_form(form: Form, number: int) -> None:
    if len(form.nodes) != len(form.weights) or 0 in form.weights:
        raise UsageError(f"form {number} has one weight, not 0, for every node that it reads. Change it.")
    if any(node < 0 for node in form.nodes) or not all(one < other for one, other in pairwise(form.nodes)):
        raise UsageError(f"form {number} reads nodes in increasing order, from 0. Sort them, and add their weights.")


def sums_of(forms: list[Form], values: np.ndarray) -> list[np.ndarray]:
    """The sum of every form, (instances,): int64 where they fit, else Python's numbers."""
    small = [form for form in forms if max(form.highest, -form.lowest) < SMALL]
    fast = dict(zip(small, _sparse(small, len(values)) @ values.astype(np.int64), strict=True)) if small else {}
    return [fast[form] if form in fast else _exact(form, values) for form in forms]


def _sparse(forms: list[Form], nodes: int) -> csr_array:
    ends = np.cumsum([0, *(len(form.nodes) for form in forms)])
    weights = np.array([weight for form in forms for weight in form.weights], dtype=np.int64)
    columns = np.array([node for form in forms for node in form.nodes], dtype=np.int64)
    return csr_array((weights, columns, ends), shape=(len(forms), nodes))


def _exact(form: Form, values: np.ndarray) -> np.ndarray:
    total = np.zeros(values.shape[1], dtype=object)
    for node, weight in zip(form.nodes, form.weights, strict=True):
        total += values[node].astype(object) * weight
    return total
