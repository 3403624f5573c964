"""Prompts: reading is the inverse of writing in every encoding, and prompts written by others are read."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, make_task, read_instance
from logdepth.tasks.graphs.graph_task import GraphTask
from logdepth.tasks.prompts import NAMES, PHRASINGS, TEMPLATES, read_prompt, write_prompt

ENCODINGS = list(PHRASINGS)
ASKING = sorted(name for name, task in TASKS.items() if getattr(task, "asks", None))
ODD = ("Mr. Hi", "node", "E. coli K-12", "O'Hara", "a:b", "Node 7", "é", "friends", "G", "connected to node", "12")


@st.composite
def prompts(draw, encoding: str):
    """Any prompt: a graph in any order and orientation, under any names, with any question."""
    own = draw(st.booleans())
    names = (
        draw(st.permutations(ODD))[:7] if own else list(NAMES[PHRASINGS[encoding].names][: draw(st.integers(2, 19))])
    )
    pairs = st.tuples(st.integers(1, len(names)), st.integers(1, len(names))).filter(lambda pair: pair[0] != pair[1])
    edges = draw(st.lists(pairs, max_size=12, unique_by=frozenset))
    capacities = draw(st.none() | st.lists(st.integers(0, 99), min_size=len(edges), max_size=len(edges)))
    task = draw(
        st.sampled_from([name for name in TEMPLATES if edges == [] or capacities or name != "max-flow"] + [None])
    )
    asked = draw(st.permutations(range(1, len(names) + 1)))[: TEMPLATES[task].vertices] if task else []
    words = ["golf", "tennis"] if task == "node-classification" else []
    likes = draw(st.dictionaries(st.integers(1, len(names)), st.sampled_from(["golf", "tennis"]), max_size=3))
    return write_prompt(
        len(names), edges, encoding, task, [*asked, *words], names=names, capacities=capacities or None, likes=likes
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_reading_is_the_inverse_of_writing(encoding):
    @settings(max_examples=25)
    @given(prompts(encoding))
    def law(prompt):
        found = read_prompt(prompt.text)
        assert replace(found, phrasing=prompt.phrasing) == prompt
        if prompt.names == tuple(NAMES[prompt.phrasing.names][: len(prompt.names)]):
            assert found.phrasing is prompt.phrasing
        assert found.text == prompt.text

    law()


# --- prompts written by others: the wording of the public generator, written here a second time ---

HEADS = {
    "adjacency": (
        "In an undirected graph, (i,j) means that node i and node j are connected with an undirected edge. "
        "G describes a graph",
        "The edges in G are: ",
    ),
    "incident": ("G describes a graph", "In this graph:\n"),
    "friendship": ("G describes a friendship graph", "We have the following edges in G:\n"),
    "coauthorship": ("G describes a coauthorship graph", "In this coauthorship graph:\n"),
    "social_network": ("G describes a social network graph", "We have the following edges in G:\n"),
    "expert": ("You are a graph analyst and you have been given a graph G", "G has the following undirected edges:\n"),
}
ALIKE = {"south_park": "friendship", "got": "friendship", "politician": "social_network"}


def in_public_words(graph: nx.Graph, encoding: str) -> str:
    names = NAMES[PHRASINGS[encoding].names]
    kind = ALIKE.get(encoding, encoding)
    head, before = HEADS[kind]
    text = f"{head} among nodes {', '.join(names[v] for v in range(len(graph) - 1))}, and {names[len(graph) - 1]}.\n"
    text += before if graph.edges else ""
    if kind == "incident":
        for u in graph:
            others = [names[v] for v in graph[u]]
            if others:
                text += f"Node {u} is connected to node{'s' * (len(others) > 1)} {', '.join(others)}.\n"
        return text
    said = {
        "adjacency": "({}, {}) ",
        "friendship": "{} and {} are friends.\n",
        "coauthorship": "{} and {} wrote a paper together.\n",
        "social_network": "{} and {} are connected.\n",
        "expert": "{} -> {}\n",
    }[kind]
    text += "".join(said.format(names[u], names[v]) for u, v in graph.edges)
    return text.strip() + ".\n" if kind in ("adjacency", "coauthorship") else text


def draw_public(seed: int) -> nx.Graph:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 20))
    return [
        nx.gnp_random_graph(n, rng.random(), seed=seed),
        nx.barabasi_albert_graph(n, int(rng.integers(1, n)), seed=seed),
        nx.Graph(nx.scale_free_graph(n, seed=seed).to_undirected()),
        nx.complete_graph(n),
        nx.star_graph(n - 1),
        nx.path_graph(n),
        nx.empty_graph(n),
    ][seed % 7]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_prompts_of_the_public_generator_are_read(encoding):
    names = NAMES[PHRASINGS[encoding].names]
    for seed in range(28):
        graph = draw_public(seed)
        question = f"Q: Is there a path from node {names[1]} to node {names[3]}?\nA: "
        found = read_prompt(in_public_words(graph, encoding) + question)
        edges = {frozenset(names.index(found.names[v - 1]) for v in edge) for edge in found.edges}
        assert edges == {frozenset(edge) for edge in graph.edges}
        assert len(found.names) == len(graph)
        assert found.phrasing.name == encoding
        assert found.asked == (names[1], names[3])


def test_examples_and_chains_of_thought_do_not_count():
    first, second = nx.path_graph(6), nx.star_graph(6)
    text = (
        f"Example: {in_public_words(first, 'friendship')}Q: Is there a cycle in this graph?\nA: No.\n"
        f"Example: {in_public_words(second, 'incident')}Let's construct the graph with the nodes and edges first.\n"
        "Q: What is the degree of node 0?\nA: Let's think step by step. "
    )
    found = read_prompt(text)
    assert (found.phrasing.name, found.question) == ("incident", "What is the degree of node 0?")
    assert {frozenset(edge) for edge in found.edges} == {frozenset((1, other)) for other in range(2, 8)}


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("G describes a graph among nodes 0, 1 and 2.\nThe edges in G are: (0,1), (1,2) and (2, 0).\n", 3),
        ("g describes a graph among nodes 0, 1, and 2. The edges in G are: (0, 1)\n(1, 2).", 2),
        ("In a directed graph, (i,j) means that there is an edge from node i to node j. G describes a graph among"
         " nodes 0, and 1.\nThe edges in G are: (0, 1) (1, 0).\n", 2),
        ("G describes a friendship graph among nodes Mr. Hi, and John A.\nJohn A and Mr. Hi are friends.", 1),
        ("G describes a graph among nodes 0, and 1.\n", 0),
        ("Q: Is there a cycle in this graph?\nG describes a graph among nodes 0, and 1.\nIn this graph:\n"
         "Node 0 is connected to node 1.\nA: ", 1),
    ],
)  # fmt: skip
def test_other_hands_are_read(text, edges):
    assert len(read_prompt(text).edges) == edges
    assert read_prompt(text).directed == text.startswith("In a directed")


PAIRS = in_public_words(nx.path_graph(3), "adjacency")
FRIENDS = in_public_words(nx.path_graph(3), "friendship")  # James, Robert, John
FLOW = write_prompt(3, [(1, 2), (2, 3)], "adjacency", capacities=[3, 7]).text
ASKED = "Q: Is node James connected to node John?\nA: "
CARELESS = {
    "on one line": lambda text: text.replace("\n", " "),
    "on one line, without the full stop of its list": lambda text: text.replace("John.\n", "John ").replace("\n", " "),
    "edges on one line": lambda text: text.replace("friends.\nR", "friends. R"),
    "without full stops": lambda text: text.replace(".\n", "\n"),
    "with tabs": lambda text: text.replace(" ", "\t"),
    "with many blanks": lambda text: text.replace(" ", "   "),
    "with empty lines": lambda text: text.replace("\n", " \n\n"),
    "with Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "with small letters": lambda text: (
        text.replace("We have", "we have").replace("Q:", "q:").replace("and John.", "AND John.")
    ),
    "with an earlier question": lambda text: text.replace("Q:", "Q: How many nodes are in this graph?\nA: 3.\nQ:"),
    "with an answer": lambda text: text + "No.\nJames and John are friends.\n",
}


@pytest.mark.parametrize("how", CARELESS)
def test_what_is_written_carelessly_is_read(how):
    assert read_prompt(CARELESS[how](FRIENDS + ASKED)) == read_prompt(FRIENDS + ASKED)


@pytest.mark.parametrize("encoding", [one for one in ENCODINGS if one != "expert"])  # where no full stop ends an edge
def test_a_prompt_on_one_line_is_read(encoding):
    prompt = write_prompt(4, [(1, 2), (2, 3), (1, 4)], encoding, "max-flow", [1, 3], capacities=[1, 2, 3])
    assert read_prompt(prompt.text.replace("\n", " ")) == prompt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Q: What is the degree of node 3?\nA: ", "is no prompt about a graph"),
        (FRIENDS + "Q: What is the degree of node Jams?", "about 'Jams', which is none of its nodes. Did you"),
        (FRIENDS + "Q: How many legs has James?", "none of the questions that are read"),
        (FRIENDS + "Q: Is node John connected to node John?", "names 'John' twice"),
        (FRIENDS.replace("Robert and John", "Robert and Bob"), "line 4, names 'Bob', which is none of its nodes"),
        (FRIENDS.replace("friendship", "family"), "says 'G describes a family graph among nodes'; graphs are"),
        (PAIRS.replace("(0, 1)", "0-1"), "line 2, is no edge in the encoding 'adjacency': '0-1 ("),
        (FRIENDS.replace("are friends", "were friends"), "line 3, is no edge in the encoding 'friendship'"),
        (FRIENDS.replace("and John.", "and James."), "lists 'James' twice"),
        (FRIENDS + "Q: What is the maximum capacity of the flow from node John to node James?", "states no capacities"),
        (FRIENDS + "The edge from node James to node Robert has capacity 3.\n", "no capacity of the edge 'Robert'"),
        (FLOW + "The edge from node 2 to node 0 has capacity 5.\n", "a capacity of '0' - '2', which is no edge"),
        (FLOW + "The edge from node 1 to node 0 has capacity 4.\n", "line 5, states another capacity of an edge"),
        (FLOW.replace("capacity 3", "capacity 1.5"), "line 3, has the capacity '1.5'. Give a whole number"),
        ("G describes a graph among nodes 0 to 4.\n", "'0 to 4' seems to be several vertices"),
        ("G describes a graph among nodes 0-4.\n", "'0-4' seems to be several vertices"),
        ("G describes a graph among nodes 0 1 2.\n", "'0 1 2' seems to be several vertices"),
        ("G describes a graph among nodes 0; 1; 2.\n", "cannot be the name of a vertex"),
        ("G describes a graph among nodes 0, and 1.\nQ: Is there a cycle in this graph?\nThe edges in G are: (0, 1).\n"
         "A: ", "line 3, says more of the graph behind the question"),
    ],
)  # fmt: skip
def test_what_is_no_prompt_gets_one_line(text, said):
    with pytest.raises(UsageError) as error:
        read_prompt(text, "question.txt")
    assert said in str(error.value)
    assert str(error.value).startswith("question.txt")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("names", [["a", "a"], ["a", "b, c"], ["a", "b and c"], ["a", "Jr."], ["a", "f(x)"], ["a", ""]])
def test_names_that_cannot_be_told_from_words_are_refused(names):
    with pytest.raises(UsageError):
        write_prompt(2, [(1, 2)], "friendship", names=names)


def test_more_vertices_than_names_are_refused():
    with pytest.raises(UsageError, match="has 20; the graph has 21 vertices"):
        write_prompt(21, [], "got")


# --- tasks ---


@pytest.mark.parametrize("name", ASKING)
def test_a_task_reads_its_prompt_from_a_file_and_answers_in_words(name, tmp_path):
    task = make_task(name, n=10, edges=0)
    assert isinstance(task, GraphTask)
    words = {"node-classification": ["golf", "tennis"]}.get(name, [])
    graph = nx.gnm_random_graph(10, 14, seed=3)
    edges = [(u + 1, v + 1) for u, v in graph.edges]
    asked = [2, 7][: task.asks.vertices]
    capacities = [5] * len(edges) if name == "max-flow" else None
    likes = dict.fromkeys(range(1, 7), "golf") if words else None
    for encoding in ENCODINGS:
        prompt = write_prompt(10, edges, encoding, name, [*asked, *words], capacities=capacities, likes=likes)
        path = tmp_path / f"{encoding}.txt"
        path.write_text("Please answer.\n" + prompt.text)
        instance = read_instance(task, path)
        assert any(repr(encoding) in note for note in instance.notes)
        said = task.in_words(task.solve(instance), instance)
        assert said.removesuffix(".") == str(expected(name, graph, prompt)), encoding


def expected(name: str, graph: nx.Graph, prompt) -> object:
    u, v = 1, 6
    yes = {True: "Yes", False: "No"}
    names = lambda found: ", ".join(sorted((prompt.names[w] for w in found), key=sort_key)) or "No nodes"  # noqa: E731
    match name:
        case "cycle-check":
            return "No, there is no cycle" if nx.is_forest(graph) else "Yes, there is a cycle"
        case "edge-existence":
            return yes[graph.has_edge(u, v)]
        case "node-count":
            return len(graph)
        case "edge-count":
            return graph.number_of_edges()
        case "node-degree":
            return graph.degree[u]
        case "connectivity":
            return yes[nx.is_connected(graph)]
        case "reachability":
            return yes[nx.has_path(graph, u, v)]
        case "connected-nodes":
            return names(graph[u])
        case "disconnected-nodes":
            return names(set(graph) - set(graph[u]) - {u})
        case "triangle-count":
            return sum(nx.triangles(graph).values()) // 3
        case "shortest-path":
            return nx.shortest_path_length(graph, u, v)
        case "max-flow":
            nx.set_edge_attributes(graph, 5, "capacity")
            return nx.maximum_flow_value(graph, u, v)
    pytest.skip(f"nothing independent says what {name} is")


def sort_key(name: str):
    return (int(name), "") if name.isdecimal() else (0, name)


def test_a_prompt_for_another_task_gets_one_line(tmp_path):
    path = tmp_path / "question.txt"
    path.write_text(write_prompt(3, [(1, 2)], "expert", "edge-count").text)
    with pytest.raises(UsageError, match=r"asks 'How many edges .*; node-degree answers .* Take edge-count for it"):
        read_instance(make_task("node-degree"), path)
    with pytest.raises(UsageError, match="components answers no question in words"):
        read_instance(make_task("components"), path)
    path.write_text(write_prompt(3, [(1, 2)], "expert", "node-classification", [1, "golf", "tennis"]).text)
    with pytest.raises(UsageError, match="which no task answers: the published answer is the community"):
        read_instance(make_task("node-degree"), path)


def test_a_question_that_the_caller_asks_takes_the_place_of_that_of_the_prompt(tmp_path):
    path = tmp_path / "question.txt"
    path.write_text(write_prompt(3, [(1, 2)], "friendship", "edge-existence", [1, 3]).text)
    task = make_task("edge-existence")
    for ask, said in [(None, "No."), (("Robert", "James"), "Yes.")]:
        instance = read_instance(task, path, ask=ask)
        assert task.in_words(task.solve(instance), instance) == said


def test_an_edge_list_with_words_of_prompts_stays_an_edge_list(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("# among nodes of a graph\nQ: A\nG describes\n")
    graph = read_instance(make_task("edge-count"), path)
    assert graph.labels == ("Q:", "A", "G", "describes") and graph.prompt is None
