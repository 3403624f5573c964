"""Users' files: every file that cannot be used is one clear line with rule, value, place and remedy."""

import gzip

import networkx as nx
import numpy as np
import pytest
import scipy.io
import scipy.sparse

from logdepth.numerics.errors import UsageError
from logdepth.tasks import (
    TASKS,
    GraphTask,
    OneVersusTwoCycles,
    make_task,
    read_instance,
    shipped_files,
)
from logdepth.tasks.inputs import files, graph_files


def refused(task, path, match, **options):
    with pytest.raises(UsageError, match=match) as caught:
        read_instance(task, path, **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500 + 3 * len(str(path))


ALL = [make_task(name) for name in sorted(TASKS)]


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.name)
class TestEveryTaskRefuses:
    def test_a_missing_file(self, task, tmp_path):
        refused(task, tmp_path / "none.txt", "none.txt does not exist")

    def test_a_folder(self, task, tmp_path):
        refused(task, tmp_path, "is not a file")

    def test_an_empty_file(self, task, tmp_path):
        (tmp_path / "empty.txt").write_bytes(b"")
        refused(task, tmp_path / "empty.txt", "is empty")

    def test_blanks_alone(self, task, tmp_path):
        (tmp_path / "blank.txt").write_bytes(b"\n")
        refused(task, tmp_path / "blank.txt", "holds no|is empty")

    def test_a_binary_file(self, task, tmp_path):
        (tmp_path / "zeros.bin").write_bytes(b"ab\0\1\2")
        refused(task, tmp_path / "zeros.bin", "binary .*offset 2")

    def test_a_file_that_is_not_utf8(self, task, tmp_path):
        (tmp_path / "image.png").write_bytes(b"\x89PNG\r\n")
        refused(task, tmp_path / "image.png", "not UTF-8 text .byte 0x89 at offset 0")

    def test_a_huge_file(self, task, tmp_path):
        with (tmp_path / "huge.txt").open("wb") as file:
            file.truncate(graph_files.MOST_BYTES + 1)  # sparse: takes no room
        most = "1024 MiB" if isinstance(task, GraphTask | OneVersusTwoCycles) else "64 MiB"
        refused(task, tmp_path / "huge.txt", f"larger than {most}")

    def test_a_broken_gzip_file(self, task, tmp_path):
        (tmp_path / "broken.gz").write_bytes(gzip.compress(b"1 2\n" * 100)[:-9])
        refused(task, tmp_path / "broken.gz", "not a whole gzip file")
        (tmp_path / "plain.gz").write_bytes(b"1 2\n")
        refused(task, tmp_path / "plain.gz", "not a whole gzip file")

    def test_a_gzip_file_that_unpacks_to_too_much(self, task, tmp_path, monkeypatch):
        monkeypatch.setattr(files, "MOST_BYTES", 1000)
        monkeypatch.setattr(graph_files, "MOST_BYTES", 1000)
        (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"1 " * 1000))
        refused(task, tmp_path / "bomb.gz", "larger than")

    def test_a_path_that_no_file_can_have(self, task):
        refused(task, "a\0b", "cannot be read|does not exist")


