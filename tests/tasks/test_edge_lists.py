"""Lists of numbers are read in arrays, all others line by line: the same graph, and the same complaints."""

import gzip
import re

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from logdepth.numerics.errors import UsageError
from logdepth.tasks import Graph, make_task
from logdepth.tasks.graphs.graph import Numbers
from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, rmat_graph, star_graph
from logdepth.tasks.inputs.edge_lists import lines, plain, read_edges_in_words, read_plain_list
from logdepth.tasks.inputs.graph_files import EdgeRules, read_graph

NUMBER = st.one_of(st.integers(0, 12), st.integers(0, 10**18 - 1)).map(str)
COMMENT = st.sampled_from(["# x y", "% 1 2", "  # later", "#"])
BLANK = st.sampled_from([" ", "\t", ",", ";", "  ", ", "])


@st.composite
def lists_of_numbers(draw, width=None):
    """A list that `read_plain_list` takes, with comments and empty lines wherever they may be."""
    width = draw(st.integers(2, 3)) if width is None else width
    blank = draw(BLANK)
    lines = [draw(COMMENT) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(1, 12))):
        lines.append(blank.join(draw(NUMBER) for _ in range(width)) + draw(st.sampled_from(["", " "])))
        lines += draw(st.lists(st.one_of(COMMENT, st.just("")), max_size=1))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


def stated(raw):
    """All that a list states, as plain data."""
    weights = [""] * len(raw.ends) if raw.weights is None else [str(weight) for weight in raw.weights]
    return list(raw.labels), raw.ends.tolist(), weights, [raw.place(edge) for edge in range(len(raw.ends))]


@given(lists_of_numbers(), st.sampled_from([1, 7, 64, lines.BLOCK]))
def test_both_ways_of_reading_state_the_same(text, block):
    with pytest.MonkeyPatch.context() as patch:
        for module in (lines, plain):
            patch.setattr(module, "BLOCK", block)
        in_arrays = read_plain_list(text.encode())
    assert in_arrays is not None
    assert stated(in_arrays) == stated(read_edges_in_words(text, "here"))


@pytest.mark.parametrize(
    "content",
    [
        "1 2\n3",
        "1 2\n1 2 3",
        "01 2",
        "1 -2",
        "1 2 # x",
        "? 1 2\n1 2",
        "1 2\na b",
        "1 2 3.5",
        "1" * 19 + " 2",
        "# no",
        "1",
    ],
)
def test_anything_else_is_left_to_the_reader_of_words(content):
    assert read_plain_list(content.encode()) is None


def text(tmp_path, content, name="graph.txt"):
    path = tmp_path / name
    (gzip.open if name.endswith(".gz") else open)(path, "wb").write(content.encode())
    return path


def refused(path, match, **rules):
    with pytest.raises(UsageError, match=match) as caught:
        read_graph(path, owner="this", rules=EdgeRules(**rules))
    assert "\n" not in str(caught.value)


def test_a_file_of_the_stanford_collection(tmp_path):
    content = (
        "# Undirected graph: roads.txt\n# Nodes: 4 Edges: 3\n# FromNodeId\tToNodeId\n40\t7\r\n7\t12\r\n12\t99999999\r\n"
    )
    graph = read_graph(text(tmp_path, content, "roads.txt.gz"), owner="this")
    assert graph.labels == ("40", "7", "12", "99999999")
    assert graph.edges.tolist() == [[1, 2], [2, 3], [3, 4]]
    assert isinstance(graph.labels, Numbers)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("# a\n1 2\n2 2\n3 1\n", "line 3, joins '2' to itself. .*simplify=True"),
        ("# a\n1 2\n\n2 3\n2 1\n", "line 5, repeats '2' - '1' of line 2. .*simplify=True"),
        ("1 2\n2 3\n1 2\n", "line 3, repeats '1' - '2' of line 1"),
        ("1 2\n2 1\n", "line 2, repeats '2' - '1' of line 1"),
        ("1 2\n2 1\n2 3\n", "line 2, repeats '2' - '1' of line 1"),
        ("1 2\n2 1\n1 3\n1 1\n3 1\n", "line 4, joins '1' to itself"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "v"])
