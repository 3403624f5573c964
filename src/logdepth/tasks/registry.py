"""All tasks by name."""

from collections.abc import Mapping
from typing import Any

from logdepth.numerics.errors import UsageError, did_you_mean, quoted
from logdepth.tasks.graphs.components import Components
from logdepth.tasks.graphs.connected_nodes import ConnectedNodes
from logdepth.tasks.graphs.connectivity import Connectivity
from logdepth.tasks.graphs.cycle_check import CycleCheck
from logdepth.tasks.graphs.diameter import Diameter
from logdepth.tasks.graphs.disconnected_nodes import DisconnectedNodes
from logdepth.tasks.graphs.edge_count import EdgeCount
from logdepth.tasks.graphs.edge_existence import EdgeExistence
from logdepth.tasks.graphs.max_flow import MaxFlow
from logdepth.tasks.graphs.node_count import NodeCount
from logdepth.tasks.graphs.node_degree import NodeDegree
from logdepth.tasks.graphs.one_versus_two_cycles import OneVersusTwoCycles
from logdepth.tasks.graphs.reachability import Reachability
from logdepth.tasks.graphs.shortest_path import ShortestPath
from logdepth.tasks.graphs.spanning_forest import SpanningForest
from logdepth.tasks.graphs.triangle_count import TriangleCount
from logdepth.tasks.sequences.acausal_k_hop import AcausalKHop
from logdepth.tasks.sequences.automaton import Automaton
from logdepth.tasks.sequences.broadcast import Broadcast
from logdepth.tasks.sequences.composition import Composition
from logdepth.tasks.sequences.induction_heads import InductionHeads
from logdepth.tasks.sequences.k_hop import KHop
from logdepth.tasks.sequences.kin import Kin
from logdepth.tasks.sequences.language import Membership
from logdepth.tasks.sequences.list_ranking import ListRanking
from logdepth.tasks.sequences.prefix_sum import PrefixSum
from logdepth.tasks.sequences.recall import Recall
from logdepth.tasks.sequences.sort import Sort
from logdepth.tasks.sequences.sparse_averaging import SparseAveraging
from logdepth.tasks.sequences.three_sum import ThreeSum
from logdepth.tasks.sequences.two_sum import TwoSum
from logdepth.tasks.task import Task

TASKS: dict[str, type[Task[Any]]] = {
    task.name: task
    for task in (
        InductionHeads,
        KHop,
        AcausalKHop,
        Recall,
        TwoSum,
        ThreeSum,
        SparseAveraging,
        Broadcast,
        PrefixSum,
        Sort,
        ListRanking,
        Composition,
        OneVersusTwoCycles,
        Connectivity,
        Components,
        SpanningForest,
        CycleCheck,
        Diameter,
        Reachability,
        NodeCount,
        EdgeCount,
        NodeDegree,
        EdgeExistence,
        ConnectedNodes,
        DisconnectedNodes,
        TriangleCount,
        ShortestPath,
        MaxFlow,
        Kin,
        Automaton,
        Membership,
    )
}
"""Name of a task -> its class; `make_task` makes one with parameters."""


def register_task(task: type[Task[Any]]) -> None:
    """Add a task of your own: `make_task` makes it by name, and the command line of your program lists and takes it.

    Errors: UsageError if another task has its name.
    """
    if TASKS.setdefault(task.name, task) is not task:
        raise UsageError(f"there is a task {task.name!r} already. Give yours a name of its own.")


def make_task(name: str, parameters: Mapping[str, object] | None = None, **more: object) -> Task[Any]:
    """The task of this name, with these parameters: `make_task("k-hop", n=30)`; the rest keep their defaults.

    name: may be written with underscores. parameters: the same in a dict; numbers may come as text.

    Errors: UsageError for an unknown task, an unknown parameter or a bad value.
    """
    name = str(name).replace("_", "-")
    twice = sorted(more.keys() & (parameters or {}).keys())
    if twice:
        raise UsageError(f"{name}: parameter {twice[0]!r} is given twice. Give it once.")
    if name not in TASKS:
        raise UsageError(f"there is no task {name!r}. {did_you_mean(name, TASKS)}")
    return TASKS[name].from_parameters({**(parameters or {}), **more})


def task_in_words(words: str) -> Task[Any]:
    """The task of one text, as `components n=4 edges=4`. Errors: UsageError for another text, or as `make_task`."""
    name, *rest = words.split()
    pairs = [word.partition("=") for word in rest]
    if not all(equals and value for _, equals, value in pairs):
        raise UsageError(f"a promise is a task, as in 'components n=4 edges=4'; got {quoted(words)}. Change it.")
    return make_task(name, {key: value for key, _, value in pairs})
