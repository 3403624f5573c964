"""A refutation as people and programs read it: the inputs side by side, what is carried, and the answers."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, plain, print_heading, visible

if TYPE_CHECKING:
    from logdepth.refuters import Counterexample, NotRefuted, Refutation

SHOWN, NUMBERS = 400, 24
"""Rows of an input that are shown, and numbers that are carried: the first."""


def refutation_as_json(found: "Refutation") -> dict[str, Any]:
    """All of it; of a counterexample also the certificate, as it is written."""
    from logdepth.refuters import Counterexample, as_json

    told: dict[str, Any] = {
        "model": found.model,
        "task": found.task.name,
        "parameters": found.task.parameters,
        "refuter": found.refuter,
        "refuted": isinstance(found, Counterexample),
        "why": found.why,
    }
    if isinstance(found, Counterexample):
        return told | {
            "refutes_model": found.refutes_model,
            "refutes_rounded": found.refutes_rounded,
            "indistinguishable": found.indistinguishable,
            "counterexample": as_json(found),
        }
    attempts = [{"what": attempt.what, "count": attempt.count} for attempt in found.attempts]
    return told | {"attempts": attempts, "carried_bits": found.carried_bits, "needed_bits": found.needed_bits}


def print_refutation(found: "Refutation") -> None:
    from logdepth.refuters import Counterexample

    console().print(f"[bold]{plain(found.model)}[/]")
    print_heading(found.task.name, found.task.parameters)
    if isinstance(found, Counterexample):
        print_counterexample(found)
    else:
        print_not_refuted(found)


def print_counterexample(found: "Counterexample") -> None:
    """The inputs side by side, what differs in colour; then the answers, then what is carried."""
    output = console()
    what = "refuted" if found.refutes_model else "not refuted, but rounded as below it is"
    output.print(f"[bold red]{what}[/] [dim]by {plain(found.refuter)}[/]: {plain(found.why)}\n")
    same = [len(set(rows)) == 1 for rows in zip(*found.inputs, strict=False)]
    for number, rows in enumerate(found.inputs, start=1):
        more = " …" * (len(rows) > SHOWN)
        output.print(f"input {number:<14}{' '.join(marked(rows[:SHOWN], same))}{more}", highlight=False)
    print_answers("right", found, found.exact)
    print_answers("model says", found, found.given)
    if found.bottleneck is not None:
        print_carried(found)
        print_answers("from what it keeps", found, found.rounded)


def marked(rows: Sequence[str], same: Sequence[bool]) -> Iterable[str]:
    """Rows, in colour where the inputs differ."""
    for place, row in enumerate(rows):
        shown = plain(visible(row, "␣"))
        yield shown if place < len(same) and same[place] else f"[bold yellow]{shown}[/]"


def print_answers(who: str, found: "Counterexample", answers: Sequence[Any]) -> None:
    said = [named(found, instance, answer) for instance, answer in zip(found.instances, answers, strict=True)]
    console().print(f"{who:20}{'   '.join(said)}", highlight=False, markup=False)


def named(found: "Counterexample", instance: Any, answer: Any) -> str:
    """An answer as people read it: a letter, a number, yes or no."""
    if isinstance(answer, list) or answer < 0:
        return str(answer) if isinstance(answer, list) else "none of the answers"
    if set(found.task.outputs.values()) == {1}:
        return "yes" if answer else "no"
    return found.task.name_value(answer, instance) or "none"


def print_carried(found: "Counterexample") -> None:
    """What passes, once if it is the same."""
    output, each = console(), found.carried[0]
    if len(found.carried) > 1:
        kind = "the same" if found.indistinguishable else "nearly the same"
        numbers = f"{len(each.numbers):,} numbers of {each.of_each}, {each.size:,} bits in all"
        output.print(f"\n[bold]{kind} for both[/]: {numbers}", highlight=False)
    for carried in found.carried[: 1 if found.indistinguishable else None]:
        shown = map(shortly, carried.numbers[:NUMBERS])
        output.print(f"  {', '.join(shown)}{', …' * (len(carried.numbers) > NUMBERS)}", highlight=False)
    output.print(f"[dim]{plain(found.form)}[/]")


def shortly(number: float) -> str:
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def print_not_refuted(found: "NotRefuted") -> None:
    output = console()
    output.print(f"[bold green]not refuted[/] [dim]by {plain(found.refuter)}[/]: {plain(found.why)}\n")
    for attempt in found.attempts:
        output.print(f"{attempt.count:>10,} {plain(attempt.what)}", highlight=False)
    output.print("\nThis proves nothing beyond what was tried.", style="dim")
