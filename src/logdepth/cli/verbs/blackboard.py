"""`logdepth blackboard`."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.inputs import input_path
from logdepth.cli.options import Json, Seed, check_order
from logdepth.cli.own_files import is_own, part, refuse_program
from logdepth.cli.printing import console, note, plain, plain_table, print_json
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from logdepth.arrows.network_to_blackboard import Played
    from logdepth.learn.trained.on_blackboard import Speaker
    from logdepth.theory import Claim

WIDEST = 10
"""Players that get a column each."""
BAR = 8
"""Cells of the longest bar."""


def show_on_blackboard(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL",
            help="A trained network: a run, or a checkpoint with its configuration; or a Python file with a network of"
            " logdepth.networks, which is EXECUTED, as FILE.py or FILE.py:name.",
        ),
    ],
    input_file: Annotated[
        Path | None,
        typer.Argument(
            metavar="INPUT",
            help="A text of the model's tokens, as `4 abacab` for k = 4; - is standard input. By default a random one.",
            show_default=False,
        ),
    ] = None,
    players: Annotated[int, typer.Option(min=1, help="Players, who share the tokens evenly.")] = 4,
    thoughts: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Tokens that a transformer of one layer writes before it answers; by default as it was trained.",
            show_default=False,
        ),
    ] = None,
    bits: Annotated[
        int | None,
        typer.Option(min=0, help="Most bits of a message; by default as many as are claimed.", show_default=False),
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Run a network as players with a few tokens each, who write on a board: one round a layer, every bit counted."""
    from logdepth.arrows.network_to_blackboard import bound_for, play

    started = perf_counter()
    check_order(model, input_file)
    with redirect_stdout(sys.stderr):  # what a file of the user's own prints
        speaker = speaker_at(model, thoughts)
        ids = speaker.draw(seed) if input_file is None else speaker.read(input_path(input_file))
        played = play(speaker.network, ids, players, bits)
    bound = bound_for(speaker.network, len(ids), players, speaker.letters)
    told = told_of(speaker, ids, played, bound) | {"seconds": perf_counter() - started}
    if as_json:
        print_json({"model": str(model), **told})
    else:
        if input_file is None:
            note(f"no INPUT: a random one, seed {seed}")
        print_told(told, played, bound)
    return int(played.differing > 0)


def speaker_at(place: Path, thoughts: int | None) -> "Speaker":
    """The network at a place. Errors: UsageError for what is none that a blackboard takes."""
    from logdepth.learn.trained.on_blackboard import own_speaker, trained_speaker

    if not is_own(place):
        refuse_program(place)
        return trained_speaker(place, thoughts)
    from logdepth.artefacts import read_own_network

    file, name = part(place)
    network = read_own_network(file, name)
    if network is None:
        raise UsageError(f"{place} defines no network. Give a file with one of logdepth.networks at module level.")
    return own_speaker(network, f"{name or type(network).__name__} of {file.name}", thoughts)


def told_of(speaker: "Speaker", ids: "np.ndarray", played: "Played", bound: "Claim | None") -> dict[str, Any]:
    """The result as JSON. bits: what the board enforced; claimed_bits: what the theorem says; written: bits of every
    message, a list of rounds, player k first. rounding: of the network's own logits, where the players' differ."""
    claim = played.made.claim
    return {
        "network": speaker.label,
        "tokens": len(ids),
        **played.run.as_json(),
        "claimed_bits": claim.sizes["bits"],
        "source": claim.source,
        "answer": speaker.name(played.answer),
        "thoughts": [speaker.name(int(each)) for each in played.found.get("thought", ())],
        "equal": played.equal,
        "largest_difference": played.difference,
        "rounding": played.rounding,
        "answers_that_differ": played.differing,
        "lower_bound": None if bound is None else bound.as_json(),
    }


# --- for people ---


