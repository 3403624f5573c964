"""Graph files of every format: the graph that was written comes back, or the file is refused; never another graph."""

import contextlib
import csv
import io
import json

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, GraphTask, make_task, read_instance
from logdepth.tasks.inputs.graph_files import EdgeRules, read_graph
from logdepth.tasks.inputs.graph_formats import FORMATS

COMPONENTS = make_task("components", {"n": 64})
FOREST = make_task("spanning-forest", {"n": 64, "weights": 1000})
SLOW_FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def written(tmp_path, content, name="graph.txt"):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / name


def components(path, **how):
    """The components as sets of ids."""
    graph = COMPONENTS.read(path, **how)
    found = {}
    for vertex, first in COMPONENTS.present(COMPONENTS.solve(graph), graph).items():
        found.setdefault(first, set()).add(vertex)
    return {frozenset(component) for component in found.values()}


def sets(*components):
    return {frozenset(component.split("|")) for component in components}


def edges_of(path, **how):
    graph = read_graph(path, owner="this", rules=EdgeRules(drop_loops=True, drop_repeats=True), **how)
    return set(graph.labels), {frozenset(graph.labels[end - 1] for end in edge) for edge in graph.edges.tolist()}


# --- small files that were read wrongly once ---

GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}</graphml>'
NESTED = (
    '<graph edgedefault="undirected"><node id="a"><graph id="a:" edgedefault="undirected"><node id="x"/><node id="y"/>'
    '<node id="z"/><edge source="x" target="y"/></graph></node><node id="b"/><edge source="y" target="b"/></graph>'
)

