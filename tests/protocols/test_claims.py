"""What a protocol's claim says of a task, before there is an instance."""

import numpy as np
import pytest

from logdepth.protocols import PROTOCOLS
from logdepth.runs import prepare
from logdepth.tasks import Graph, make_task

NUMBERS = {"n": 9, "edges": 20, "weights": 77}


def largest(task):
    """An instance as large as the task allows."""
    if task.name in ("3-sum", "1-vs-2-cycle"):
        return task.sample(np.random.default_rng(0), size=task.largest)
    u, v = np.triu_indices(task.n, 1)
    edges = np.stack([u, v], axis=1)[: task.edges] + 1
    return Graph(task.n, edges, np.linspace(0, NUMBERS["weights"], len(edges)).astype(int))


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("n", [3, 9, 150])
def test_the_claim_of_a_task_is_that_of_its_largest_instance(name, n):
    parameters = {key: value for key, value in (NUMBERS | {"n": n}).items() if key in make_task(name).parameters}
    if n == 3 and "edges" in parameters:
        parameters["edges"] = 3
    task = make_task(name, parameters)
    assert PROTOCOLS[name].claim(task) == prepare(task, largest(task)).claimed
