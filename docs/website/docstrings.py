"""Docstrings as reStructuredText. They are plain text with a grammar of their own, which is small:

paragraphs; `code`, and links where it is the name of something documented;
lines that begin with the names of parameters, as "rows, memory: what they are", and those that begin with "Errors:";
indented lines, which are code; lines in columns, which stay as they are; lists of lines that begin with "- ".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from textwrap import dedent, indent

Find = Callable[[str], str | None]
"""From a name in backticks to the full name of what is documented under it; None: it is no such name."""

WORDS = ("Errors", "Returns", "Shapes", "Source")
"""Words that begin a field, as the name of a parameter does."""

ITEM = re.compile(r"^(?:[-*]|\d+\.) ")
COLUMNS = re.compile(r"\S {3,}\S|\S  \S.*\S  \S")
NAME = re.compile(r"[A-Za-z_][\w.]*(?:\(\))?")
SPECIAL = re.compile(r"([\\*_|`<>])")


def as_rst(text: str, fields: Collection[str] = (), find: Find = lambda name: None) -> list[str]:
    """The lines of a docstring. fields: the names that may begin a field: parameters, or fields of a value."""
    if not text.strip():
        return []
    known = {*fields, *WORDS}
    parts = [_block(block, known, find) for block in _blocks(text)]
    return "\n\n".join(parts).splitlines()


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, each without blank lines; code that follows code is one block."""
    waiting = ""
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.startswith("    "):
            waiting = f"{waiting}\n\n{block}" if waiting else block
            continue
        if waiting:
            yield waiting
            waiting = ""
        yield block
    if waiting:
        yield waiting


def _block(block: str, known: Collection[str], find: Find) -> str:
    lines = block.splitlines()
    if block.startswith("    "):
        return literal(dedent(block))
    if len(lines) > 1 and sum(bool(COLUMNS.search(line)) for line in lines) > 1:
        return literal(dedent(block))
    indented = next((number for number, line in enumerate(lines) if line.startswith("    ")), None)
    fields = list(_fields(lines, known))
    if fields[0][0] is None and len(fields) == 1 and indented and ITEM.match(lines[0]) is None:
        text, code = "\n".join(lines[:indented]), "\n".join(lines[indented:])
        return f"{_block(text, known, find)}\n\n{literal(dedent(code))}"
    if ITEM.match(lines[0]):
        return "\n".join(_items(lines, find))
    return "\n".join(_field(names, said, find) for names, said in fields)


def literal(text: str) -> str:
    """Text as it stands; Python is coloured."""
    return f".. code-block:: {'python' if _is_python(text) else 'text'}\n\n{indent(text, '    ')}"


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _items(lines: Sequence[str], find: Find) -> Iterator[str]:
    """A list, one line an item."""
    items: list[str] = []
    for line in lines:
        if ITEM.match(line):
            items.append(ITEM.sub("", line))
        else:
            items[-1] += f" {line.strip()}"
    return (f"- {inline(item, find)}" for item in items)


def _fields(lines: Sequence[str], known: Collection[str]) -> Iterator[tuple[str | None, str]]:
    """The parts of a paragraph: names, or None for what stands before the first of them, and what is said of them."""
    text = " ".join(line.strip() for line in lines)
    starts = [found for found in re.finditer(r"(?:^|(?<=[.;)?] ))(\w+(?:, \w+)*): ", text) if _all(found[1], known)]
    if len(starts) and all(found.start() > 0 for found in starts) and not _begins(lines, known):
        starts = [found for found in starts if found[1] in WORDS]  # in running text only these stand out
    ends = [*(found.start() for found in starts[1:]), len(text)]
    if not starts or starts[0].start() > 0:
        yield None, text[: starts[0].start() if starts else None].strip()
    for found, end in zip(starts, ends, strict=False):
        yield found[1], text[found.end() : end].strip()


def _begins(lines: Sequence[str], known: Collection[str]) -> bool:
    """Whether a line of it begins with names."""
    heads = (re.match(r"(\w+(?:, \w+)*): ", line) for line in lines)
    return any(head and _all(head[1], known) for head in heads)


def _all(names: str, known: Collection[str]) -> bool:
    return all(name in known for name in names.split(", "))


def _field(names: str | None, said: str, find: Find) -> str:
    if names is None:
        return f"{inline(said, find)}\n"
    shown = names if names in WORDS else ", ".join(f"``{name}``" for name in names.split(", "))
    return f":{shown}: {inline(said, find)}"


def inline(text: str, find: Find) -> str:
    """Running text: code in backticks, linked where it names what is documented; nothing else is markup."""
    parts = re.split(r"(``[^`]+``|`[^`]+`)", text)
    return "".join(_code(part.strip("`"), find) if number % 2 else escape(part) for number, part in enumerate(parts))


def _code(text: str, find: Find) -> str:
    target = find(text.removesuffix("()")) if NAME.fullmatch(text) else None
    shown = text.replace("\\", "\\\\")
    return rf"\ :py:obj:`{shown} <{target}>`\ " if target else rf"\ :code:`{shown}`\ "


def escape(text: str) -> str:
    """Text without markup; an address stays one."""
    return SPECIAL.sub(r"\\\1", text).replace("::", r"\:\:")
