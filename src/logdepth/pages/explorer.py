"""The page of the explorer: an input of its reader, the answer at once, and every figure of the run, computed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logdepth.artefacts import Model
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


def explorer_page(model: Model, data: Mapping[str, Any], module: str, worker: str) -> str:
    """The whole page. module: whose `start` opens the data, and puts the desk into the element `explorer`. worker: the
    module that runs beside the page."""
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
    return lay_out(model.name, parts, data, module, worker)


def trained_explorer_page(name: str, sizes: str, data: Mapping[str, Any], module: str, worker: str) -> str:
    """The same of a trained network. sizes: in words."""
    parts = {
        "heading": as_html(name),
        "parameters": as_html(sizes),
        "lead": TRAINED,
        "program": "",
        "construction": "",
    }
    return lay_out(name, parts, data, module, worker)


def lay_out(name: str, parts: Mapping[str, str], data: Mapping[str, Any], module: str, worker: str) -> str:
    return document(
        "explorer.html",
        parts,
        title=as_html(name),
        styles=["page.css", "explorer.css"],
        program=module,
        worker=worker,
        data=data,
    )


def judge(model: Model) -> tuple[str, str]:
    """What verification compares a model with, and on what."""
    if isinstance(model.origin, Task):
        return "an independent exact answer", "instances"
    return "the program’s meaning", "tables"
