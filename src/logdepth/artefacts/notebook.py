"""What a notebook shows of a model: one line of text, and the table of its claim."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from logdepth.numerics.counts import count_of
from logdepth.transformer import Resources

NOT_MEASURED = "–"


def in_a_line(name: str, parameters: Mapping[str, Any], measured: Resources, dtype: str, verified: Any) -> str:
    sizes = ", ".join(f"{size}={show(value)}" for size, value in parameters.items() if value != "")
    parts = [sizes, in_words(measured), dtype, verdict(verified)]
    return f"Model({show(name)}: {'; '.join(part for part in parts if part)})"


def as_table(
    name: str, parameters: Mapping[str, Any], measured: Resources, dtype: str, claimed: Mapping[str, int], verified: Any
) -> str:
    """Claimed against measured, as HTML. A mark stands only beside what was measured."""
    found: dict[str, int | None] = {**measured.as_json()}
    found |= {"precision_bits": (verified or {}).get("mantissa_bits")} if "precision_bits" in claimed else {}
    rows = "".join(
        f"<tr><th>{escape(size)}</th><td>{claim_cell(value, claimed.get(size))}</td><td>{number(value)}</td></tr>"
        for size, value in found.items()
    )
    title = ", ".join([name, *(f"{size} = {value}" for size, value in parameters.items() if value != ""), dtype])
    return (
        f"<table><caption>{escape(title)}</caption><thead><tr><th></th><th>claimed</th><th>measured</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><p>{escape(verdict(verified))}</p>"
    )


def claim_cell(measured: int | None, claimed: int | None) -> str:
    if claimed is None:
        return ""
    return f"≤ {claimed:,}" + ("" if measured is None else " ✓" if measured <= claimed else " ✗")


def number(value: int | None) -> str:
    return NOT_MEASURED if value is None else f"{value:,}"


def in_words(measured: Resources) -> str:
    def count(number: int, what: str) -> str:
        return f"{number:,} {what}{'s' * (number != 1)}"

    return (
        f"{count(measured.layers, 'layer')}, {count(measured.heads, 'head')}, width {measured.width},"
        f" {count(measured.parameters, 'parameter')}"
    )


def verdict(verified: Any) -> str:
    """What was checked."""
    if not verified:
        return "not verified"
    instances, wrong, skipped = (verified.get(key) or 0 for key in ("instances", "wrong", "skipped"))
    if wrong:
        return f"WRONG on {wrong:,} of {count_of(instances, 'instance')}"
    if not instances or skipped > instances:
        return f"not verified: {skipped:,} of {count_of(instances + skipped, 'instance')} skipped"
    return f"exact on {count_of(instances, 'instance')}" + (f", {skipped:,} skipped" if skipped else "")


def show(value: object, most: int = 60) -> str:
    """A text on one line, not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
