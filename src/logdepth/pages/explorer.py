"""The page of the explorer: an input of its reader, the answer at once, and every figure of the run, computed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logdepth.artefacts import Model
from logdepth.pages.assemble import as_html, document
from logdepth.pages.page import paragraphs
from logdepth.pages.program import program_text
from logdepth.pages.strip import strip
from logdepth.pages.tables import lead, parameter_line, size_table, verification
from logdepth.solutions import solution_of
from logdepth.tasks import Task


def explorer_page(model: Model, data: Mapping[str, Any], module: str) -> str:
    """The whole page. module: whose `start` opens the data, and puts the desk into the element `explorer`."""
    return document(
        "explorer.html",
        {
            "heading": as_html(model.name),
            "parameters": parameter_line(model),
            "lead": lead(model),
            "verification": verification(model.verified, "logdepth verify", *judge(model)),
            "sizes": size_table(model, model.verified),
            "words": paragraphs(*solution_of(model.task).words) if isinstance(model.origin, Task) else "",
            "program": "" if isinstance(model.origin, str) else program_text(model.program, model.transformer),
            "strip": strip(model.transformer),
        },
        title=as_html(model.name),
        styles=["page.css", "explorer.css"],
        program=module,
        data=data,
    )


def judge(model: Model) -> tuple[str, str]:
    """What verification compares a model with, and on what."""
    if isinstance(model.origin, Task):
        return "an independent exact answer", "instances"
    return "the program’s meaning", "tables"
