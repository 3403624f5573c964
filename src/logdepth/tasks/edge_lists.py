"""Edge lists: one edge `u v` or `u v weight` per line, or a table with a header."""

import ast
import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from logdepth.numerics.errors import UsageError, quoted
from logdepth.tasks.files import check_no_control, decoded
from logdepth.tasks.graph import Numbers
from logdepth.tasks.raw_graph import RawGraph
from logdepth.tasks.written_numbers import MOST_DIGITS, looks_like_a_number

BLOCK = 2**23
"""Bytes of a list of numbers that are looked at together."""

LEAST_BOTH_WAYS = 2
"""A single edge and the same backwards are more likely a slip than a convention."""

_DIGIT, _BLANK, _MARK, _NEWLINE, _OTHER = range(5)
_KINDS = np.full(256, _OTHER, dtype=np.uint8)
_KINDS[list(b"0123456789")] = _DIGIT
_KINDS[ord(" ")] = _BLANK
_KINDS[list(b"\t,;")] = _MARK
_KINDS[ord("\n")] = _NEWLINE


def edge_list(
    data: bytes, path: Path, delimiter: str | None = None, *, suffix: str = "", guessed: bool = False
) -> RawGraph:
    """An edge list, as `read_graph` describes it: between the words stands `delimiter` ("blank": blanks; None: what the
    lines show, then the suffix). guessed: its format was not given, so that a list without any edge is refused.

    Errors: UsageError with the line.
    """
    mark = None if delimiter is None else mark_named(delimiter)
    stated = _without_comment_lines(data)
    if stated is not None and not stated.strip(b" \t\n"):
        return RawGraph((), np.zeros((0, 2), dtype=np.int64), None, lambda edge: "")
    plain = plain_list(data) if mark is None else None
    graph = plain or edges_in_words(decoded(data, path), path, mark, suffix=suffix, guessed=guessed)
    if guessed and _begins_with_counts(graph):
        raise UsageError(
            f"{path}, {graph.place(0)}, may be an edge, or count vertices and edges: it is followed by as many lines as"
            " its second number says, and its first is the highest. Remove it, or give the format edge-list if it is an"
            " edge."
        )
    return graph


def _begins_with_counts(graph: RawGraph) -> bool:
    """Whether the first edge is two numbers n m, as m other edges between vertices up to n have before them in lists
    of programming contests."""
    if len(graph.ends) < 3 or (graph.weights is not None and graph.weights[0] not in ("", None)):
        return False
    vertices, edges = (graph.labels[end - 1] for end in graph.ends[0].tolist())
    if edges != str(len(graph.ends) - 1) or not vertices.isdecimal():
        return False
    others = [graph.labels[end - 1] for end in np.unique(graph.ends[1:]).tolist()]
    return all(label.isdecimal() and int(label) <= int(vertices) for label in others)


def mark_named(delimiter: str) -> str:
    """The mark that a delimiter names, or is. Errors: UsageError if it cannot part words."""
    mark = _DELIMITERS.get(delimiter, delimiter)
    if len(mark) != 1 or mark.isalnum() or mark in "\n\"'#%{}":
        raise UsageError(
            f"a delimiter is one mark, or one of {', '.join(_DELIMITERS)}; got {quoted(delimiter, 20)}. Give another."
        )
    return mark


_DELIMITERS = {"blank": " ", "space": " ", "tab": "\t", "comma": ",", "semicolon": ";"}


# --- whole numbers alone, in arrays: a million edges a second ---


def plain_list(data: bytes) -> RawGraph | None:
    """A list of lines with two whole numbers each, or with three each, and of comment lines; None if it is no such."""
    uncommented = _without_comment_lines(data)
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


def _without_comment_lines(data: bytes) -> bytes | None:
    """The lines stay, empty; None if one of them may be an edge. Most lists have comments at the beginning only."""
    place = 0
    while heads := _COMMENT_LINES.match(data, place, place + BLOCK):
        place = heads.end()
    comments, rest = data[:place], data[place:]
    if b"#" in rest or b"%" in rest:
        kept = re.sub(rb"^[ \t]*[#%][^\n]*", b"", rest, flags=re.MULTILINE)
        comments = comments + rest if kept != rest else comments
        rest = kept
    if not all(_is_comment(found[0].decode("latin-1"), True, "") for found in _ATTACHED.finditer(comments)):
        return None
    return b"\n" * data.count(b"\n", 0, place) + rest