def text(tmp_path, content, name="input.txt"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- letters ---


def test_letters_are_read_and_one_newline_at_the_end_is_dropped(tmp_path):
    task = make_task("k-hop", {"alphabet": "acgt"})
    assert task.read(text(tmp_path, "gattaca\n")).tolist() == [3, 1, 4, 4, 1, 2, 1]
    assert task.read(text(tmp_path, "\ufeffgat\r\n")).tolist() == [3, 1, 4]


def test_newline_is_a_letter_of_text(tmp_path):
    task = make_task("k-hop", {"alphabet": "text"})
    tokens = task.read(text(tmp_path, "a\n"))
    assert [task.letters.letter(token) for token in tokens] == ["a", "\n"]
    assert len(task.letters) == 96


def test_a_letter_outside_the_alphabet_is_placed(tmp_path):
    refused(
        make_task("k-hop"),
        text(tmp_path, "abcx"),
        "letter 'x' is not in the alphabet 'abcd' .*position 4: line 1, column 4",
    )
    task = make_task("k-hop", {"alphabet": "text"})
    refused(task, text(tmp_path, "ab\ncd é"), "letter 'é' .*position 7: line 2, column 4")
    refused(make_task("k-hop"), text(tmp_path, "ab\n\n"), r"letter '\\n' .*position 3: line 1, column 3")


@pytest.mark.parametrize(
    ("task", "remedy"),
    [
        (("language", {"of": "formula"}), "of"),
        (("automaton", {"table": "letters ab; start 1; accept 1; 1 a 1; 1 b 1"}), "table"),
        (("automaton", {}), "alphabet"),
    ],
)
def test_a_letter_outside_the_alphabet_names_what_would_give_another(tmp_path, task, remedy):
    refused(make_task(*task), text(tmp_path, "x"), f"Change the file, or give another {remedy}")


def test_too_many_tokens_are_counted(tmp_path):
    refused(make_task("k-hop"), text(tmp_path, "a" * 101), "at most 100 tokens; .* holds 101.* n=101")
    make_task("k-hop").read(text(tmp_path, "a" * 100))


@pytest.mark.parametrize(
    ("spec", "letters"),
    [("4", "abcd"), ("01", "01"), ("acgt", "acgt"), ("1", "a"), ("28", "abcdefghijklmnopqrstuvwxyz01")],
)
def test_alphabets(spec, letters):
    assert make_task("k-hop", {"alphabet": spec}).letters.letters == letters


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ("0", "1 to 62 letters"),
        ("63", "1 to 62"),
        ("99999999999", "1 to 62"),
        ("", "at least one"),
        ("abca", "'a' comes again at position 4"),
    ],
)
def test_alphabets_that_are_none(spec, match):
    with pytest.raises(UsageError, match=match):
        make_task("k-hop", {"alphabet": spec})


# --- numbers ---


def test_numbers_are_read(tmp_path):
    assert make_task("sort").read(text(tmp_path, "3, 1 2 # three\n\n4\t5,")).tolist() == [3, 1, 2, 4, 5]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("1 2\n3 x 4", "got 'x' at .*line 2, column 3"),
        ("1.5", "got '1.5' at .*line 1, column 1"),
        ("-1", "from 0 to 65535; got -1 at"),
        ("65536", "from 0 to 65535; got 65536 at"),
        ("9" * 30, "got '9{30}'"),
        ("²", "got '²'"),
        ("1_0", "got '1_0'"),
        ("# nothing", "holds no number"),
        ("1 " * 1001, "at most 1000 numbers; .* holds 1001"),
    ],
)
def test_numbers_that_are_none(tmp_path, content, match):
    refused(make_task("sort"), text(tmp_path, content), match)


def test_recall_reads_the_names_by_which_it_shows_keys_and_values(tmp_path):
    task = make_task("recall", n=2, keys=3)
    assert task.read(text(tmp_path, "k3 v1 2, v2\nk3")).tolist() == [3, 4, 2, 5, 3]
    for content in ("k4 v1 k1", "k1 v3 k1", "k1 k2 k1", "v0 v1 k1"):
        refused(task, text(tmp_path, content), "recall (reads|takes)")


def test_three_sum_reads_any_number_of_numbers_for_its_protocol(tmp_path):
    task, path = make_task("3-sum", {"n": 9}), text(tmp_path, "7 " * 2000)
    refused(task, path, "at most 9 numbers")
    assert len(task.read_any_size(path)) == 2000
    with pytest.raises(UsageError, match=r"from 0 to 3499; got 3500 at .*line 1, column 3"):
        task.read_any_size(text(tmp_path, "1 3500"))
    with pytest.raises(UsageError, match="3-sum reads no graph"):
        read_instance(task, path, any_size=True, simplify=True)


def test_links_that_are_no_lists(tmp_path):
    task = make_task("list-ranking")
    assert task.read(text(tmp_path, "2 3 0 0")).tolist() == [2, 3, 0, 0]
    refused(task, text(tmp_path, "3 3 0"), "row 3 comes after both row 1 and row 2")
    refused(task, text(tmp_path, "0 3 2"), "go round in a circle")
    refused(task, text(tmp_path, "1"), "go round in a circle")
    refused(task, text(tmp_path, "0 4 0"), "from 0 to 3; got 4")