def print_told(told: Mapping[str, Any], played: "Played", bound: "Claim | None") -> None:
    output = console()
    output.print(f"[bold cyan]{plain(told['network'])}[/] [dim]on {count_of(told['tokens'], 'token')}[/]")
    sign = "[green]✓[/]" if told["most_bits"] <= told["claimed_bits"] else "[red]✗[/]"
    output.print(
        f"{count_of(told['players'], 'player')}, {count_of(told['rounds'], 'round')}; a message has at most"
        f" {count_of(told['most_bits'], 'bit')}, claimed ≤ {told['claimed_bits']:,} {sign}"
    )
    output.print(f"[dim]{plain(told['source'])}[/]")
    if played.made.claim.provided:
        output.print(f"[dim]supposing that {plain(played.made.claim.provided)}[/]")
    print_board(told)
    print_answer(told)
    print_bound(told, bound)
    output.print(f"[dim]{told['seconds']:.1f} s[/]")


def print_board(told: Mapping[str, Any]) -> None:
    """Who wrote how many bits in which round: a column for every player, or sums where there are too many."""
    written, players = told["written"], told["players"]
    if players <= WIDEST:
        table = plain_table("round", *headings(players, told["tokens"]), "bits in all")
        rows = [[bar(bits, told["most_bits"]) for bits in row] for row in written]
    else:
        table = plain_table("round", "messages", "longest", "bits in all")
        rows = [[f"{sum(bits > 0 for bits in row)}", bar(max(row), told["most_bits"])] for row in written]
    for column in table.columns:
        column.justify = "right"
    for number, (cells, row) in enumerate(zip(rows, written, strict=True), start=1):
        table.add_row(f"{number}", *cells, f"{sum(row):,}")
    console().print(table)
    if len(written) > 1:
        console().print(f"{count_of(told['total_bits'], 'bit')} in all rounds")


def headings(players: int, tokens: int) -> list[str]:
    """Every player and its tokens, from 1."""
    ends = [place * tokens // players for place in range(players + 1)]
    return [f"player {players - place}\n[dim]{ends[place] + 1}–{ends[place + 1]}[/]" for place in range(players)]


def bar(bits: int, most: int) -> str:
    """A number with a bar above it, as long as it is large."""
    cells = -(-bits * BAR // most) if most else 0
    return f"[cyan]{'█' * cells}[/]\n{bits:,}"


def print_answer(told: Mapping[str, Any]) -> None:
    """What player 1 answers, and how far all players' outputs are from the network's."""
    if told["thoughts"]:
        console().print(f"thoughts: {plain(' '.join(told['thoughts']))}")
    far = "equal bit for bit"
    if not told["equal"]:
        far = f"differ by up to {told['largest_difference']:.1e}"
        console().print(f"[dim]the network's own logits are off by up to {told['rounding']:.1e}, by rounding[/]")
    if told["answers_that_differ"]:
        where = count_of(told["answers_that_differ"], "token")
        verdict = f"[bold red]NOT the network's own[/] at {where}; logits {far}"
    else:
        verdict = f"[bold green]the network's own at every token that answers[/]; logits {far}"
    console().print(f"player 1 answers {plain(repr(told['answer']))}: {verdict}")


def print_bound(told: Mapping[str, Any], bound: "Claim | None") -> None:
    """The lower bound that such messages meet: what it needs, and that it says nothing of one size."""
    output, k = console(), told["players"]
    if bound is None:
        output.print("[dim]Players write all their tokens: no lower bound is known for messages so long.[/]")
        return
    [(steps, least)] = bound.sizes.items()
    [threshold] = bound.leading.values()
    output.print(
        f"Lower bound, asymptotic: k hops on k = {k} players need {least} {steps}, or messages of Ω(N/k⁶) bits"
        f" [dim]({plain(bound.source)})[/]."
    )
    output.print(f"Its constant is unknown, so no number follows for this network. Here N/k⁶ is {threshold:.2g}.")
    if not bound.holds:
        needed = "; ".join(condition.says for condition in bound.conditions if not condition.holds)
        output.print(f"[dim]At this size it is vacuous. It needs: {plain(needed)}.[/]")
