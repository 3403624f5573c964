"""Markdown that is written by functions: tables, and words that stand as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"([\\`*_\[\]<>|#$])")


def plain(text: object) -> str:
    """A text that shows as it is, in one line; what stands in backticks is code."""
    parts = re.split(r"(`[^`]+`)", " ".join(str(text).split()))
    return "".join(part if number % 2 else SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts))


def code(text: object) -> str:
    """In the letters of code."""
    return f"`{text}`"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; its cells are Markdown. Nothing for no rows."""
    lines = ["| " + " | ".join(_in_a_cell(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(header) + " |", "|" + "---|" * len(header), *lines, ""])


def _in_a_cell(cell: object) -> str:
    """A bar that is escaped already stays so."""
    return re.sub(r"(?<!\\)\|", r"\\|", str(cell)).replace("\n", "<br>")


def fenced(text: str, language: str = "text") -> str:
    """A block of code that may hold fences itself."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def document(*parts: str) -> str:
    """Blocks, with a blank line between them; those without text are left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