def test_the_line_of_a_bad_edge_is_named_for_numbers_and_for_words(tmp_path, content, match, prefix):
    named = re.sub(r"(?<![\w#])(\d)", prefix + r"\1", content)
    refused(text(tmp_path, named), re.sub(r"'(\d)'", rf"'{prefix}\1'", match))
    assert len(read_graph(text(tmp_path, named), owner="this", simplify=True).edges) <= 2


@pytest.mark.parametrize(
    "content",
    ["5 2\n1 2\n3 4\n", "5 3\n0 1\n0 2\n4 5\n", "# c\n4 2\n1 2 9\n2 3 4\n", "4, 2\n1, 2\n3, 4\n"],
    ids=["numbers", "from 0", "weights", "commas"],
)
def test_a_first_line_that_counts_vertices_and_edges_is_no_edge(tmp_path, content):
    """As programming contests write lists. Read as an edge it would join vertices that are not joined."""
    refused(text(tmp_path, content), "line [12], may be an edge, or count vertices and edges")
    assert len(read_graph(text(tmp_path, content), owner="this", format="edge-list").edges) >= 3


@pytest.mark.parametrize(
    "content", ["5 3\n1 2\n3 4\n", "3 2\n1 2\n3 4\n", "5 2\n1 2\n3 a\n", "5 2 1\n1 2 1\n3 4 1\n", "5 1\n1 2\n"]
)
def test_other_first_lines_are_edges(tmp_path, content):
    graph = read_graph(text(tmp_path, content), owner="this")
    assert [graph.labels[v - 1] for v in graph.edges[0]] == content.split()[:2]


@pytest.mark.parametrize("content", ["0 1 1\n1 0 2\n1 2 0\n", "0,1,0\n1,0,0\n0,0,0\n"])
def test_three_lines_that_may_be_a_matrix_are_no_edges(tmp_path, content):
    """Read as edges, the first is one edge, stated twice, and its weight is a vertex of the third."""
    refused(text(tmp_path, content), "may be three edges with weights, or an adjacency matrix")
    read = read_graph(text(tmp_path, content), owner="this", format="edge-list", simplify=True)
    assert read.labels[0] == "0"
    refused(text(tmp_path, "0 1 1\n1 0 2\n1 2 1\n"), "repeats '1' - '0'")


@pytest.mark.parametrize("arrow", ["->", "--", "→"])
def test_an_arrow_between_two_words_is_no_vertex(tmp_path, arrow):
    refused(text(tmp_path, f"1 {arrow} 2\n2 {arrow} 3\n"), f"line 1, has '{arrow}' between two words")
    assert read_graph(text(tmp_path, f"1\t{arrow}\n"), owner="this").labels[1] == arrow


def test_what_other_languages_call_a_comment_is_no_edge(tmp_path):
    refused(text(tmp_path, "// roads\na b\n"), "line 1, is '// roads': a comment begins with #")
    assert len(read_graph(text(tmp_path, "//cdn.org a\na b\n"), owner="this").edges) == 2


@pytest.mark.parametrize("prefix", ["", "v"])
def test_a_list_of_both_directions_states_every_edge_once(tmp_path, prefix):
    pairs = [(1, 2), (3, 1), (2, 1), (1, 3), (4, 1), (1, 4)]
    listed = "".join(f"{prefix}{u} {prefix}{v} {u + v}\n" for u, v in pairs)
    graph = read_graph(text(tmp_path, listed), owner="this", rules=EdgeRules(highest_weight=9))
    assert graph.edges.tolist() == [[1, 2], [3, 1], [4, 1]] and graph.weights.tolist() == [3, 4, 5]
    unlike = listed.replace(f"{prefix}1 {prefix}4 5", f"{prefix}1 {prefix}4 6")
    refused(text(tmp_path, unlike), "line 6, has weight 6 and line 5 has 5. Give both the same", highest_weight=9)
    assert len(read_graph(text(tmp_path, unlike), owner="this").edges) == 3


