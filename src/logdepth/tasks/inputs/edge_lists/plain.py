"""Whole numbers alone, read in arrays: a million edges a second."""

import numpy as np

from logdepth.tasks.graphs.graph import Numbers
from logdepth.tasks.inputs.edge_lists.lines import BLOCK, drop_comment_lines
from logdepth.tasks.inputs.raw_graph import RawGraph
from logdepth.tasks.inputs.written_numbers import MOST_DIGITS

LEAST_BOTH_WAYS = 2
"""A single edge and the same backwards are more likely a slip than a convention."""

_DIGIT, _BLANK, _MARK, _NEWLINE, _OTHER = range(5)
_KINDS = np.full(256, _OTHER, dtype=np.uint8)
_KINDS[list(b"0123456789")] = _DIGIT
_KINDS[ord(" ")] = _BLANK
_KINDS[list(b"\t,;")] = _MARK
_KINDS[ord("\n")] = _NEWLINE


def read_plain_list(data: bytes) -> RawGraph | None:
    """A list of lines with two whole numbers each, or with three each, and of comment lines; None if it is no such."""
    uncommented = drop_comment_lines(data)
    if uncommented is None:
        return None
    data = uncommented
    if sum(mark in data for mark in (b"\t", b",", b";")) > 1:
        return None
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
    if (kinds == _MARK).any() and not _marks_part_words(kinds, starts, ends, words[lines]):
        return None
    values = np.zeros(len(starts), dtype=np.int64)
    for place in range(int(lengths.max(initial=0))):
        held = lengths > place
        values[held] = values[held] * 10 + (text[starts[held] + place] - ord("0"))
    return values.reshape(-1, max(width, 1)), lines + first_line


def _marks_part_words(kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray, words: np.ndarray) -> bool:
    """Whether in every line a tab, comma or semicolon stands between all words, or none does; one more may end it."""
    if not len(words):
        return False
    marks = np.append(0, np.cumsum(kinds == _MARK))
    newlines = np.flatnonzero(kinds == _NEWLINE)
    first = np.append(0, np.cumsum(words)[:-1])  # of every line that has words
    last = np.cumsum(words) - 1
    begins = np.append(0, newlines + 1)[np.searchsorted(newlines, starts[first])]
    stops = np.append(newlines, len(kinds))[np.searchsorted(newlines, starts[last])]
    trailing = marks[stops] - marks[ends[last]]
    if (marks[starts[first]] != marks[begins]).any() or (trailing > 1).any():
        return False
    between = marks[starts[1:]] - marks[ends[:-1]]
    inside = np.delete(between, last[:-1])
    of_line = np.repeat(np.arange(len(words)), words - 1)
    total = np.bincount(of_line, inside, minlength=len(words))
    alone = marks[len(kinds)] - (marks[stops] - marks[begins]).sum()  # in lines without a word
    parted = (total == words - 1) | ((total == 0) & (trailing == 0))
    return bool((inside <= 1).all() and parted.all() and alone == 0)
