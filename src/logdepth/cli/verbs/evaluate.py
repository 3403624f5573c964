"""`logdepth evaluate`."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from logdepth.cli.options import Device, Json, Seed, tell_idle
from logdepth.cli.own_files import refuse_program
from logdepth.cli.printing import console, plain, plain_table, print_json, progress_bar
from logdepth.cli.verbs.study import FOLDER, evaluate_study
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.learn.evaluation.evaluate import Evaluation
    from logdepth.learn.evaluation.rates import Rate

Sequences = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Sequences for each k; by default 300, with dropout on 100. Fewer than 189 never show an error below 2%.",
        show_default=False,
    ),
]


PROCEDURES = {"off": "corrected", "on": "published"}
"""How a model is evaluated, by what is said of dropout."""


def evaluate_model(
    context: typer.Context,
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT",
            help="Weights with their configuration beside them, or a folder; or with --study a folder of such.",
        ),
    ],
    dropout: Annotated[
        str, typer.Option(metavar="on|off", help="on: as in training, and as the published study evaluated.")
    ] = "off",
    study: Annotated[
        bool,
        typer.Option("--study", help="Every checkpoint in the folder, dropout on and off, beside its errors.json."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help=f"Write the table of a study into this folder, in five formats; by default {FOLDER}.",
            show_default=False,
        ),
    ] = None,
    sequences: Sequences = None,
    seed: Seed = 0,
    device: Device = "auto",
    as_json: Json = False,
) -> int:
    """Measure the error of a trained model for each k, or of all models of a study, side by side."""
    refuse_program(checkpoint)
    if dropout not in PROCEDURES:
        raise UsageError(f"dropout is on or off, not {dropout!r}. Change --dropout.")
    if study:
        tell_idle(context, "a study is evaluated with dropout on and off", "--dropout")
        return evaluate_study(checkpoint, out or FOLDER, sequences, seed, device, as_json=as_json)
    tell_idle(context, "one model is evaluated, and only the table of a --study is written", "--out")
    from logdepth.learn.evaluation.evaluate import evaluate, find_procedure
    from logdepth.learn.trained.models import in_words, read_answering

    started = perf_counter()
    wanted = find_procedure(PROCEDURES[dropout])
    model = read_answering(checkpoint, device)
    with progress_bar("evaluating") as progress:
        found = evaluate(model, wanted, sequences, seed, progress)
    seconds = perf_counter() - started
    if as_json:
        print_json(
            {
                "checkpoint": str(checkpoint),
                "architecture": model.architecture,
                **model.sizes,
                "weights": str(model.file),
                "logits": model.readout,
                **found.as_json(),
                "seconds": seconds,
            }
        )
    else:
        console().print(f"[bold cyan]{plain(model.name)}[/] [dim]{in_words(model.architecture, model.sizes)}[/]")
        console().print(f"[dim]weights {plain(model.file.name)}; logits: {model.readout}[/]", soft_wrap=True)
        group = model.sampler.group_name
        with_or_without = "with" if dropout == "on" else "without"
        console().print(f"{with_or_without} dropout, {found.sequences} sequences for each {group}")
        print_evaluation(found, group)
        console().print(f"[dim]{seconds:.1f} s[/]")
    return 0


def print_evaluation(found: "Evaluation", group: str) -> None:
    """A line for each k (or for each other group of the task's sequences), then the threshold."""
    from logdepth.learn.evaluation.evaluate import SOLVED
    from logdepth.learn.evaluation.rates import sequences_for

    table = plain_table(group, "error", "95% interval", "over all positions", "95% interval")
    for column in table.columns:
        column.justify = "right"
    for k, answered in found.answered.items():
        table.add_row(str(k), *rate_in_words(answered), *rate_in_words(found.everywhere[k]))
    console().print(table)
    if len(found.answered) == 1:  # nothing that could be learned further or less far
        return
    threshold, needed = found.threshold, sequences_for(SOLVED)
    ends = f"by the ends of the intervals {threshold.low} and {threshold.high}"
    if found.sequences < needed:
        ends += f"; fewer than {needed} sequences never show that an error is below {SOLVED:.0%}"
    first = min((k for k in found.answered if k >= 1), default=0)
    below, not_below = f"below {SOLVED:.0%} up to {group} = {threshold.k}", f"{SOLVED:.0%} or more at {group} = {first}"
    console().print(f"error {below if threshold.k else not_below} [dim]({ends})[/]")


def rate_in_words(rate: "Rate") -> tuple[str, str]:
    return "–" if rate.value is None else f"{rate.value:.4f}", f"{rate.low:.4f} … {rate.high:.4f}"
