"""Edge lists: one edge `u v` or `u v weight` per line."""

import re
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.tasks.files import decoded
from logdepth.tasks.graph import Numbers
from logdepth.tasks.raw_graph import RawGraph
from logdepth.tasks.written_numbers import MOST_DIGITS, number_of

BLOCK = 2**23
"""Bytes of a list of numbers that are looked at together."""

LEAST_BOTH_WAYS = 2
"""A single edge and the same backwards are more likely a slip than a convention."""

_DIGIT, _BLANK, _NEWLINE, _OTHER = range(4)
_KINDS = np.full(256, _OTHER, dtype=np.uint8)
_KINDS[list(b"0123456789")] = _DIGIT
_KINDS[list(b" \t\r,")] = _BLANK
_KINDS[ord("\n")] = _NEWLINE


def edge_list(data: bytes, path: Path) -> RawGraph:
    """An edge list, as `read_graph` describes it. Errors: UsageError with the line."""
    plain = plain_list(data)
    return edges_in_words(decoded(data, path), path) if plain is None else plain


# --- whole numbers alone, in arrays: a million edges a second ---


def plain_list(data: bytes) -> RawGraph | None:
    """A list of lines with two whole numbers each, or with three each, and of comment lines; None if it is no such."""
    data = _without_comment_lines(data)
    blocks = []
    start, line = 0, 1
    while start < len(data):
        end = data.find(b"\n", start + BLOCK) + 1 or len(data)
        block = _numbers(np.frombuffer(data, np.uint8, end - start, start), line)
        if block is None:
            return None
        blocks.append(block)
        line += data.count(b"\n", start, end)
        start = end
    filled = [block for block in blocks if len(block[0])]
    if not filled or len({numbers.shape[1] for numbers, _ in filled}) > 1:
        return None
    numbers, lines = (np.concatenate(parts) for parts in zip(*filled, strict=True))
    ids, first, ends = np.unique(numbers[:, :2], return_index=True, return_inverse=True)
    order = np.argsort(first)  # vertices count in the order in which they come
    number = np.empty(len(ids), dtype=np.int64)
    number[order] = np.arange(1, len(ids) + 1)
    return RawGraph(
        labels=Numbers(ids[order]),
        ends=number[ends].reshape(-1, 2),
        weights=numbers[:, 2] if numbers.shape[1] == 3 else None,
        place=lambda edge: f"line {lines[edge]}",
        both_ways=LEAST_BOTH_WAYS,
    )


def _without_comment_lines(data: bytes) -> bytes:
    """The lines stay, empty. Most lists have comments at the beginning only."""
    place = 0
    while data[place : place + 1] in (b"#", b"%"):
        place = data.find(b"\n", place) + 1 or len(data)
    rest = data[place:]
    if b"#" in rest or b"%" in rest:
        rest = re.sub(rb"^[ \t]*[#%][^\n]*", b"", rest, flags=re.MULTILINE)
    return b"\n" * data.count(b"\n", 0, place) + rest


def _numbers(text: np.ndarray, first_line: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The numbers of these lines, (lines, 2 or 3), and where the lines are in the file; None if it is anything else."""
    kinds = _KINDS[text]
    if (kinds == _OTHER).any():
        return None
    edges_of_words = np.diff((kinds == _DIGIT).astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges_of_words == 1), np.flatnonzero(edges_of_words == -1)
    lengths = ends - starts
    if len(starts) and (lengths.max() > MOST_DIGITS or ((lengths > 1) & (text[starts] == ord("0"))).any()):
        return None  # "007" is not the vertex "7"
    words = np.diff(np.searchsorted(starts, np.append(np.flatnonzero(kinds == _NEWLINE), len(text))), prepend=0)
    lines = np.flatnonzero(words)
    width = int(words.max(initial=0))
    if len(lines) and (width not in (2, 3) or (words[lines] != width).any()):
        return None
    values = np.zeros(len(starts), dtype=np.int64)
    for place in range(int(lengths.max(initial=0))):
        held = lengths > place
        values[held] = values[held] * 10 + (text[starts[held] + place] - ord("0"))
    return values.reshape(-1, max(width, 1)), lines + first_line


# --- everything else, line by line ---


def edges_in_words(text: str, path: Path) -> RawGraph:
    """A list whose vertices are any words."""
    number: dict[str, int] = {}
    ends, lines, weights = array("q"), array("q"), []
    question = None
    for line, content in stated_lines(text):
        attributes = _ATTRIBUTES.search(content) if "{" in content else None  # networkx writes a dictionary there
        words = (content[: attributes.start()] if attributes else content).replace(",", " ").split()
        if words[:1] == ["?"] and len(words) == 3 and not number and question is None:
            question = (words[1], words[2])
            continue
        if not 1 <= len(words) <= 3 or (len(words) == 3 and number_of(words[2]) is None):
            raise UsageError(
                f"an edge list has lines 'u v' or 'u v weight'; {path}, line {line}, is {content[:60]!r}. Correct it."
            )
        pair = [number.setdefault(word, len(number) + 1) for word in words[:2]]
        if len(pair) == 2:
            named = _WEIGHT_ATTRIBUTE.search(attributes.group()) if attributes else None
            ends.extend(pair)
            weights.append(words[2] if len(words) == 3 else named.group(1) if named else "")
            lines.append(line)
    return RawGraph(
        labels=tuple(number),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        weights=weights,
        place=lambda edge: f"line {lines[edge]}",
        question=question,
        both_ways=LEAST_BOTH_WAYS,
    )


def stated_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number and content of every line that holds more than a comment."""
    for line, content in enumerate(text.split("\n"), start=1):
        commented = "#" in content or "%" in content
        stated = (_COMMENT.split(content, maxsplit=1)[0] if commented else content).strip(" \t,")
        if stated:
            yield line, stated


_COMMENT = re.compile(r"(?:^|\s)[#%]")
_ATTRIBUTES = re.compile(r"\{.*\}$")
_WEIGHT_ATTRIBUTE = re.compile(r"""['"]weight['"]\s*:\s*([^,}\s]+)""")
