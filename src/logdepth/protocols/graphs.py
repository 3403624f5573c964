"""The graph tasks that star hooking answers, and those that protocols with leaders answer, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from logdepth.mpc import Memory, Protocol
from logdepth.numerics.errors import UsageError
from logdepth.protocols import growing_balls as balls
from logdepth.protocols import growing_balls_plan as balls_plan
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
        """Above the least memory: about √N, where the machines are many."""
        return power_above(least_memory(vertices, edges, weighted))

    def claim(task: Task[Graph]) -> Claim:
        """A graph of cycles has as many edges as vertices, and its task no parameter for them."""
        vertices, edges = task.largest, task.parameters.get("edges", task.largest)
        heaviest = task.parameters["weights"] if weighted else None
        memory = memory_for(vertices, edges)
        return star_hooking_claim(vertices=vertices, edges=edges, memory=memory, heaviest=heaviest, count=count)

    return ProtocolSolution(task_class, prepare, lambda graph: memory_for(graph.vertices, len(graph.edges)), claim)


@dataclass(frozen=True)
class Contraction:
    """A protocol whose leaders are drawn: its plan for n vertices, m edges and the words of a machine, and what stands
    on a plan. memory: words by default. options: what can be chosen besides, with what it is by default."""

    plan: Callable[[int, int, int], Any]
    memory: Callable[[int, int], int]
    protocol: Callable[..., Protocol]
    start: Callable[[Any, np.ndarray], Memory]
    claim: Callable[..., Claim]
    options: Mapping[str, int]


LEADERS = Contraction(
    plan_for,
    lambda vertices, edges: power_above(least_for_balls(vertices, edges, COMMON_BALL)),
    leaders.protocol_on,
    leaders.start_on,
    lambda plan, count, doublings, seed: leader_contraction_claim(plan, doublings, count),
    {"doublings": leaders.DOUBLINGS, "seed": 0},
)
GROWING_BALLS = Contraction(
    balls_plan.plan_for,
    lambda vertices, edges: power_above(balls_plan.least_memory(vertices, edges, balls_plan.COMMON_BALL)),
    balls.protocol_on,
    balls.start_on,
    lambda plan, count, seed: balls_plan.growing_balls_claim(plan, count),
    {"seed": 0},
)


def by_contraction(
    way: Contraction,
    task_class: type[Task[Graph]],
    answer: Callable[[Any, Graph, Memory], np.ndarray],
    count: bool = False,
) -> ProtocolSolution[Graph]:
    """The same by leaders, with no weights."""

    def prepare(task: Task[Graph], graph: Graph, memory: int, **chosen: int) -> Prepared:
        plan, options = way.plan(graph.vertices, len(graph.edges), memory), {**way.options, **chosen}
        return Prepared(
            way.protocol(plan, count=count, **options),
            way.start(plan, graph.edges - 1),
            partial(answer, task, graph),
            way.claim(plan, count=count, **options),
            {"vertices": graph.vertices, "edges": len(graph.edges), **options},
        )

    def claim(task: Task[Graph]) -> Claim:
        vertices, edges = task.largest, task.parameters.get("edges", task.largest)
        return way.claim(way.plan(vertices, edges, way.memory(vertices, edges)), count=count, **way.options)

    return ProtocolSolution(
        task_class,
        prepare,
        lambda graph: way.memory(graph.vertices, len(graph.edges)),
        claim,
        frozenset(way.options),
    )


def power_above(words: int) -> int:
    """The power of two above so many words."""
    return int(2 ** words.bit_length())


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


def by_leaders(way: Contraction) -> tuple[ProtocolSolution[Graph], ...]:
    """All tasks that count or name components."""
    return (
        by_contraction(way, Components, representatives),
        by_contraction(way, Connectivity, connect, count=True),
        by_contraction(way, CycleCheck, cyclic, count=True),
        by_contraction(way, OneVersusTwoCycles, cycles, count=True),
    )
