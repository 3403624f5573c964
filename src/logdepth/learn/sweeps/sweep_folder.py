"""The folder of a sweep: its runs, and `sweep.json`, which says which they are, so that it can go on by itself.

`settings` are those that all members share, and `members` the other ones of each; together they are what `plan_of`
takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from logdepth.learn.plans.recipes import Plan
from logdepth.learn.training.run_folder import START, Setting, Start, StartForm, about, check_start, is_run, whole_plan
from logdepth.numerics.documents import Count, Departure, conform, read_json
from logdepth.numerics.errors import Argument, Call, UsageError, Wording
from logdepth.numerics.files import write_file
from logdepth.numerics.version import __version__

SWEEP, FORMAT, VERSION = "sweep.json", "logdepth-sweep", 1


class SweepForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form of sweep.json."""

    format: Literal["logdepth-sweep"]
    version: Literal[1]
    weights: StartForm | None
    settings: dict[str, Setting]
    members: dict[str, dict[str, Setting]]
    further_seeds: list[Count] = []

    def __post_init__(self) -> None:
        for name in self.members:
            if Path(name).name != name:
                raise ValueError(f"{name[:80]!r} is no name of a folder in it")


def begin_sweep(
    folder: Path, plans: Mapping[str, Plan], start: Start | None = None, further_seeds: Sequence[int] = ()
) -> None:
    """Write down which runs the folder is to have, in place of what an earlier command asked for.

    further_seeds: those that the best rates will be trained with, when these runs have ended.

    Errors: UsageError for the folder of a run, and for a sweep that began from other weights.
    """
    if is_run(folder):
        raise UsageError(f"{folder} is a run, and a sweep is a folder of runs.", Wording("Choose another {folder}."))
    weights = start.described if start else None
    if is_sweep(folder):
        weights = _read(folder)["weights"]
        place = f"Path({str(folder)!r})"
        again = Call(f"sweep(read_sweep({place}), {place})", "train", (Argument("resume", folder),))
        check_start(folder, weights, start, again)
    settings = [plan.settings for plan in plans.values()]
    shared = {key: value for key, value in settings[0].items() if all(own.get(key) == value for own in settings)}
    held = {
        "format": FORMAT,
        "version": VERSION,
        "weights": weights,
        "settings": shared,
        "members": {
            name: {key: value for key, value in own.items() if key not in shared}
            for name, own in zip(plans, settings, strict=True)
        },
        **({"further_seeds": list(further_seeds)} if further_seeds else {}),
    }
    if start is not None:
        write_file(folder / START, start.data)
    write_file(folder / SWEEP, (json.dumps(held, indent=2) + "\n").encode())


def is_sweep(folder: Path) -> bool:
    return os.path.lexists(folder / SWEEP)


def read_sweep(folder: Path) -> dict[str, Plan]:
    """The plans of a sweep by name. Errors: UsageError for a file that is damaged."""
    held = _read(folder)
    with about(folder / SWEEP):
        return {name: whole_plan(held["settings"] | own) for name, own in held["members"].items()}


def further_seeds_of(folder: Path) -> list[int]:
    """The seeds that the best rates are still to be trained with. Errors: as of `read_sweep`."""
    return list(_read(folder).get("further_seeds", ()))


def _read(folder: Path) -> dict[str, Any]:
    place = folder / SWEEP
    try:
        held: dict[str, Any] = read_json(place)
        conform(held, SweepForm)
    except Departure as departure:
        raise UsageError(
            f"{place} is damaged, or not of this version of logdepth, {__version__}: {departure}. The command"
            " that began the sweep goes on with it."
        ) from None
    return held
