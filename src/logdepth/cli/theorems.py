"""`logdepth theorems`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.options import Json, OptionalTaskWords, task_of
from logdepth.cli.printing import console, plain_table, print_heading, print_json

if TYPE_CHECKING:
    from logdepth.theory import Claim


def show_theorems(
    context: typer.Context,
    words: OptionalTaskWords = None,
    dtype: Annotated[str, typer.Option(help="Number format of our construction: float32 or float64.")] = "float32",
    as_json: Json = False,
) -> None:
    """Say what theory promises for a task, model by model, with sources; and what our construction promises, and our
    protocol for `mpc` if the task has one of its own. Without a task: the theorems that construct, from one model of
    computation to another."""
    if not words:
        list_arrows(as_json=as_json)
        return
    from logdepth.protocols import PROTOCOLS
    from logdepth.solutions import solution_of

    task = task_of(words, context)
    ours = solution_of(task).claim(task, dtype)
    protocol = PROTOCOLS[task.name].claim(task) if task.name in PROTOCOLS else None
    claims = task.theory
    if as_json:
        print_json(
            {
                "task": task.name,
                "parameters": task.parameters,
                "construction": ours.as_json(),
                "protocol": None if protocol is None else protocol.as_json(),
                "theory": [claim.as_json() for claim in claims],
            }
        )
    else:
        print_claims(task.name, task.parameters, [ours] if protocol is None else [ours, protocol], claims)


def list_arrows(*, as_json: bool) -> None:
    """Every arrow: from which model to which, what it says, where that is proved."""
    from logdepth.arrows.registry import ARROWS

    arrows = [
        {
            "name": arrow.name,
            "from": arrow.source.__name__,
            "to": arrow.target.__name__,
            "theorem": arrow.theorem,
            "proof": arrow.proof,
            "options": {option.name: option.help for option in arrow.options},
        }
        for arrow in ARROWS.values()
    ]
    if as_json:
        print_json({"arrows": arrows})
        return
    table = plain_table("theorem", "says", "proof")
    for arrow in arrows:
        table.add_row(f"[bold cyan]{arrow['name']}[/]", str(arrow["theorem"]), f"[dim]{arrow['proof']}[/]")
    console().print(table)
    console().print("`logdepth theorems TASK` says what is proved of a task: what suffices, and what is needed.")


def print_claims(
    name: str, parameters: "Mapping[str, Any]", ours: "Sequence[Claim]", claims: "Sequence[Claim]"
) -> None:
    """One row per claim, ours first, conjectures in yellow; below the table their sources and caveats by number.

    A claim of which a condition fails at these parameters says nothing here: it stands below, with what it needs.
    """
    from rich.table import Table
    from rich.text import Text

    output = console()
    print_heading(name, parameters)
    table = plain_table("", "model", "size", "supposing")
    sources = Table.grid(padding=(0, 1))
    for number, claim in enumerate((*ours, *(claim for claim in claims if claim.holds)), start=1):
        said = [*(condition.says for condition in claim.conditions), claim.provided]
        supposing = Text("; ".join(words for words in said if words))
        if claim.conditional_on:
            supposing.append(f"{'; ' if supposing else ''}{claim.conditional_on}", "yellow")
        table.add_row(
            f"{number}", claim.model, sizes_in_words(claim), supposing, style="bold" if number <= len(ours) else ""
        )
        sources.add_row(f"{number}", Text.assemble(claim.source, (f". {claim.note}" if claim.note else "", "dim")))
    output.print(table)
    output.print(
        "≤ suffices, ≥ is needed by every such model; ~ is the leading term here, its constant omitted;"
        " [yellow]yellow: rests on this conjecture[/].\n"
    )
    output.print(sources)
    print_silent([claim for claim in claims if not claim.holds])


def print_silent(claims: "Sequence[Claim]") -> None:
    """Claims that say nothing at these parameters, with the conditions that fail."""
    if not claims:
        return
    output = console()
    output.print("\nThese theorems say nothing at these parameters; they need what stands on the right.\n")
    table = plain_table("model", "size", "needs", "source")
    for claim in claims:
        needs = "; ".join(condition.says for condition in claim.conditions if not condition.holds)
        table.add_row(claim.model, sizes_in_words(claim), needs, claim.source, style="dim")
    output.print(table)


def sizes_in_words(claim: "Claim") -> str:
    """One line per size: `layers ≤ 6`, `layers Ω(log k) ~4`."""
    sign = {"upper": "≤", "lower": "≥"}[claim.direction]
    lines = []
    for quantity, size in claim.sizes.items():
        leading = f" ~{claim.leading[quantity]:.3g}" if quantity in claim.leading else ""
        lines.append(f"{quantity} {size}{leading}" if isinstance(size, str) else f"{quantity} {sign} {size:,}")
    return "\n".join(lines)