def test_numbers_that_are_no_int64_and_numbers_with_zeros_in_front_are_words(tmp_path):
    graph = read_graph(text(tmp_path, f"{10**30} 7\n007 7\n"), owner="this")
    assert graph.labels == (str(10**30), "7", "007")


@pytest.mark.parametrize(
    ("weight", "match"), [("10", "from 0 to 9; .*line 2, edge '2' - '3', has 10"), ("", "has none")]
)
def test_weights_of_a_list_of_numbers_are_checked(tmp_path, weight, match):
    first = "1 2 3" if weight else "1 2"
    refused(text(tmp_path, f"{first}\n2 3 {weight}\n"), match, highest_weight=9)


# --- directed edges ---


def test_arcs_have_a_direction(tmp_path):
    path = text(tmp_path, "1 2\n2 1\n2 3\n")
    assert read_graph(path, owner="this", rules=EdgeRules(directed=True)).edges.tolist() == [[1, 2], [2, 1], [2, 3]]
    refused(text(tmp_path, "1 2\n2 3\n1 2\n"), "each arc once; .*line 3, repeats '1' - '2' of line 1", directed=True)
    refused(text(tmp_path, "1 2\n2 2\n"), "line 2, joins '2' to itself", directed=True)


def test_an_undirected_file_is_arcs_in_both_directions(tmp_path):
    import networkx as nx

    nx.write_gml(nx.path_graph(3), tmp_path / "path.gml")
    nx.write_gml(nx.DiGraph([(0, 1), (1, 2)]), tmp_path / "arcs.gml")
    read = {
        name: read_graph(tmp_path / name, owner="this", rules=EdgeRules(directed=True))
        for name in ("path.gml", "arcs.gml")
    }
    assert read["path.gml"].edges.tolist() == [[1, 2], [2, 1], [2, 3], [3, 2]]
    assert read["arcs.gml"].edges.tolist() == [[1, 2], [2, 3]]


def test_a_question_about_arcs(tmp_path):
    task = make_task("reachability")
    path = text(tmp_path, "? a c\nc b\nb a\n")
    graph = task.read(path)
    assert task.present(task.solve(graph), graph) is False
    assert task.solve(graph.asking(graph.question[1], graph.question[0])).tolist() == [1]


# --- matrices ---

HEAD = "%%MatrixMarket matrix coordinate {} {}\n% made by hand\n{} {} {}\n"


@pytest.mark.parametrize("name", ["a.mtx", "a.mtx.gz"])
@pytest.mark.parametrize(
    ("field", "symmetry", "entries"),
    [
        ("pattern", "general", "2 1\n3 2\n"),
        ("pattern", "symmetric", "2 1\n3 2\n"),
        ("pattern", "general", "2 1\n1 2\n3 2\n2 3\n"),
        ("integer", "general", "2 1 5\n3 2 0\n"),
        ("real", "symmetric", "2 1 5.0\n3 2 0.5\n"),
        ("real", "skew-symmetric", "2 1 5.0\n3 2 0.5\n"),
        ("complex", "hermitian", "2 1 5.0 1\n3 2 0.5 0\n"),
    ],
)
def test_every_stored_entry_of_a_matrix_is_an_edge(tmp_path, name, field, symmetry, entries):
    path = text(tmp_path, HEAD.format(field, symmetry, 4, 4, entries.count("\n")) + entries, name)
    graph = read_graph(path, owner="this")
    assert graph.vertices == 4 and graph.labels == ("1", "2", "3", "4")
    assert {frozenset(edge) for edge in graph.edges.tolist()} == {frozenset((1, 2)), frozenset((2, 3))}
    assert len(graph.edges) == 2


@pytest.mark.parametrize(
    ("field", "entries", "match"),
    [
        ("pattern", "2 1\n3 2\n", "edge '2' - '1', has none"),
        ("real", "2 1 5.5\n3 2 1\n", "whole weights; .*has '5.5'"),
        ("real", "2 1 5\n3 2 -1\n", "from 0 to 9; .*has -1"),
        ("integer", "2 1 5\n3 2 10\n", "from 0 to 9; .*has 10"),
        ("integer", "2 1 5\n1 2 4\n", "has weight 4 and entry .2, 1. has 5"),
    ],
)
def test_weights_of_a_matrix_that_are_none(tmp_path, field, entries, match):
    path = text(tmp_path, HEAD.format(field, "general", 3, 3, 2) + entries, "a.mtx")
    refused(path, match, highest_weight=9)
    assert read_graph(path, owner="this").vertices == 3


