"""The folder of a run: its configuration, its metrics, its weights, and the state that training goes on from.

`config.json` says what is trained, and for every start by what versions, on what machine; `state.safetensors` is
weights and optimisers at the last checkpoint, `model.safetensors` the weights alone, `metrics.csv` a row for every
`log_every` steps, and `start.safetensors` the weights that the run began from, where they were not random.
Every file is written whole or not at all, and reading never executes code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from msgspec import Struct
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor

from logdepth.learn.plans.build import shape_for
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.plans.recipes import Plan
from logdepth.networks import check_numbers, load_weights
from logdepth.numerics.documents import Count, Departure, conform, read_json, show
from logdepth.numerics.errors import Argument, Call, UsageError, Wording
from logdepth.numerics.files import open_file, write_file
from logdepth.numerics.version import __version__

FORMAT, VERSION = "logdepth-run", 1
CONFIG, STATE, WEIGHTS, METRICS = "config.json", "state.safetensors", "model.safetensors", "metrics.csv"
EVALUATION, START = "evaluation.json", "start.safetensors"
EVALUATIONS = "evaluation*.json"
"""All of a run: `evaluation.json`, and those on other sequences, `evaluation-NAME.json`."""


Setting = int | float | str


class StartForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What config.json says of the weights that a run began from, as `Start.described`."""

    file: str
    sha256: str


class SessionForm(Struct, frozen=True):
    """What it says of one start, as `session_on`; more may be said."""

    from_step: Count
    device: str
    device_name: str | None
    threads: Count
    processes: Count
    processor: str
    versions: dict[str, str | None]


class ConfigForm(Struct, frozen=True):
    """The form of config.json; the settings of Hugging Face's GPT-2 may stand beside."""

    format: Literal["logdepth-run"]
    version: Literal[1]
    recipe: dict[str, Setting]
    task_parameters: dict[str, Setting]
    weights: StartForm | None = None
    sessions: list[SessionForm] = []
    tokens: list[str] | None = None


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
    return {
        "format": FORMAT,
        "version": VERSION,
        "recipe": plan.recipe.parameters,
        "task_parameters": plan.sampler.parameters,
        "tokens": list(plan.sampler.tokens),
        "weights": start.described if start else None,
        "sessions": [],
        **theirs_of(plan),
    }


def theirs_of(plan: Plan) -> dict[str, Any]:
    """The settings of Hugging Face that say the same of a GPT-2; none of another network."""
    return shape_for(plan).to_hugging_face() if plan.recipe.network == "gpt2" else {}


