"""Metrics of a run: a CSV file, and events for TensorBoard where it is installed."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from logdepth.learn.training.run_folder import METRICS, going_on
from logdepth.numerics.documents import Departure, Fraction, Positive, conform
from logdepth.numerics.errors import UsageError, Wording, first_line
from logdepth.numerics.files import open_file, read_file, write_file

EVENTS = "events"
MOST_BYTES = 2**30
LONGEST = 30  # characters of a cell, its comma included; a float has at most 24


@dataclass(frozen=True)
class Row:
    """Means over the training steps since the row before. Batches are fresh, so these are errors on unseen sequences.

    step: steps done; error: over all answered positions; rate: the fraction of the peak learning rate.
    errors: by group, None for one that did not come up.
    """

    step: int
    loss: float
    error: float
    rate: float
    seconds: float
    steps_per_second: float
    errors: tuple[float | None, ...]


class Metrics:
    """Writes rows. Rows after `step` are dropped: they are of steps that will be done again."""

    def __init__(self, folder: Path, groups: Sequence[int], group_name: str, step: int) -> None:
        self.path = folder / METRICS
        own = [item.name for item in fields(Row) if item.name != "errors"]
        self.names = [*own, *(f"error_{group_name}{group}" for group in groups)]
        kept = [row for row in read_rows(self.path) if int(row["step"]) <= step]
        if kept and list(kept[0]) != self.names:
            raise damage(self.path, "its columns are not those of this run")
        text = io.StringIO()
        writer = csv.DictWriter(text, self.names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
        write_file(self.path, text.getvalue().encode())
        self.seconds = float(kept[-1]["seconds"]) if kept else 0.0
        self.hook, threading.excepthook = threading.excepthook, self.hear
        self.events = event_writer(folder / EVENTS, step)

    def hear(self, failure: threading.ExceptHookArgs) -> None:
        """A thread has failed. If TensorBoard's finds no room, nothing is said: what it shows is in the CSV too."""
        if not issubclass(failure.exc_type, OSError):
            self.hook(failure)

    def add(self, row: Row) -> None:
        values = [getattr(row, name) for name in self.names[: len(self.names) - len(row.errors)]]
        cells = ["" if value is None else value for value in (*values, *row.errors)]
        try:
            with self.path.open("a", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerow(cells)
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written ({error.strerror}).",
                Wording("Make room, and go on from the last checkpoint: {again}.", again=going_on(self.path.parent)),
            ) from None
        if self.events is not None:
            try:
                for name, value in zip(self.names[1:], cells[1:], strict=True):
                    if value != "":
                        self.events.add_scalar(name, value, row.step)
            except OSError:
                self.events = None

    def close(self) -> None:
        if self.events is not None:
            with suppress(OSError):
                self.events.close()
        threading.excepthook = self.hook


class RowForm(Struct, frozen=True):
    """The form of a row; errors of groups stand beside, empty for those that did not come up."""

    step: Positive
    loss: Annotated[float, Meta(ge=0, le=1e300)]
    error: Fraction
    rate: Fraction
    seconds: Annotated[float, Meta(ge=0, le=1e15)]
    steps_per_second: Annotated[float, Meta(ge=0, le=1e15)]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file of metrics, none without one; a last row that was cut off is left out.

    Errors: UsageError for a file of anything else, with the line.
    """
    if not os.path.lexists(path):
        return []
    try:
        text = read_file(path, MOST_BYTES).decode()
        lines = list(csv.reader(text[: text.rfind("\n") + 1].split("\n")[:-1]))  # what is not ended was cut off
    except (csv.Error, UnicodeDecodeError) as error:
        raise damage(path, first_line(error)) from None
    if not lines or not text:
        return []
    names, last = lines[0], 0
    own, groups = RowForm.__struct_fields__, names[len(RowForm.__struct_fields__) :]
    if (
        tuple(names[: len(own)]) != own
        or len(set(names)) < len(names)
        or not all(it.startswith("error_") for it in groups)
    ):
        raise damage(path, "line 1 does not name its columns")
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        row = dict(zip(names, cells, strict=False))
        try:
            if len(cells) != len(names):
                raise Departure(f"it has {len(cells)} cells, and there are {len(names)} columns")
            step = conform(row, RowForm, text=True).step
            conform([row[name] for name in groups if row[name]], list[Fraction], text=True)
            if step <= last:
                raise Departure(f"step {step} comes after step {last}")
        except Departure as departure:
            raise damage(path, f"line {number}: {departure}") from None
        last = step
        rows.append(row)
    return rows


def damage(path: Path, wrong: str) -> UsageError:
    return UsageError(f"{path} is damaged: {wrong}. Take it away; no checkpoint needs it.")


def last_row(folder: Path) -> Row | None:
    """The last row of a run, None without one. It is read often, so it is read from the end of the file."""
    try:
        with open_file(folder / METRICS) as stream:
            names = stream.readline(2**16).decode().strip().split(",")
            after = stream.tell()
            stream.seek(max(after, stream.seek(0, io.SEEK_END) - 2 * LONGEST * len(names)))
            lines = stream.read().decode().split("\n")[:-1]  # a line that is not ended is still being written
        cells = lines[-1].split(",") if lines else []
        if len(cells) != len(names):
            return None
        loss, error, rate, seconds, speed = map(float, cells[1:6])
        by_group = tuple(float(cell) if cell else None for cell in cells[6:])
        return Row(int(cells[0]), loss, error, rate, seconds, speed, by_group)
    except (OSError, ValueError):  # none is there, or a damaged one, which the run itself will say
        return None


def last_step(folder: Path) -> int:
    """The step of the last row of a run, 0 without one."""
    row = last_row(folder)
    return row.step if row else 0


def event_writer(folder: Path, step: int) -> Any:
    """TensorBoard's writer, which forgets what came after `step`; None where TensorBoard is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1)