_COMMENT_LINES = re.compile(rb"(?:[#%][^\n]*\n)+")
_ATTACHED = re.compile(rb"(?<![^\n \t])[#%]+[^ #%\n][^\n]*")
"""A comment without a blank behind its mark: it can be an edge."""


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


# --- everything else, line by line ---

MOST_LINE = 2**20
"""Letters of a line: longer ones are no list of edges."""

_LINE = re.compile("[^\n]+")
_BLANKS = re.compile("[ \t]+")
_MARKS = re.compile("[ \t,;]")
_EMPTY_CELL = re.compile("^ *\t|\t *\t")
_DICTIONARY = re.compile(r"\{(?:\}|[ ]*['\"(0-9].*:.*\})")
_DICTIONARY_END = re.compile(rf"(?:^| ){_DICTIONARY.pattern}$")
_WEIGHT = re.compile(r"""\{['"]weight['"]: ?([^,}'"()\s]+)\}""")
_SCALAR = re.compile(r"\b(?:np|numpy)\.\w+\(([^()]*)\)")

_SOURCES = frozenset({"source", "from", "src", "tail", "node1", "node_1", "fromnodeid", "from_node_id", "source_id"})
_TARGETS = frozenset(
    ["target", "to", "dst", "dest", "destination", "head", "node2", "node_2", "tonodeid", "to_node_id", "target_id"]
)
_WEIGHTS = ("weight", "value")
_DIRECTIONS = {"undirected": False, "directed": True}


class _Row(NamedTuple):
    """One line of the list: its cells, and the dictionary that networkx writes behind them ("": none)."""

    line: int
    cells: tuple[str, ...]
    dictionary: str = ""


def edges_in_words(
    text: str, path: Path, delimiter: str | None = None, *, suffix: str = "", guessed: bool = False
) -> RawGraph:
    """A list whose vertices are any words, or numbers in a table with a header."""
    check_no_control(text, path)
    lines = list(_stated_lines(text, path))
    question, lines = _question(lines, path)
    rows, mark = _rows(lines, path, delimiter, suffix)
    rows, columns, notes = _header(rows, mark, path)
    return _graph(rows, columns, mark, path, question, notes, guessed)


# the lines that count


def _stated_lines(text: str, path: Path) -> Iterator[tuple[int, str]]:
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
            if not _is_comment(content, numbers, text[found.end() + 1 : found.end() + 3]):
                raise UsageError(
                    f"{path}, line {number}, is {quoted(content)}: a comment, or a vertex whose name begins with"
                    f" {content[0]}. Put a blank behind the mark of a comment; name vertices in another way, or write"
                    " the graph as GML."
                )
        elif _BLANKS.split(content)[0] == "//":
            raise UsageError(f"{path}, line {number}, is {quoted(content)}: a comment begins with #. Correct it.")
        else:
            yield number, line


def _numeric_ids(text: str) -> bool:
    """Whether the first line that is no comment begins with a number."""
    found = re.search(r"^[ \t]*([^#%\s][^\s,;]*)", text, re.MULTILINE)
    return bool(found and found[1].isdigit())


def _is_comment(content: str, numbers: bool, following: str) -> bool:
    """A mark with a blank behind it begins a comment. Without one it may be of a name, if the line can be an edge."""
    rest = content.lstrip("#%")
    if not rest or rest[0] in " !" or (rest[0] == "\t" and "\t" in rest.strip("\t")):
        return True
    if rest[0] in "\t,;" or _DICTIONARY_END.search(rest):
        return False
    words = re.split(r"[ \t,;]+", rest)
    if len(words) >= 2 and words[0].lower() in _SOURCES and words[1].lower() in _TARGETS:
        return True
    if any(2 <= len(rest.split(mark)) <= 3 for mark in "\t,;"):
        return False
    if len(words) >= 2:
        return len(words) > 3 or (len(words) == 3 and not looks_like_a_number(words[2]))
    if numbers:
        return not words[0].lstrip("#%").isdigit()
    return following.startswith("# ")  # as networkx names the program that wrote the file


