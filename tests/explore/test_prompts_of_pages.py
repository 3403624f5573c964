"""Prompts in words that are pasted into a page: read as the library reads them."""

from __future__ import annotations

import numpy as np
import pytest
from engine import ask, needs_node

from logdepth import make_task
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
    form = make_task(name, parameters).form
    return form.as_json() | in_words(form)


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


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("edge-existence", NODES + "The edges in G are: (0, 1) (1, 7).\nQ: Is 0 there?", "is no edge in the words"),
        ("edge-existence", NODES + "The edges in G are: (0, 1).\nQ: Is node 0 connected?", "names no two nodes"),
        ("edge-existence", "G describes a graph among nodes 0, 0.\n", "listed twice"),
        ("edge-existence", "G describes a graph among nodes 0 1", "ends with a full stop"),
        ("reachability", NODES + "The edges in G are: (0, 1).", "takes arcs"),
        ("max-flow", NODES + "The edges in G are: (0, 1).", "two vertices and a weight"),
        (None, "Who is John's mother?", "nothing is stated"),
        (None, "John sings. Who is John's mother?", "is no fact such as"),
        (None, "The mother of John is Helen. Who is John's father?", "which is in no fact"),
    ],
)
def test_what_is_not_read_is_said_in_a_sentence(name, text, said):
    [found] = read([text, form_of(name, n=4) if name else None])
    assert isinstance(found, str) and said in found


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
