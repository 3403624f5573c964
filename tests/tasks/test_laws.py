"""What every registered task obeys. A new task joins the registry and gets all of this."""

import json
import subprocess
import sys

import numpy as np
import pytest

from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS, Graph, make_task
from logdepth.tasks.three_sum import own_rows

SMALL = {name: {"n": min(12, task.describe()[0].high // 2 + 1)} for name, task in TASKS.items()} | {
    "k-hop": {"n": 12, "k": 3},
    "2-sum": {"n": 12, "modulus": 9},
}
LAST_ROWS = {
    "recall",
    "spanning-forest",
    "edge-existence",
    "reachability",
    "shortest-path",
    "max-flow",
    "kin",
}  # answer there; other tasks on the first rows


@pytest.fixture(params=sorted(TASKS))
def task(request):
    return make_task(request.param, SMALL[request.param])


def instances(task):
    """Of every family: the smallest, the largest, and some of random size."""
    rng = np.random.default_rng(0)
    for family in task.families:
        for size in [task.smallest, task.smallest + 1, task.largest, *[None] * 10]:
            yield task.sample(rng, family, size)


def as_outputs(task, instance, answer):
    """Output columns of a model that is right: what `decode` undoes."""
    (name,) = task.outputs
    rows = task.rows_of(instance)
    if task.name == "sparse-averaging":
        answer = np.rint(answer * task.q).astype(np.int64)
    column = np.zeros(rows, dtype=np.int64)
    if task.name == "3-sum":
        column[own_rows(len(answer)) - 1] = answer
    elif task.name in LAST_ROWS:
        column[rows - len(answer) :] = answer
    else:
        column[: len(answer)] = answer
    return {name: column}


def test_the_table_names_every_task_of_the_agreement():
    assert list(TASKS) == [
        *[
            "induction-heads",
            "k-hop",
            "acausal-k-hop",
            "recall",
            "2-sum",
            "3-sum",
            "sparse-averaging",
            "broadcast",
            "prefix-sum",
            "sort",
        ],
        *[
            "list-ranking",
            "composition",
            "1-vs-2-cycle",
            "connectivity",
            "components",
            "spanning-forest",
            "cycle-check",
            "diameter",
            "reachability",
        ],
        *["node-count", "edge-count", "node-degree", "edge-existence"],
        *["connected-nodes", "disconnected-nodes", "triangle-count", "shortest-path", "max-flow", "kin"],
        *["automaton", "language"],
    ]


def test_encoding_stays_within_declared_rows_and_ranges(task):
    for instance in instances(task):
        columns = task.encode(instance)
        assert columns.keys() == task.inputs.keys()
        assert len({len(column) for column in columns.values()}) == 1
        for name, column in columns.items():
            assert column.dtype == np.int64 and column.ndim == 1
            assert 1 <= len(column) <= task.rows
            assert column.min() >= 0 and column.max() <= task.inputs[name]


def test_a_right_model_decodes_to_the_exact_answer_and_stays_within_declared_outputs(task):
    for instance in instances(task):
        answer = task.solve(instance)
        outputs = as_outputs(task, instance, answer)
        for name, column in outputs.items():
            assert column.min() >= 0 and column.max() <= task.outputs[name]
        decoded = task.decode(outputs, instance)
        assert decoded.dtype.kind == answer.dtype.kind
        assert np.array_equal(decoded, answer)


def test_a_wrong_model_decodes_to_another_answer(task):
    for instance in instances(task):
        answer = task.solve(instance)
        (name,) = task.outputs
        outputs = as_outputs(task, instance, answer)
        place = -1 if task.name in LAST_ROWS else 0
        if not len(answer) or task.outputs[name] == 0:
            continue
        outputs[name][place] = outputs[name][place] - 1 if outputs[name][place] else 1
        changed = task.decode(outputs, instance)
        if task.name == "components":  # a partition may have many names: those that differ must not be taken for it
            column = outputs[name][: instance.vertices]
            same = len(np.unique(column)) == len(np.unique(answer)) == len(set(zip(column, answer, strict=True)))
            assert np.array_equal(changed, answer) <= same
        else:
            assert not np.array_equal(changed, answer)


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


def test_what_is_presented_is_json(task):
    for instance in instances(task):
        json.dumps(task.present(task.solve(instance), instance), allow_nan=False)


def test_sampling_is_decided_by_the_generator(task):
    for family in task.families:
        one, two = (task.encode(task.sample(np.random.default_rng(7), family, task.largest)) for _ in range(2))
        assert all(np.array_equal(one[name], two[name]) for name in one)


def test_the_first_family_is_drawn_unless_another_is_named(task):
    tables = [
        task.encode(task.sample(np.random.default_rng(7), family, task.largest))
        for family in (None, task.families[0], task.families[-1])
    ]
    unnamed, first, last = ([column.tolist() for column in table.values()] for table in tables)
    assert unnamed == first != last


def test_exhaustive_gives_different_instances_within_range(task):
    small = make_task(
        task.name, {"n": 4} | {key: 2 for key in ("high", "modulus", "weights", "q", "relations") if hasattr(task, key)}
    )
    size = max(small.smallest, 3 if task.name == "1-vs-2-cycle" else 2)
    tables = [small.encode(instance) for instance in small.exhaustive(size)]
    assert len(tables) > 0
    if task.name not in {"1-vs-2-cycle"}:
        keys = {tuple(column.tobytes() for column in table.values()) for table in tables}
        assert len(keys) == len(tables)


def test_parameters_come_back(task):
    again = make_task(task.name, {name: str(value) for name, value in task.parameters.items()})
    assert again == task
    assert json.loads(json.dumps(task.parameters)) == task.parameters


def test_parameters_are_described(task):
    for item in task.describe():
        assert item.help and item.allowed()
        assert item.check(item.default, task.name) == item.default


@pytest.mark.parametrize("size", [-1, 0, 13])
def test_a_size_out_of_range_is_refused(task, size):
    with pytest.raises(UsageError, match=f"must be from {task.smallest} to {task.n}; got {size}"):
        task.sample(np.random.default_rng(0), size=size)


def test_an_unknown_family_is_refused(task):
    with pytest.raises(UsageError, match="has no family 'nonsense'"):
        task.sample(np.random.default_rng(0), "nonsense")


def test_an_instance_of_a_larger_task_is_refused(task):
    larger = make_task(task.name, {"n": min(40, task.describe()[0].high)})
    instance = larger.sample(np.random.default_rng(0), task.families[0], larger.n)
    with pytest.raises(UsageError, match="takes"):
        task.encode(instance)


@pytest.mark.parametrize("name", sorted(TASKS))
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