def _question(lines: list[tuple[int, str]], path: Path) -> tuple[tuple[str, str] | None, list[tuple[int, str]]]:
    """The pair that a first line `? u v` asks about, and the other lines."""
    if not lines or not re.match(r"\?[ \t,;]", lines[0][1]):
        return None, lines
    rest = lines[0][1][1:].strip(" ").lstrip("\t,;")
    for mark in ("\t", ";", ",", " "):
        cells = [cell.strip(" ") for cell in rest.split(mark)] if mark != " " else _BLANKS.split(rest.strip(" \t"))
        if len(cells) == 2 and all(cells):
            return (cells[0], cells[1]), lines[1:]
    if len(_BLANKS.split(rest)) < 2:
        return None, lines  # the vertex ? and another one
    raise UsageError(f"a question is '? u v'; {path}, line {lines[0][0]}, is {quoted(lines[0][1])}. Correct it.")


# what parts the words


def _rows(lines: list[tuple[int, str]], path: Path, delimiter: str | None, suffix: str) -> tuple[list[_Row], str]:
    """The rows, and the mark between their cells: of the marks by which every line is an edge or a vertex, the one."""
    if delimiter is not None:
        return _split_all(lines, delimiter, path), delimiter
    marks = [mark for mark in "\t;," if any(mark in line for _, line in lines)]
    able = {mark: rows for mark in [*marks, " "] if (rows := _split_or_none(lines, mark, path)) is not None}
    if "\t" in able:
        able = {"\t": able["\t"]}
    if suffix == ".csv" and marks:
        able = {mark: rows for mark, rows in able.items() if mark != " "}
    if " " in able and any(_part_alike(rows, able[" "]) for mark, rows in able.items() if mark != " "):
        del able[" "]
    if len(able) > 1:
        named = " or ".join(name for name, mark in _DELIMITERS.items() if mark in able and name != "space")
        raise UsageError(f"the words of {path} may be parted by {named}, with different edges. Say by which delimiter.")
    if " " in able and any(all(mark in line for _, line in lines) for mark in marks):
        raise UsageError(
            f"each line of {path} holds a mark that could part its words ({quoted(lines[0][1])}). Say the delimiter, if"
            " it is blank."
        )
    if able:
        ((mark, rows),) = able.items()
        return rows, mark
    mark = marks[0] if marks else " "
    return _split_all(lines, mark, path), mark


def _part_alike(marked: list[_Row], blank: list[_Row]) -> bool:
    """Whether blanks stand but behind the marks, as in "a, b"."""
    bare = [tuple(cell[:-1] if cell[-1] in ",;" else cell for cell in row.cells) for row in blank]
    return bare == [row.cells for row in marked]


def _split_or_none(lines: list[tuple[int, str]], mark: str, path: Path) -> list[_Row] | None:
    """The rows if every line is an edge or one word, and some line has the mark."""
    try:
        rows = _split_all(lines, mark, path)
    except UsageError:
        return None
    return rows if mark == " " or any(len(row.cells) > 1 for row in rows) else None


def _split_all(lines: list[tuple[int, str]], mark: str, path: Path) -> list[_Row]:
    wide = mark != " " and bool(lines) and _is_header(_split(*lines[0], mark, path).cells)
    rows = []
    known: dict[str, str] = {}  # a vertex is one string, however often it comes
    for line, content in lines:
        row = _split(line, content, mark, path)
        row = row._replace(cells=tuple([known.setdefault(cell, cell) for cell in row.cells]))
        rows.append(row)
        if not wide and not _is_edge_or_vertex(row, mark):
            what = "has an empty cell; it" if "" in row.cells[:2] else ""
            raise UsageError(
                f"an edge list has lines 'u v' or 'u v weight'; {path}, line {line}, {what} is {quoted(content)}."
                " Correct it, or say the format or the delimiter of the file."
            )
    return rows


