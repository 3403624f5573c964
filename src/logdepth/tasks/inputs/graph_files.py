"""Reading a user's graph: edge lists and the formats of other tools."""

from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import BeyondTask, UsageError, Wording, did_you_mean, quoted
from logdepth.tasks.graphs.graph import Graph, Numbers, pair_codes
from logdepth.tasks.inputs.files import read_bytes
from logdepth.tasks.inputs.graph_formats import parse_graph
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.inputs.raw_graph import RawGraph
from logdepth.tasks.inputs.written_numbers import number_of
from logdepth.tasks.prompts import Prompt, Template, check_asked

MOST_BYTES = 2**30
"""Tens of millions of edges; a larger file does not fit into the memory of a laptop with what is made of it."""

HIGHEST_WEIGHT = 2**31
"""Of an edge, in a file of any size: no task takes more."""


@dataclass(frozen=True)
class EdgeRules:
    """What a task takes for edges.

    directed: they are arcs. highest_weight: of each; None: it reads no weights. drop_loops, drop_repeats: whether
    self-loops, and all but one of repeated edges, are dropped, since that does not change the answer; of repeated edges
    the one of least weight stays.
    """

    directed: bool = False
    highest_weight: int | None = None
    drop_loops: bool = False
    drop_repeats: bool = False


def read_graph(
    path: Path,
    *,
    owner: str,
    rules: EdgeRules | None = None,
    asks: Template | None = None,
    **how: Unpack[HowToRead],
) -> Graph:
    """The graph in a file, of any size. Its format is what `how` says, else what its content shows, else the end
    of its name, before any .gz; all others are edge lists.

    - edge list: one edge `u v` or `u v weight` per line, parted by blanks; or by tabs, commas or semicolons, and then
      names may hold blanks, and cells may stand in quotes. A line with one id is a vertex, with or without edges. A
      line that begins with # or % and a blank is a comment. A header may name the columns: source (or from), target (or
      to), weight, and others that do not count. A first line `? u v` asks about two vertices,
      and `? v v` about one
    - adjlist: a vertex and its neighbours per line, each edge on one line only, as networkx writes it
    - gml, graphml, gexf, pajek, leda, json, multiline-adjlist: weights are the attribute `weight` or else `value`;
      vertices have their labels as names if all have one and no two the same, else their ids
    - mtx: a square matrix, every stored entry an edge from its row to its column, vertices numbered from 1; a symmetric
      one may store half of it or all; a pattern has no weights
    - graph6 and sparse6, dimacs, lgl, metis, tgf
    - prompt: a graph in English, as the prompts of GraphQA; its question has to be that which the task `asks`

    In a directed task, every edge of a file that calls itself undirected is one in each direction. Otherwise edges
    have no direction, and an edge list (of two edges or more) or a matrix that holds *every* edge in both directions,
    as many published ones do, states each once. Self-loops and repeated edges are dropped where that changes no answer,
    and refused elsewhere, unless `simplify`. Weights are read if the task has them; then every edge has a whole one
    from 0 to the highest. The graph's notes say what was dropped or ignored. Errors: UsageError with place and remedy.
    """
    raw = parse_graph(read_bytes(path, MOST_BYTES), path, how.get("format"), how.get("delimiter"))
    if raw.prompt is not None:
        check_asked(raw.prompt, asks, path, owner)
    return graph_of(raw, path, owner, rules or EdgeRules(), how.get("simplify", False), how.get("ask"))