def begin(folder: Path, plan: Plan, start: Start | None, session: Mapping[str, Any]) -> int:
    """Make the folder ready for this run and return the step that it goes on from: 0, or that of its last checkpoint.

    session: what it is trained on from there, as `session_on` tells it.
    Errors: UsageError if something else is there, a run of another plan or from other weights among them.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and a run is a folder.", Wording("Choose another {folder}."))
    if not (folder / CONFIG).exists():
        if folder.exists() and any(CONFIG not in item.name and START not in item.name for item in folder.iterdir()):
            raise UsageError(
                f"{folder} holds something that is no run.", Wording("Choose another {folder}, or remove it.")
            )
        if start is not None:
            write_file(folder / START, start.data)
        write_session(folder, describe(plan, start), session, 0)
        return 0
    there = read_plan(folder)
    if there != plan:
        ours, theirs = plan.settings, there.settings
        key = next(key for key in ours | theirs if ours.get(key) != theirs.get(key))
        raise UsageError(
            f"{folder} is a run with {key} = {theirs.get(key)}, and now it is {ours.get(key)}.",
            Wording("Choose another {folder}, or go on as it began: {again}.", again=going_on(folder)),
        )
    check_start(folder, read_config(folder).get("weights"), start, going_on(folder))
    for name in (CONFIG, STATE, WEIGHTS, METRICS, EVALUATION, START):
        for left in folder.glob(f".{name}.*"):  # what a process that was killed while it wrote has left
            left.unlink()
    step = step_of(folder)
    if step > plan.recipe.steps:
        raise UsageError(
            f"{folder / CONFIG} says {plan.recipe.steps} steps, and {STATE} is of step {step}. Say as many again, or"
            " begin another run elsewhere."
        )
    if step < plan.recipe.steps:
        for place in folder.glob(EVALUATIONS):  # they are of weights that will be others
            place.unlink()
        write_session(folder, read_config(folder), session, step)
    return step


def going_on(folder: Path) -> Call:
    """How to go on with a run as it began."""
    place = f"Path({str(folder)!r})"
    return Call(f"train(read_plan({place}), {place})", "train", (Argument("resume", folder),))


def write_session(folder: Path, config: Mapping[str, Any], session: Mapping[str, Any], step: int) -> None:
    """Write config.json with one session more, which goes on from this step."""
    sessions = [*config.get("sessions", ()), {"from_step": step, **session}]
    write_file(folder / CONFIG, (json.dumps({**config, "sessions": sessions}, indent=2) + "\n").encode())


def sessions_of(folder: Path) -> list[dict[str, Any]]:
    """What the run was trained on at every start. Errors: as of `read_plan`."""
    return list(read_config(folder).get("sessions", ()))


def check_start(folder: Path, began: Mapping[str, str] | None, start: Start | None, again: Call) -> None:
    """UsageError unless what the folder began from, as `Start.described` says it, is this; `again`: how to go on."""
    if (began and began["sha256"]) != (start and start.described["sha256"]):
        raise UsageError(
            f"{folder} began from {began['file'] if began else 'random weights'}, and now it would from"
            f" {start.file if start else 'random weights'}.",
            Wording("Choose another {folder}, or go on as it began: {again}.", again=again),
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
        return bool(read_json(folder / CONFIG)["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_plan(folder: Path) -> Plan:
    """The plan of a run. Errors: UsageError for a folder that is none, and for a configuration that is damaged."""
    held = read_config(folder)
    with about(folder / CONFIG):
        plan = whole_plan({**held["recipe"], **held["task_parameters"]})
        if held.get("tokens", list(plan.sampler.tokens)) != list(plan.sampler.tokens):
            raise UsageError("its tokens are not those of its task.")
        for name, value in theirs_of(plan).items():
            if name in held and held[name] != value:
                raise UsageError(
                    f"{name} is {show(held[name])}, and the recipe has {show(value)}. Correct one of them."
                )
    return plan


def whole_plan(settings: Mapping[str, Setting]) -> Plan:
    """The plan of all its settings. Errors: UsageError as `plan_of`, and for one that is missing."""
    plan = plan_of(settings)
    missing = sorted(plan.settings.keys() - settings.keys())
    if missing:
        raise UsageError(f"{missing[0]} is missing among its settings.")
    return plan


@contextmanager
def about(place: str | Path) -> Iterator[None]:
    """Within it every UsageError names this file."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{place}:", error) from None


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json holds, of its form. Errors: as of `read_plan`."""
    place = folder / CONFIG
    if not os.path.lexists(place):
        begin = Call(f"train(plan, {str(folder)!r})", "train PRESET", (Argument("out", folder),))
        raise UsageError(f"{folder} is no run: it has no {CONFIG}.", Wording("Begin one: {it}.", it=begin))
    try:
        held: dict[str, Any] = read_json(place)
        if isinstance(held, dict) and held.get("format") == FORMAT and held.get("version") not in (None, VERSION):
            raise UsageError(f"{place} is not of this version of logdepth, {__version__}. Upgrade logdepth.")
        conform(held, ConfigForm)
    except Departure as departure:
        raise UsageError(f"{place} is damaged: {departure}. Begin the run again elsewhere.") from None
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
    """Steps done at the last checkpoint, 0 without one. Errors: UsageError for a file that is none."""
    if not os.path.lexists(folder / STATE):
        return 0
    with open_state(folder) as file:
        return step_in(folder, file)


def read_state(
    folder: Path, weights: Mapping[str, Tensor], moments: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Weights and optimiser tensors of the last checkpoint, of the names, shapes and kinds of those that are given.

    Errors: UsageError for a file that is damaged or a pickle, for weights of another network, for tensors that are
    missing, and for numbers that are not finite or of another step.
    """
    place = folder / STATE
    expected = {f"network.{name}": tensor for name, tensor in weights.items()}
    expected |= {f"optimiser.{name}": tensor for name, tensor in moments.items()}
    with open_state(folder) as file:
        step = step_in(folder, file)
        check_tensors(folder, file, expected)
        tensors = {name: file.get_tensor(name) for name in expected}
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise UsageError(f"{place} is damaged: {name!r} holds what is no finite number. {_REMEDY}")
        if name.endswith(".step") and name.startswith("optimiser.") and tensor.item() != step:
            raise UsageError(f"{place} is damaged: {name!r} is {tensor.item():g}, and it is of step {step}. {_REMEDY}")
    own = {name.removeprefix("network."): value for name, value in tensors.items() if name.startswith("network.")}
    rest = {name.removeprefix("optimiser."): value for name, value in tensors.items() if name.startswith("optimiser.")}
    return own, rest


