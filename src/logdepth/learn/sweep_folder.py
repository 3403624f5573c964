"""The folder of a sweep: its runs, and `sweep.json`, which says which they are, so that it can go on by itself.

`settings` are those that all members share, and `members` the other ones of each; together they are what `plan_of`
takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import logdepth
from logdepth.learn.presets import plan_of
from logdepth.learn.recipes import Plan
from logdepth.learn.run_folder import START, Start, check_start, is_run
from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import write_file
from logdepth.tasks.files import read_text

SWEEP, FORMAT, VERSION = "sweep.json", "logdepth-sweep", 1


def begin_sweep(folder: Path, plans: Mapping[str, Plan], start: Start | None = None) -> None:
    """Write down which runs the folder is to have, in place of what an earlier command asked for.

    Errors: UsageError for the folder of a run, and for a sweep that began from other weights.
    """
    if is_run(folder):
        raise UsageError(f"{folder} is a run, and a sweep is a folder of runs. Choose another --out.")
    weights = start.described if start else None
    if is_sweep(folder):
        weights = _read(folder)["weights"]
        check_start(folder, weights, start)
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
    }
    if start is not None:
        write_file(folder / START, start.data)
    write_file(folder / SWEEP, (json.dumps(held, indent=2) + "\n").encode())


def is_sweep(folder: Path) -> bool:
    return (folder / SWEEP).is_file()


def read_sweep(folder: Path) -> dict[str, Plan]:
    """The plans of a sweep by name. Errors: UsageError for a file that is damaged."""
    held = _read(folder)
    try:
        return {name: plan_of(held["settings"] | own) for name, own in held["members"].items()}
    except UsageError as error:
        raise UsageError(f"{folder / SWEEP}: {error}") from None


def _read(folder: Path) -> dict[str, Any]:
    place = folder / SWEEP
    try:
        held: dict[str, Any] = json.loads(read_text(place))
        known = held["format"] == FORMAT and held["version"] == VERSION
        whole = held.keys() >= {"weights"} and all({**held["settings"], **own} for own in held["members"].values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        known = whole = False
    if not known or not whole:
        raise UsageError(
            f"{place} is damaged, or not of this version of logdepth, {logdepth.__version__}. The command that began"
            " the sweep goes on with it."
        )
    return held