def _is_edge_or_vertex(row: _Row, mark: str) -> bool:
    cells = row.cells
    if mark in ",;" and any(cell.strip("\t,;") != cell or "\t" in cell for cell in cells):
        return False
    if len(cells) == 1:
        return bool(cells[0]) and not row.dictionary and not _MARKS.search(cells[0])
    if row.dictionary:
        return len(cells) == 2 and all(cells)
    return (
        2 <= len(cells) <= 3
        and all(cells[:2])
        and not any(map(_DICTIONARY_END.search, cells))
        and (len(cells) == 2 or looks_like_a_number(cells[2]) or (cells[2] == "" and mark != " "))
    )


def _split(line: int, content: str, mark: str, path: Path) -> _Row:
    """The cells of one line; quotes hold a cell together, and a dictionary at the end is not part of the cells."""
    dictionary = ""
    if content.endswith("}") and (found := re.search(rf"{re.escape(mark)} *({_DICTIONARY.pattern})$", content)):
        dictionary, content = found[1], content[: found.start(1)].rstrip(" ").removesuffix(mark).rstrip(" ")
    elif '"' not in content and re.search(r"[ \t][#%](?:[ \t]|$)", content):
        content = _before_comment(line, content, mark, path)
    if '"' in content:
        try:
            cells = next(csv.reader([content], delimiter=mark, strict=True, skipinitialspace=True))
        except csv.Error as error:
            raise UsageError(
                f"{path}, line {line}, has quotes that do not fit ({error}): {quoted(content)}. Correct it."
            ) from None
        cells = [cell for cell in cells if cell] if mark == " " else [cell.strip(" ") for cell in cells]
    elif mark == " " and _EMPTY_CELL.search(content):
        cells = [""]
    elif mark == " ":
        cells = _BLANKS.split(content.strip(" \t"))
    else:
        cells = [cell.strip(" ") for cell in content.split(mark)]
    return _Row(line, tuple(cells), dictionary)


def _before_comment(line: int, content: str, mark: str, path: Path) -> str:
    """The part of a line before a comment: behind two or three words of a list that is parted by blanks."""
    found = re.search(r"[ \t]+[#%][ \t]+[^ \t]", content)
    before = content[: found.start()] if found else content
    words = _BLANKS.split(before.strip(" \t"))
    if found is None or mark != " " or not 2 <= len(words) <= 3:
        raise UsageError(
            f"{path}, line {line}, is {quoted(content)}: the mark # or % may begin a comment or be of a name. Put"
            " comments on lines of their own."
        )
    return before


def _is_dictionary(text: str) -> bool:
    return _DICTIONARY.fullmatch(text) is not None


def weight_in_dictionary(text: str) -> str | None:
    """The weight in a dictionary that networkx has written, "" if it holds none; None if it is no dictionary."""
    if text == "{}":
        return ""
    if simple := _WEIGHT.fullmatch(text):
        return simple[1]
    if not _is_dictionary(text):
        return None
    try:
        held = ast.literal_eval(_SCALAR.sub(r"\1", text))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return str(held["weight"]) if isinstance(held, dict) and "weight" in held else ""


# a header


@dataclass(frozen=True)
class _Columns:
    """Which cells hold the ends, the weight and the direction (-1: none does)."""

    source: int = 0
    target: int = 1
    weight: int = 2
    direction: int = -1


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell.lower() for cell in cells]
    return bool(_SOURCES & set(names)) and bool(_TARGETS & set(names))