def test_images_are_rows(tmp_path):
    assert make_task("composition").read(text(tmp_path, "3 3 1")).tolist() == [3, 3, 1]
    refused(make_task("composition"), text(tmp_path, "0 1"), "from 1 to 2; got 0")


def test_rows_of_a_sparse_average(tmp_path):
    task = make_task("sparse-averaging", {"q": 2})
    instance = task.read(text(tmp_path, "5 1 2\n6 2 3\n7, 1, 3\n"))
    assert task.present(task.solve(instance), instance) == [5.5, 6.5, 6.0]
    refused(
        task,
        text(tmp_path, "5 1 2\n6 2\n"),
        "a value and 2 row numbers per line; .*line 2, column 1 begins a line of 2",
    )
    refused(task, text(tmp_path, "5 1 2\n6 2 2\n"), "line 2, column 1 names a row twice")
    refused(task, text(tmp_path, "5 1 3\n6 2 1\n"), "from 1 to 2; got 3 at .*line 1, column 5")
    refused(task, text(tmp_path, "5 1 2\n"), "takes 2 to 64 lines")
    with pytest.raises(UsageError, match="need n >= q"):
        make_task("sparse-averaging", {"q": 5, "n": 4})


def test_simplify_is_for_graphs(tmp_path):
    refused(make_task("sort"), text(tmp_path, "1"), "sort reads no graph", simplify=True)


# --- graphs ---


def edges_by_label(graph):
    return {frozenset((graph.labels[u - 1], graph.labels[v - 1])) for u, v in graph.edges.tolist()}


def test_edge_lists_are_read(tmp_path):
    content = "# comment\n% comment\na b # this one\nb c\nd\n\n c\td\n"
    graph = make_task("components").read(text(tmp_path, content))
    assert graph.labels == ("a", "b", "c", "d")
    assert edges_by_label(graph) == {frozenset("ab"), frozenset("bc"), frozenset("cd")}


def test_isolated_vertices_are_fine(tmp_path):
    task = make_task("components")
    graph = task.read(text(tmp_path, "lonely\na b\nalone\n"))
    assert task.present(task.solve(graph), graph) == {"lonely": "lonely", "a": "a", "b": "a", "alone": "alone"}


@pytest.mark.parametrize("loop_first", [True, False])
def test_self_loops_and_repeated_edges_are_refused_or_dropped(tmp_path, loop_first):
    task = make_task("cycle-check")
    path = text(tmp_path, "a b\nb b\nb a\nb c\n" if loop_first else "a b\nb a\nb b\nb c\n")
    message = "no self-loop; .*line 2, joins 'b' to itself" if loop_first else "line 2, repeats 'b' - 'a' of line 1"
    refused(task, path, f"{message}.*simplify=True")
    assert edges_by_label(task.read(path, simplify=True)) == {frozenset("ab"), frozenset("bc")}


@pytest.mark.parametrize("content", ["a b c d", "a b heavy", "a b 1 2"])
def test_lines_that_are_no_edge_are_refused(tmp_path, content):
    refused(make_task("components"), text(tmp_path, f"x y\n{content}\n"), f"line 2, is '{content}'")


def test_too_large_graphs_are_refused(tmp_path):
    path = text(tmp_path, "".join(f"{v} {v + 1}\n" for v in range(64)))
    refused(make_task("components"), path, "at most 64 vertices .* has 65 and 64.* n=65")
    refused(make_task("components", {"n": 65, "edges": 10}), path, "10 edges; .*n=65 edges=64")
    refused(make_task("1-vs-2-cycle", {"n": 5}), path, "at most 5 vertices")


def karate(weighted=True):
    g = nx.karate_club_graph()
    if not weighted:
        for _, _, data in g.edges(data=True):
            data.clear()
    return g


def write_mtx(graph, path):
    scipy.io.mmwrite(path, scipy.sparse.coo_matrix(nx.to_scipy_sparse_array(graph)))


