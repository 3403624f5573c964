"""The ways to do one thing side by side: solutions of a task, routers of a protocol; what each claims and takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, plain, plain_table
from logdepth.cli.wording import task_as_typed

if TYPE_CHECKING:
    from rich.table import Table

    from logdepth.artefacts import Model
    from logdepth.programs import RawProtocol
    from logdepth.tasks import Task

MEASURED = ("rows", "layers", "heads", "width", "parameters")
BY_DEFAULT = "by default"
"""What the protocol is called that is taken where none is named."""
MOST_COMPILED = 256
"""Up to this n the other ways are compiled, too; beyond it that may take longer than all the rest. Routers of at most
so many residual columns are."""


def compare_ways(
    task: "Task[Any]",
    dtype: str | None,
    *,
    tied: bool = True,
    known: "Model | None" = None,
    positions: str = "table",
) -> dict[str, dict[str, Any]]:
    """For every way its rows, its claim of layers and heads, its measured sizes and their number format; none if all
    claim the same.

    dtype: None: for each way the first that carries its numbers. known: the model of the task's own way, if it was
    compiled already. positions: as `compile_task` takes it.
    """
    from logdepth.solutions import solution_of, ways_of

    ways = ways_of(task)
    claims = {way: solution_of(each).sizes(each, tied) for way, each in ways.items()}
    if len({(claim.layers, claim.heads) for claim in claims.values()}) < 2:
        return {}
    return {
        way: {
            "chosen": each == task,
            "rows": each.rows,
            "claimed": {"layers": claims[way].layers, "heads": claims[way].heads},
            **sizes_of(known if each == task and known is not None else compiled(each, dtype, tied, positions)),
        }
        for way, each in ways.items()
    }


def sizes_of(model: "Model | None") -> dict[str, Any]:
    return {
        "measured": None if model is None else model.measured.as_json(),
        "format": None if model is None else model.dtype,
    }


def compiled(task: "Task[Any]", dtype: str | None, tied: bool, positions: str) -> "Model | None":
    """A task's transformer; None where it is too large to be compiled for this or for the format, or row
    numbers cannot enter so."""
    from logdepth.artefacts import compile_task
    from logdepth.numerics.errors import UsageError

    if task.n > MOST_COMPILED:
        return None
    try:
        return compile_task(task, dtype, tied, positions)
    except UsageError:
        return None


def compare_protocols(task: "Task[Any]") -> dict[str, dict[str, Any]]:
    """For every protocol of a task with several what it claims, on an instance as large as the task allows; none if it
    has one or none."""
    from logdepth.protocols import other_protocols_of, protocol_of

    own, others = protocol_of(task), other_protocols_of(task)
    if own is None or not others:
        return {}
    return {name: each.claim(task).as_json() for name, each in {BY_DEFAULT: own, **others}.items()}


def compare_routers(raw: "RawProtocol", router: str, model: "Model") -> dict[str, dict[str, Any]]:
    """The same for every router that takes the protocol, and what traffic it takes. model: by this `router`."""
    from logdepth.arrows.mpc_to_transformer import routes_of

    return {
        name: {
            "chosen": name == router,
            "rows": raw.machines * costs.tokens,
            "claimed": {"layers": costs.layers_of(raw.rounds), "heads": costs.heads},
            "measured": model.measured.as_json() if name == router else measure_router(raw, name, costs.columns),
            "takes": costs.note.partition(":")[0].rstrip("."),
        }
        for name, costs in routes_of(raw, model.dtype).items()
    }


def measure_router(raw: "RawProtocol", router: str, columns: int) -> dict[str, int] | None:
    """The sizes of a protocol's transformer by this router; None where it is too wide to be compiled for this."""
    from logdepth.artefacts import compile_protocol
    from logdepth.numerics.errors import CapacityExceeded

    if columns > MOST_COMPILED:
        return None
    try:
        return compile_protocol(raw, router).measured.as_json()
    except CapacityExceeded:
        return None


def print_ways(task: "Task[Any]", ways: Mapping[str, Mapping[str, Any]], lengths: str | None = None) -> None:
    """A row for every way, and what makes another one; nothing if there is only one."""
    if not ways:
        return
    other = next(way for way, found in ways.items() if not found["chosen"])
    output = console()
    output.print("\nThis task has several solutions.\n")
    output.print(side_by_side("way", ways))
    command = f"logdepth compile {task_as_typed(task, way=other, lengths=lengths)}"
    output.print(f"Another one: [cyan]{plain(command)}[/]", soft_wrap=True)


def print_protocols(task: "Task[Any]", protocols: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for every protocol, and below the table what each says of its rounds; nothing if there is only one."""
    from rich.table import Table

    if not protocols:
        return
    output = console()
    output.print(
        "\nThis task has several protocols. These sizes are claimed, with the memory that each takes by default.\n"
    )
    table = plain_table("protocol", "rounds", "machines", "words each", "words in all")
    for column in table.columns[1:]:
        column.justify = "right"
    sources = Table.grid(padding=(0, 1))
    for name, claim in protocols.items():
        rounds, machines, words = (claim["sizes"][each] for each in ("rounds", "machines", "memory_words"))
        table.add_row(name, f"≤ {rounds:,}", f"{machines:,}", f"{words:,}", f"{machines * words:,}")
        sources.add_row(name, f"{claim['source']}. [dim]{plain(claim['note'])}[/]")
    output.print(table)
    output.print(sources)
    other = next(name for name in protocols if name != BY_DEFAULT)
    output.print(f"\nAnother one: [cyan]logdepth mpc {plain(task.name)} GRAPH --by {other}[/]", soft_wrap=True)


def print_routers(routers: Mapping[str, Mapping[str, Any]]) -> None:
    """A row for every router; nothing if there is only one."""
    if len(routers) < 2:
        return
    output = console()
    output.print("\nSeveral routers take this protocol: --router NAME. ≤ is claimed, and was not compiled for this.\n")
    output.print(side_by_side("router", routers))


def side_by_side(what: str, ways: Mapping[str, Mapping[str, Any]]) -> "Table":
    """Measured sizes, or what is claimed of them; the chosen way in bold. Number formats are told if they differ."""
    takes = ["takes"] if any("takes" in found for found in ways.values()) else []
    if len({found.get("format") for found in ways.values()} - {None}) > 1:
        takes.append("format")
    table = plain_table(what, *MEASURED, *takes)
    for column in table.columns[1 : 1 + len(MEASURED)]:
        column.justify = "right"
    for way, found in ways.items():
        sizes = found["measured"] or {name: f"≤ {most}" for name, most in found["claimed"].items()}
        sizes = {"rows": found["rows"], **sizes}
        shown = (f"{sizes[name]:,}" if isinstance(sizes.get(name), int) else sizes.get(name, "–") for name in MEASURED)
        style = "bold" if found["chosen"] else ""
        table.add_row(plain(way), *shown, *(plain(found[each] or "–") for each in takes), style=style)
    return table
