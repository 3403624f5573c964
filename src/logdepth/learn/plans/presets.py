"""Settings become plans: of one run, and of a preset with its sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """Settings under a name; `sweep` has several values of some, and every combination is a run.

    variants: settings that go together, and each of them is combined with the sweep. further_seeds: what the best rates
    are trained with again.
    """

    summary: str
    settings: Mapping[str, int | float | str]
    sweep: Mapping[str, tuple[int | float | str, ...]] = field(default_factory=dict)
    variants: tuple[Mapping[str, int | float | str], ...] = ({},)
    further_seeds: tuple[int, ...] = ()


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
    "n": 32,
    "batch": 32,
    "steps": 1200,
    "most_hops": 4,
}
"""What the networks of `architectures` have in common: about as many parameters as GPT-2 of width 64 has, for one."""

GRAPHS: dict[str, int | float | str] = {
    "task": "graph-questions",
    "depth": 4,
    "most_parameters": 100_000,
    "readout": "linear",
    "positions": "sinusoids",
    "dropout": 0.0,
    "samples": 1000,
    "batch": 32,
    "steps": 1000,
    "warmup": 100,
    "checkpoint_every": 500,
    "log_every": 100,
}
"""What the networks on questions of GraphQA have in common: 1,000 training graphs, as the published graph networks."""

FOUR_QUESTIONS = ("connectivity", "shortest-path", "node-degree", "cycle-check")
"""Those of the published table."""

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
        "seven kinds of network of one size on k-hop, the best of four learning rates: one that fails proves nothing",
        ALIKE,
        sweep={"lr": (3e-4, 1e-3, 3e-3, 1e-2)},
        variants=(
            *({"network": "gpt2", "depth": depth} for depth in (2, 3, 4)),
            *({"network": name} for name in ("longformer", "performer", "mamba", "gru", "lstm", "rnn")),
        ),
        further_seeds=(1, 2),
    ),
    "khop-acausal": Preset(
        "the same hops forward, which no causal network can begin before it has read all: depths 2 to 4, three seeds",
        SMALL | {"steps": 4000, "batch": 32, "letters": 8, "most_hops": 6, "readout": "linear"},
        sweep={"task": ("k-hop", "acausal-k-hop"), "depth": (2, 3, 4), "seed": (0, 1, 2)},
    ),
    "khop-thoughts": Preset(
        "chain of thought: two layers make up to eight hops by their own thoughts, places and letters; three seeds",
        SMALL | {"task": "k-hop-thoughts", "n": 32, "spelled": 1, "depth": 2, "readout": "linear", "steps": 1500},
        sweep={"seed": (0, 1, 2)},
    ),
    "graphqa": Preset(
        "four questions of GraphQA: a transformer and three graph networks of one size, the best of three rates",
        GRAPHS,
        sweep={"question": FOUR_QUESTIONS, "network": ("gcn", "gin", "mpnn", "gpt2"), "lr": (3e-4, 1e-3, 3e-3)},
        further_seeds=(1, 2),
    ),
    "graphqa-plain": Preset(
        "graph networks as they are often taken for a baseline: no ids of vertices, no residual, one rate, three seeds",
        GRAPHS | {"named": 0, "residual": 0, "lr": 5e-4},
        sweep={"question": FOUR_QUESTIONS, "network": ("gcn", "gin", "mpnn"), "seed": (0, 1, 2)},
    ),
}


def plans_of(preset: str, changes: Mapping[str, object]) -> dict[str, Plan]:
    """The runs of a preset with these settings changed, by a name that says in what they differ.

    A change with commas, such as depth "2,3,4", is several values, and every combination of them is a run. A change of
    what all variants say chooses among them. With another task the preset's settings of its own task, and the token
    ids, do not hold.
    Errors: UsageError for an unknown preset, an unknown key or a bad value.
    """
    task = task_of(preset)
    settings: dict[str, Any] = dict(PRESETS[preset].settings)
    axes: dict[str, tuple[Any, ...]] = dict(PRESETS[preset].sweep)
    variants: list[dict[str, Any]] = [dict(variant) for variant in PRESETS[preset].variants]
    if changes.get("task", task) != task and "task" not in axes:
        for key in names_of_settings(task)[1] | {"vocabulary"}:
            settings.pop(key, None)
            axes.pop(key, None)
    for one, other in (("width", "most_parameters"), ("most_parameters", "width")):  # either decides the width
        if one in changes and other not in changes:
            settings.pop(other, None)
            axes.pop(other, None)
    for key, value in changes.items():
        settings.pop(key, None)
        values = tuple(value.split(",")) if isinstance(value, str) else (value,)
        if all(key in variant for variant in variants):
            kept = [variant for variant in variants if str(variant[key]) in map(str, values)]
            if kept:
                variants = kept
                continue
        variants = [dict(left) for left in dict.fromkeys(tuple(drop(variant, key).items()) for variant in variants)]
        if len(values) > 1:
            axes[key] = values
        else:
            axes.pop(key, None)
            settings[key] = value
    chosen = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    runs = [variant | own for variant in variants for own in chosen]
    return {name_among(run, runs): plan_of(settings | run) for run in runs}


def name_among(run: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> str:
    """The settings of a run that are not those of all runs, as a name."""
    return "-".join(f"{key}{value}" for key, value in run.items() if any(one.get(key) != value for one in runs))


def task_of(preset: str) -> str:
    """The task of a preset, unless a change says another. Errors: UsageError for an unknown preset."""
    if preset not in PRESETS:
        raise UsageError(f"there is no preset {preset!r}. {did_you_mean(preset, PRESETS)}")
    return str(PRESETS[preset].settings.get("task", Recipe.task))


def drop(settings: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The same without this one."""
    return {name: value for name, value in settings.items() if name != key}