WRITERS = {
    "karate.gml": nx.write_gml,
    "karate.graphml": nx.write_graphml,
    "karate.edges": nx.write_edgelist,
    "karate.txt": nx.write_weighted_edgelist,
    "karate.csv.gz": lambda g, path: nx.write_edgelist(g, path, delimiter=",", data=["weight"]),
    "karate.adjlist": nx.write_adjlist,
    "karate.gml.gz": nx.write_gml,
    "karate.mtx": write_mtx,
}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_files_of_networkx_and_scipy_are_read(tmp_path, name):
    WRITERS[name](karate(), str(tmp_path / name))
    graph = make_task("components").read(tmp_path / name)
    shift = 1 if name == "karate.mtx" else 0
    assert edges_by_label(graph) == {frozenset((str(u + shift), str(v + shift))) for u, v in karate().edges}
    if name != "karate.adjlist":  # it holds no weights
        task = make_task("spanning-forest")
        graph = task.read(tmp_path / name)
        best = nx.minimum_spanning_tree(karate()).size(weight="weight")
        assert graph.weights[task.solve(graph) == 1].sum() == best


def test_all_shipped_graphs_are_read():
    task = make_task("components", {"n": 100})
    sizes = {
        path.name: (graph.vertices, len(graph.edges))
        for path in shipped_files()
        if path.suffix == ".gml" and (graph := task.read(path))
    }
    assert sizes == {"karate.gml": (34, 78), "les_miserables.gml": (77, 254), "florentine_families.gml": (15, 20)}


def test_gml_keeps_labels_only_if_they_are_distinct(tmp_path):
    node = 'node [ id {} label "{}" ]\n'
    gml = 'Creator "me"\ngraph\n[\n{}edge [ source 7 target 8 value 3 ]\n]\n'
    graph = make_task("spanning-forest").read(
        text(tmp_path, gml.format(node.format(7, "x") + node.format(8, "y")), "a.gml")
    )
    assert graph.labels == ("x", "y") and graph.weights.tolist() == [3]
    graph = make_task("components").read(text(tmp_path, gml.format(node.format(7, "x") + node.format(8, "x")), "b.gml"))
    assert graph.labels == ("7", "8")


@pytest.mark.parametrize("kind", ["gml", "graphml"])
def test_repeated_edges_and_loops_in_other_formats(tmp_path, kind):
    g = nx.MultiGraph([(1, 2), (2, 1), (2, 3)])
    path = tmp_path / f"repeated.{kind}"
    getattr(nx, f"write_{kind}")(g, path)
    refused(make_task("edge-count"), path, "repeats '[12]' - '[12]' of edge 1.*simplify=True")
    assert len(make_task("edge-count").read(path, simplify=True).edges) == 2
    getattr(nx, f"write_{kind}")(nx.Graph([(1, 1), (1, 2)]), path)
    refused(make_task("edge-count"), path, "joins '1' to itself")
    getattr(nx, f"write_{kind}")(nx.DiGraph([(1, 2), (2, 1)]), path)
    refused(make_task("edge-count"), path, "in either direction")


