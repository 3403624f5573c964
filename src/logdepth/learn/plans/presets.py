"""Settings become plans: of one run, and of a preset with its sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from logdepth.learn.plans.build import widest
from logdepth.learn.plans.recipes import Plan, Recipe
from logdepth.learn.samplers import SAMPLERS, make_sampler
from logdepth.numerics.errors import UsageError, did_you_mean


def plan_of(settings: Mapping[str, object]) -> Plan:
    """The plan of these settings of recipe and task, which share no names; numbers may come as text.

    Errors: UsageError for an unknown key or a bad value.
    """
    task = str(settings.get("task", Recipe.task))
    of_recipe, of_task = names_of_settings(task)
    for key in settings:
        if key not in of_recipe | of_task:
            remedy = did_you_mean(key, of_recipe | of_task)
            raise UsageError(f"training {task} has no setting {key!r}. {remedy}")
    recipe = Recipe.from_parameters({key: value for key, value in settings.items() if key in of_recipe})
    sampler = make_sampler(task, {key: value for key, value in settings.items() if key in of_task})
    if not recipe.most_parameters:
        return Plan(recipe, sampler)
    plan = widest(recipe, sampler)
    if "width" in settings and plan.recipe.width != recipe.width:
        raise UsageError(
            f"with most_parameters {recipe.most_parameters} the width is {plan.recipe.width}; got {recipe.width}. Leave"
            " width out."
        )
    return plan


def names_of_settings(task: str) -> tuple[set[str], set[str]]:
    """Those of the recipe and those of the task. Errors: UsageError for an unknown task."""
    if task not in SAMPLERS:
        raise UsageError(f"there is no task {task!r} to train. {did_you_mean(task, SAMPLERS)}")
    return {item.name for item in Recipe.describe()}, {item.name for item in SAMPLERS[task].describe()}


@dataclass(frozen=True)
class Preset:
    """Settings under a name; `sweep` has several values of some, and every combination is a run."""

    summary: str
    settings: Mapping[str, int | float | str]
    sweep: Mapping[str, tuple[int | float | str, ...]] = field(default_factory=dict)


SMALL: dict[str, int | float | str] = {
    "n": 48,
    "most_hops": 8,
    "width": 64,
    "dropout": 0.0,
    "positions": "sinusoids",
    "optimiser": "muon",
    "lr": 1e-3,
    "warmup": 300,
    "steps": 6000,
    "batch": 64,
    "checkpoint_every": 250,
}
"""The recipe of the small presets; docs/training.md says what was tried on the way to it."""

ALIKE: dict[str, int | float | str] = {
    **{key: value for key, value in SMALL.items() if key != "width"},
    "most_parameters": 160_000,
    "optimiser": "adamw",
    "depth": 3,
    "readout": "linear",
    "steps": 4000,
    "most_hops": 4,
}
"""What the networks of `architectures` have in common: about as many parameters as GPT-2 of width 64 has, for one."""

PRESETS = {
    "khop-paper": Preset(
        "k-hop as published: N = 100, k up to 16, 100,000 steps; depth 2 to 6",
        {"vocabulary": 30},
    ),
    "khop-small": Preset(
        "the threshold on two cores: depths 2, 3 and 4, N = 48, k up to 8",
        SMALL,
        sweep={"depth": (2, 3, 4)},
    ),
    "khop-length": Preset(
        "whether the threshold moves when sequences are longer than the network is wide: N and width, three seeds",
        SMALL | {"steps": 3000},
        sweep={"depth": (2, 3), "width": (32, 64), "n": (24, 48, 96), "seed": (0, 1, 2)},
    ),
    "khop-adamw": Preset(
        "whether the threshold moves with the training: AdamW at two rates where khop-length has Muon, three seeds",
        SMALL | {"steps": 3000, "optimiser": "adamw"},
        sweep={"depth": (2, 3), "lr": (1e-3, 3e-3), "seed": (0, 1, 2)},
    ),
    "architectures": Preset(
        "seven kinds of network of one size on k-hop, each with three learning rates: one that fails proves nothing",
        ALIKE,
        sweep={
            "network": ("gpt2", "longformer", "performer", "mamba", "gru", "lstm", "rnn"),
            "lr": (3e-4, 1e-3, 3e-3),
        },
    ),
}


def plans_of(preset: str, changes: Mapping[str, object]) -> dict[str, Plan]:
    """The runs of a preset with these settings changed, by a name that says in what they differ.

    A change with commas, such as depth "2,3,4", is several values, and every combination of them is a run. With
    another task the preset's settings of its own task, and the token ids, do not hold.
    Errors: UsageError for an unknown preset, an unknown key or a bad value.
    """
    if preset not in PRESETS:
        raise UsageError(f"there is no preset {preset!r}. {did_you_mean(preset, PRESETS)}")
    settings: dict[str, Any] = dict(PRESETS[preset].settings)
    axes: dict[str, tuple[Any, ...]] = dict(PRESETS[preset].sweep)
    task = settings.get("task", Recipe.task)
    if changes.get("task", task) != task:
        for key in names_of_settings(task)[1] | {"vocabulary"}:
            settings.pop(key, None)
            axes.pop(key, None)
    for one, other in (("width", "most_parameters"), ("most_parameters", "width")):  # either decides the width
        if one in changes and other not in changes:
            settings.pop(other, None)
            axes.pop(other, None)
    for key, value in changes.items():
        axes.pop(key, None)
        settings.pop(key, None)
        values = tuple(value.split(",")) if isinstance(value, str) else (value,)
        if len(values) > 1:
            axes[key] = values
        else:
            settings[key] = value
    plans = {}
    for chosen in product(*axes.values()):
        name = "-".join(f"{key}{value}" for key, value in zip(axes, chosen, strict=True))
        plans[name] = plan_of(settings | dict(zip(axes, chosen, strict=True)))
    return plans