_REMEDY = f"Take {STATE} away to begin again from step 0."


def fits(place: Path, held: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """UsageError unless these weights, read from `place`, have the names and shapes expected, and finite numbers."""
    for name in [*expected, *(name for name in held if name not in expected)]:  # the first that differs, on every run
        has = tuple(held[name].shape) if name in held else None
        wanted = tuple(expected[name].shape) if name in expected else None
        if has != wanted:
            raise UsageError(
                f"{place} is of another network: weight {name!r} is {has or 'absent'} there and {wanted or 'absent'} in"
                " this one. Choose the settings that it was trained with."
            )
    with about(place):
        for name, weight in held.items():
            check_numbers(name, weight)


def check_network(folder: Path, weights: Mapping[str, Tensor]) -> None:
    """UsageError unless the last checkpoint has weights of these names, shapes and kinds. None of them is read."""
    with open_state(folder) as file:
        check_tensors(folder, file, {f"network.{name}": tensor for name, tensor in weights.items()}, "network.")


@contextmanager
def open_state(folder: Path) -> Iterator[Any]:
    """The file of the last checkpoint. Errors: UsageError for a pickle, and for a file that is damaged."""
    place = folder / STATE
    with open_file(place) as stream:
        start = stream.read(9)
    if start[8:] != b"{" and start.startswith((b"\x80", b"PK")):  # the length of a safetensors file's head may be so
        raise UsageError(f"{place} is a pickle, which can execute code, and is never loaded. {_REMEDY}")
    try:
        with safe_open(place, framework="pt") as file:
            yield file
    except SafetensorError:
        raise UsageError(f"{place} is damaged, and training cannot go on from it. {_REMEDY}") from None


def step_in(folder: Path, file: Any) -> int:
    said = (file.metadata() or {}).get("step", "")
    if not re.fullmatch(r"[1-9][0-9]{0,14}", said):
        raise UsageError(f"{folder / STATE} is damaged: its step is {show(said)}, and no number from 1. {_REMEDY}")
    return int(said)


def check_tensors(folder: Path, file: Any, expected: Mapping[str, Tensor], part: str = "") -> None:
    """UsageError unless the tensors whose names begin with `part` are of these names, shapes and kinds."""
    names = {name for name in file.keys() if name.startswith(part)}  # noqa: SIM118  # no mapping
    for name in [*expected, *sorted(names - expected.keys())]:  # the first that differs, on every run
        has = wanted = "absent"
        if name in names:
            held = file.get_slice(name)
            has = f"{held.get_dtype()} of shape {list(held.get_shape())}"
        if name in expected:
            wanted = f"{KINDS[expected[name].dtype]} of shape {list(expected[name].shape)}"
        if has != wanted:
            raise UsageError(
                f"{folder / STATE} is of another network or damaged: {name!r} is {has} there and {wanted} in this one."
                f" Choose the settings that it was trained with. {_REMEDY}"
            )


KINDS = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64", torch.int32: "I32", torch.bool: "BOOL"}
"""What safetensors calls the kinds of numbers that our networks and optimisers have."""