def graph_of(
    raw: RawGraph,
    path: object,
    owner: str,
    rules: EdgeRules,
    simplify: bool = False,
    ask: tuple[str, str] | None = None,
) -> Graph:
    """What `read_graph` makes of a graph that is stated somewhere, which messages call `path`. Errors: as there."""
    if not len(raw.labels):
        raise UsageError(f"{path} holds no vertex. Give a graph with at least one.")
    _check_labels(raw, path)
    notes = list(raw.notes)
    if raw.directed and not rules.directed:
        notes.append(f"{path} is directed; {owner} ignores the directions of edges.")
    arcs_of_edges = rules.directed and raw.directed is False
    rows = np.repeat(np.arange(len(raw.ends)), 2 if arcs_of_edges else 1)  # where in the file an edge is stated
    ends = raw.ends[rows]
    if arcs_of_edges:
        ends[1::2] = ends[1::2, ::-1]
    weights = None if rules.highest_weight is None else _weights(raw, rules.highest_weight, path, owner)[rows]
    codes = pair_codes(ends, len(raw.labels), directed=rules.directed)
    _, first, pair = np.unique(codes, return_index=True, return_inverse=True)
    loops = ends[:, 0] == ends[:, 1]
    both = not rules.directed and _in_both_directions(ends[~loops], pair[~loops], raw)
    repeats = (first[pair] != np.arange(len(ends))) & ~loops
    if both and not simplify:
        _check_directions_agree(raw, weights, first[pair], path, owner)
    if not simplify:
        refused = (loops & (not rules.drop_loops)) | (repeats & (not rules.drop_repeats and not both))
        if refused.any():
            raise _refusal(raw, rows, int(np.argmax(refused)), first[pair], path, owner, rules.directed)
    kept = ~(_not_lightest(weights, pair) if weights is not None else repeats) & ~loops
    stated = slice(None, None, 2 if arcs_of_edges else 1)
    notes += _drop(int(loops[stated].sum()), int(repeats[stated].sum()), both, weights is not None, path)
    return Graph(
        vertices=len(raw.labels),
        edges=ends[kept],
        weights=None if weights is None else weights[kept],
        labels=raw.labels,
        question=_find_question(raw, ask, path),
        directed=rules.directed,
        notes=tuple(notes),
        prompt=None if raw.prompt is None else _asked(raw.prompt, ask),
    )


def _asked(prompt: Prompt, ask: tuple[str, str] | None) -> Prompt:
    """The prompt, with the question that the caller asks in place of its own."""
    if ask is None or prompt.template is None or prompt.template.vertices != len(set(ask)):
        return prompt
    return prompt.asking(*dict.fromkeys(ask), *prompt.asked[prompt.template.vertices :])


def _check_labels(raw: RawGraph, path: object) -> None:
    if not isinstance(raw.labels, Numbers) and len(set(raw.labels)) < len(raw.labels):
        raise UsageError(f"two vertices of {path} have the same name. Give each its own.")


def _not_lightest(weights: np.ndarray, pair: np.ndarray) -> np.ndarray:
    """All edges but the lightest of each pair, of equal ones the first."""
    order = np.lexsort((weights, pair))
    again = np.zeros(len(pair), dtype=bool)
    again[order[1:]] = pair[order[1:]] == pair[order[:-1]]
    return again


def _drop(loops: int, repeats: int, both: bool, weighted: bool, path: object) -> list[str]:
    notes = []
    if loops:
        notes.append(f"{path}: {count_of(loops, 'self-loop')} dropped.")
    if repeats and both:
        notes.append(f"{path} holds every edge in both directions; each counts once ({count_of(repeats, 'edge')}).")
    elif repeats:
        least = "; of each pair the least weight stays" if weighted else ""
        notes.append(f"{path}: {count_of(repeats, 'repeated edge')} dropped{least}.")
    return notes


def _in_both_directions(ends: np.ndarray, pair: np.ndarray, raw: RawGraph) -> bool:
    """Whether every edge is there just twice, once in each direction, and the format allows for that."""
    if not raw.both_ways or len(ends) < 2 * raw.both_ways or (np.bincount(pair)[pair] != 2).any():
        return False
    return len(np.unique(pair_codes(ends, len(raw.labels), directed=True))) == len(ends)


def _check_directions_agree(
    raw: RawGraph, weights: np.ndarray | None, first: np.ndarray, path: object, owner: str
) -> None:
    if weights is not None and (weights != weights[first]).any():
        back = int(np.argmax(weights != weights[first]))
        raise UsageError(
            f"{owner} reads both directions of an edge as one; {path}, {raw.place(back)}, has weight {weights[back]}"
            f" and {raw.place(int(first[back]))} has {weights[first[back]]}. Give both the same."
        )


