"""A raw protocol of the user's own, as `compile` and `verify` take it from a Python file."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.checking import Extent
from logdepth.cli.printing import console, in_words, print_json, progress_bar
from logdepth.cli.sizes import compare_sizes, verdict
from logdepth.cli.trade_off import compare_routers, print_routers
from logdepth.cli.writing import write_and_tell, write_with_page
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    from logdepth.artefacts import Model
    from logdepth.programs import RawProtocol

Router = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How a protocol's messages travel: exact (any legal traffic, two layers a round; the default); packets"
        " (the same with fewer heads, and a token for every packet); or in one layer a round: oblivious (destinations"
        " known in advance), matching (one packet of every place to a machine), hashed (any, with high probability;"
        " wide), coded (any; wide).",
        show_default=False,
    ),
]

Local = Annotated[
    str | None,
    typer.Option(
        "--local",
        metavar="KIND",
        help="What a protocol's local steps become: weights (the default), or functions: they stay Python, and nothing"
        " is written.",
        show_default=False,
    ),
]


def compile_users_protocol(
    raw: "RawProtocol",
    file: Path,
    router: str,
    local: str,
    dtype: str | None,
    out: Path | None,
    extent: Extent | None,
    as_json: bool,
    tied: bool | None,
) -> int:
    """Build the transformer of a protocol, compare it with the MPC engine after every round, and write it."""
    from logdepth.artefacts import compile_protocol
    from logdepth.pages import make_protocol_page

    started = perf_counter()
    if local not in ("weights", "functions"):
        raise UsageError(f"local functions are weights or functions, not {local!r}.")
    if out is not None and local == "functions":
        raise UsageError("a folder holds weights, and these local functions are Python; leave out --out.")
    if local == "functions":
        return mix_users_protocol(raw, file, router, dtype, extent or Extent(samples=0), as_json)
    model = compile_protocol(raw, router, dtype, tied)
    built = perf_counter()
    if extent is not None:
        model = check_protocol(raw, model, router, extent)

    def write(model: "Model", directory: Path) -> Path:
        return write_with_page(model, directory, make_protocol_page(raw, model))

    routers = compare_routers(raw, router, model)
    sizes = sizes_of_protocol(raw, model, router, file) | {"routers": routers}

    def show(result: dict[str, Any]) -> None:
        print_protocol(result)
        print_routers(routers)

    return write_and_tell(model, out, write, sizes, show, started=started, built=built, as_json=as_json)


def mix_users_protocol(
    raw: "RawProtocol", file: Path, router: str, dtype: str | None, extent: Extent, as_json: bool
) -> int:
    """The same with local functions that stay Python, and a result that says so."""
    from logdepth.arrows.mpc_to_transformer import claim_for
    from logdepth.artefacts import mix_protocol
    from logdepth.verification import verify_protocol

    started = perf_counter()
    mixed = mix_protocol(raw, router, dtype or "float32")
    with progress_bar("verifying every round") as progress:
        found = verify_protocol(
            raw,
            mixed,
            extent.samples,
            extent.seed,
            progress,
            matching=router == "matching",
            seconds=extent.seconds,
        )
    result = {
        **describe(raw, file, router, mixed.label),
        "dtype": dtype or "float32",
        "claimed": claim_for(raw, router, dtype or "float32"),
        "measured": {"layers": mixed.layers, "heads": mixed.heads, "width": mixed.width},
        "verified": found.as_json() if extent.samples != 0 else None,
        "folder": None,
        "seconds": perf_counter() - started,
    }
    if as_json:
        print_json(result)
    else:
        print_protocol(result)
    return int(found.wrong > 0 or found.skipped > found.instances)


def check_protocol(raw: "RawProtocol", model: "Model", router: str | None, extent: Extent) -> "Model":
    """The model with what was verified of it, and if nothing was wrong `precision_bits`."""
    from logdepth.verification import fewest_protocol_bits, verify_protocol

    with progress_bar("verifying every round") as progress:
        found = verify_protocol(
            raw,
            model,
            extent.samples,
            extent.seed,
            progress,
            matching=router == "matching",
            seconds=extent.seconds,
        )
    verified = found.as_json()
    if not found.wrong and found.instances and found.stopped is None:
        with progress_bar("counting the mantissa bits it needs"):
            verified["precision_bits"] = fewest_protocol_bits(raw, model, router == "matching", extent.seed)
    return replace(model, verified=verified)


def sizes_of_protocol(raw: "RawProtocol", model: "Model", router: str | None, file: Path) -> dict[str, Any]:
    """The same keys as for a task, whose place the protocol takes."""
    return {
        **describe(raw, file, router, "ReLU weights"),
        "dtype": model.dtype,
        "claimed": dict(model.claimed),
        "measured": {
            **model.measured.as_json(),
            **({"blank_tokens": model.blank} if model.blank else {}),
            "precision_bits": (model.verified or {}).get("precision_bits"),
        },
        "verified": model.verified,
    }


def describe(raw: "RawProtocol", file: Path, router: str | None, local: str) -> dict[str, Any]:
    """Which protocol, how its messages travel, and what its local functions are."""
    return {
        "task": None,
        "protocol": raw.name,
        "file": str(file),
        "parameters": {"machines": raw.machines, "slots": raw.slots, "rounds": raw.rounds},
        "router": router,
        "local": local,
    }


def print_protocol(result: dict[str, Any]) -> None:
    """For people."""
    from rich.markup import escape

    output = console()
    router = "" if result["router"] is None else f", router {result['router']}"
    parameters = f"{in_words(result['parameters'])}{router}, {result['dtype']}"
    output.print(f"[bold cyan]{escape(result['protocol'])}[/] [dim]{parameters}[/]")
    if result["local"] != "ReLU weights":
        output.print(f"[yellow]{result['local']}[/]")
    output.print(compare_sizes(result))
    verified = result["verified"]
    output.print(verdict(verified) + (", after every round" if verified else ""))
