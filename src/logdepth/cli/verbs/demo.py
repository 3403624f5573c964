"""`logdepth demo`: the main job on real input, from a task to a verified model and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.checking import Extent, check
from logdepth.cli.options import Json
from logdepth.cli.printing import console, plain_table, print_json, visible
from logdepth.cli.sizes import sizes_as_json
from logdepth.cli.writing import write_with_report
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from rich.text import Text

    from logdepth.artefacts import Model

HOPS = 4
WORDS = ("breathe", "eyes", "life")
"""Words of the sonnet's last lines; all hops from their first letters are defined."""
CONTEXT = 9
"""Letters shown on either side."""


@dataclass(frozen=True)
class Show:
    """A model on a real input: where it is written, the task, the file that comes with the library."""

    folder: str
    task: str
    parameters: dict[str, int | str]
    file: str


SHOWS = (
    Show("hops", "k-hop", {"n": 1000, "k": HOPS, "alphabet": "text"}, "sonnet18.txt"),
    Show("karate", "components", {"n": 34, "edges": 78}, "karate.gml"),
    Show("les-miserables", "components", {"n": 77, "edges": 254}, "les_miserables.gml"),
)


def demonstrate(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Write the models and their pages into this folder.")] = Path(
        "logdepth-demo"
    ),
    as_json: Json = False,
) -> int:
    """Compile, verify and run on real input that comes with the library, and write a report to look at."""
    import numpy as np

    from logdepth.artefacts import check_free, compile_task
    from logdepth.tasks import make_task, shipped_file

    started = perf_counter()
    output = console()
    results: list[dict[str, Any]] = []
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, and the models go into a folder. Choose another --out.")
    for show in SHOWS:
        check_free(out / show.folder)
    for show in SHOWS:
        task = make_task(show.task, show.parameters)
        instance = task.read(shipped_file(show.file))
        model = check(compile_task(task), Extent())
        correct = bool(np.array_equal(model.answer(instance), task.solve(instance)))
        page = write_with_report(model, out / show.folder, instance, show.file)
        results.append({**sizes_as_json(model), "input": show.file, "correct": correct, "report": str(page)})
        if not as_json:
            output.print(f"[bold cyan]{show.task}[/] on {show.file}")
            print_hops(model, instance) if show.task == "k-hop" else print_trees(model, instance)
    seconds = perf_counter() - started
    if as_json:
        print_json({"models": results, "seconds": seconds})
    else:
        print_summary(results)
        output.print(f"Done in {seconds:.0f} s. Look inside the models:")
        for result in results:
            output.print(f"  {result['report']}", style="cyan", soft_wrap=True)
    return int(any(not result["correct"] or result["verified"]["wrong"] for result in results))


def print_hops(model: "Model", tokens: "np.ndarray") -> None:
    """Where each hop leads from some words: read off the second layer's attention; the answers, off the output."""
    outputs, cache = model.transformer.run_with_cache(model.task.encode(tokens))
    looks_at = cache.patterns[1][0].argmax(dim=1).tolist()  # type: ignore[index]  # row -> the row where find¹ leads
    letters = model.task.present(tokens, tokens)
    answers = model.task.present(model.task.decode(outputs, tokens), tokens)
    exact = model.task.present(model.task.solve(tokens), tokens)
    rows = ["".join(letters).rindex(word) + 1 for word in WORDS]
    table = plain_table("", *(f"from “{word}”" for word in WORDS))
    table.add_row("start", *(in_context(letters, row) for row in rows))
    at = rows
    for hop in range(1, HOPS + 1):
        at = [looks_at[row] for row in at]
        table.add_row(f"hop {hop}", *(in_context(letters, row) for row in at))
    table.add_section()
    table.add_row("answer", *(visible(answers[row - 1], "␣") for row in rows))
    table.add_row("exact", *(visible(exact[row - 1], "␣") for row in rows))
    output = console()
    output.print(
        f"A hop goes back to the letter after the latest earlier occurrence of the same letter. {HOPS} hops, as the"
        " attention of layer 2 makes them one by one, and the answer that the model gives at once:"
    )
    output.print(table)


def in_context(letters: Sequence[str], row: int) -> "Text":
    """A letter, in brackets, among its neighbours."""
    from rich.text import Text

    before, after = letters[max(0, row - 1 - CONTEXT) : row - 1], letters[row : row + CONTEXT]
    return Text.assemble(
        ("".join(map(visible, before)), "dim"),
        (f"[{visible(letters[row - 1])}]", "bold cyan"),
        ("".join(map(visible, after)), "dim"),
    )


def print_trees(model: "Model", graph: Any) -> None:
    """How many trees of pointers are left after each round, read off the residual column `parent`."""
    _, cache = model.transformer.run_with_cache(model.task.encode(graph))
    left = [graph.vertices]
    for block, residual in zip(model.transformer.steps, cache.residuals, strict=True):
        if block.attention is not None and block.attention.labels == ("read parent",):
            parents = residual[1 : graph.vertices + 1, block.residual.index("parent")].round()
            left.append(len(set(parents.tolist())))
    rounds = left[: left.index(min(left)) + 1]
    console().print(
        f"{graph.vertices} vertices, {len(graph.edges)} edges. Every vertex points to one of its component; trees of"
        f" pointers left after each round of five layers: [bold]{' → '.join(map(str, rounds))}[/]\n"
    )


def print_summary(results: Sequence[dict[str, Any]]) -> None:
    """All models in one table: measured sizes above their claims, and what was verified."""
    sizes = ("layers", "heads", "width", "parameters")
    table = plain_table("model", *sizes, "verified", "answer")
    for result in results:
        verified = result["verified"]
        table.add_row(
            f"{result['task']}\n[dim]{result['input']}[/]",
            *(f"{result['measured'][name]:,}\n[dim]≤ {result['claimed'][name]:,}[/]" for name in sizes),
            f"{verified['instances']:,} inputs\n{verified['wrong']} wrong",
            "[green]exact[/]" if result["correct"] else "[bold red]wrong[/]",
        )
    console().print(table)