def _header(rows: list[_Row], mark: str, path: Path) -> tuple[list[_Row], _Columns, tuple[str, ...]]:
    """The rows below a header, the columns that it names, and a note if it was found by its names."""
    if not rows:
        return rows, _Columns(), ()
    first = rows[0]
    if _is_header(first.cells):
        names = [cell.lower() for cell in first.cells]
        held = {cell for row in rows[1:] for cell in row.cells}
        if not rows[1:] or any(cell in held for cell in first.cells if cell.lower() in _SOURCES | _TARGETS):
            raise UsageError(
                f"{path}, line {first.line}, can be a header or an edge: {quoted(' '.join(first.cells))}. Name the"
                " vertices in another way, or move this edge below the others."
                if rows[1:]
                else f"{path} holds a header alone."
            )
        if len(set(names)) < len(names):
            raise UsageError(f"{path}, line {first.line}, names a column twice. Correct the header.")
        columns = _Columns(
            source=next(place for place, name in enumerate(names) if name in _SOURCES),
            target=next(place for place, name in enumerate(names) if name in _TARGETS),
            weight=next((names.index(name) for name in _WEIGHTS if name in names), -1),
            direction=names.index("type") if "type" in names else -1,
        )
        for row in rows[1:]:
            if len(row.cells) != len(names) or not row.cells[columns.source] or not row.cells[columns.target]:
                raise UsageError(
                    f"{path}, line {row.line}, has not a word in each of the columns that line {first.line} names:"
                    f" source {first.cells[columns.source]!r}, target {first.cells[columns.target]!r}. Correct it."
                )
        return rows[1:], columns, (f"{path}, line {first.line}, is read as a header: {', '.join(first.cells)}.",)
    if (
        len(rows) > 1
        and len(first.cells) > 1
        and not _any_number(first.cells[:2])
        and all(all(cell.isascii() and cell.isdigit() for cell in row.cells[:2]) for row in rows[1:])
    ):
        raise UsageError(
            f"{path}, line {first.line}, looks like a header: {quoted(' '.join(first.cells))}, above numbers. Remove"
            " it, or call its columns source and target."
        )
    return rows, _Columns(), ()


def _any_number(cells: Sequence[str]) -> bool:
    return any(looks_like_a_number(cell) for cell in cells)


# the graph


def _graph(
    rows: list[_Row],
    columns: _Columns,
    mark: str,
    path: Path,
    question: tuple[str, str] | None,
    notes: tuple[str, ...],
    guessed: bool,
) -> RawGraph:
    number: dict[str, int] = {}
    ends, lines, weights = array("q"), array("q"), []
    directions: set[str] = set()
    widths: dict[bool, int] = {}
    for row in rows:
        cells = row.cells
        if len(cells) == 1:
            number.setdefault(cells[0], len(number) + 1)
            continue
        pair = [number.setdefault(cells[place], len(number) + 1) for place in (columns.source, columns.target)]
        weight = weight_in_dictionary(row.dictionary) if row.dictionary else ""
        if weight is None:
            raise UsageError(
                f"{path}, line {row.line}, ends with data that cannot be read: {quoted(row.dictionary)}. Write it again"
                " without data."
            )
        if not row.dictionary and 0 <= columns.weight < len(cells):
            weight = cells[columns.weight]
        if columns.direction >= 0:
            directions.add(cells[columns.direction].lower())
        widths.setdefault(bool(weight), len(lines))
        ends.extend(pair)
        weights.append(weight)
        lines.append(row.line)
    if guessed and number and not lines:
        raise UsageError(
            f"no line of {path} has two words; line {rows[0].line} is {quoted(rows[0].cells[0])}. Say the delimiter or"
            " the format of the file; as an edge list it would be vertices without edges."
        )
    if mark == " " and len(widths) == 2 and not any(row.dictionary for row in rows):
        line, word = lines[widths[True]], weights[widths[True]]
        notes += (
            f"{path}, line {line}: {quoted(word)} is read as a weight, though other edges have none; if it is of a"
            " name, part the words by tabs.",
        )
    return RawGraph(
        labels=tuple(number),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        weights=weights,
        place=lambda edge: f"line {lines[edge]}",
        question=question,
        directed=_direction(directions, path),
        both_ways=LEAST_BOTH_WAYS,
        notes=notes,
    )


def _direction(said: set[str], path: Path) -> bool | None:
    if not said <= set(_DIRECTIONS):
        return None  # types of another kind
    if len(said) > 1:
        raise UsageError(f"{path} has directed and undirected edges. Give edges of one type.")
    return _DIRECTIONS[said.pop()] if said else None
