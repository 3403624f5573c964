"""Claimed against measured size, and what was verified, as `compile` and `verify` print it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from logdepth.cli.columns import named
from logdepth.cli.printing import console, in_words, plain, plain_table
from logdepth.numerics.counts import count_of

if TYPE_CHECKING:
    from rich.table import Table

    from logdepth.artefacts import Model

COMPARED = ("layers", "heads", "width", "blocks", "parameters", "precision_bits")


def sizes_as_json(model: "Model") -> dict[str, Any]:
    """What `compile` and `verify` have in common. `precision_bits`: fewest mantissa bits, None if not measured."""
    return {
        **named(model.task),
        "dtype": model.dtype,
        "claimed": dict(model.claimed),
        "measured": {**model.measured.as_json(), "precision_bits": (model.verified or {}).get("precision_bits")},
        "verified": model.verified,
        **lengths_as_json(model),
    }


def lengths_as_json(model: "Model") -> dict[str, Any]:
    """For a model of one set of weights for all lengths: from which size to which it runs, and its formulas."""
    formulas = model.transformer.formulas
    if formulas is None:
        return {}
    task = model.task
    names = [str(formula) for formula in formulas.formulas]
    return {"lengths": {"from": task.smallest, "to": task.largest, "rows": formulas.rows, "positions": names}}


def print_sizes(result: Mapping[str, Any]) -> None:
    """The same for people."""
    output = console()
    name = plain(result["task"] or result["program"])
    output.print(f"[bold cyan]{name}[/] [dim]{in_words(result['parameters'])}, {result['dtype']}[/]")
    output.print(compare_sizes(result))
    if "lengths" in result:
        output.print(in_one_set(result["lengths"], result["dtype"]), soft_wrap=True)
    output.print(verdict(result["verified"]) + all_short(result["verified"], result["parameters"].get("rows", 0)))


def in_one_set(lengths: Mapping[str, Any], dtype: str) -> str:
    """Where one set of weights runs, and what the model is given of positions, in a line."""
    given = ", ".join(name for name in lengths["positions"] if name != "1") or "nothing"
    return (
        f"one set of weights, runs at n = {lengths['from']}..{lengths['to']:,} in {plain(dtype)};"
        f" given of row i: {plain(given)}"
    )


def compare_sizes(result: Mapping[str, Any]) -> "Table":
    """What is claimed and what is measured, side by side."""
    table = plain_table("size", "claimed", "measured", "")
    for column in table.columns[1:3]:
        column.justify = "right"
    for name in [*COMPARED, *(["blank_tokens"] if "blank_tokens" in result["claimed"] else [])]:
        claimed, measured = result["claimed"].get(name), result["measured"].get(name)
        if claimed is None:
            table.add_row(name, "[dim]–[/]", "[dim]–[/]" if measured is None else f"{measured:,}", "")
            continue
        if measured is None:
            table.add_row(name, f"≤ {claimed:,}", "[dim]–[/]", "[dim]not measured[/]")
        else:
            sign = "[green]✓[/]" if measured <= claimed else "[bold red]more than claimed[/]"
            table.add_row(name, f"≤ {claimed:,}", f"{measured:,}", sign)
    return table


def verdict(verified: Mapping[str, Any] | None) -> str:
    """What was checked, in one line, and in others what was left out; what a program refuses comes first."""
    if verified is None:
        return "[yellow]not verified[/]"
    judged = count_of(verified["instances"], "instance")
    if verified["exhaustive_up_to"]:
        taken = " that the program takes" if verified.get("skipped") else ""
        judged += f", among them all{taken} up to size {verified['exhaustive_up_to']}"
    if "pairs" in verified:
        judged += f"; {in_pairs(verified['pairs'])}"
    left_out = left_over(verified)
    skipped, first = verified.get("skipped", 0), ""
    if skipped:
        why = f", the first because {plain(verified['refusal'])}" if verified.get("refusal") else ""
        share = f"{skipped:,} of {skipped + verified['instances']:,} were skipped"
        first = f"[bold yellow]{share}, as they are refused{why}[/]\n"
    if verified["wrong"]:
        return f"{first}[bold red]WRONG on {verified['wrong']:,}[/] of {judged}{left_out}"
    if not verified["instances"]:
        return f"{first}[yellow]not verified[/]{left_out}"
    if skipped > verified["instances"]:
        return (
            f"{first}[bold yellow]NOT VERIFIED[/]: right on the other {judged}; give it a `sample` that draws what is"
            f" taken, or take more{left_out}"
        )
    return f"{first}[bold green]exact[/] on {judged}{left_out}"


def all_short(verified: Mapping[str, Any] | None, rows: int) -> str:
    """A line that says so where all tables of a program are short, though there was time for long ones: RASP that has a
    value on short inputs alone is drawn on those."""
    if not verified or verified.get("stopped") is not None or not 0 < 2 * verified["longest"] < rows:
        return ""
    return f"\n[bold yellow]all of at most {verified['longest']:,} of {rows:,} rows: no longer table was drawn[/]"


def in_pairs(pairs: Mapping[str, int]) -> str:
    """How many pairs were scored, where rows were looked up."""
    return f"{pairs['touched']:,} of {pairs['all']:,} pairs of a query and a key were scored"


def left_over(verified: Mapping[str, Any]) -> str:
    """What there was no time for, and how to give it more; nothing if all was judged."""
    stopped = verified.get("stopped")
    if stopped is None:
        return ""
    longest = f", none longer than {verified['longest']:,} rows" if verified["instances"] else ""
    return (
        f"\n[yellow]{stopped:g} s allow for {verified['instances']:,} of the {verified['planned']:,} instances"
        f" planned{longest}; --seconds {6 * stopped:g} for more[/]"
    )