RIGHT = {
    "ids that begin with #": ("zoe #ai\nzoe #ml\nkim #go\n", "a.txt", sets("zoe|#ai|#ml", "kim|#go")),
    "a header": ("source,target\n1,2\n2,3\n4,5\n", "a.csv", sets("1|2|3", "4|5")),
    "a header without a suffix": ("source,target\n1,2\n2,3\n4,5\n", "a", sets("1|2|3", "4|5")),
    "a quoted header": ('"from","to"\n"ann","bob"\n"bob","cy"\n', "a.csv", sets("ann|bob|cy")),
    "a header with more columns": ("Id;Source;Target;Label\n0;a;b;x y\n1;b;c;\n", "a.csv", sets("a|b|c")),
    "a header of types": ("Source,Target,Type\n1,2,Undirected\n", "a.csv", sets("1|2")),
    "a header behind a comment mark": ("#source\ttarget\na\tb\n", "a.txt", sets("a|b")),
    "semicolons": ("1;2\n2;3\n4;5\n", "a.csv", sets("1|2|3", "4|5")),
    "quoted commas": ('"Doe, J.",Bo\nBo,"Roe, R."\n', "a.csv", sets("Doe, J.|Bo|Roe, R.")),
    "names with blanks between tabs": ("zed\tFood & Wine\nyan\tFood & Wine\n", "a.tsv", sets("zed|yan|Food & Wine")),
    "names that end with a number": ("zed\tTop 40\nyan\tTop 40\n", "a", sets("zed|yan|Top 40")),
    "numbered names": ("Gate 1\t2\nGate 5\t7\n", "a.tsv", sets("Gate 1|2", "Gate 5|7")),
    "names with blanks between commas": (
        "New York,Boston\nBoston,St. Louis\n",
        "a.csv",
        sets("New York|Boston|St. Louis"),
    ),
    "an empty last cell": ("A\tB\t2\nC\tA\t\n", "a.tsv", sets("A|B|C")),
    "dictionaries": ("1,2,{'test':1, 'weight':2}\n2,3,{'weight': 5}\n", "a.csv", sets("1|2|3")),
    "ids in braces": ("{1} {2}\n{3} {2}\n{4}\n", "a.txt", sets("{1}|{2}|{3}", "{4}")),
    "Ctrl-Z at the end": ("1 2\n2 3\n\x1a", "a.txt", sets("1|2|3")),
    "UTF-16": ("1 2\nä 3\n".encode("utf-16"), "a.txt", sets("1|2", "ä|3")),
    "lines of an old Macintosh": ("1 2\r2 3\r", "a.txt", sets("1|2|3")),
    "a default of weights": (
        GRAPHML.format(
            '<key id="w" for="edge" attr.name="weight" attr.type="int"><default>4</default></key><graph'
            ' edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph>'
        ),
        "a.graphml",
        sets("a|b"),
    ),
    "nested graphs": (GRAPHML.format(NESTED), "a.graphml", sets("a", "b|x|y", "z")),
    "GraphML without a namespace": (f"<graphml>{NESTED}</graphml>", "a.xml", sets("a", "b|x|y", "z")),
    "GraphML in Latin-1": (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<graphml><graph><node id="ä"/></graph></graphml>'.encode(
            "latin-1"
        ),
        "a.graphml",
        sets("ä"),
    ),
    "GML on one line": (
        'Creator "me" graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 ] edge [ source 2 target 1 ] ]',
        "a.gml",
        sets("1|2"),
    ),
    "GML without ids": (
        "graph [\n node [ ]\n node [ id 1 ]\n node [ id 2 ]\n edge [ source 1 target 2 ]\n]",
        "a",
        sets("node 1", "1|2"),
    ),
    "GML with attributes that nobody asked for": (
        'graph [ node [ id 1 label "x" label2 3 graphics [ w 3 fill "#ff" ] id2 4 ] node [ id 2 label "y" ] ]',
        "a.gml",
        sets("x", "y"),
    ),
    "Pajek without lines of vertices": ("*Vertices 5\n*Edges\n1 2\n2 3\n1 3\n", "a.net", sets("1|2|3", "4", "5")),
    "Pajek lists": ('*vertices 4\n1 "a b"\n2 c\n3 d\n4 e\n*edgeslist\n1 2 3\n', "a.txt", sets("a b|c|d", "e")),
    "Pajek matrix": ("*vertices 3\n*matrix\n0 1 0\n1 0 0\n0 0 0\n", "a.txt", sets("1|2", "3")),
    "graph6": (">>graph6<<EgC?\n", "a.txt", sets("0|1|2", "3|4", "5")),
    "graph6 without a head": ("EgC?\n", "a.g6", sets("0|1|2", "3|4", "5")),
    "sparse6": (">>sparse6<<:Ea[N\n", "a", sets("0|1|2", "3|4", "5")),
    "a multiline adjacency list": ("#t.py\n# GMT\n# \n0 1\n1 {}\n1 1\n2 {}\n2 0\n3 0\n", "a", sets("0|1|2", "3")),
    "a matrix in a text file": (
        "%%MatrixMarket matrix coordinate pattern symmetric\n4 4 2\n2 1\n4 3\n",
        "a.txt",
        sets("1|2", "3|4"),
    ),
    "a whole matrix": (
        "%%MatrixMarket matrix array real symmetric\n3 3\n0\n1\n0\n0\n0\n0\n",
        "a.mtx",
        sets("1|2", "3"),
    ),
    "TGF": ("1 ann\n2 bob\n3 cy\n4 dee\n#\n1 2\n2 3\n", "a.tgf", sets("ann|bob|cy", "dee")),
    "DIMACS": ("c a comment\np edge 4 2\ne 1 2\ne 2 3\n", "a.txt", sets("1|2|3", "4")),
    "DIMACS arcs": ("p sp 3 1\na 1 2 7\n", "a.gr", sets("1|2", "3")),
    "LGL": ("# a\nb 1.5\nc\n# d\n", "a.lgl", sets("a|b|c", "d")),
    "METIS": ("% comment\n4 2\n2\n1 3\n2\n\n", "a.graph", sets("1|2|3", "4")),
    "LEDA": ("LEDA.GRAPH\nstring\nint\n-2\n3\n|{a}|\n|{b c}|\n|{d}|\n1\n1 2 0 |{4}|\n", "a", sets("a|b c", "d")),
    "node-link JSON": (
        '{"nodes": [{"id": 1}, {"id": "a"}], "links": [{"source": 1, "target": "a"}]}',
        "a",
        sets("1|a"),
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_file_is_read_as_it_is_meant(tmp_path, case):
    content, name, expected = RIGHT[case]
    assert components(written(tmp_path, content, name)) == expected


REFUSED = {
    "hash ids at the beginning": ("#1 #2\n#2 #3\na b\n", "a", "a comment, or a vertex"),
    "an edge that may be a comment": ("1 2\n#3 4\n", "a", "a comment, or a vertex"),
    "the same with a percent sign": ("a b\n%c d\n", "a", "a comment, or a vertex"),
    "a hash within a name": ("Track # 1\tAlbum\nb\tc\n", "a.tsv", "Put comments on lines of their own"),
    "a vertex and a comment": ("a b\nC # D\n", "a", "Put comments on lines of their own"),
    "an empty cell": ("a,b\na,\n", "a.csv", "line 2, has an empty cell"),
    "an empty cell between": ("a,,3\nb,c,4\n", "a.csv", "line 1, has an empty cell"),
    "an empty cell before": ("a\tb\n\tc\n", "a", "line 2, has an empty cell"),
    "an empty cell of numbers": ("1,2,3\n1,,2\n", "a", "line 2, has an empty cell"),
    "a table of empty cells": ("1\t2\n\t\n", "a", "line 2, has empty cells alone"),
    "two delimiters": ("a b\nb,c\n", "a", "an edge list has lines"),
    "words that two delimiters part": ("a;1 b;2\nc;3 d;4\n", "a", "parted by blank or semicolon"),
    "blanks or commas": ("New York,Boston\nBoston,St. Louis\n", "a", "parted by blank or comma"),
    "lists in JSON": ("[\n[1,2],\n[2,3]\n]", "a", "is a list in JSON"),
    "a list without an edge": ("a|b\nb|c\n", "a", "no line of .* has two words"),
    "one word": ("EgC?\n", "a", "no line of .* has two words"),
    "a header above numbers": ("customer,product\n1,2\n2,3\n", "a", "looks like a header"),
    "a header that may be an edge": ("source,target\ntarget,a\n", "a", "can be a header or an edge"),
    "a header alone": ("source,target\n", "a", "holds a header alone"),
    "a header and a short line": ("source,target,weight\n1,2\n", "a", "has not a word in each of the columns"),
    "mixed types": ("Source,Target,Type\n1,2,Undirected\n1,3,Directed\n", "a", "directed and undirected"),
    "a quote that stays open": ('"a,b\nc,d\n', "a.csv", "quotes that do not fit"),
    "a line break in data": ("1 3 {'description': 'Sample \n with line break'}\n2 4 {}\n", "a", "line 1, is"),
    "tuples": ("(0, 0) (1, 0)\n", "a", "an edge list has lines"),
    "a control character": ("a b\na \x1b[2J\n", "a", r"line 2, holds the control character U\+001B"),
    "a hidden character": ("a b\n\ufeffa c\n", "a", r"line 2, holds the control character U\+FEFF"),
    "names with blanks in an adjacency list": (
        "#x\n# GMT\nNew York Boston\nBoston\n",
        "a.adjlist",
        "'York' begins no line",
    ),
    "names with blanks in pairs": (
        "Ann Lee Bo Ray\nBo Ray\nCy Orr Di Fox\nDi Fox\n",
        "a.adjlist",
        "'Lee' begins no line",
    ),
    "DOT": ("digraph {\n a->b;\n b->c\n}\n", "a.gv", "is DOT, which is not read"),
    "DOT in a text": ('// comment\nstrict graph "x" { a -- b }', "a.txt", "is DOT, which is not read"),
    "UCINET": ("dl n=3 format=edgelist1\ndata:\n1 2\n", "a.txt", "is UCINET DL, which is not read"),
    "GDF": ("nodedef>name VARCHAR\na\nedgedef>x\n", "a", "is GDF, which is not read"),
    "a page": ("<html><body>1 2</body></html>", "a", "XML of another kind"),
    "METIS without its suffix": ("3 2\n2\n1 3\n2\n", "a", "can be read as metis and as an edge list"),
    "METIS of a cycle": ("4 4\n2 4\n1 3\n2 4\n3 1\n", "a", "can be read as metis and as an edge list"),
    "TGF without its suffix": ("1 2\n2 3\n#\n1 2\n", "a", "can be read as tgf and as an edge list"),
    "LGL without its suffix": ("# a\nb 1.0\nc 2.0\n# b\nd 1.0\n", "a", "can be read as lgl and as an edge list"),
    "several graphs": (
        GRAPHML.format("<graph><node id='a'/></graph><graph><node id='b'/></graph>"),
        "a",
        "several graphs",
    ),
    "several GML graphs": ("graph [ node [ id 1 ] ] graph [ node [ id 2 ] ]", "a.gml", "several graphs"),
    "several graph6": ("EgC?\nEgC?\n", "a.g6", "several graphs"),
    "entities": (
        '<!DOCTYPE g [<!ENTITY a "aaa">]><graphml><graph><node id="&a;"/></graph></graphml>',
        "a.graphml",
        "entities",
    ),
    "two nodes of one id": (GRAPHML.format("<graph><node id='a'/><node id='a'/></graph>"), "a", "given to two nodes"),
    "a hyperedge": (GRAPHML.format("<graph><node id='a'/><hyperedge/></graph>"), "a", "hyperedge"),
    "an undefined node": (
        GRAPHML.format("<graph><node id='a'/><edge source='a' target='b'/></graph>"),
        "a",
        "undefined node 'b'",
    ),
    "GML edges of no ids": ('graph [ node [ label "a" ] edge [ source 0 target 1 ] ]', "a.gml", "undefined node '0'"),
    "a graph that changes": ('<gexf><graph mode="dynamic"></graph></gexf>', "a.gexf", "changes in time"),
    "a letter in a matrix": (
        "%%MatrixMarket matrix coordinate pattern general\n4 4 1\n4 3M",
        "a.mtx",
        "'M' stands among",
    ),
    "a matrix of fewer entries": (
        "%%MatrixMarket matrix coordinate pattern general\n4 4 2\n4 3\n",
        "a.mtx",
        "states 2 entries",
    ),
    "JSON of another shape": ('{"a": 1}', "a", "not a JSON graph"),
    "JSON of links by place": (
        '{"nodes": [{"id": "a"}], "links": [{"source": 0, "target": 0}]}',
        "a",
        "undefined node '0'",
    ),
    "JSON ids that read alike": ('{"nodes": [{"id": 1}, {"id": "1"}], "links": []}', "a", "given to two nodes"),
    "DIMACS of fewer edges": ("p edge 4 3\ne 1 2\n", "a", "states 3 edges and holds 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_two_graphs_or_none_is_refused(tmp_path, case):
    content, name, match = REFUSED[case]
    with pytest.raises(UsageError, match=match) as caught:
        COMPONENTS.read(written(tmp_path, content, name))
    assert "\n" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_format_and_delimiter_decide(tmp_path):
    path = written(tmp_path, "3 2\n2\n1 3\n2\n")
    assert components(path, format="metis") == sets("1|2|3") == components(path, format="edge-list")
    path = written(tmp_path, "a;1 b;2\n")
    assert components(path, delimiter="blank") == sets("a;1|b;2")
    assert components(written(tmp_path, "a|b\nb|c\n"), delimiter="|") == sets("a|b|c".replace("|", "|"))
    assert components(written(tmp_path, "New York|Boston\n"), delimiter="|") == sets("New York|Boston")
    assert components(written(tmp_path, "lonely\n"), format="edge-list") == sets("lonely")
    assert components(written(tmp_path, "a\tb c\nb c\n"), format="adjlist", delimiter="tab") == sets("a|b c")
    with pytest.raises(UsageError, match="a delimiter is one mark"):
        components(path, delimiter="ab")
    with pytest.raises(UsageError, match=r"there is no graph format 'gmll'\. Did you mean 'gml'"):
        components(path, format="gmll")
    with pytest.raises(UsageError, match="Leave one out"):
        components(path, format="gml", delimiter=",")
    with pytest.raises(UsageError, match="sort reads no graph"):
        read_instance(make_task("sort"), path, format="gml")


# --- what is dropped, and what is said ---


def notes(path, task=COMPONENTS):
    return [said.replace(str(path), "FILE") for said in task.read(path).notes]


def test_dropped_edges_are_counted(tmp_path):
    path = written(tmp_path, "a b\nb a\nb b\na b\na a\n")
    assert notes(path) == ["FILE: 2 self-loops dropped.", "FILE: 2 repeated edges dropped."]
    assert notes(written(tmp_path, "a b\n")) == []
    assert notes(written(tmp_path, "1 2\n2 1\n2 3\n3 2\n")) == [
        "FILE holds every edge in both directions; each counts once (2 edges)."
    ]


def test_directions_that_a_task_ignores_are_said(tmp_path):
    nx.write_gml(nx.DiGraph([(1, 2)]), tmp_path / "arcs.gml")
    assert notes(tmp_path / "arcs.gml") == ["FILE is directed; components ignores the directions of edges."]
    assert make_task("reachability").read_any_size(tmp_path / "arcs.gml").notes == ()


def test_a_header_and_a_doubtful_weight_are_said(tmp_path):
    assert notes(written(tmp_path, "source,target\na,b\n")) == ["FILE, line 1, is read as a header: source, target."]
    assert notes(written(tmp_path, "zed Top 40\nyan Top\n")) == [
        "FILE, line 1: '40' is read as a weight, though other edges have none; if it is of a name, part the words by"
        " tabs."
    ]


@pytest.mark.parametrize("kind", ["gml", "graphml", "edges"])
def test_of_parallel_edges_the_lightest_stays_in_a_forest(tmp_path, kind):
    graph = nx.MultiGraph()
    graph.add_weighted_edges_from([(1, 2, 9), (1, 2, 2), (2, 3, 5), (1, 3, 6), (3, 3, 1)])
    path = tmp_path / f"parallel.{kind}"
    {"gml": nx.write_gml, "graphml": nx.write_graphml, "edges": nx.write_weighted_edgelist}[kind](graph, path)
    read = FOREST.read(path)
    assert read.weights[FOREST.solve(read) == 1].sum() == 7
    assert [said.replace(str(path), "FILE") for said in read.notes] == [
        "FILE: 1 self-loop dropped.",
        "FILE: 1 repeated edge dropped; of each pair the least weight stays.",
    ]


@pytest.mark.parametrize("name", sorted(name for name, task in TASKS.items() if issubclass(task, GraphTask)))
@pytest.mark.parametrize("extra", ["b b 1", "b a 1"])
def test_a_task_drops_an_edge_only_if_no_answer_changes(tmp_path, name, extra):
    """The answer without the edge is that of the multigraph, or the task refuses it. Judge: networkx."""
    directed = TASKS[name].directed
    text = f"a b 3\nb c 4\nc d 5\n{'a b 1' if directed and extra == 'b a 1' else extra}\n"
    question = (
        ("? b b\n" if make_task(name).smallest == 1 else "? a d\n") if "question" in make_task(name).inputs else ""
    )
    path = written(tmp_path, question + text)
    graph = (nx.MultiDiGraph if directed else nx.MultiGraph)()
    graph.add_weighted_edges_from((u, v, int(w)) for u, v, w in map(str.split, text.splitlines()))
    true = {
        "components": lambda: dict.fromkeys("abcd", "a"),
        "connectivity": lambda: nx.is_connected(graph),
        "spanning-forest": lambda: nx.minimum_spanning_tree(graph).size(weight="weight"),
        "cycle-check": lambda: not nx.is_forest(graph),
        "diameter": lambda: nx.diameter(graph),
        "reachability": lambda: nx.has_path(graph, "a", "d"),
        "node-count": lambda: graph.number_of_nodes(),
        "edge-count": lambda: graph.number_of_edges(),
        "node-degree": lambda: dict(graph.degree),
        "edge-existence": lambda: graph.has_edge("a", "d"),
        "connected-nodes": lambda: sorted(set(graph["b"]) - {"b"}),
        "disconnected-nodes": lambda: sorted(set(graph) - set(graph["b"]) - {"b"}),
        "triangle-count": lambda: sum(nx.triangles(nx.Graph(graph)).values()) // 3,
        "shortest-path": lambda: nx.shortest_path_length(graph, "a", "d"),
        "max-flow": lambda: 3,
    }[name]()
    task = make_task(name)
    try:
        read = task.read(path)
    except UsageError as error:
        assert "self-loop" in str(error) or "each edge once" in str(error)
        assert task.loops_count if "self-loop" in str(error) else task.repeats_count
        return
    answer = task.solve(read)
    if name == "spanning-forest":
        assert read.weights[answer == 1].sum() == true
    else:
        assert task.present(answer, read) == true
    assert any("dropped" in said for said in read.notes)


# --- laws: what networkx writes ---

NAMES = st.one_of(
    st.integers(0, 30).map(str),
    st.text(alphabet="ab1# %{},;\"'é_&<>|.-", min_size=1, max_size=5),
    st.sampled_from(
        ["Top 40", "New York", "#ai", "C# F#", "source", "target", "1 2", "日本", "a,b", "{}", "{1}", "é é"]
    ),
).filter(lambda name: name == name.strip())  # blanks around a name are not part of it


@st.composite
def graphs(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(draw(st.lists(pairs, max_size=8)))
    if draw(st.booleans()):
        for place, (_, _, data) in enumerate(graph.edges(data=True)):
            data["weight"] = place + 1
    return graph


def write_json(data_of):
    return lambda graph, path: path.write_text(json.dumps(data_of(graph)))


EXACT = {
    "gml": nx.write_gml,
    "graphml": nx.write_graphml,
    "gexf": nx.write_gexf,
    "net": nx.write_pajek,
    "json": write_json(lambda graph: nx.node_link_data(graph, edges="edges")),
    "adjacency.json": write_json(nx.adjacency_data),
    "cytoscape.json": write_json(nx.cytoscape_data),
}
"""Formats that hold any name."""


@SLOW_FILES
@given(graphs(), st.sampled_from(sorted(EXACT)))
def test_a_graph_that_networkx_writes_comes_back_or_is_refused(tmp_path, graph, kind):
    path = tmp_path / f"graph.{kind}"
    with contextlib.suppress(nx.NetworkXError):
        path.unlink(missing_ok=True)
        EXACT[kind](graph, path)
        if refused_by_pajek(graph, kind):
            return
        wanted = {frozenset(edge) for edge in graph.edges if edge[0] != edge[1]}
        assert edges_of(path) == (set(graph), wanted)


def refused_by_pajek(graph, kind):
    """networkx writes a name with a quote as it is; then the reader may refuse, or keep numbers for names."""
    return kind == "net" and any('"' in name or name != name.strip() for name in graph)


LISTS = {
    "edgelist": (nx.write_edgelist, nx.read_edgelist),
    "weighted.txt": (nx.write_weighted_edgelist, nx.read_weighted_edgelist),
    "adjlist": (nx.write_adjlist, nx.read_adjlist),
    "multiline_adjlist": (nx.write_multiline_adjlist, nx.read_multiline_adjlist),
    "tsv": (
        lambda graph, path: nx.write_edgelist(graph, path, delimiter="\t", data=False),
        lambda path: nx.read_edgelist(path, delimiter="\t", comments=None),
    ),
    "csv": (
        lambda graph, path: nx.write_edgelist(graph, path, delimiter=",", data=False),
        lambda path: nx.read_edgelist(path, delimiter=",", comments=None),
    ),
}
"""Lists parted by blanks cannot hold every name: there, what networkx itself reads is the other right answer."""


@settings(SLOW_FILES, max_examples=200)
@given(graphs(), st.sampled_from(sorted(LISTS)))
def test_a_list_that_networkx_writes_is_read_as_written_or_as_networkx_reads_it_or_refused(tmp_path, graph, kind):
    write, read = LISTS[kind]
    if any(beyond_a_list(name, kind) for name in graph):
        return
    path = tmp_path / f"graph.{kind}"
    write(graph, path)
    try:
        found = edges_of(path)
        doubts = read_graph(path, owner="this", simplify=True).notes
    except UsageError:
        return
    if any("is read as a weight" in said for said in doubts):
        return  # that is not silent
    held = (
        set(graph) if "adjlist" in kind else {end for edge in graph.edges for end in edge}
    )  # a list of edges drops others
    wanted = {frozenset(edge) for edge in graph.edges if edge[0] != edge[1]}
    if found == (held, wanted):
        return
    again = read(path)
    assert found == (set(again), {frozenset(edge) for edge in again.edges if edge[0] != edge[1]})


def beyond_a_list(name, kind):
    """Names that a list means in another way by its conventions: a comment, quotes, or a mark that parts words."""
    if kind in ("csv", "tsv"):
        return '"' in name or "," in name or name[:1] in "#%"
    return name[:2] in ("#", "%", "# ", "% ") or name.endswith((",", ";"))


@pytest.mark.parametrize("kind", ["g6", "s6", "txt"])
@given(seed=st.integers(0, 10**6), size=st.integers(1, 80))
@SLOW_FILES
def test_graph6_and_sparse6_agree_with_networkx(tmp_path, kind, seed, size):
    graph = nx.gnm_random_graph(size, size, seed=seed)
    (nx.write_sparse6 if kind == "s6" else nx.write_graph6)(graph, tmp_path / f"graph.{kind}", header=kind == "txt")
    edges = {frozenset(map(str, edge)) for edge in graph.edges}
    assert edges_of(tmp_path / f"graph.{kind}") == (set(map(str, graph)), edges)


# --- laws: tables, against the csv module ---

CELL = st.one_of(
    st.sampled_from(["1", "2", "33", "ann", "Bo Ray", "Top 40", "#x", "a;b", "c,d", "e f", 'g"h', "{i}"]), NAMES
)


@settings(SLOW_FILES, max_examples=200)
@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t"),
    header=st.sampled_from([None, ("source", "target"), ("From", "To"), ("x", "y")]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    suffix=st.sampled_from(["", ".csv", ".txt"]),
)
def test_a_table_has_the_components_that_the_csv_module_reads_or_is_refused(
    tmp_path, rows, delimiter, header, quoting, suffix
):
    rows = [row for row in rows if row[0][:2] not in ("# ", "% ")]  # a comment, as the documentation says
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    table.writerows([*([header] if header else []), *rows])
    path = written(tmp_path, text.getvalue(), f"table{suffix}")
    try:
        found = components(path)
    except UsageError:
        return
    cells = [[cell.strip(" ") for cell in row] for row in csv.reader(io.StringIO(text.getvalue()), delimiter=delimiter)]
    graph = nx.Graph()
    graph.add_edges_from(cells[1:] if header and header != ("x", "y") else cells)
    assert found == {frozenset(component) for component in nx.connected_components(graph)}


def test_every_format_has_a_file_here_that_is_read():
    """So that a new format comes with one."""
    shown = {name.rpartition(".")[2] for _, name, _ in RIGHT.values()} | set(EXACT) | set(LISTS)
    for name, kind in FORMATS.items():
        assert kind.signature or {suffix[1:] for suffix in kind.suffixes} & shown, name
