"""GraphQA as a dataset: the text of a row alone gives its graph, its question and its answer."""

import json

import networkx as nx
import numpy as np
import pytest

from logdepth.learn.samplers import Prompts
from logdepth.learn.samplers.dataset import CARD, DESCRIPTION, LINES, write_prompts
from logdepth.learn.samplers.prompts import asked_tasks
from logdepth.numerics.errors import UsageError
from logdepth.tasks import GRAPHQA, draw_graphqa, make_task
from logdepth.tasks.graphs.graphqa import BUCKETS
from logdepth.tasks.prompts import PHRASINGS, read_prompt


@pytest.mark.parametrize("task", asked_tasks())
def test_the_text_of_a_row_says_all_that_its_columns_say(task):
    answering = make_task(task)
    for row in Prompts(task=task, encoding="all", generator="all", shots=1).rows(18, seed=5):
        prompt = read_prompt(row["question"])
        assert row["question"].endswith(row["task_description"]) and row["question"].count("Example: ") == 2
        assert {frozenset(edge) for edge in row["edges"]} == {frozenset((u - 1, v - 1)) for u, v in prompt.edges}
        assert (str(len(prompt.names)), str(len(prompt.edges))) == (row["nnodes"], row["nedges"])
        assert [prompt.names[node] for node in row["node_ids"]] == list(prompt.asked_vertices)
        assert prompt.phrasing.name == row["text_encoding"]
        instance = answering.instance_of(row["question"])
        assert answering.in_words(answering.solve(instance), instance) == row["answer"]


def test_rows_do_not_depend_on_how_many_there_are_and_differ_by_seed(tmp_path):
    for name, count, seed in (("few", 5, 1), ("many", 30, 1), ("others", 5, 2)):
        write_prompts(Prompts(), tmp_path / name, count, seed)
    few, many, others = ((tmp_path / name / LINES).read_text() for name in ("few", "many", "others"))
    assert many.startswith(few) and few != others
    told = json.loads((tmp_path / "few" / DESCRIPTION).read_text())
    assert Prompts.from_parameters(told["parameters"]) == Prompts() and told["task"] == "graphqa"
    assert LINES in (tmp_path / "few" / CARD).read_text()


RIGHT = {
    "er": lambda graph: True,
    "sbm": lambda graph: True,
    "ba": lambda graph: nx.is_connected(graph) and graph.size() in {k * (len(graph) - k) for k in range(1, len(graph))},
    "sfn": lambda graph: graph.size() <= 3 * len(graph),
    "complete": lambda graph: nx.density(graph) == 1,
    "star": lambda graph: graph.degree[1] == graph.size() == len(graph) - 1,
    "path": lambda graph: set(graph.edges) == {(v, v + 1) for v in range(1, len(graph))},
}


@pytest.mark.parametrize("generator", GRAPHQA)
def test_graphs_are_of_the_generator_and_of_the_published_sizes(generator):
    rng = np.random.default_rng(0)
    graphs = []
    for _ in range(60):
        drawn = draw_graphqa(rng, generator)
        graphs.append(nx.empty_graph(range(1, drawn.vertices + 1)))
        graphs[-1].add_edges_from(drawn.edges.tolist())
    assert {len(graph) // 5 for graph in graphs} == {1, 2, 3}
    assert {len(graph) for graph in graphs} <= {size for bucket in BUCKETS.values() for size in bucket}
    assert all(RIGHT[generator](graph) for graph in graphs)
    if generator in ("er", "sbm"):
        assert {nx.density(graph) > 0.5 for graph in graphs} == {False, True}


@pytest.mark.parametrize(
    "given",
    [{"task": "k-hop"}, {"task": "components"}, {"encoding": "morse"}, {"generator": "tree"}, {"shots": 17}],
)
def test_what_there_is_not_is_refused(given):
    with pytest.raises(UsageError, match="graphqa"):
        Prompts(**given)


def test_every_encoding_has_names_for_the_largest_graph():
    for encoding in PHRASINGS:
        assert next(Prompts(generator="complete", encoding=encoding).rows(1, seed=3))["answer"]


# --- on the command line ---


def test_the_verb_writes_the_folder_and_refuses_what_is_no_text(logdepth, refused, tmp_path):
    words = ["dataset", "graphqa", "--task", "edge-existence", "--encoding", "friendship", "--sequences", 7]
    told = logdepth(*words, "--out", tmp_path / "data", "--json").json
    assert (told["task"], told["format"], told["parameters"]["encoding"]) == ("graphqa", "jsonl", "friendship")
    rows = [json.loads(line) for line in (tmp_path / "data" / LINES).read_text().splitlines()]
    assert len(rows) == 7 and {row["answer"] for row in rows} <= {"Yes.", "No."}
    said = refused(*words, "--format", "safetensors", "--out", tmp_path / "other")
    assert "is text, which is written as jsonl" in said and not (tmp_path / "other").exists()
