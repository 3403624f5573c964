"""What every registered task obeys. A new task joins the registry and gets all of this."""

import json
import subprocess
import sys

import numpy as np
import pytest

from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, Graph, Sort, make_task
from logdepth.verification import LawBroken
from logdepth.verification.laws import check_task, right_outputs
from logdepth.verification.sizes import tiny_size


@pytest.fixture(params=sorted(TASKS))
def task(request):
    return make_task(request.param, TASKS[request.param].small)


@pytest.fixture(params=sorted(TASKS))
def name(request):
    return request.param


def instances(task):
    """Of every family: the smallest, the largest, and some of random size."""
    rng = np.random.default_rng(0)
    for family in task.families:
        for size in [task.smallest, task.smallest + 1, task.largest, *[None] * 10]:
            yield task.sample(rng, family, size)


def test_the_table_names_every_task_of_the_agreement():
    agreed = [
        *("induction-heads", "k-hop", "acausal-k-hop", "recall", "2-sum", "3-sum", "sparse-averaging", "broadcast"),
        *("prefix-sum", "sort", "list-ranking", "composition", "1-vs-2-cycle", "connectivity", "components"),
        *("spanning-forest", "cycle-check", "diameter", "reachability", "node-count", "edge-count", "node-degree"),
        *("edge-existence", "connected-nodes", "disconnected-nodes", "triangle-count", "shortest-path", "max-flow"),
        *("kin", "automaton", "language"),
    ]
    assert [name for name in TASKS if name in agreed] == agreed


@pytest.mark.parametrize("size", ["small", "tiny"])
def test_a_task_keeps_its_promises(name, size):
    task = make_task(name, TASKS[name].small if size == "small" else tiny_size(name))
    assert check_task(task) >= 2 * len(task.families)


def test_a_wrong_model_decodes_to_another_answer(task):
    for instance in instances(task):
        answer = task.solve(instance)
        (name,) = task.outputs
        outputs = right_outputs(task, instance, answer)
        if not len(answer) or task.outputs[name] == 0:
            continue
        place = task.answering_rows(instance, len(answer))[0] - 1
        outputs[name][place] = outputs[name][place] - 1 if outputs[name][place] else 1
        changed = task.decode(outputs, instance)
        if task.name == "components":  # a partition may have many names: those that differ must not be taken for it
            column = outputs[name][: instance.vertices]
            same = len(np.unique(column)) == len(np.unique(answer)) == len(set(zip(column, answer, strict=True)))
            assert np.array_equal(changed, answer) <= same
        else:
            assert not np.array_equal(changed, answer)


class Broken(Sort):
    """Each breaks one promise of the task that it changes."""


class Beyond(Broken):
    def columns(self, instance):
        return {"key": instance - 1}


class Above(Broken):
    def columns(self, instance):
        return {"key": instance + 1}


class Undecoded(Broken):
    def decode(self, outputs, instance):
        return super().decode(outputs, instance)[::-1]


class OfFloats(Broken):
    def decode(self, outputs, instance):
        return super().decode(outputs, instance).astype(float)


class Unlimited(Broken):
    @property
    def outputs(self):
        return {"answer": self.high - 1}


class Repeating(Broken):
    def exhaustive(self, size):
        yield from [np.zeros(size, dtype=np.int64)] * 2


class Unseeded(Broken):
    def draw(self, rng, family, size):
        return np.random.default_rng().integers(0, self.high + 1, size)


class Unpresented(Broken):
    def present(self, answer, instance):
        return float("nan")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Beyond, "column 'key' holds 0 to 9; row 1 has -1"),
        (Above, "column 'key' holds 0 to 9; row [0-9]+ has 10"),
        (Undecoded, r"outputs that hold \[0 1\] are decoded to \[1 0\]"),
        (OfFloats, r"outputs that hold \[0\] are decoded to \[0\.\]"),
        (Unlimited, r"the exact answer .* is beyond 0\.\.8"),
        (Repeating, "of its instances of size 1 two have one table"),
        (Unseeded, "drawn again with one seed: output 'key' is"),
        (Unpresented, "it presents nan, and JSON has no such value"),
    ],
)
def test_the_law_of_tasks_notices_a_broken_promise(broken, message):
    with pytest.raises((LawBroken, UsageError), match=message):
        check_task(broken(n=9, high=9))


