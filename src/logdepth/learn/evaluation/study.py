"""The published table and figure: every checkpoint of a folder by both procedures, beside the published errors."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.learn.evaluation.evaluate import PROCEDURES, SOLVED, Evaluation, evaluate, solved_up_to
from logdepth.learn.evaluation.figures import colour, curve, finish, image_of, style
from logdepth.learn.trained.models import CONFIGS, in_words, read_answering
from logdepth.networks import WEIGHTS
from logdepth.numerics.documents import Departure, Fraction, conform, read_json, show
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PUBLISHED_ERRORS = "errors.json"
KEY = re.compile(r"\(\((\d{1,9}), (\d{1,9}), (-?\d{1,18})\), (\d{1,9})\)")

Cells = Mapping[tuple[int, int, int], Mapping[int, float]]
"""(depth, heads, sequences of training or -1 for fresh ones) -> k -> error."""


@dataclass(frozen=True)
class Row:
    """One checkpoint: its evaluations by procedure, and the published errors of such a model, if there are any."""

    path: Path
    weights: Path
    name: str
    architecture: str
    sizes: Mapping[str, int]
    found: Mapping[str, Evaluation]
    published: Mapping[int, float]

    @property
    def deviations(self) -> dict[int, float]:
        """k -> how far our figure by the published procedure is from the published one, in standard errors.

        Both come from samples of the same size, so that their difference has √2 times the standard error of one.
        """
        answered = self.found["published"].answered
        return {
            k: (answered[k].value - error) / (2**0.5 * answered[k].standard_error)  # type: ignore[operator]
            for k, error in self.published.items()
            if k in answered and answered[k].value is not None
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "checkpoint": str(self.path),
            "weights": str(self.weights),
            "name": self.name,
            "architecture": self.architecture,
            **self.sizes,
            "protocols": {name: evaluation.as_json() for name, evaluation in self.found.items()},
            "published_errors": {str(k): error for k, error in self.published.items()} or None,
            "deviations": {str(k): deviation for k, deviation in self.deviations.items()} or None,
        }


def checkpoints_in(folder: Path) -> list[Path]:
    """All folders below this one, itself included, that hold weights or a configuration, in order of name.

    Errors: UsageError if there are none.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder of checkpoints {folder}. Check the path.")
    found = [
        Path(place)
        for place, _, names in os.walk(folder)
        if any(name in CONFIGS or name.endswith(WEIGHTS) for name in names)
    ]
    if not found:
        raise UsageError(f"no folder in {folder} holds a checkpoint: {CONFIGS[0]} with weights beside it.")
    return sorted(found)


def published_errors(folder: Path) -> Cells:
    """What the files `errors.json` in a folder say, as the study wrote them: "((depth, heads, samples), k)" -> error.

    Errors: UsageError for a file that says something else.
    """
    cells: dict[tuple[int, int, int], dict[int, float]] = {}
    for place in sorted(folder.rglob(PUBLISHED_ERRORS)):
        try:
            for key, error in conform(read_json(place), dict[str, Fraction]).items():
                said = KEY.fullmatch(key)
                if said is None:
                    raise Departure(f"{show(key)} is none of its keys")
                depth, heads, samples, k = map(int, said.groups())
                cells.setdefault((depth, heads, samples), {})[k] = error
        except Departure as departure:
            raise UsageError(
                f"{place} holds no published errors, a JSON object of '((depth, heads, samples), k)' and numbers:"
                f" {departure}."
            ) from None
    return cells


def row_of(
    path: Path,
    cells: Cells,
    sequences: int | None,
    seed: int,
    progress: Callable[[int, int], None],
    device: str = "cpu",
) -> Row:
    """Read and evaluate one checkpoint by all procedures; `sequences` are those of the corrected one.

    Errors: UsageError as `read_answering`.
    """
    model = read_answering(path, device)
    found = {}
    for number, (name, procedure) in enumerate(PROCEDURES.items()):

        def both(done: int, total: int, before: int = number) -> None:
            progress(before * total + done, len(PROCEDURES) * total)

        found[name] = evaluate(model, procedure, sequences if name == "corrected" else None, seed, both)
    sizes = model.sizes
    key = (sizes["depth"], sizes.get("heads", 0), sizes.get("samples", -1))
    published = cells.get(key, {}) if model.architecture == "gpt2" else {}
    return Row(path, model.file, model.name, model.architecture, sizes, found, published)


# --- as text and CSV ---


def as_text(rows: Iterable[Row]) -> str:
    """For each checkpoint a line for the published errors and for each procedure, a column for each k."""
    return "\n".join(block(row) for row in rows)