def test_half_a_matrix_with_one_entry_is_one_edge(tmp_path):
    path = text(tmp_path, HEAD.format("pattern", "symmetric", 2, 2, 1) + "2 1\n", "a.mtx")
    assert len(read_graph(path, owner="this").edges) == 1


def test_a_matrix_with_a_full_diagonal_names_a_loop_and_not_a_repetition(tmp_path):
    matrix = scipy.sparse.coo_matrix(np.array([[1, 1], [1, 1]]))
    scipy.io.mmwrite(tmp_path / "a.mtx", matrix)
    refused(tmp_path / "a.mtx", "joins '1' to itself")


# --- large graphs ---


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("draw", "vertices", "edges"),
    [
        (lambda rng: cycle_graph(rng, 3), 3, 3),
        (lambda rng: cycle_graph(rng, 1000), 1000, 1000),
        (lambda rng: star_graph(rng, 0), 1, 0),
        (lambda rng: star_graph(rng, 999), 1000, 999),
        (lambda rng: random_graph_of(rng, 1, 0), 1, 0),
        (lambda rng: random_graph_of(rng, 6, 15), 6, 15),
        (lambda rng: random_graph_of(rng, 500, 2000), 500, 2000),
        (lambda rng: rmat_graph(rng, 10, 4000), 1024, 4000),
    ],
)
def test_large_families_have_the_size_that_was_asked_for(draw, vertices, edges, seed):
    graph = draw(np.random.default_rng(seed))  # Graph itself checks that it is simple
    assert (graph.vertices, len(graph.edges)) == (vertices, edges)
    assert np.array_equal(graph.edges, draw(np.random.default_rng(seed)).edges)


def test_degrees_tell_the_families_apart():
    def degrees(graph):
        return np.bincount(graph.edges.ravel(), minlength=graph.vertices + 1)[1:]

    rng = np.random.default_rng(0)
    assert (degrees(cycle_graph(rng, 100)) == 2).all()
    assert sorted(degrees(star_graph(rng, 99))) == [1] * 99 + [99]
    even, skewed = degrees(random_graph_of(rng, 4096, 2**15)), degrees(rmat_graph(rng, 12, 2**15))
    assert skewed.max() > 10 * even.max()
    assert (skewed == 0).sum() > 100 * max(1, (even == 0).sum())


def test_every_small_graph_is_as_likely():
    rng = np.random.default_rng(0)
    drawn = [frozenset(map(frozenset, random_graph_of(rng, 4, 2).edges.tolist())) for _ in range(3000)]
    _, counts = np.unique([sorted(map(sorted, edges)) for edges in drawn], axis=0, return_counts=True)
    assert len(counts) == 15
    assert counts.min() > 140 and counts.max() < 260  # 200 expected, four standard deviations are 55


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: cycle_graph(rng, 2),
        lambda rng: random_graph_of(rng, 4, 7),
        lambda rng: rmat_graph(rng, 3, 8),
        lambda rng: rmat_graph(rng, 3, 2, (0.5, 0.5, 0.5, -0.5)),
    ],
)
def test_large_graphs_that_there_are_not(draw):
    with pytest.raises(UsageError):
        draw(np.random.default_rng(0))


def test_labels_of_a_large_graph_are_written_where_they_are_read():
    graph = Graph(5, np.array([(1, 5)]))
    assert isinstance(graph.labels, Numbers) and len(graph.labels) == 5
    assert graph.labels[4] == "5" and list(graph.labels) == ["1", "2", "3", "4", "5"] and graph.labels[:2] == ("1", "2")
    assert graph.labels == ("1", "2", "3", "4", "5") and graph.labels != ("1",)
