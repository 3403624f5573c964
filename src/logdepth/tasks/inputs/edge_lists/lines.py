"""The lines that count: without comments, and without the question of a first line."""

import re
from collections.abc import Iterator
from pathlib import Path

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.inputs.edge_lists.header import SOURCES, TARGETS
from logdepth.tasks.inputs.edge_lists.row import DICTIONARY_END
from logdepth.tasks.inputs.written_numbers import looks_like_a_number

BLOCK = 2**23
"""Bytes of a list that are looked at together."""

MOST_LINE = 2**20
"""Letters of a line: longer ones are no list of edges."""

_LINE = re.compile("[^\n]+")
BLANKS = re.compile("[ \t]+")


def drop_comment_lines(data: bytes) -> bytes | None:
    """The lines stay, empty; None if one of them may be an edge. Most lists have comments at the beginning only."""
    place = 0
    while heads := _COMMENT_LINES.match(data, place, place + BLOCK):
        place = heads.end()
    comments, rest = data[:place], data[place:]
    if b"#" in rest or b"%" in rest:
        kept = re.sub(rb"^[ \t]*[#%][^\n]*", b"", rest, flags=re.MULTILINE)
        comments = comments + rest if kept != rest else comments
        rest = kept
    if not all(is_comment(found[0].decode("latin-1"), True, "") for found in _ATTACHED.finditer(comments)):
        return None
    return b"\n" * data.count(b"\n", 0, place) + rest


_COMMENT_LINES = re.compile(rb"(?:[#%][^\n]*\n)+")
_ATTACHED = re.compile(rb"(?<![^\n \t])[#%]+[^ #%\n][^\n]*")
"""A comment without a blank behind its mark: it can be an edge."""


def stated_lines(text: str, path: Path) -> Iterator[tuple[int, str]]:
    """Line number and content of every line that holds more than a comment."""
    numbers = _numeric_ids(text)
    number, end = 1, 0
    for found in _LINE.finditer(text):
        number, end = number + text.count("\n", end, found.start()), found.start()
        line = found.group().strip(" ")
        content = line.strip(" \t")
        if len(content) > MOST_LINE:
            raise UsageError(f"{path}, line {number}, is longer than {MOST_LINE:,} letters. Correct it.")
        if not content:
            if "\t" in line:
                raise UsageError(f"{path}, line {number}, has empty cells alone. Remove it.")
        elif content[0] in "#%":
            if not is_comment(content, numbers, text[found.end() + 1 : found.end() + 3]):
                raise UsageError(
                    f"{path}, line {number}, is {quoted(content)}: a comment, or a vertex whose name begins with"
                    f" {content[0]}. Put a blank behind the mark of a comment; name vertices in another way, or write"
                    " the graph as GML."
                )
        elif BLANKS.split(content)[0] == "//":
            raise UsageError(f"{path}, line {number}, is {quoted(content)}: a comment begins with #. Correct it.")
        else:
            yield number, line


def _numeric_ids(text: str) -> bool:
    """Whether the first line that is no comment begins with a number."""
    found = re.search(r"^[ \t]*([^#%\s][^\s,;]*)", text, re.MULTILINE)
    return bool(found and found[1].isdigit())


def is_comment(content: str, numbers: bool, following: str) -> bool:
    """A mark with a blank behind it begins a comment. Without one it may be of a name, if the line can be an edge."""
    rest = content.lstrip("#%")
    if not rest or rest[0] in " !" or (rest[0] == "\t" and "\t" in rest.strip("\t")):
        return True
    if rest[0] in "\t,;" or DICTIONARY_END.search(rest):
        return False
    words = re.split(r"[ \t,;]+", rest)
    if len(words) >= 2 and words[0].lower() in SOURCES and words[1].lower() in TARGETS:
        return True
    if any(2 <= len(rest.split(mark)) <= 3 for mark in "\t,;"):
        return False
    if len(words) >= 2:
        return len(words) > 3 or (len(words) == 3 and not looks_like_a_number(words[2]))
    if numbers:
        return not words[0].lstrip("#%").isdigit()
    return following.startswith("# ")  # as networkx names the program that wrote the file


def split_question(lines: list[tuple[int, str]], path: Path) -> tuple[tuple[str, str] | None, list[tuple[int, str]]]:
    """The pair that a first line `? u v` asks about, and the other lines."""
    if not lines or not re.match(r"\?[ \t,;]", lines[0][1]):
        return None, lines
    rest = lines[0][1][1:].strip(" ").lstrip("\t,;")
    for mark in ("\t", ";", ",", " "):
        cells = [cell.strip(" ") for cell in rest.split(mark)] if mark != " " else BLANKS.split(rest.strip(" \t"))
        if len(cells) == 2 and all(cells):
            return (cells[0], cells[1]), lines[1:]
    if len(BLANKS.split(rest)) < 2:
        return None, lines  # the vertex ? and another one
    raise UsageError(f"a question is '? u v'; {path}, line {lines[0][0]}, is {quoted(lines[0][1])}. Correct it.")
