"""Prompts in words that are pasted into a page: read as the library reads them."""

from __future__ import annotations

import numpy as np
import pytest
from engine import ask, needs_node

from logdepth import UsageError, make_task
from logdepth.explore.described import in_words
from logdepth.tasks.prompts import NAMES, PEOPLE, PHRASINGS, PROFESSION, RELATIONS, Fact, KinPrompt

pytestmark = needs_node

READ = """return given.map(([text, form]) => {
  try { return form ? $graphprompt.readPrompt(text, form) : $factsinput.inWords($factsprompt.readFactsPrompt(text)); }
  catch (error) { if (error.constructor.name !== "Unreadable") throw error; return error.message; }
});"""


def read(*given):
    return ask(READ, given, "graphinput", "factsinput")


def form_of(name: str, **parameters) -> dict:
    task = make_task(name, parameters)
    return task.form.as_json() | in_words(task)


def graphs():
    """Of every encoding a few graphs, with names of its own, and other ones."""
    rng = np.random.default_rng(2)
    for phrasing in PHRASINGS.values():
        for names in (NAMES[phrasing.names][:6], NAMES[phrasing.names][:1], ("a.b", "c|d", "Mr. X", "12", "1")):
            pairs = [(u, v) for u in range(1, len(names) + 1) for v in range(u + 1, len(names) + 1)]
            yield phrasing, names, [pair for pair in pairs if rng.random() < 0.5]


def test_a_graph_in_words_is_read_in_every_encoding():
    form, told = form_of("edge-existence", n=6), list(graphs())
    texts = []
    for phrasing, names, edges in told:
        asked = f"Q: Is node {names[-1]} connected to node {names[0]}?\nA: " if len(names) > 1 else ""
        texts.append([phrasing.write(names, edges) + asked, form])
    for (_, names, edges), found in zip(told, read(*texts), strict=True):
        assert found["vertices"] == list(names)
        assert {tuple(sorted(edge)) for edge in found["edges"]} == set(edges)
        assert len(found["edges"]) == len(edges)
        assert found["question"] == ([len(names), 1] if len(names) > 1 else None)


NODES = "G describes a graph among nodes 0, 1, and 2.\n"
ARCS = "In a directed graph, (i,j) means that there is an edge from node i to node j. "
FRIENDS = "G describes a friendship graph among nodes Ann, Bob, and Cid"
EDGES = ".\nWe have the following edges in G:\n"
CYCLE = "Q: Is there a cycle in this graph?\nA: "
PATH = "Q: Is there a path from node Ann to node Cid?\nA: "


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("edge-existence", NODES + "The edges in G are: (0, 1) (1, 7).\nQ: Is 0 there?", "is no edge between"),
        (
            "edge-existence",
            NODES + "The edges in G are: (0, 1).\nQ: Is node 0 connected?",
            "answers ‘Is node … connected to node …?’",
        ),
        ("edge-existence", "G describes a graph among nodes 0, 0.\n", "listed twice"),
        ("edge-existence", "G describes a graph among nodes 0 1", "ends with a full stop"),
        ("edge-existence", ARCS + NODES + "The edges in G are: (0, 1).", "edges without a direction"),
        ("max-flow", NODES + "The edges in G are: (0, 1).", "two vertices and a weight"),
        (None, "Who is John's mother?", "nothing is stated"),
        (None, "John sings. Who is John's mother?", "is no fact such as"),
        (None, "The mother of John is Helen. Who is John's father?", "which is in no fact"),
    ],
)
def test_what_is_not_read_is_said_in_a_sentence(name, text, said):
    [found] = read([text, form_of(name, n=4) if name else None])
    assert isinstance(found, str) and said in found


