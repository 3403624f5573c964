"""Formats of one statement per line: adjacency lists, Pajek, LEDA, DIMACS, LGL, METIS and TGF."""

import re
from collections.abc import Sequence
from pathlib import Path

from logdepth.numerics.errors import UsageError
from logdepth.tasks.graphs.graph import Numbers
from logdepth.tasks.inputs.edge_lists import weight_in_dictionary
from logdepth.tasks.inputs.files import check_no_control, decode
from logdepth.tasks.inputs.raw_graph import MOST_VERTICES, RawGraph, damage, names_of, pairs
from logdepth.tasks.inputs.written_numbers import looks_like_a_number, whole_number

Line = tuple[int, str]
"""Its number, and what stands there without blanks around it."""


class Edges:
    """Vertices as they come, and the edges between them, each with its line."""

    def __init__(self, ids: Sequence[str] = ()) -> None:
        self.number = {vertex: place for place, vertex in enumerate(ids, start=1)}
        self.ends: list[tuple[int, int]] = []
        self.weights: list[str] = []
        self.lines: list[int] = []

    def vertex(self, name: str) -> int:
        return self.number.setdefault(name, len(self.number) + 1)

    def add(self, line: int, u: int, v: int, weight: str = "") -> None:
        self.ends.append((u, v))
        self.weights.append(weight)
        self.lines.append(line)

    def graph(self, labels: Sequence[str] = (), *, directed: bool | None = None) -> RawGraph:
        return RawGraph(
            labels=labels or tuple(self.number),
            ends=pairs(self.ends),
            weights=self.weights if any(self.weights) else None,
            place=lambda edge: f"line {self.lines[edge]}",
            directed=directed,
        )


def lines_of(data: bytes, path: Path, comment: str = "") -> list[Line]:
    """The lines that hold something; `comment` begins one that does not count."""
    text = decode(data, path)
    check_no_control(text, path)
    stripped = ((number, line.strip(" \t")) for number, line in enumerate(text.split("\n"), start=1))
    return [(number, line) for number, line in stripped if line and not (comment and line.startswith(comment))]


def _networkx_lines(data: bytes, path: Path, kind: str) -> list[Line]:
    """The lines of a list that networkx wrote, below its three of comment, the first of which names a program.

    Errors: UsageError for a line that begins with # and may be of a vertex of such a name.
    """
    lines = lines_of(data, path)
    for place, (line, content) in enumerate(lines):
        if content[0] == "#" and content[1:2] not in ("", " ") and (place or not lines[1:2] or lines[1][1][:2] != "# "):
            raise damage(path, kind, f"line {line} is a comment, or a vertex whose name begins with #")
    return [(line, content) for line, content in lines if content[0] != "#"]


def _words(line: str) -> list[str]:
    return re.split(r"[ \t]+", line)


def _whole(word: str, low: int, high: int, path: Path, kind: str, line: int) -> int:
    number = whole_number(word)
    if number is None or not low <= number <= high:
        raise damage(path, kind, f"line {line} has {word[:40]!r} in place of a number from {low} to {high}")
    return number


# --- adjacency lists ---


def adjacency_list(data: bytes, path: Path, delimiter: str | None = None) -> RawGraph:
    """A vertex and its neighbours per line, each edge on one line only; # starts a comment.

    A file of words in which some vertex begins no line is refused: networkx gives every vertex a line, so that such a
    file holds names with blanks.
    """
    lines = _networkx_lines(data, path, "networkx adjacency list")
    if delimiter is None:
        delimiter = "\t" if any("\t" in line for _, line in lines) else " "
        for line, content in lines:
            if "," in content or ";" in content:
                reason = f"line {line} holds a comma or semicolon, which may part words; say the delimiter"
                raise damage(path, "networkx adjacency list", reason)
    found = Edges()
    begin: set[int] = set()
    for line, content in lines:
        if "#" in content or "%" in content:
            raise damage(
                path,
                "networkx adjacency list",
                f"line {line} holds a # or %, which may begin a comment or be of a name",
            )
        words = [word.strip(" \t") for word in content.split(delimiter)] if delimiter != " " else _words(content)
        if "" in words:
            raise damage(path, "networkx adjacency list", f"line {line} has an empty cell")
        first = found.vertex(words[0])
        if first in begin:
            raise damage(path, "networkx adjacency list", f"line {line} is a second one of {words[0]!r}")
        begin.add(first)
        for word in words[1:]:
            found.add(line, first, found.vertex(word))
    if delimiter == " " and len(begin) < len(found.number) and any(whole_number(word) is None for word in found.number):
        name = next(word for word, vertex in found.number.items() if vertex not in begin)
        raise damage(
            path, "networkx adjacency list", f"{name!r} begins no line, or names hold blanks; give each vertex a line"
        )
    return found.graph()


