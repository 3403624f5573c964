"""A page from its parts: a template, what stands in it, styles, scripts and data; one file that loads nothing."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from importlib.resources import files
from typing import Any

from logdepth.numerics.letters import escape
from logdepth.numerics.version import __version__
from logdepth.pages.bundle import join_modules, join_with_worker


def document(
    template: str,
    parts: Mapping[str, str],
    *,
    title: str,
    styles: Sequence[str],
    program: str = "",
    worker: str = "",
    data: Any = None,
) -> str:
    """A whole page: the template of this name with its parts, and under their names its style sheets, and the module
    whose `start` draws the data. Nothing is loaded: images are those that the page itself holds or makes.

    worker: the module whose `serve` runs in a worker, beside the page, where the program asks for one."""
    return fill(
        resource("document.html"),
        {
            "allowed": "; ".join(
                [
                    *(["script-src 'unsafe-inline'"] if program else []),
                    *(["worker-src blob:"] if worker else []),
                    "img-src data:",
                ]
            ),
            "title": title,
            "style": "".join(map(resource, styles)),
            "body": fill(resource(template), {**parts, "version": as_html(__version__)}),
            "scripts": script(program, worker, data) if program else "",
        },
    )


def resource(name: str) -> str:
    return files("logdepth.pages").joinpath(name).read_text(encoding="utf-8")


def script(module: str, worker: str, data: Any) -> str:
    """The data, and a module with all that it imports, started."""
    program = join_with_worker(module, worker) if worker else join_modules(module)
    return (
        f'<script type="application/json" id="data">{as_script(data)}</script>\n'
        f'<script>\n"use strict";\n{program}\n${module}.start();\n</script>\n'
    )


def fill(template: str, parts: Mapping[str, str]) -> str:
    """Put every part at its {{name}}, in one pass: what a part says is never read as a template."""
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], template)


def as_html(text: str) -> str:
    """A text as the content of an element or an attribute. Its control characters are shown and have no effect."""
    return html.escape(escape(text))


def as_script(value: Any) -> str:
    """Compact JSON that nothing in a <script> element can end or disturb, with texts as `as_html` shows them."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def plain(value: Any) -> Any:
    """The same JSON value, its texts without control characters; a record is an object of its fields."""
    if is_dataclass(value):
        return plain(vars(value))
    match value:
        case str():
            return escape(value)
        case dict():
            return {escape(key) if isinstance(key, str) else key: plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [plain(entry) for entry in value]
    return value
