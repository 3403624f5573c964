"""Malformed inputs, 1,650 by fixed seeds, to every verb that reads files: an answer, or one line.

The verbs run in this process. No input may end in a traceback, in another exit status than the documented ones, in more
than one line of error, or in a file half-written. Where an input is changed in a way that keeps its meaning, the answer
is that of networkx.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import shutil
from pathlib import Path

import networkx as nx
import pytest

from logdepth.cli import main

pytestmark = pytest.mark.slow

PIECES = (
    b"\0", b"\x1a", b"\x1b[2J", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe2\x80\x89",
    b"\r", b"\n", b"\n\n", b"\t", b"\t\t", b" ", b",", b";", b"|",
    b'"', b"'", b"#", b"# ", b"%", b"? a b\n", b"{}", b"{", b"}",
    b"{'weight': 1}", b"[", b"]", b"<", b">", b"&lt;", b"&#27;", b"<!ENTITY a 'b'>", b"-1", b"+1", b"1e3", b"1e999",
    b"nan", b"inf", b"1_000", b"1,000", b"1.5", b"0x10", b"007", b"9" * 30, b"\xd9\xa3", b"\xc2\xb2", b"null", b"true",
    b"NaN", b"a" * 300, b"source,target\n", b"graph [", b"*Vertices 3\n", b">>graph6<<", b"p edge 3 1\n", b"digraph {",
    b"%%MatrixMarket matrix coordinate pattern general\n", b"PK\3\4", b"\x1f\x8b",
)  # fmt: skip
"""What is written into files."""

KEPT = {
    "as it is": lambda data: data,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "lines of DOS": lambda data: data.replace(b"\n", b"\r\n"),
    "Ctrl-Z": lambda data: data + b"\n\x1a",
    "empty lines": lambda data: data.replace(b"\n", b"\n\n"),
}
"""Changes of an edge list or table that keep its meaning."""


def hurt(data: bytes, rng: random.Random) -> bytes:
    """A few random changes: pieces go in, bytes go, flip or come twice, the end is cut off, lines change places."""
    for _ in range(rng.randint(1, 3)):
        place, length = rng.randrange(len(data) + 1), rng.randint(1, 12)
        kind = rng.randrange(7)
        if kind <= 1:
            data = data[:place] + rng.choice(PIECES) + data[place:]
        elif kind == 2:
            data = data[:place] + data[place + length :]
        elif kind == 3:
            data = (
                data[:place]
                + bytes(byte ^ 1 << rng.randrange(8) for byte in data[place : place + 1])
                + data[place + 1 :]
            )
        elif kind == 4:
            data = data[:place] + data[place : place + length] * 3 + data[place + length :]
        elif kind == 5:
            data = data[: max(1, place)]
        else:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = b"\n".join(lines)
    return data


def graph_of(seed: int) -> nx.Graph:
    rng = random.Random(seed)
    graph = nx.gnm_random_graph(rng.randint(2, 8), rng.randint(1, 10), seed=seed)
    names = rng.choice([str, lambda v: f"v{v}", lambda v: f"Gate {v}", lambda v: f"é{v}"])
    graph = nx.relabel_nodes(graph, {vertex: names(vertex) for vertex in graph})
    nx.set_edge_attributes(graph, {edge: rng.randint(0, 9) for edge in graph.edges}, "weight")
    return graph


def in_bytes(write, graph, **options) -> bytes:
    stream = io.BytesIO()
    write(graph, stream, **options)
    return stream.getvalue()


GRAPHS = {
    "edges.txt": lambda graph: in_bytes(nx.write_weighted_edgelist, graph),
    "edges.tsv": lambda graph: in_bytes(nx.write_edgelist, graph, delimiter="\t", data=["weight"]),
    "edges.csv": lambda graph: (
        b"source,target,weight\n" + in_bytes(nx.write_edgelist, graph, delimiter=",", data=["weight"])
    ),
    "g.edgelist": lambda graph: in_bytes(nx.write_edgelist, graph),
    "g.adjlist": lambda graph: in_bytes(nx.write_adjlist, graph),
    "g.multiline_adjlist": lambda graph: in_bytes(nx.write_multiline_adjlist, graph),
    "g.gml": lambda graph: in_bytes(nx.write_gml, graph),
    "g.graphml": lambda graph: in_bytes(nx.write_graphml, graph),
    "g.gexf": lambda graph: in_bytes(nx.write_gexf, graph),
    "g.net": lambda graph: in_bytes(nx.write_pajek, graph),
    "g.g6": lambda graph: nx.to_graph6_bytes(nx.convert_node_labels_to_integers(graph)),
    "g.s6": lambda graph: nx.to_sparse6_bytes(nx.convert_node_labels_to_integers(graph)),
    "g.json": lambda graph: json.dumps(nx.node_link_data(graph, edges="edges")).encode(),
    "g.mtx": lambda graph: b"%%MatrixMarket matrix coordinate pattern symmetric\n4 4 2\n2 1\n4 3\n",
    "g.graph": lambda graph: b"4 2\n2\n1 3\n2\n\n",
    "g.col": lambda graph: b"c x\np edge 4 2\ne 1 2\ne 2 3\n",
    "g.tgf": lambda graph: b"1 a\n2 b\n#\n1 2\n",
    "g.lgl": lambda graph: b"# a\nb 1\nc 2\n",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """Small models, one of a program with columns, and a folder that keeps the rounds of a run."""
    from logdepth import Table, compile_program, write_model

    folder = tmp_path_factory.mktemp("fuzz")
    small = {
        "components": ["--n", "10"],
        "spanning-forest": ["--n", "6", "--edges", "12"],
        "k-hop": ["--n", "20"],
        "sort": ["--n", "8", "--high", "99"],  # of all 65,536 numbers its table takes long to read
    }
    for name, size in small.items():
        assert main(["compile", name, *size, "--samples", "5", "--out", str(folder / name)]) == 0
    table = Table("successor", rows=8)
    table.output("next", table.map(lambda x: x + 1, table.input("number", 9), high=10))
    write_model(compile_program(table.program()), folder / "program")
    (folder / "edges").write_text("a b\nb c\nd e\n")
    assert main(["mpc", "components", str(folder / "edges"), "--resume", str(folder / "rounds")]) == 0
    return folder


@pytest.fixture
def end(capsys, tmp_path, monkeypatch):
    """Run a command line; its JSON if it succeeded, None if it was refused; everything else fails."""
    monkeypatch.chdir(tmp_path)  # `inspect` writes beside where it is run

    def run(*words: object, seed: int, statuses: tuple[int, ...] = (0, 2)):
        capsys.readouterr()
        status = main([*map(str, words), "--json"])
        out, err = capsys.readouterr()
        assert status in statuses, (seed, words, status, err)
        assert "Traceback" not in out + err and "\x1b" not in out + err, (seed, words, err)
        if status == 2:
            assert err.count("\n") == 1 and err.startswith("logdepth: "), (seed, words, err)
            assert out.count("\n") == 1 and "error" in json.loads(out), (seed, words, out)
            assert not (tmp_path / "out").exists(), (seed, words)
            return None
        return json.loads(out)

    return run


@pytest.mark.parametrize("batch", range(6))
def test_graphs(models, tmp_path, end, batch):
    """600 malformed graph files."""
    read = 0
    for seed in range(batch * 100, batch * 100 + 100):
        rng = random.Random(seed)
        name = rng.choice(sorted(GRAPHS))
        path = tmp_path / name
        path.write_bytes(hurt(GRAPHS[name](graph_of(seed)), rng))
        verb = rng.choice(["run", "run", "run", "mpc", "simulate"])
        task = rng.choice(["components", "components", "spanning-forest"]) if verb == "run" else "components"
        options = rng.choice([[], [], [], ["--simplify"], ["--delimiter", rng.choice([",", "tab", "blank"])]])
        result = end(verb, task if verb == "mpc" else models / task, path, *options, seed=seed)
        read += result is not None
    assert 5 <= read <= 95, "some inputs are harmless, and most are not"


@pytest.mark.parametrize("batch", range(2))
def test_lists_that_keep_their_meaning_have_the_components_of_networkx(models, tmp_path, end, batch):
    """200 unusual files that are right."""
    for seed in range(batch * 100, batch * 100 + 100):
        rng, graph = random.Random(seed), graph_of(seed)
        graph.remove_nodes_from(list(nx.isolates(graph)))
        name = rng.choice(["edges.tsv", "edges.csv"])
        lines = GRAPHS[name](graph).splitlines(keepends=True)
        head, rows = (lines[:1], lines[1:]) if name == "edges.csv" else ([], lines)
        rows += rng.choices(rows, k=2)
        rng.shuffle(rows)
        (tmp_path / name).write_bytes(KEPT[rng.choice(sorted(KEPT))](b"".join(head + rows)))
        result = end("run", models / "components", tmp_path / name, seed=seed)
        assert result is not None, seed
        found: dict[str, set[str]] = {}
        for vertex, first in result["answer"].items():
            found.setdefault(first, set()).add(vertex)
        assert sorted(map(sorted, found.values())) == sorted(map(sorted, nx.connected_components(graph))), seed


def test_texts_numbers_and_columns(models, tmp_path, end):
    """500 malformed texts, lists of numbers, and columns in CSV and JSON."""
    for seed in range(500):
        rng = random.Random(seed)
        name, place, data = rng.choice(
            [
                ("text", models / "k-hop", b"abcdabcdab\n"),
                ("numbers", models / "sort", b"3, 1 2 # three\n4\t5\n"),
                ("columns.csv", models / "program", b"number\n1\n2\n9\n"),
                ("columns.json", models / "program", b'{"number": [1, 2, 9]}'),
            ]
        )
        (tmp_path / name).write_bytes(hurt(data, rng))
        result = end("run", place, tmp_path / name, seed=seed)
        if result is not None and name == "numbers":
            assert result["answer"] == sorted(result["answer"]) and result["correct"], seed


def test_model_folders(models, tmp_path, end):
    """400 damaged folders of models, to each verb that reads one."""
    for seed in range(400):
        rng = random.Random(seed)
        name = rng.choice(["k-hop", "components", "program"])
        folder = shutil.copytree(models / name, tmp_path / "model", dirs_exist_ok=True)
        victim = folder / rng.choice(["model.json", "model.json", "model.safetensors"])
        victim.write_bytes(hurt(victim.read_bytes(), rng))
        (tmp_path / "input").write_bytes({"k-hop": b"abab", "components": b"a b\n", "program": b"number\n1\n"}[name])
        verb = rng.choice(["run", "verify", "simulate", "export", "inspect", "evaluate"])
        words = {
            "run": [folder, tmp_path / "input"],
            "verify": [folder, "--samples", "1"],
            "simulate": [folder, tmp_path / "input"],
            "export": [folder, "--format", "onnx", "--out", tmp_path / "out"],
        }.get(verb, [folder])
        end(verb, *words, seed=seed, statuses=(0, 1, 2))
        shutil.rmtree(folder)
        (tmp_path / "out").unlink(missing_ok=True)


def test_folders_of_rounds(models, tmp_path, end):
    """150 damaged folders that `mpc --resume` goes on from."""
    for seed in range(150):
        rng = random.Random(seed)
        folder = shutil.copytree(models / "rounds", tmp_path / "rounds", dirs_exist_ok=True)
        victims = sorted(place for place in folder.rglob("*") if place.is_file())
        victim = rng.choice(victims)
        victim.write_bytes(hurt(victim.read_bytes(), rng))
        result = end("mpc", "components", models / "edges", "--resume", folder, seed=seed)
        if result is not None:
            assert result["answer"] == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"}, seed
        shutil.rmtree(folder)