def block(row: Row) -> str:
    lines = {
        f"{PUBLISHED_ERRORS}": row.published,
        **{
            f"{name}, {found.sequences} seq.": {k: rate.value for k, rate in found.answered.items()}
            for name, found in sorted(row.found.items(), reverse=True)
        },
    }
    ks = sorted({k for errors in lines.values() for k in errors})
    text = [
        f"{row.name}: {in_words(row.architecture, row.sizes)}",
        f"{'k':20}" + "".join(f"{k:5}" for k in ks) + f"  <{SOLVED:.0%} to k",
    ]
    for name, errors in lines.items():
        if errors:
            cells = "".join(f"{short(errors.get(k)):>5}" for k in ks)
            text.append(f"{name:20}{cells}{solved_up_to(errors):8}")
    if row.deviations:
        k, worst = max(row.deviations.items(), key=lambda item: abs(item[1]))
        mean = sum(deviation**2 for deviation in row.deviations.values()) / len(row.deviations)
        text.append(
            f"published procedure against {PUBLISHED_ERRORS}: at most {abs(worst):.1f} standard errors (k = {k}),"
            f" mean square {mean:.2f}"
        )
    return "\n".join([*text, ""])


def short(error: float | None) -> str:
    """`.003`; `1.00`"""
    return "–" if error is None else f"{error:.3f}".removeprefix("0")[:4]


def as_csv(rows: Iterable[Row]) -> str:
    """A line for each checkpoint, procedure and k."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    rates = ("error", "low", "high")
    head = (
        "checkpoint",
        "architecture",
        "depth",
        "heads",
        "width",
        "samples",
        "protocol",
        "sequences",
        "k",
        "answered",
        *rates,
    )
    writer.writerow((*head, *(f"{name}_everywhere" for name in rates), "published_error"))
    for row in rows:
        sizes = [row.architecture, *(row.sizes.get(name, "") for name in ("depth", "heads", "width", "samples"))]
        for name, found in row.found.items():
            for k, rate in found.answered.items():
                anywhere = found.everywhere[k]
                numbers = (rate.counted, rate.value, rate.low, rate.high, anywhere.value, anywhere.low, anywhere.high)
                writer.writerow([row.path, *sizes, name, found.sequences, k, *numbers, row.published.get(k, "")])
    return text.getvalue()


# --- as a figure ---

TITLES = {"published": "as published: dropout still active", "corrected": "corrected: dropout off"}


def figure(rows: Sequence[Row], kind: str) -> bytes:
    """Error against k, a line for each depth with its 95% band, as an image file of this kind (png, svg, pdf).

    A panel for each procedure, a row of panels for each kind of network, number of heads and of training sequences;
    published errors are circles.
    """
    from matplotlib.figure import Figure

    groups: dict[tuple[str, int, int], list[Row]] = {}
    for row in rows:
        key = (row.architecture, row.sizes.get("heads", 0), row.sizes.get("samples", -1))
        groups.setdefault(key, []).append(row)
    with style():
        image = Figure(figsize=(9.6, 0.5 + 3.6 * len(groups)), layout="constrained")
        panels = image.subplots(len(groups), 2, sharex=True, sharey=True, squeeze=False)
        for line, ((architecture, heads, samples), members) in zip(panels, sorted(groups.items()), strict=True):
            which = architecture
            which += f", {heads} head{'s' * (heads > 1)}" if heads else ""
            which += f", trained on {samples:,} sequences" if samples >= 0 else ""
            for panel, name in zip(line, TITLES, strict=True):
                panel.set_title(f"{TITLES[name]}\n{which}", loc="left", fontsize=9.5)
                draw(panel, members, name)
                finish(panel, max((k for row in rows for k in row.found[name].answered), default=1))
            line[0].set_ylabel("error on answered tokens")
        for panel in panels[-1]:
            panel.set_xlabel("hops k")
        return image_of(image, kind)


def draw(panel: Axes, rows: Sequence[Row], name: str) -> None:
    from matplotlib.lines import Line2D

    depths = sorted({row.sizes["depth"] for row in rows})
    marks: dict[str, Line2D] = {}
    for row in sorted(rows, key=lambda row: row.sizes["depth"]):
        depth = row.sizes["depth"]
        shade = colour(depths.index(depth), len(depths))
        if line := curve(panel, row.found[name].answered, shade):
            marks[f"L = {depth}"] = line
        published = {k: error for k, error in row.published.items() if k >= 1} if name == "published" else {}
        if published:
            panel.plot(list(published), list(published.values()), "o", mfc="none", mec=shade, ms=7, mew=0.9)
    if name == "published" and any(row.published for row in rows):
        marks[PUBLISHED_ERRORS] = Line2D([], [], ls="", marker="o", mfc="none", mec="0.4", ms=7, mew=0.9)
    if marks:
        panel.legend(list(marks.values()), list(marks), frameon=False, loc="upper left")