@pytest.mark.parametrize(
    ("representatives", "answer"),
    [
        ([2, 2, 3], [1, 1, 3]),
        ([1, 1, 3], [1, 1, 3]),
        ([3, 3, 1], [0, 0, 0]),  # the right partition, but named by vertices of other components
        ([2, 2, 0], [1, 1, 0]),
        ([2, 2, 9], [1, 1, 0]),
    ],
)
def test_a_representative_belongs_to_its_component(representatives, answer):
    task = make_task("components")
    graph = Graph(3, np.array([(1, 2)]))
    column = np.array([*representatives, 7])  # the edge row says nothing
    assert task.decode({"representative": column}, graph).tolist() == answer


def test_arcs_are_mixed_and_alike_in_all_graphs_of_one_size():
    task, rng = make_task("1-vs-2-cycle"), np.random.default_rng(0)
    orders = set()
    for family in task.families:
        graph = task.sample(rng, family, 20)
        columns = task.encode(graph)
        number = {arc: row for row, arc in enumerate(map(tuple, [*graph.edges, *graph.edges[:, ::-1]]))}
        orders.add(tuple(number[arc] for arc in zip(columns["tail"], columns["head"], strict=True)))
    (order,) = orders
    assert sorted(order) == list(range(40)) and {*order[:20]} != {*range(20)}


def test_the_first_family_is_drawn_unless_another_is_named(task):
    tables = [
        task.encode(task.sample(np.random.default_rng(7), family, task.largest))
        for family in (None, task.families[0], task.families[-1])
    ]
    unnamed, first, last = ([column.tolist() for column in table.values()] for table in tables)
    assert unnamed == first != last


def test_exhaustive_gives_different_instances_within_range(name):
    small = make_task(name, tiny_size(name))
    size = max(small.smallest, 3 if name == "1-vs-2-cycle" else 2)
    tables = [small.encode(instance) for instance in small.exhaustive(size)]
    keys = {tuple(column.tobytes() for column in table.values()) for table in tables}
    assert len(keys) == len(tables) > 0


def test_parameters_come_back(task):
    again = make_task(task.name, {name: str(value) for name, value in task.parameters.items()})
    assert again == task
    assert json.loads(json.dumps(task.parameters)) == task.parameters


def test_parameters_are_described(task):
    for item in task.describe():
        assert item.help and item.allowed()
        assert item.check(item.default, task.name) == item.default


def test_a_size_out_of_range_is_refused(task):
    for size in (-1, 0, task.largest + 1):
        with pytest.raises(UsageError, match=f"must be from {task.smallest} to {task.n}; got {size}"):
            task.sample(np.random.default_rng(0), size=size)


def test_an_unknown_family_is_refused(task):
    with pytest.raises(UsageError, match="has no family 'nonsense'"):
        task.sample(np.random.default_rng(0), "nonsense")


def test_an_instance_of_a_larger_task_is_refused(task):
    larger = make_task(task.name, {**task.small, "n": min(40, task.describe()[0].high)})
    instance = larger.sample(np.random.default_rng(0), task.families[0], larger.n)
    with pytest.raises(UsageError, match="takes"):
        task.encode(instance)


def test_a_shipped_input_is_read_and_answered(name):
    size = min(1000, TASKS[name].describe()[0].high)
    task = make_task(name, {"n": size} | ({"alphabet": "text"} if "alphabet" in TASKS[name]().parameters else {}))
    path = task.default_input()
    if path:
        instance = task.read(path)
        task.present(task.solve(instance), instance)


def test_the_shipped_inputs_suit_the_tasks_that_the_readme_runs():
    assert make_task("k-hop", {"n": 1000, "alphabet": "text"}).default_input().name == "sonnet18.txt"
    assert make_task("k-hop").default_input() is None  # no real text has the letters a to d alone
    assert make_task("components").default_input().name == "karate.gml"
    assert make_task("components", {"n": 20}).default_input().name == "florentine_families.gml"
    assert make_task("spanning-forest", {"n": 80}).default_input().name == "les_miserables.gml"


def test_importing_the_tasks_is_light():
    code = "import logdepth.tasks, sys; print({'networkx', 'scipy', 'torch', 'matplotlib'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
