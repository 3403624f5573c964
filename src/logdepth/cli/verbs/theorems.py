"""`logdepth theorems`."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.arrows import list_theorems, show_theorem, theorem_names
from logdepth.cli.calculators import CALCULATORS, calculate
from logdepth.cli.options import Json, is_typed, part, task_of
from logdepth.cli.printing import console, plain_table, print_heading, print_json
from logdepth.cli.standing import command_of, legend, reduction_targets, shown_by, standing_in_words
from logdepth.cli.trade_off import compare_protocols, compare_ways, print_protocols, print_ways
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from rich.text import Text

    from logdepth.tasks import Task
    from logdepth.theory import Claim


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TASK|THEOREM",
        help="A task, its parameters as options, as in: k-hop --n 100 --k 16; or a theorem, as transformer-to-mpc."
        " Without either: lists all theorems. Or circuits, with --n 64 --bits 16: how large those of the proofs are.",
        show_default=False,
    ),
]


def show_theorems(
    context: typer.Context,
    words: Words = None,
    dtype: Annotated[str, typer.Option(help="Number format of our construction: float32 or float64.")] = "float32",
    as_json: Json = False,
) -> int:
    """Say what is proved of a task, model by model, beside what we construct; or show the theorem of this name at work.

    Without a word: all theorems that construct, from one model of computation to another, and that forbid.
    """
    if not words:
        list_theorems(as_json=as_json)
        return 0
    from logdepth.tasks import TASKS

    names, parameters = part(words)
    if len(names) == 1 and names[0] in CALCULATORS:
        return calculate(names[0], parameters, as_json=as_json)
    if len(names) == 1 and names[0] not in TASKS:
        check_theorem(names[0], parameters)
        return show_theorem(names[0], as_json=as_json)
    from logdepth.protocols import protocol_of
    from logdepth.solutions import solution_of

    task = task_of(words, context)
    ours = solution_of(task).claim(task, dtype)
    own = protocol_of(task)
    protocol = None if own is None else own.claim(task)
    claims = task.theory
    ways = compare_ways(task, dtype if is_typed(context, "dtype") else None)
    protocols = compare_protocols(task)
    if as_json:
        print_json(
            {
                "task": task.name,
                "parameters": task.parameters,
                "construction": ours.as_json(),
                "protocol": None if protocol is None else protocol.as_json(),
                "reduces_to": reduction_targets(task),
                "theory": [claim.as_json() | {"shown_by": shown_by(task, claim)} for claim in claims],
                **({"ways": ways} if ways else {}),
                **({"protocols": protocols} if protocols else {}),
            }
        )
    else:
        print_claims(task, [ours] if protocol is None else [ours, protocol], claims)
        print_ways(task, ways)
        print_protocols(task, protocols)
    return 0


def check_theorem(name: str, options: Collection[str]) -> None:
    """UsageError for a word that is neither a task nor a theorem, and for options of a theorem."""
    from logdepth.tasks import TASKS

    known = theorem_names()
    if name not in known:
        raise UsageError(f"there is no task or theorem {name!r}. {did_you_mean(name, [*TASKS, *known, *CALCULATORS])}")
    for option in options:
        raise UsageError(f"a theorem is shown on examples of its own; {name} takes no {option} here. Leave it out.")


def print_claims(task: "Task[Any]", ours: "Sequence[Claim]", claims: "Sequence[Claim]") -> None:
    """One row per claim, ours first; below the table their sources and caveats by number, and what shows them at work.

    A claim that says nothing for these parameters stands below, with the reason.
    """
    from rich.table import Table
    from rich.text import Text

    output = console()
    print_heading(task.name, task.parameters)
    table = plain_table("", "model", "size", "standing", "supposing")
    sources = Table.grid(padding=(0, 1))
    for number, claim in enumerate((*ours, *(claim for claim in claims if not claim.silence)), start=1):
        said = [*(condition.says for condition in claim.conditions), claim.provided]
        supposing = Text("; ".join(words for words in said if words))
        if claim.conditional_on:
            supposing.append(f"{'; ' if supposing else ''}{claim.conditional_on}", "yellow")
        style = "bold" if number <= len(ours) else ""
        table.add_row(f"{number}", claim.model, sizes_in_words(claim), standing_in_words(claim), supposing, style=style)
        sources.add_row(f"{number}", describe_source(task, claim))
    output.print(table)
    output.print("≤ suffices, ≥ is needed by every such model; ~ is the leading term here, its constant omitted.")
    output.print(f"{legend()}\n")
    output.print(sources)
    print_silent([claim for claim in claims if claim.silence])
    print_reductions_from(task)


def describe_source(task: "Task[Any]", claim: "Claim") -> "Text":
    """Where a claim is from, its caveats, and the commands that show it at work."""
    from rich.text import Text

    source = Text.assemble(claim.source, (f". {claim.note}" if claim.note else "", "dim"))
    for name in shown_by(task, claim):
        source.append(f"\nshown by {name}: {command_of(name)}", "cyan")
    return source


def print_silent(claims: "Sequence[Claim]") -> None:
    """Claims that say nothing for these parameters, and why."""
    if not claims:
        return
    output = console()
    output.print("\nThese theorems are [dim]vacuous[/] here: they say nothing for these parameters.\n")
    table = plain_table("model", "size", "why", "source")
    for claim in claims:
        table.add_row(claim.model, sizes_in_words(claim), "; ".join(claim.silence), claim.source, style="dim")
    output.print(table)


def print_reductions_from(task: "Task[Any]") -> None:
    """The tasks that solve this one."""
    if targets := reduction_targets(task):
        console().print(
            f"\nThis task is solved by {', '.join(targets)}: `logdepth reduce {task.name} {targets[0]}` shows how, and"
            " what follows if its conjecture holds."
        )


def sizes_in_words(claim: "Claim") -> str:
    """One line per size: `layers ≤ 6`, `layers Ω(log k) ~4`."""
    sign = {"upper": "≤", "lower": "≥"}[claim.direction]
    lines = []
    for quantity, size in claim.sizes.items():
        leading = f" ~{claim.leading[quantity]:.3g}" if quantity in claim.leading else ""
        lines.append(f"{quantity} {size}{leading}" if isinstance(size, str) else f"{quantity} {sign} {size:,}")
    return "\n".join(lines)