def multiline_adjacency_list(data: bytes, path: Path) -> RawGraph:
    """A line with a vertex and its number of neighbours, then a line for each of these, with a dictionary of data."""
    graph = multiline_or_none(data, path, with_data=False)
    if graph is None:
        raise damage(
            path, "multiline adjacency list", "a vertex and a count are to be on a line, then as many neighbours"
        )
    return graph


def multiline_or_none(data: bytes, path: Path, *, with_data: bool = True) -> RawGraph | None:
    """The same; None if it is no such list, or if one of its neighbours has no data and `with_data`."""
    try:
        lines = _networkx_lines(data, path, "multiline adjacency list")
    except UsageError:
        return None
    found = Edges()
    place = 0
    while place < len(lines):
        words = _words(lines[place][1])
        count = whole_number(words[1]) if len(words) == 2 else None
        if count is None or not 0 <= count < len(lines) - place:
            return None
        vertex = found.vertex(words[0])
        for line, content in lines[place + 1 : place + 1 + count]:
            name, _, rest = content.partition(" ")
            weight = weight_in_dictionary(rest) if rest or with_data else ""
            if weight is None or "\t" in name:
                return None
            found.add(line, vertex, found.vertex(name), weight)
        place += 1 + count
    return found.graph()


# --- Pajek ---

_PAJEK_VERTEX = re.compile(r'(\d+)(?:[ \t]+(?:"([^"]*)"|([^ \t"]+))(?:[ \t]+(.*))?)?')
_PAJEK_SHAPES = frozenset({"ellipse", "box", "diamond", "triangle", "cross", "empty", "house", "man", "woman"})


def pajek(data: bytes, path: Path) -> RawGraph:
    """Pajek .net: *vertices, then *arcs or *edges, their lists, or a *matrix."""
    kind = "Pajek"
    lines = lines_of(data, path, "%")
    section, count, directions = "", 0, set()
    names: dict[int, str] = {}
    found = Edges()
    row = 0
    for line, content in lines:
        words = _words(content)
        if content.startswith("*"):
            section = words[0].lower()
            if section == "*vertices" and not count:
                count = _whole(words[1] if len(words) > 1 else "", 1, MOST_VERTICES, path, kind, line)
            elif section in ("*arcs", "*arcslist", "*matrix"):
                directions.add(True)
            elif section in ("*edges", "*edgeslist"):
                directions.add(False)
            elif section != "*network":
                raise damage(path, kind, f"line {line} begins {words[0]!r}, which is not read")
        elif section == "*vertices":
            match = _PAJEK_VERTEX.fullmatch(content)
            after = _words(match[4])[0] if match and match[4] else "0"
            if match is None or not (looks_like_a_number(after) or after.lower() in _PAJEK_SHAPES or after.isalpha()):
                raise damage(path, kind, f"line {line} is no vertex")
            vertex = _whole(match[1], 1, count, path, kind, line)
            if vertex in names:
                raise damage(path, kind, f"line {line} is a second one of vertex {vertex}")
            names[vertex] = match[2] if match[2] is not None else match[3] or ""
        elif section in ("*arcs", "*edges"):
            ends = [_whole(word, 1, count, path, kind, line) for word in words[:2]]
            if len(ends) < 2:
                raise damage(path, kind, f"line {line} is no edge")
            found.add(line, ends[0], ends[1], words[2] if len(words) > 2 else "")
        elif section in ("*arcslist", "*edgeslist"):
            first, *others = [_whole(word, 1, count, path, kind, line) for word in words]
            for other in others:
                found.add(line, first, other)
        elif section == "*matrix":
            row += 1
            if len(words) != count or row > count:
                raise damage(path, kind, f"line {line} is no row of a matrix of {count}")
            for column, word in enumerate(words, start=1):
                if not looks_like_a_number(word):
                    raise damage(path, kind, f"line {line} has {word[:40]!r} in place of a number")
                if float(word) != 0:
                    found.add(line, row, column, word)
        else:
            raise damage(path, kind, f"line {line} stands before *vertices")
    if row not in (0, count):
        raise damage(path, kind, f"its matrix has {row} rows in place of {count}")
    if len(directions) > 1:
        raise damage(path, kind, "it has arcs and edges, of which one kind is read")
    numbers = Numbers(range(1, count + 1))
    named = names_of(numbers, [names.get(v, str(v)) for v in range(1, count + 1)]) if names else numbers
    return found.graph(named, directed=directions == {True} if directions else None)