def _refusal(
    raw: RawGraph, rows: np.ndarray, edge: int, first: np.ndarray, path: object, owner: str, directed: bool
) -> UsageError:
    """What is wrong with an edge that is a self-loop or a repetition."""
    place = raw.place(int(rows[edge]))
    u, v = (quoted(raw.labels[int(end) - 1]) for end in raw.ends[rows[edge]])
    if u == v:
        return UsageError(f"{owner} takes no self-loop; {path}, {place}, joins {u} to itself.", _SIMPLIFY)
    once = "each arc once" if directed else "each edge once, in either direction"
    of = raw.place(int(rows[first[edge]]))
    return UsageError(f"{owner} takes {once}; {path}, {place}, repeats {u} - {v} of {of}.", _SIMPLIFY)


_SIMPLIFY = Wording("Remove it, or drop all such edges with {simplify}.", simplify=True)


def _weights(raw: RawGraph, highest: int, path: object, owner: str) -> np.ndarray:
    """The whole weights of all edges of the file."""
    if raw.weights is None and len(raw.ends):
        raise UsageError(f"{owner} needs a weight for every edge; {_where(raw, 0, path)}, has none. Add its weight.")
    if isinstance(raw.weights, np.ndarray):
        outside = (raw.weights < 0) | (raw.weights > highest)
        if not outside.any():
            return raw.weights
        edge = int(np.argmax(outside))
        return np.array([_weight(str(raw.weights[edge]), raw, edge, highest, path, owner)])
    words = raw.weights or ()
    return np.array([_weight(word, raw, edge, highest, path, owner) for edge, word in enumerate(words)], dtype=np.int64)


def _weight(word: str, raw: RawGraph, edge: int, highest: int, path: object, owner: str) -> int:
    if not word:
        raise UsageError(f"{owner} needs a weight for every edge; {_where(raw, edge, path)}, has none. Add its weight.")
    value = number_of(word)
    if value is None or value != value.to_integral_value():  # 3.0 is whole, as other tools write it
        raise UsageError(
            f"{owner} takes whole weights; {_where(raw, edge, path)}, has {quoted(word)}. Scale and round the weights."
        )
    if not 0 <= value <= highest:
        most = HIGHEST_WEIGHT if value > HIGHEST_WEIGHT else highest
        rule = f"{owner} takes weights from 0 to {most}; {_where(raw, edge, path)}, has {word[:60]}."
        if value < 0:
            raise UsageError(f"{rule} Add the same number to all weights.")
        if value > HIGHEST_WEIGHT:
            raise UsageError(f"{rule} Scale the weights.")
        raise BeyondTask(rule, "Scale the weights", Wording("{weights}", weights=_highest_weight(raw)))
    return int(value)


def _highest_weight(raw: RawGraph) -> int:
    """Of those that some task takes."""
    words = () if raw.weights is None else map(str, raw.weights)
    return max(int(value) for word in words if (value := number_of(word)) is not None and value <= HIGHEST_WEIGHT)


def _where(raw: RawGraph, edge: int, path: object) -> str:
    u, v = (quoted(raw.labels[int(end) - 1]) for end in raw.ends[edge])
    return f"{path}, {raw.place(edge)}, edge {u} - {v}"


def _find_question(raw: RawGraph, ask: tuple[str, str] | None, path: object) -> tuple[int, int] | None:
    """The vertices that the caller asks about, or else the file; None if there is no question."""
    labels = raw.question if ask is None else ask
    if labels is None:
        return None
    whose = f"that of {path}" if ask is None else f"this one, about {path},"
    number = {label: vertex for vertex, label in enumerate(raw.labels, start=1)}
    for label in labels:
        if label not in number:
            remedy = did_you_mean(label, number)
            raise UsageError(f"a question is about vertices of the graph; {whose} names {quoted(label)}. {remedy}")
    u, v = (number[label] for label in labels)
    return u, v
