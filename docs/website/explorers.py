"""The live explorers: models that run in the reader's browser, each a page of its own that a page of the site shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logdepth.artefacts import Model, compile_program, compile_task, read_own_file
from logdepth.tasks import make_task
from website.markdown import document
from website.outline import ROOT

FOLDER = "explorers"
"""Of the site."""


@dataclass(frozen=True)
class Live:
    """A model to try. say: what it is and what to do with it, in Markdown. command: makes the same page. shown: the
    input that is shown first, None for one that comes with the task."""

    name: str
    title: str
    say: str
    command: str
    compile: Callable[[], Model]
    shown: str | None = None


def example_program() -> Model:
    return compile_program(read_own_file(ROOT / "examples/own_text.py").task.program)


EXPLORERS = (
    Live(
        "k-hop",
        "Four hops in a text",
        "Four layers of one head follow [k-hop](tasks/k-hop.md) induction heads. Type a text of your own, choose a"
        " token, and see which token each layer reads.",
        "logdepth compile k-hop --n 100 --k 4 --alphabet text --out hops && logdepth explore hops --out page.html",
        lambda: compile_task(make_task("k-hop", n=100, k=4, alphabet="text")),
    ),
    Live(
        "components",
        "The components of a graph",
        "Every vertex learns the least vertex of its [component](tasks/components.md). Draw vertices and edges, or take"
        " some away.",
        "logdepth compile components --n 34 --edges 100 --out groups && logdepth explore groups --out page.html",
        lambda: compile_task(make_task("components", n=34, edges=100)),
    ),
    Live(
        "brackets",
        "A program of your own",
        "The file [own_text.py](examples.md#own_textpy) says at every bracket whether the brackets up to here are"
        " balanced. Any program on a table makes such a page: the [tutorial](tutorial.md) begins with one.",
        "logdepth compile examples/own_text.py --out brackets && logdepth explore brackets --out page.html",
        example_program,
        shown="(()(()))())(()",
    ),
)


def explorers_page() -> str:
    return document(
        "# Explorers",
        "These models run in your browser, exactly as in the library: no server, and nothing is sent. Each command"
        " below makes the same page, for any model. [The explorer](explorer.md) says what such a page shows.",
        *(section(each) for each in EXPLORERS),
    )


def section(explorer: Live) -> str:
    page = f"{FOLDER}/{explorer.name}.html"
    return document(
        f"## {explorer.title}",
        explorer.say,
        f'<iframe class="explorer" src="{page}" title="{explorer.title}" loading="lazy"></iframe>',
        f'<p><a href="{page}">Open it in the whole window.</a></p>',
        f"```sh\n{explorer.command}\n```",
    )


def explorers() -> dict[str, str]:
    """Name of a file on the site -> the page of an explorer."""
    return {f"{FOLDER}/{each.name}.html": each.compile().explore(each.shown).html for each in EXPLORERS}
