"""`logdepth theorems` without a task: the theorems that construct and that forbid, and each of them at work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, plain, plain_table, print_json
from logdepth.cli.reductions import describe_reduction
from logdepth.cli.verbs.tasks import print_parameters
from logdepth.numerics.counts import count_of

TELLING = ("layers", "heads", "width", "parameters", "blank_tokens", "rounds", "machines", "memory_words")
"""The quantities that are shown side by side."""

if TYPE_CHECKING:
    from logdepth.arrows import Arrow
    from logdepth.refuters import Refutation, Refuter
    from logdepth.tasks import Parameter
    from logdepth.verification import Compared


def theorem_names() -> list[str]:
    """Of arrows, refuters and reductions."""
    from logdepth.arrows.registry import ARROWS
    from logdepth.reductions import REDUCTIONS
    from logdepth.refuters import REFUTERS

    return [*ARROWS, *REFUTERS, *REDUCTIONS]


def list_theorems(*, as_json: bool) -> None:
    """Every arrow, refuter and reduction: what it says, and where that is proved."""
    from logdepth.arrows.registry import ARROWS
    from logdepth.reductions import REDUCTIONS
    from logdepth.refuters import REFUTERS

    arrows = [describe_arrow(arrow) for arrow in ARROWS.values()]
    refuters = [describe_refuter(refuter) for refuter in REFUTERS.values()]
    reductions = [describe_reduction(reduction, reduction.smallest) for reduction in REDUCTIONS.values()]
    if as_json:
        print_json({"arrows": arrows, "refuters": refuters, "reductions": reductions})
        return
    for title, theorems in (("constructs", arrows), ("forbids", refuters), ("reduces", reductions)):
        if theorems:
            print_theorems(title, theorems)
    console().print("`logdepth theorems NAME` shows one at work: what is claimed beside what was measured.")
    console().print("`logdepth theorems TASK` says what is proved of a task: what suffices, and what is needed.")


def print_theorems(title: str, theorems: Sequence[Mapping[str, Any]]) -> None:
    table = plain_table(title, "says", "proof")
    table.columns[0].no_wrap = True  # a name is to be copied
    for each in theorems:
        table.add_row(f"[bold cyan]{each['name']}[/]", plain(each["theorem"]), f"[dim]{plain(each['proof'])}[/]")
    console().print(table)


def describe_arrow(arrow: "Arrow[Any, Any]") -> dict[str, Any]:
    """An arrow as JSON."""
    from logdepth.arrows import name_of

    return {
        "name": arrow.name,
        "from": name_of(arrow.source),
        "to": name_of(arrow.target),
        "theorem": arrow.theorem,
        "proof": arrow.proof,
        "options": {option.name: option.help for option in arrow.options},
    }


def describe_refuter(refuter: "Refuter[Any]") -> dict[str, Any]:
    """A refuter as JSON."""
    return {
        "name": refuter.name,
        "refutes": refuter.models,
        "tasks": [task.name for task in refuter.tasks],
        "theorem": refuter.theorem,
        "proof": refuter.proof,
    }


def show_theorem(name: str, *, as_json: bool) -> int:
    """One theorem and its examples, which are run; exit status 1 if one of them is not as it says."""
    from logdepth.verification import LawBroken

    told, options, at_work = theorem_called(name)
    examples: list[dict[str, Any]] = []
    broken = None
    try:
        examples += at_work
    except LawBroken as error:
        broken = str(error)
    if as_json:
        print_json({**told, "examples": examples, "broken": broken})
    else:
        print_theorem(told, options, examples, broken)
    return int(broken is not None)


def theorem_called(name: str) -> "tuple[dict[str, Any], Sequence[Parameter], Iterator[dict[str, Any]]]":
    """A theorem as JSON, its options, and its examples, which are run one by one. Errors of these: LawBroken."""
    from logdepth.arrows.registry import ARROWS
    from logdepth.reductions import REDUCTIONS
    from logdepth.refuters import REFUTERS
    from logdepth.verification import compare_examples, decide_examples, refute_examples

    if name in ARROWS:
        arrow = ARROWS[name]
        return describe_arrow(arrow), arrow.options, map(comparison_as_json(arrow), compare_examples(arrow))
    if name in REFUTERS:
        return describe_refuter(REFUTERS[name]), (), map(refutation_as_json, refute_examples(REFUTERS[name]))
    reduction = REDUCTIONS[name]
    decided = ({"n": size, "decided": count} for size, count in decide_examples(reduction))
    return describe_reduction(reduction, reduction.smallest), (), decided


def comparison_as_json(arrow: "Arrow[Any, Any]") -> "Callable[[Compared], dict[str, Any]]":
    """An example of an arrow: what is claimed and what was measured."""
    return lambda compared: {
        "source": compared.source,
        "options": dict(compared.options),
        "tables": compared.tables,
        "claimed": dict(compared.claimed),
        "measured": dict(compared.measured),
        "within": arrow.within,
    }


def refutation_as_json(found: "Refutation") -> dict[str, Any]:
    """An example of a refuter: where the model is wrong and why, or why it is not refuted."""
    from logdepth.refuters import Counterexample

    refuted = isinstance(found, Counterexample)
    inputs = [" ".join(rows) for rows in found.inputs] if isinstance(found, Counterexample) else []
    return {"model": found.model, "refuted": refuted, "inputs": inputs, "why": found.why}


def print_theorem(
    told: Mapping[str, Any], options: "Sequence[Parameter]", examples: Sequence[Mapping[str, Any]], broken: str | None
) -> None:
    """For people."""
    output = console()
    output.print(f"[bold cyan]{told['name']}[/]: {plain(told['theorem'])}\n[dim]{plain(told['proof'])}[/]\n")
    if options:
        print_parameters(options)
    for example in examples:
        if "decided" in example:
            decided = count_of(example["decided"], "instance")
            output.print(f"exact answers decide all of {decided} of {example['n']} vertices")
        elif "why" in example:
            inputs = "".join(f"\n  {plain(rows)}" for rows in example["inputs"])
            output.print(f"[bold]{plain(example['model'])}[/]: {plain(example['why'])}[dim]{inputs}[/]")
        else:
            print_sizes_of(example)
    print_trade_off([example for example in examples if example.get("options")])
    if broken is not None:
        output.print(f"[bold red]NOT so[/]: {plain(broken)}")


def in_words(example: Mapping[str, Any]) -> str:
    """The source of an example, with the options that it gives."""
    return ", ".join([example["source"], *(f"{name} {value}" for name, value in example["options"].items())])


def print_trade_off(examples: Sequence[Mapping[str, Any]]) -> None:
    """What was measured of the examples that give options, side by side."""
    if len(examples) < 2:
        return
    taken = {name for example in examples for name in example["measured"]}
    quantities = [name for name in TELLING if name in taken]
    table = plain_table("measured", *(name.replace("_", " ") for name in quantities))
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for example in examples:
        given = ", ".join(map(str, [example["source"], *example["options"].values()]))
        table.add_row(plain(given), *(f"{example['measured'].get(name, 0):,}" for name in quantities))
    output = console()
    output.print("Side by side:\n")
    output.print(table)


def print_sizes_of(example: Mapping[str, Any]) -> None:
    """What is claimed of an example beside the most that it took."""
    output = console()
    equal = f"equal within {example['within']:.0e}" if example["within"] else "equal"
    source = in_words(example)
    output.print(f"[bold]{plain(source)}[/] [dim]{equal} on {count_of(example['tables'], 'table')}[/]")
    table = plain_table("size", "claimed", "measured", "")
    for column in table.columns[1:3]:
        column.justify = "right"
    for name, claimed in example["claimed"].items():
        measured = example["measured"].get(name)
        shown = "[dim]–[/]" if measured is None else f"{measured:,}"
        sign = "" if measured is None else "[green]✓[/]"
        table.add_row(name, plain(claimed) if isinstance(claimed, str) else f"≤ {claimed:,}", shown, sign)
    output.print(table)
