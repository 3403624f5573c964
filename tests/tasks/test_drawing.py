"""What tasks say of themselves: how instances are drawn, which rows answer, how answers stand in a table."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from logdepth import Table
from logdepth.programs import ProgramTask
from logdepth.tasks import TASKS, Graph, GraphTask, Task, make_task, on_every_row
from logdepth.verification.sizes import small_sizes

ARCS = {"reachability", "1-vs-2-cycle"}
"""Tasks whose edge rows lead from the first vertex to the second, by their definitions."""


def instances_of(task: Task[Any]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [task.sample(rng, family) for family in task.families for _ in range(3)]


def cases() -> list[Any]:
    return [pytest.param(make_task(name, size), id=f"{name} {size}") for name, size in small_sizes()]


@pytest.mark.parametrize("task", cases())
def test_every_row_has_a_name(task: Task[Any]) -> None:
    for instance in instances_of(task):
        drawn = task.drawing(instance)
        assert len(drawn.names) == task.rows_of(instance)
        assert all(name is None or (isinstance(name, str) and name) for name in drawn.names)


@pytest.mark.parametrize("task", cases())
def test_the_rows_that_answer_are_those_that_decode_reads(task: Task[Any]) -> None:
    """Every row outputs its own number; the answer then says which rows it came from."""
    for instance in instances_of(task):
        rows = task.rows_of(instance)
        own = np.arange(1, rows + 1) * getattr(task, "q", 1)  # averages are divided by q
        read = task.decode(dict.fromkeys(task.outputs, own), instance)
        assert np.array_equal(task.answering_rows(instance, len(read)), read)
        assert len(read) == len(task.solve(instance))


@pytest.mark.parametrize("edges", [2, 4, 5, 6])
def test_the_edges_of_a_forest_answer_however_many_they_are(edges: int) -> None:
    """Also when there are as many of them as vertices."""
    every = np.array([(u, v) for u in range(1, 6) for v in range(u + 1, 6)])
    graph = Graph(5, every[:edges], weights=np.arange(edges))
    assert make_task("spanning-forest", n=5).answering_rows(graph, edges).tolist() == list(range(6, 6 + edges))


@pytest.mark.parametrize("task", cases())
def test_graphs_are_drawn_with_their_vertices_and_edges(task: Task[Any]) -> None:
    """A drawn edge is one of the graph, arcs lead the way they do in it, and each vertex has one row, or none has."""
    for instance in instances_of(task):
        drawn = task.drawing(instance).graph
        assert (drawn is not None) is isinstance(instance, Graph)
        if drawn is None:
            continue
        assert drawn.arcs is (task.name in ARCS)
        ends = drawn.ends[:-1] if instance.question else drawn.ends
        both = {tuple(edge) for edge in instance.edges.tolist()}
        if task.name == "1-vs-2-cycle":  # every edge is two arcs
            both |= {(v, u) for u, v in both}
        assert len(ends) == len(both) and {tuple(row) for row in ends.tolist()} == both
        assert not instance.question or tuple(drawn.ends[-1]) == instance.question
        rows = [place for place in drawn.places if len(place) == 1]
        alone = [(vertex,) for vertex in range(1, instance.vertices + 1)]
        if task.name == "max-flow":  # a row for every set with vertex 1
            assert rows == alone[:1]
        else:
            assert rows == [] or sorted(rows) == alone


def test_arcs_have_arrows_and_edges_have_none() -> None:
    graph = Graph(3, np.array([[2, 1], [2, 3]]), labels=("ann", "bob", "cat"), directed=True)
    asked = make_task("reachability", n=4).drawing(graph.asking(1, 3))
    assert asked.names[-3:] == ("bob→ann", "bob→cat", "ann→cat?")
    assert make_task("components", n=4).drawing(Graph(3, graph.edges, labels=graph.labels)).names == (
        *("ann", "bob", "cat"),
        *("bob–ann", "bob–cat"),
    )
    triangle = Graph(3, np.array([[1, 2], [2, 3], [3, 1]]))
    assert sorted(make_task("1-vs-2-cycle", n=3).drawing(triangle).names) == ["1→2", "1→3", "2→1", "2→3", "3→1", "3→2"]


@dataclass(frozen=True)
class Tails(GraphTask):
    """A task of a user's own, which says that its edges are arcs, and nothing else of drawing."""

    name: ClassVar[str] = "tails"
    summary: ClassVar[str] = "how many arcs there are"
    directed: ClassVar[bool] = True

    @property
    def outputs(self) -> dict[str, int]:
        return {"count": self.edges}

    def solve(self, instance: Graph) -> np.ndarray:
        return on_every_row(self, instance, len(instance.edges))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        return int(answer[-1])


def test_a_graph_task_of_one_s_own_is_drawn_by_its_class_alone() -> None:
    task, graph = Tails(n=3), Graph(3, np.array([[3, 1]]), directed=True)
    drawn = task.drawing(graph)
    assert drawn.names == ("1", "2", "3", "3→1") and drawn.size == "3 vertices and 1 edge"
    assert drawn.graph is not None and drawn.graph.arcs and drawn.graph.first_edge == 4
    assert task.capacity == "graph of up to 3 vertices and 6 edges"
    assert task.tabulate(task.solve(graph), graph).rows == [[1]]


@pytest.mark.parametrize("task", cases())
def test_a_pointer_is_in_a_column_or_in_a_layer(task: Task[Any]) -> None:
    pointer = task.pointer
    if pointer is not None:
        assert pointer.column is None or pointer.column in task.inputs
        assert pointer.column is None or pointer.layer is None
        assert pointer.times is None or pointer.times >= 0
        assert all(isinstance(power, int) for power in pointer.powers(1, "find 2; image 2"))


def test_the_tasks_that_follow_a_pointer_say_how_often() -> None:
    tasks = {name: make_task(name) for name in TASKS}
    followed = {name: (task.pointer.name, task.pointer.times) for name, task in tasks.items() if task.pointer}
    assert followed == {
        "k-hop": ("find", 16),
        "induction-heads": ("find", 1),
        "acausal-k-hop": ("hop", 4),
        "composition": ("f", 16),
        "list-ranking": ("next", None),
    }


def test_a_program_of_one_s_own_answers_the_same_questions() -> None:
    table = Table("own", rows=4)
    token, other = table.input("token", letters="abc"), table.input("other", high=9)
    table.output("sum", table.map(lambda x, y: x + y, token, other, high=12, name="sum"))
    task = ProgramTask(table.program())
    instance = {"token": np.array([1, 0, 3]), "other": np.array([9, 2, 0])}
    assert task.drawing(instance).names == ("a", None, "c") and task.drawing(instance).graph is None
    assert task.answering_rows(instance, 1).tolist() == [1, 2, 3]
    assert task.input_letters == {"token": "abc"} and task.own_program is task.program
    found = task.tabulate(task.solve(instance), instance)
    assert found.names == ("row", "token", "other", "sum")
    assert found.rows == [[1, "a", 9, 10], [2, None, 2, 2], [3, "c", 0, 3]]
    assert all(make_task(name).own_program is None for name in TASKS)
