"""The page of the explorer: an input of its reader, the answer at once, and every figure of the run, computed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logdepth.artefacts import Model
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.pages.assemble import as_html, document, fill, resource
from logdepth.pages.page import paragraphs
from logdepth.pages.program import program_text
from logdepth.pages.strip import strip
from logdepth.pages.tables import lead, parameter_line, size_table, verification
from logdepth.solutions import solution_of
from logdepth.tasks import Task

TRAINED = (
    "A trained network: every weight was learnt. It runs in this page, on what you type. Each head is called by what"
    " its attention is best aligned with on your input: the token that asks, the previous one, or a hop."
)


VIEWS = (
    "walk",
    "follow",
    "graph",
    "program",
    "machines",
    "heads",
    "why",
    "sum",
    "residual",
    "chances",
    "answer",
    "hops",
)
"""Figures that can stand alone, by the names of `FIGURES` in views/lookinside.js."""


def explorer_page(model: Model, data: Mapping[str, Any], module: str, worker: str, view: str | None = None) -> str:
    """The whole page. module: whose `start` opens the data, and puts the desk into the element `explorer`. worker: the
    module that runs beside the page. view: a figure that stands alone under the input, of VIEWS; None: all.

    Errors: UsageError for another view.
    """
    construction = {
        "verification": verification(model.verified, "logdepth verify", *judge(model)),
        "sizes": size_table(model, model.verified),
        "words": paragraphs(*solution_of(model.task).words) if isinstance(model.origin, Task) else "",
        "strip": strip(model.transformer),
    }
    parts = {
        "heading": as_html(model.name),
        "parameters": parameter_line(model),
        "lead": f"{lead(model)} It runs in this page, on what you type.",
        "program": "" if isinstance(model.origin, str) else program_text(model.program, model.transformer),
        "construction": fill(resource("construction.html"), construction),
    }
    return lay_out(model.name, parts, data, module, worker, view)


def trained_explorer_page(
    name: str, sizes: str, data: Mapping[str, Any], module: str, worker: str, view: str | None = None
) -> str:
    """The same of a trained network. sizes: in words."""
    parts = {
        "heading": as_html(name),
        "parameters": as_html(sizes),
        "lead": TRAINED,
        "program": "",
        "construction": "",
    }
    return lay_out(name, parts, data, module, worker, view)


def lay_out(
    name: str, parts: Mapping[str, str], data: Mapping[str, Any], module: str, worker: str, view: str | None
) -> str:
    if view is not None and view not in VIEWS:
        raise UsageError(f"the explorer has no view {view!r}. {did_you_mean(view, VIEWS)}")
    return document(
        "explorer.html" if view is None else "explorer_view.html",
        parts if view is None else {part: parts[part] for part in ("heading", "program")},
        title=as_html(name),
        styles=["page.css", "heads.css", "explorer.css"],
        program=module,
        worker=worker,
        data={**data, "view": view},
    )


def judge(model: Model) -> tuple[str, str]:
    """What verification compares a model with, and on what."""
    if isinstance(model.origin, Task):
        return "an independent exact answer", "instances"
    return "the program’s meaning", "tables"