# --- LEDA ---


def leda(data: bytes, path: Path) -> RawGraph:
    """LEDA.GRAPH: types, direction, vertices, edges, each on its line."""
    kind = "LEDA"
    lines = lines_of(data, path, "#")
    rest = iter(lines)

    def following(what: str) -> Line:
        for line in rest:
            return line
        raise damage(path, kind, f"it ends before {what}")

    if following("its beginning")[1] != "LEDA.GRAPH":
        raise damage(path, kind, "it does not begin with LEDA.GRAPH")
    following("the type of vertices"), following("the type of edges")
    line, content = following("its direction")
    if content not in ("-1", "-2"):
        raise damage(path, kind, f"line {line} is neither -1 nor -2")
    directed = content == "-1"
    line, content = following("the number of vertices")
    count = _whole(content, 0, len(lines), path, kind, line)
    names = []
    for vertex in range(1, count + 1):
        line, content = following(f"vertex {vertex}")
        names.append(_leda_value(content, path, line))
    line, content = following("the number of edges")
    found = Edges()
    for edge in range(1, _whole(content, 0, len(lines), path, kind, line) + 1):
        line, content = following(f"edge {edge}")
        words = re.split(r"[ \t]+", content, maxsplit=3)
        if len(words) < 4:
            raise damage(path, kind, f"line {line} is no edge")
        u, v = (_whole(word, 1, count, path, kind, line) for word in words[:2])
        value = _leda_value(words[3], path, line)
        found.add(line, u, v, value if looks_like_a_number(value) else "")
    if next(rest, None):
        raise damage(path, kind, "it goes on after its last edge")
    return found.graph(names_of(Numbers(range(1, count + 1)), names), directed=directed)


def _leda_value(content: str, path: Path, line: int) -> str:
    if not (content.startswith("|{") and content.endswith("}|")):
        raise damage(path, "LEDA", f"line {line} has no value |{{…}}|")
    return content[2:-2]


# --- DIMACS ---

_DIMACS_EDGES = {"e": False, "a": True}


def dimacs(data: bytes, path: Path) -> RawGraph:
    """DIMACS: `c` comments, `p KIND vertices edges`, then `e u v`, or arcs `a u v weight`."""
    kind = "DIMACS"
    found = Edges()
    count = -1
    edges = 0
    marks = set()
    for line, content in lines_of(data, path):
        words = _words(content)
        if words[0] == "c" or (content.startswith("c") and len(words[0]) > 1):
            continue
        if words[0] == "p":
            if count >= 0 or len(words) != 4:
                raise damage(path, kind, f"line {line} is not the one line 'p KIND vertices edges'")
            count = _whole(words[2], 1, MOST_VERTICES, path, kind, line)
            edges = _whole(words[3], 0, 2**40, path, kind, line)
        elif words[0] in _DIMACS_EDGES and 3 <= len(words) <= 4 and count >= 0:
            u, v = (_whole(word, 1, count, path, kind, line) for word in words[1:3])
            found.add(line, u, v, words[3] if len(words) == 4 else "")
            marks.add(words[0])
        elif words[0] not in ("n", "d", "v", "x") or count < 0:
            raise damage(path, kind, f"line {line} is {content[:40]!r}")
    if len(marks) > 1 or len(found.ends) not in (edges, 2 * edges):
        raise damage(path, kind, f"it states {edges} edges and holds {len(found.ends)}, or edges beside arcs")
    return found.graph(Numbers(range(1, max(count, 0) + 1)), directed=None if not marks else "a" in marks)


# --- LGL ---


