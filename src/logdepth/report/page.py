"""Write the page: the template, the static tables, and the data of one run, in one file that loads nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from logdepth import __version__
from logdepth.models import Model
from logdepth.models.files import write_file
from logdepth.report.inputs import choose_input
from logdepth.report.run import record
from logdepth.report.strip import strip
from logdepth.report.tables import input_note, lead, parameter_line, size_table, theory_table, verification
from logdepth.report.words import in_words

LARGEST_FILE = 2_000_000  # bytes; fewer tokens are shown to stay below
TOKENS_SHOWN = (64, 48, 32, 16, 8)


def write_report(
    model: Model,
    path: str | Path,
    instance: Any = None,
    verified: Mapping[str, Any] | None = None,
    input_name: str = "",
) -> Path:
    """Write `report.html` for a model and return its path.

    instance: the input whose run is shown, called `input_name` on the page; None takes a real input that comes with the
    library and fits, else a random one. One too large to look inside gives way to a random one, and the page says so.
    verified: what was checked ({"instances", "wrong", "exhaustive_up_to", …}); None takes the model's own record.
    Errors: UsageError if the instance does not fit the task, or if the file cannot be written.
    """
    html = page(model, instance, verified, input_name)
    write_file(path, html.encode())
    return Path(path)


def page(model: Model, instance: Any = None, verified: Mapping[str, Any] | None = None, input_name: str = "") -> str:
    """The whole page, at most LARGEST_FILE bytes unless the weights' labels alone exceed that. As `write_report`."""
    verified = model.verified if verified is None else verified
    shown_input = choose_input(model, instance, input_name)
    html = ""
    for most in TOKENS_SHOWN:
        run = record(model, shown_input, most)
        html = fill(
            resource("page.html"),
            {
                "heading": escape(model.task.name),
                "parameters": parameter_line(model),
                "lead": lead(model),
                "verification": verification(verified),
                "sizes": size_table(model, verified),
                "theory": theory_table(model),
                "words": "".join(f"<p>{paragraph}</p>" for paragraph in in_words(model.task)),
                "strip": strip(model.transformer),
                "input": input_note(model.task, shown_input, run),
                "version": escape(__version__),
                "style": resource("page.css"),
                "script": resource("page.js"),
                "data": as_script(run),
            },
        )
        if len(html.encode()) <= LARGEST_FILE:
            break
    return html


def resource(name: str) -> str:
    return files("logdepth.report").joinpath(name).read_text(encoding="utf-8")


def fill(template: str, parts: Mapping[str, str]) -> str:
    """Put every part at its {{name}}, in one pass: what a part says is never read as a template."""
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], template)


def as_script(value: Any) -> str:
    """Compact JSON that nothing in a <script> element can end or disturb."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
