"""The graph tasks that star hooking answers, and those that leader contraction answers, too."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from logdepth.mpc import Memory
from logdepth.numerics.errors import UsageError
from logdepth.protocols import leader_contraction as leaders
from logdepth.protocols.arcs import EDGE
from logdepth.protocols.homes import VERTEX
from logdepth.protocols.leader_contraction_plan import COMMON_BALL, leader_contraction_claim, plan_for
from logdepth.protocols.leader_contraction_plan import least_memory as least_for_balls
from logdepth.protocols.prepared import Prepared, ProtocolSolution
from logdepth.protocols.star_hooking import COUNTED, protocol_on, start_on
from logdepth.protocols.star_hooking_layout import claim_on, layout, least_memory, star_hooking_claim
from logdepth.tasks import (
    Components,
    Connectivity,
    CycleCheck,
    Graph,
    GraphTask,
    OneVersusTwoCycles,
    SpanningForest,
    Task,
    on_every_row,
    smallest_of_each,
)
from logdepth.theory import Claim


def on_graph(
    task_class: type[Task[Graph]],
    answer: Callable[[Any, Graph, Memory], np.ndarray],
    weighted: bool = False,
    count: bool = False,
) -> ProtocolSolution[Graph]:
    """A task whose answer can be read off what star hooking leaves on the machines."""

    def prepare(task: Task[Graph], graph: Graph, memory: int) -> Prepared:
        weights = graph.weights if weighted else None
        if weighted and weights is None:
            raise UsageError(f"{task.name} needs a weight for every edge; this graph has none. Add its weights.")
        heaviest = None if weights is None else int(np.ptp(weights)) if len(weights) else 0
        plan = layout(graph.vertices, len(graph.edges), memory, weighted)
        return Prepared(
            protocol_on(plan, heaviest, count),
            start_on(plan, graph.edges - 1, weights),
            partial(answer, task, graph),
            claim_on(plan, heaviest, count),
            {"vertices": graph.vertices, "edges": len(graph.edges)},
        )

    def memory_for(vertices: int, edges: int) -> int:
        """The power of two above the least memory: about √N, where the machines are many."""
        return 2 ** least_memory(vertices, edges, weighted).bit_length()

    def claim(task: Task[Graph]) -> Claim:
        """A graph of cycles has as many edges as vertices, and its task no parameter for them."""
        vertices, edges = task.largest, task.parameters.get("edges", task.largest)
        heaviest = task.parameters["weights"] if weighted else None
        memory = memory_for(vertices, edges)
        return star_hooking_claim(vertices=vertices, edges=edges, memory=memory, heaviest=heaviest, count=count)

    return ProtocolSolution(task_class, prepare, lambda graph: memory_for(graph.vertices, len(graph.edges)), claim)


def by_leaders(
    task_class: type[Task[Graph]], answer: Callable[[Any, Graph, Memory], np.ndarray], count: bool = False
) -> ProtocolSolution[Graph]:
    """The same by leader contraction, with no weights."""

    def prepare(task: Task[Graph], graph: Graph, memory: int) -> Prepared:
        plan = plan_for(graph.vertices, len(graph.edges), memory)
        return Prepared(
            leaders.protocol_on(plan, leaders.DOUBLINGS, 0, count),
            leaders.start_on(plan, graph.edges - 1),
            partial(answer, task, graph),
            leader_contraction_claim(plan, leaders.DOUBLINGS, count),
            {"vertices": graph.vertices, "edges": len(graph.edges)},
        )

    def memory_for(vertices: int, edges: int) -> int:
        """The power of two with which balls have a few dozen members."""
        return int(2 ** least_for_balls(vertices, edges, COMMON_BALL).bit_length())

    def claim(task: Task[Graph]) -> Claim:
        vertices, edges = task.largest, task.parameters.get("edges", task.largest)
        plan = plan_for(vertices, edges, memory_for(vertices, edges))
        return leader_contraction_claim(plan, leaders.DOUBLINGS, count)

    return ProtocolSolution(task_class, prepare, lambda graph: memory_for(graph.vertices, len(graph.edges)), claim)


def representatives(task: Task[Graph], graph: Graph, memory: Memory) -> np.ndarray:
    """The smallest vertex of every vertex's component."""
    return smallest_of_each(memory[VERTEX]["parent"])


def choose(task: Task[Graph], graph: Graph, memory: Memory) -> np.ndarray:
    """Whether each edge is in the forest."""
    edges = memory[EDGE]
    answer = np.zeros(len(graph.edges), dtype=np.int64)
    answer[edges["number"]] = edges["chosen"]
    return answer


def components_of(memory: Memory) -> int:
    return int(memory[COUNTED]["roots"][0])


def connect(task: GraphTask, graph: Graph, memory: Memory) -> np.ndarray:
    return on_every_row(task, graph, int(components_of(memory) == 1))


def cyclic(task: GraphTask, graph: Graph, memory: Memory) -> np.ndarray:
    """A forest has as many edges as vertices less components; any edge more closes a cycle."""
    return on_every_row(task, graph, int(len(graph.edges) > graph.vertices - components_of(memory)))


def cycles(task: Task[Graph], graph: Graph, memory: Memory) -> np.ndarray:
    """At every arc."""
    return np.full(2 * len(graph.edges), components_of(memory))


COMPONENTS = on_graph(Components, representatives)
SPANNING_FOREST = on_graph(SpanningForest, choose, weighted=True)
CONNECTIVITY = on_graph(Connectivity, connect, count=True)
CYCLE_CHECK = on_graph(CycleCheck, cyclic, count=True)
ONE_VERSUS_TWO_CYCLES = on_graph(OneVersusTwoCycles, cycles, count=True)

COMPONENTS_BY_LEADERS = by_leaders(Components, representatives)
CONNECTIVITY_BY_LEADERS = by_leaders(Connectivity, connect, count=True)
CYCLE_CHECK_BY_LEADERS = by_leaders(CycleCheck, cyclic, count=True)
CYCLES_BY_LEADERS = by_leaders(OneVersusTwoCycles, cycles, count=True)