def test_repeated_edges_in_a_gml_file_that_calls_itself_simple(tmp_path):
    path = text(
        tmp_path,
        "graph [\n node [ id 1 ]\n node [ id 2 ]\n edge [ source 1 target 2 ]\n edge [ source 2 target 1 ]\n]",
        "a.gml",
    )
    refused(make_task("edge-count"), path, "repeats")
    assert len(make_task("edge-count").read(path, simplify=True).edges) == 1


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.gml", "graph [ node [ id 1", "not a GML file"),
        ("a.gml", "hello", "not a GML file"),
        ("a.gml", "graph [ ]", "holds no vertex"),
        ("a.gml", "graph [ node [ id 1 ] edge [ source 1 target 2 ] ]", "not a GML file .*undefined"),
        ("a.gml", "graph " + "[ a " * 5000, "not a GML file"),
        ("a.graphml", "<graphml>", "not a GraphML file"),
        ("a.graphml", "hello", "not a GraphML file"),
        ("a.graphml", "<graphml></graphml>", "not a GraphML file|holds no vertex"),
        ("a.mtx", "hello", "not a Matrix Market file"),
        ("a.mtx", "%%MatrixMarket matrix coordinate pattern general\n2 3 1\n1 2\n", "square matrix .* 2 x 3"),
        (
            "a.mtx",
            "%%MatrixMarket matrix coordinate pattern general\n99999999 99999999 1\n1 2\n",
            "at most 67108864 rows",
        ),
        ("a.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 2\n1 2\n", "not a Matrix Market file"),
        (
            "a.mtx",
            "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 3\n",
            r"entry \(3, 3\), joins '3' to itself",
        ),
        ("a.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 3\n2 1\n1 2\n1 3\n", "repeats"),
        ("a.adjlist", "1 2\n2 1\n", "line 2, repeats '2' - '1' of line 1"),
    ],
)
def test_damaged_graph_files_are_refused(tmp_path, name, content, match):
    refused(make_task("edge-count"), text(tmp_path, content, name), match)


def test_a_whole_matrix_and_half_of_it_are_the_same_graph(tmp_path):
    head = "%%MatrixMarket matrix coordinate pattern general\n3 3 {}\n{}"
    task = make_task("components")
    whole = task.read(text(tmp_path, head.format(4, "1 2\n2 1\n2 3\n3 2\n"), "whole.mtx"))
    half = task.read(text(tmp_path, head.format(2, "1 2\n2 3\n"), "half.mtx"))
    assert edges_by_label(whole) == edges_by_label(half) == {frozenset("12"), frozenset("23")}


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("b c", "line 2, edge 'b' - 'c', has none"),
        ("b c 1.5", "whole weights; .*line 2, edge 'b' - 'c', has '1.5'"),
        ("b c nan", "whole weights"),
        ("b c inf", "whole weights"),
        ("b c 256", "from 0 to 255; .*has 256.*give weights=256"),
        ("b c -1", "from 0 to 255; .*has -1"),
        ("b c {'weight': 'x'}", "whole weights; .*has 'x'"),
    ],
)
def test_weights_that_are_none(tmp_path, line, match):
    refused(make_task("spanning-forest"), text(tmp_path, f"a b 3\n{line}\n"), match)


def test_weights_are_read(tmp_path):
    graph = make_task("spanning-forest").read(text(tmp_path, "a b 3\nb c 4.0\nc d {'weight': 7}\n"))
    assert graph.weights.tolist() == [3, 4, 7]


def test_questions(tmp_path):
    task = make_task("edge-existence")
    graph = task.read(text(tmp_path, "# who?\n? a c\na b\nb c\n"))
    assert graph.question == (1, 3) and task.present(task.solve(graph), graph) is False
    refused(task, text(tmp_path, "a b\n"), "answers a question .*begin an edge list with a line '. u v'")
    refused(task, text(tmp_path, "? a x\na b\n"), "names 'x'")
    refused(task, text(tmp_path, "? a a\na b\n"), "names 'a' twice")
    refused(make_task("components"), text(tmp_path, "? a b\na b\n"), "asks about no pair")


def test_cycles_are_checked(tmp_path):
    task = make_task("1-vs-2-cycle")
    triangles = "1 2\n2 3\n3 1\n4 5\n5 6\n6 4\n"
    graph = task.read(text(tmp_path, triangles))
    assert task.present(task.solve(graph), graph) == 2
    refused(task, text(tmp_path, "1 2\n2 3\n"), "vertex '1' has 1 edge, not 2")
    refused(task, text(tmp_path, triangles + "7 8\n8 9\n9 7\n"), "one or two cycles; .* holds 3")


def test_order_of_rows_does_not_give_an_edge_list_away():
    task = make_task("1-vs-2-cycle")
    columns = task.encode(task.sample(np.random.default_rng(0), "one", 20))
    arcs = set(zip(columns["tail"].tolist(), columns["head"].tolist(), strict=True))
    assert len(arcs) == 40 and arcs == {(head, tail) for tail, head in arcs}