def lgl(data: bytes, path: Path) -> RawGraph:
    """LGL: a line `# vertex`, then a line per neighbour, which may have a weight."""
    found = Edges()
    vertex = 0
    for line, content in lines_of(data, path):
        words = _words(content)
        if words[0] == "#" and len(words) == 2:
            vertex = found.vertex(words[1])
        elif vertex and len(words) <= 2 and (len(words) == 1 or looks_like_a_number(words[1])):
            found.add(line, vertex, found.vertex(words[0]), words[1] if len(words) == 2 else "")
        else:
            raise damage(path, "LGL", f"line {line} is neither '# vertex' nor 'neighbour' nor 'neighbour weight'")
    return found.graph()


# --- TGF ---


def tgf(data: bytes, path: Path) -> RawGraph:
    """TGF: vertices `id name`, a line #, then arcs `id id name`."""
    kind = "TGF"
    lines = lines_of(data, path)
    parts = [place for place, (_, content) in enumerate(lines) if content == "#"]
    if len(parts) != 1:
        raise damage(path, kind, "one line # is to part the vertices from the edges")
    ids, names = [], []
    for _, content in lines[: parts[0]]:
        identity, _, name = content.partition(" ")
        ids.append(identity)
        names.append(name.strip(" \t"))
    if len(set(ids)) < len(ids):
        raise damage(path, kind, "two vertices have the same id")
    found = Edges(ids)
    for line, content in lines[parts[0] + 1 :]:
        words = re.split(r"[ \t]+", content, maxsplit=2)
        if len(words) < 2 or any(word not in found.number for word in words[:2]):
            raise damage(path, kind, f"line {line} joins no two vertices of the file")
        weight = words[2] if len(words) == 3 and looks_like_a_number(words[2]) else ""
        found.add(line, found.number[words[0]], found.number[words[1]], weight)
    return found.graph(names_of(ids, names), directed=True)


# --- METIS ---


def metis(data: bytes, path: Path) -> RawGraph:
    """METIS: `vertices edges [format [constraints]]`, then a line of neighbours for each vertex; % begins a comment."""
    graph = metis_or_reason(decode(data, path))
    if isinstance(graph, str):
        raise damage(path, "METIS", graph)
    return graph


def metis_or_reason(text: str) -> RawGraph | str:
    """The graph, or why this is none."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if not line.startswith("%")]
    while lines and not lines[-1][1].strip(" \t"):
        lines.pop()
    head = [whole_number(word) for word in lines[0][1].split()] if lines else []
    if not 2 <= len(head) <= 4 or None in head[:2]:
        return "it does not begin with its numbers of vertices and edges"
    vertices, edges = int(head[0] or 0), int(head[1] or 0)
    code = lines[0][1].split()[2] if len(head) > 2 else "0"
    if code.strip("01") or len(code) > 3 or (len(code) == 3 and code[0] == "1"):
        return f"its format {code[:10]!r} is not read"
    skipped = (int(head[3] or 1) if len(head) == 4 else 1) if len(code) >= 2 and code[-2] == "1" else 0
    weighted = code[-1] == "1"
    if vertices < len(lines) - 1 or vertices > MOST_VERTICES or vertices < 1:
        return f"it states {vertices} vertices and has {len(lines) - 1} lines of neighbours"
    if vertices > len(lines) - 1 + text.count("\n"):
        return f"it states {vertices} vertices and has fewer lines"
    found = Edges()
    both: dict[tuple[int, int], str] = {}
    for vertex, (line, content) in enumerate(lines[1:], start=1):
        words = content.split()[skipped:]
        numbers = words[::2] if weighted else words
        weights = words[1::2] if weighted else [""] * len(words)
        if len(weights) != len(numbers):
            return f"line {line} has a neighbour without a weight"
        for word, weight in zip(numbers, weights, strict=True):
            other = whole_number(word)
            if other is None or not 1 <= other <= vertices:
                return f"line {line} has {word[:40]!r} in place of a vertex"
            if (vertex, other) in both:
                return f"line {line} names {other} twice"
            both[vertex, other] = weight
            if vertex <= other:
                found.add(line, vertex, other, weight)
    if len(both) != 2 * edges or any(both.get((v, u)) != weight for (u, v), weight in both.items()):
        return f"it states {edges} edges, each of which is to be on the lines of both its vertices"
    return found.graph(Numbers(range(1, vertices + 1)))
