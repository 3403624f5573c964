"""The model of a page, as far as a notebook that talks to it has to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Explored:
    """What a widget knows of the model of its page.

    first: the input that is shown first, as it is typed. heads: how many every step has. typed: of what Python gives as
    an input, what would be typed; it raises UsageError for what the model does not take.
    """

    first: Any
    heads: tuple[int, ...]
    typed: Callable[[Any], Any]
