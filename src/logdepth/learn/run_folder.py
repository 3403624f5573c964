"""The folder of a run: its configuration, its metrics, its weights, and the state that training goes on from.

`config.json` says what is trained, and for every start by what versions, on what machine; `state.safetensors` is
weights and optimisers at the last checkpoint, `model.safetensors` the weights alone, `metrics.csv` a row for every
`log_every` steps, and `start.safetensors` the weights that the run began from, where they were not random.
Every file is written whole or not at all, and reading never executes code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor

import logdepth
from logdepth.learn.build import shape_for
from logdepth.learn.presets import plan_of
from logdepth.learn.recipes import Plan
from logdepth.networks import load_weights
from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import write_file
from logdepth.tasks.files import read_text

FORMAT, VERSION = "logdepth-run", 1
CONFIG, STATE, WEIGHTS, METRICS = "config.json", "state.safetensors", "model.safetensors", "metrics.csv"
EVALUATION, START = "evaluation.json", "start.safetensors"


@dataclass(frozen=True)
class Start:
    """Weights that a run begins from in place of random ones: the file that held them, and what START holds then."""

    file: Path
    data: bytes

    @property
    def described(self) -> dict[str, str]:
        """What config.json says of them."""
        return {"file": str(self.file), "sha256": hashlib.sha256(self.data).hexdigest()}

    @property
    def tensors(self) -> dict[str, Tensor]:
        return load(self.data)


def read_start(file: Path) -> Start:
    """Errors: UsageError for a file without weights."""
    held = load_weights(file)
    return Start(file.resolve(), save({name: tensor.detach().clone().contiguous() for name, tensor in held.items()}))


def start_of(folder: Path) -> Path | None:
    """The weights that a run or a sweep began from; None if they were random."""
    return folder / START if (folder / START).exists() else None


def describe(plan: Plan, start: Start | None) -> dict[str, Any]:
    """What config.json holds before the first session.

    Of a GPT-2 it is also what Hugging Face's `GPT2Model.from_pretrained` looks for there.
    """
    theirs = shape_for(plan).to_hugging_face() if plan.recipe.network == "gpt2" else {}
    return {
        "format": FORMAT,
        "version": VERSION,
        "recipe": plan.recipe.parameters,
        "task_parameters": plan.sampler.parameters,
        "tokens": list(plan.sampler.tokens),
        "weights": start.described if start else None,
        "sessions": [],
        **theirs,
    }


def begin(folder: Path, plan: Plan, start: Start | None, session: Mapping[str, Any]) -> int:
    """Make the folder ready for this run and return the step that it goes on from: 0, or that of its last checkpoint.

    session: what it is trained on from there, as `session_on` tells it.
    Errors: UsageError if something else is there, a run of another plan or from other weights among them.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and a run is a folder. Choose another --out.")
    if not (folder / CONFIG).exists():
        if folder.exists() and any(CONFIG not in item.name and START not in item.name for item in folder.iterdir()):
            raise UsageError(f"{folder} holds something that is no run. Choose another --out, or remove it.")
        if start is not None:
            write_file(folder / START, start.data)
        write_session(folder, describe(plan, start), session, 0)
        return 0
    there = read_plan(folder)
    if there != plan:
        ours, theirs = plan.settings, there.settings
        key = next(key for key in ours | theirs if ours.get(key) != theirs.get(key))
        raise UsageError(
            f"{folder} is a run with {key} = {theirs.get(key)}, and now it is {ours.get(key)}. Choose another --out, or"
            f" go on as it began: logdepth train --resume {folder}."
        )
    check_start(folder, read_config(folder).get("weights"), start)
    for name in (CONFIG, STATE, WEIGHTS, METRICS, EVALUATION, START):
        for left in folder.glob(f".{name}.*"):  # what a process that was killed while it wrote has left
            left.unlink()
    step = step_of(folder)
    if step < plan.recipe.steps:
        (folder / EVALUATION).unlink(missing_ok=True)  # it is of weights that will be others
        write_session(folder, read_config(folder), session, step)
    return step


def write_session(folder: Path, config: Mapping[str, Any], session: Mapping[str, Any], step: int) -> None:
    """Write config.json with one session more, which goes on from this step."""
    sessions = [*config.get("sessions", ()), {"from_step": step, **session}]
    write_file(folder / CONFIG, (json.dumps({**config, "sessions": sessions}, indent=2) + "\n").encode())


def sessions_of(folder: Path) -> list[dict[str, Any]]:
    """What the run was trained on at every start. Errors: as of `read_plan`."""
    return list(read_config(folder).get("sessions", ()))