OF_TASKS = (
    ("cycle-check", FRIENDS + EDGES + "ann and Bob are friends.\n" + CYCLE),
    ("cycle-check", FRIENDS + EDGES + "Zoe and Yan are friends.\n" + CYCLE),
    ("cycle-check", FRIENDS + EDGES + "DaAnn and Bob are friends.\n" + CYCLE),
    ("cycle-check", FRIENDS + EDGES + "Ann and Bob are buddies.\n" + CYCLE),
    ("cycle-check", FRIENDS + EDGES + "Ann and Bob ARE friends..\nBob and Cid are friends\n" + CYCLE),
    (
        "cycle-check",
        FRIENDS + EDGES.replace("\n", " ") + "Ann and Bob are friends. Bob and Cid are friends. " + CYCLE,
    ),
    ("cycle-check", FRIENDS + EDGES[1:] + "Ann and Bob are friends.\n" + CYCLE),
    ("cycle-check", FRIENDS + EDGES[1:].replace("\n", " ") + "Ann and Bob are friends. " + CYCLE),
    ("cycle-check", FRIENDS + ". " + CYCLE),
    ("cycle-check", FRIENDS + EDGES + "Ann and Bob are friends.\n" + CYCLE[:-3] + "Bob and Cid are friends.\nA: "),
    (
        "cycle-check",
        FRIENDS + EDGES + "Ann and Bob are friends.\n" + CYCLE + "\nBob and Cid are friends.\n" + CYCLE,
    ),
    ("cycle-check", CYCLE + "\n" + FRIENDS + EDGES + "Ann and Bob are friends."),
    ("cycle-check", FRIENDS + EDGES + "Ann and Bob are friends.\n" + PATH),
    ("components", FRIENDS + EDGES + "Ann and Bob are friends.\n" + CYCLE),
    ("node-degree", FRIENDS + EDGES + "Ann and Bob are friends.\nQ: What is the degree of Bob?\nA: "),
    ("reachability", FRIENDS + EDGES + "Ann and Bob are friends.\nCid and Bob are friends.\n" + PATH),
    ("reachability", FRIENDS + EDGES + "Ann and Bob are friends.\n" + PATH.replace("Cid", "Ann")),
    (
        "reachability",
        ARCS + NODES + "The edges in G are: (0, 1) (2, 1).\n" + PATH.replace("Ann", "0").replace("Cid", "2"),
    ),
    ("edge-existence", NODES + "The edges in G are: (0, 1) (7, 8).\nQ: Is node 0 connected to node 2?\nA: "),
    (
        "edge-existence",
        NODES + "In this graph:\nNode 0 is connected to nodes 1 and 2.\nQ: Is node 1 connected to 2?\nA: ",
    ),
)
"""Tasks, and prompts for them: some are read, and all others are refused."""


def test_a_graph_in_words_is_read_as_the_library_reads_it_or_refused():
    for (name, text), found in zip(
        OF_TASKS, read(*[[text, form_of(name, n=4)] for name, text in OF_TASKS]), strict=True
    ):
        task = make_task(name, n=4)
        try:
            expected = task.typed(task.instance_of(text))
        except UsageError:
            assert isinstance(found, str), text
        else:
            assert found == expected, text


def test_an_edge_list_of_a_page_asks_its_question_in_the_words_of_a_file_too():
    script = "return given.map(([text, form]) => $edgelist.readEdges(text, form, []));"
    texts = ("? a c\na b\nb c", form_of("shortest-path", n=4)), ("? a c\na b 2\nb c 3", form_of("max-flow", n=4))
    expected = {"vertices": ["a", "c", "b"], "edges": [[1, 3], [3, 2]], "question": [1, 2]}
    assert ask(script, texts, "edgelist") == [{**expected, "weights": None}, {**expected, "weights": [2, 3]}]


def test_headers_comments_and_arrows_of_an_edge_list_are_no_vertices_of_a_page_either():
    script = """return given.map(([text, form]) => {
      try { return $edgelist.readEdges(text, form, []).vertices; } catch (error) { return error.message; }
    });"""
    plain, weighted = form_of("components", n=4), form_of("spanning-forest", n=4)
    texts = [["source,target\na,b", plain], ["% roads\n# c\nFrom To Weight\na b 2", weighted], ["a -> 2", weighted]]
    header, comments, arrow = ask(script, texts, "edgelist")
    assert (header, comments) == (["a", "b"], ["a", "b"])
    assert "has -> between two vertices" in arrow


def test_facts_in_words_are_read_as_the_library_reads_them():
    task, rng = make_task("kin", n=8, relations=4, k=2), np.random.default_rng(3)
    texts = []
    for _ in range(20):
        people = rng.permutation(PEOPLE)[:4]
        first, last = rng.permutation(RELATIONS)[:2]
        facts = [Fact(first, *people[:2]), Fact(last, *people[1:3]), Fact(PROFESSION, people[1], "baker")]
        asked = (first, last if rng.random() < 0.5 else PROFESSION)
        texts.append(KinPrompt(tuple(facts), people[0], asked).text)
    texts += [
        "John's mother is Helen. Helen is a painter. Q: What is the profession of John's mother?\nA: ",
        "Mary is the friend of John. Anna is Mary ’s teacher. Who is the teacher of the friend of John?",
        "Q: Who is John's friend's friend? The friend of John is Ida. The friend of Ida is John.",
        "Example: The friend of A is B. The friend of B is A. Q: Who is A's friend's friend? A: A\n"
        "The friend of Ida is John. The friend of John is Rosa. Q: Who is Ida's friend's friend?\nA:",
    ]
    expected = [task.typed(task.instance_of(text)) for text in texts]
    assert read(*[[text, None] for text in texts]) == expected
