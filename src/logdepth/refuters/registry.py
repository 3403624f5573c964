"""All refuters by name."""

from __future__ import annotations

from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.refuters.refuter import Refuter

REFUTERS: dict[str, Refuter[Any]] = {}


def register_refuter(refuter: Refuter[Any]) -> None:
    """Let a theorem of your own be listed, and checked by the law of all refuters.

    Errors: UsageError if another refuter has its name.
    """
    if REFUTERS.setdefault(refuter.name, refuter) is not refuter:
        raise UsageError(f"there is a refuter {refuter.name!r} already. Give yours a name of its own.")
