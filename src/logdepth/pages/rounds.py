"""The rounds of a protocol, as plain data and as a page: words per round, and who sends to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.numerics.files import write_file
from logdepth.pages.assemble import as_html, document, fill, resource
from logdepth.pages.tables import claim_cell, sizes, verdict
from logdepth.traces import MpcTrace

LARGEST_HEAT = 1_200_000  # bytes of all heat maps; beyond, neighbouring bins are put together


@dataclass(frozen=True, eq=False)
class Beside:
    """What stands beside the heat map of every round.

    heading, note: of all pictures. pictures: name -> (rows, columns) numbers, one picture for one or more rounds;
    `of` (rounds,) names the picture of each. unit: what a cell counts. starts: as `MpcTrace.starts`, of what rows and
    columns stand for, which are `what`.
    says: name of a picture -> a sentence about it.
    """

    heading: str
    note: str
    what: str
    unit: str
    starts: np.ndarray
    pictures: Mapping[str, np.ndarray]
    of: Sequence[str]
    says: Mapping[str, str]
    first: int = 1
    """The number of the first of them: the start token of a compiled model is 0."""

    layer: Sequence[int] = ()
    """For every round the attention layer, from 1, that the page shows when it shows the round."""


def write_rounds(path: str | Path, trace: MpcTrace, **about: Any) -> Path:
    """Write `rounds_page` of these arguments and return its path. Errors: UsageError if the file cannot be written."""
    write_file(path, rounds_page(trace, **about).encode())
    return Path(path)


def rounds_page(
    trace: MpcTrace,
    *,
    heading: str | None = None,
    lead: str = "",
    prose: str = "",
    parameters: Mapping[str, object] | None = None,
    claimed: Mapping[str, Any] | None = None,
    correct: bool | None = None,
    beside: Beside | None = None,
) -> str:
    """A self-contained page that shows what every round of a run cost.

    A run that was not watched (the Ray engine does not show the mail) has no heat maps.
    heading, lead, parameters: what was run, on what. prose: HTML about the rounds. claimed: sizes promised, by the
    names of `theory.claim.QUANTITIES`. correct: whether the answer, compared with the exact one, is equal.
    """
    parts = {
        "heading": as_html(heading or trace.name),
        "parameters": ",&ensp;".join(
            f"<i>{as_html(name)}</i> = {shown(value)}" for name, value in (parameters or {}).items()
        ),
        "lead": f'<p class="lead">{as_html(lead)}</p>' if lead else "",
        "verification": judge(correct),
        "sizes": size_table(trace, claimed or {}),
        "rounds": section("The rounds", prose),
    }
    return document(
        "rounds.html",
        parts,
        title=parts["heading"],
        styles=["page.css", "rounds.css"],
        program="report",
        data={"rounds": rounds_data(trace, beside)},
    )


def shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else as_html(str(value))


def section(heading: str, prose: str) -> str:
    """The figures of a run, empty: the script fills them."""
    return fill(resource("rounds_section.html"), {"heading": heading, "prose": prose})


def judge(correct: bool | None) -> str:
    if correct is None:
        return f"{verdict('open', 'Not compared')} with an exact answer."
    if correct:
        return f"{verdict('good', '✓ Right.')} The answer is equal to the exact one."
    return f"{verdict('bad', '✗ Wrong.')} The answer is not the exact one."


def size_table(trace: MpcTrace, claimed: Mapping[str, Any]) -> str:
    """Claimed against measured; the budget of what a machine sends and receives is its memory."""
    columns: dict[str, tuple[int, Any]] = {
        "rounds": (len(trace.rounds), claimed.get("rounds")),
        "machines": (trace.machines, claimed.get("machines")),
        "words of memory": (trace.memory, claimed.get("memory_words")),
        "most sent by one": (trace.most_sent, trace.memory),
        "most received by one": (trace.most_received, trace.memory),
        "words sent in all": (trace.total, None),
    }
    rows = {
        "measured": [f"{measured:,}" for measured, _ in columns.values()],
        "claimed": [claim_cell(measured, promise) for measured, promise in columns.values()],
    }
    return sizes(dict.fromkeys(columns, ""), rows)


def rounds_data(
    trace: MpcTrace,
    beside: Beside | None = None,
    largest: int = LARGEST_HEAT,
) -> dict[str, Any]:
    """All that the figures draw. largest: bytes of all heat maps."""
    routines = list(dict.fromkeys(each.routine for each in trace.rounds))
    columns = {
        name: [getattr(each, name) for each in trace.rounds]
        for name in ("held", "sent", "received", "total", "packets")
    }
    return {
        "memory": trace.memory,
        "machines": trace.machines,
        "routines": routines,
        "routine": [routines.index(each.routine) for each in trace.rounds],
        **columns,
        "layer": [] if beside is None else list(beside.layer),
        "heat": heat_data(trace, largest) if trace.watched else None,
        "beside": None if beside is None else beside_data(beside),
    }


def heat_data(trace: MpcTrace, largest: int) -> dict[str, Any]:
    """Groups, bins, and the non-zero cells of every round: [receiver · bins + sender, words, …]; None for rounds
    before the recorder watched, of a run that was resumed."""
    words = [each.words for each in trace.rounds if each.words is not None]
    starts, bins = trace.starts, list(trace.groups.values())
    while heat_bytes(words) > largest and max(bins) > 1:
        words, starts, bins = coarser(words, starts, bins)
    return {
        "groups": [[name, count] for name, count in zip(trace.groups, bins, strict=True)],
        "starts": starts.tolist(),
        "cells": [None] * (len(trace.rounds) - len(words)) + [sparse(of_round) for of_round in words],
    }


def heat_bytes(words: Sequence[np.ndarray]) -> int:
    """About the size of all cells, as text."""
    return sum(6 * int(np.count_nonzero(w)) + sum(len(str(x)) for x in w[w > 0].tolist()) for w in words)


def coarser(
    words: Sequence[np.ndarray], starts: np.ndarray, bins: Sequence[int]
) -> tuple[list[np.ndarray], np.ndarray, list[int]]:
    """The same with every two neighbouring bins of a group as one."""
    firsts = np.concatenate(
        [before + np.arange(0, n, 2) for before, n in zip(np.cumsum([0, *bins]), bins, strict=False)]
    )
    pooled = [bin_cells(of_round, firsts) for of_round in words]
    return pooled, np.append(starts[firsts], starts[-1]), [-(-n // 2) for n in bins]


def bin_cells(matrix: np.ndarray, firsts: np.ndarray, merge: np.ufunc = np.add) -> np.ndarray:
    """The rows and columns of every bin as one; `firsts`: where bins begin."""
    merged: np.ndarray = merge.reduceat(merge.reduceat(matrix, firsts, axis=0), firsts, axis=1)
    return merged


def sparse(matrix: np.ndarray) -> list[Any]:
    """[place, value, …] of all cells that are not 0; fractions with two digits."""
    flat = matrix.ravel()
    places = np.flatnonzero(flat)
    values = flat[places] if flat.dtype.kind in "iu" else np.array([float(f"{x:.2g}") for x in flat[places]])
    return [number for pair in zip(places.tolist(), values.tolist(), strict=True) for number in pair]


def beside_data(beside: Beside) -> dict[str, Any]:
    names = list(beside.pictures)
    return {
        "heading": beside.heading,
        "note": beside.note,
        "what": beside.what,
        "unit": beside.unit,
        "starts": beside.starts.tolist(),
        "first": beside.first,
        "names": names,
        "cells": [sparse(picture) for picture in beside.pictures.values()],
        "says": [beside.says.get(name, "") for name in names],
        "of": [names.index(name) for name in beside.of],
    }