def check_start(folder: Path, began: Mapping[str, str] | None, start: Start | None) -> None:
    """UsageError unless what the folder began from, as `Start.described` says it, is this."""
    if (began and began["sha256"]) != (start and start.described["sha256"]):
        raise UsageError(
            f"{folder} began from {began['file'] if began else 'random weights'}, and now it would from"
            f" {start.file if start else 'random weights'}. Choose another --out, or go on as it began: logdepth train"
            f" --resume {folder}."
        )


def has_ended(folder: Path, plan: Plan) -> bool:
    """Whether this run is in the folder, trained to its end and evaluated."""
    try:
        return (folder / EVALUATION).exists() and read_plan(folder) == plan and step_of(folder) == plan.recipe.steps
    except UsageError:
        return False


def is_run(folder: Path) -> bool:
    """Whether this is the folder of a run, maybe a damaged one."""
    try:
        return bool(json.loads(read_text(folder / CONFIG))["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def read_plan(folder: Path) -> Plan:
    """The plan of a run. Errors: UsageError for a folder that is none, and for a configuration that is damaged."""
    held = read_config(folder)
    try:
        return plan_of({**held["recipe"], **held["task_parameters"]})
    except UsageError as error:
        raise UsageError(f"{folder / CONFIG}: {error}") from None


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json holds. Errors: as of `read_plan`."""
    place = folder / CONFIG
    if not place.is_file():
        raise UsageError(f"{folder} is no run: it has no {CONFIG}. Begin one: logdepth train PRESET --out {folder}.")
    try:
        held: dict[str, Any] = json.loads(read_text(place))
        whole = {**held["recipe"], **held["task_parameters"]}.keys() >= {"task"}
        known = held["format"] == FORMAT and held["version"] == VERSION
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = known = False
    if not whole:
        raise UsageError(f"{place} is damaged: it does not describe a run. Begin the run again elsewhere.")
    if not known:
        raise UsageError(f"{place} is not of this version of logdepth, {logdepth.__version__}. Upgrade logdepth.")
    return held


def write_state(folder: Path, step: int, weights: Mapping[str, Tensor], optimisers: Mapping[str, Tensor]) -> None:
    """Write a checkpoint. Errors: UsageError if the system refuses, a full disk for one; the last checkpoint stays."""
    own = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    rest = {name: tensor.detach().cpu().contiguous() for name, tensor in optimisers.items()}
    header = {"format": "pt", "kind": FORMAT, "step": str(step)}  # Hugging Face takes no other format
    tensors = {f"network.{name}": tensor for name, tensor in own.items()}
    write_file(folder / WEIGHTS, save(own, header))  # first: a run whose last state is there has its weights too
    write_file(folder / STATE, save(tensors | {f"optimiser.{name}": value for name, value in rest.items()}, header))


def step_of(folder: Path) -> int:
    """Steps done at the last checkpoint, 0 without one."""
    return _opened(folder)[0] if (folder / STATE).exists() else 0


def read_state(folder: Path, expected: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Weights and optimiser tensors of the last checkpoint; `expected` are the weights whose shapes it must have.

    Errors: UsageError for a file that is damaged or a pickle, and for weights of another network.
    """
    place = folder / STATE
    tensors = _opened(folder)[1]
    parts: dict[str, dict[str, Tensor]] = {"network": {}, "optimiser": {}}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition(".")
        if kind not in parts:
            raise UsageError(f"{place} is no checkpoint of a run: it holds {name!r}. {_REMEDY}")
        parts[kind][rest] = tensor
    fits(place, parts["network"], expected)
    return parts["network"], parts["optimiser"]


_REMEDY = f"Take {STATE} away to begin again from step 0."


def fits(place: Path, held: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """UsageError unless these weights, read from `place`, have the names and shapes that are expected."""
    for name in [*expected, *(name for name in held if name not in expected)]:  # the first that differs, on every run
        has = tuple(held[name].shape) if name in held else None
        wanted = tuple(expected[name].shape) if name in expected else None
        if has != wanted:
            raise UsageError(
                f"{place} is of another network: weight {name!r} is {has or 'absent'} there and {wanted or 'absent'} in"
                " this one. Choose the settings that it was trained with."
            )


def _opened(folder: Path) -> tuple[int, dict[str, Tensor]]:
    """The step and the tensors of a checkpoint."""
    place = folder / STATE
    with place.open("rb") as stream:
        start = stream.read(9)
    if start.startswith((b"\x80", b"PK")):
        raise UsageError(f"{place} is a pickle, which can execute code, and is never loaded. {_REMEDY}")
    try:
        with safe_open(place, framework="pt") as file:
            header = file.metadata() or {}
            step = int(header["step"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
    except (SafetensorError, KeyError, ValueError):
        raise UsageError(f"{place} is damaged, and training cannot go on from it. {_REMEDY}") from None
    return step, tensors
