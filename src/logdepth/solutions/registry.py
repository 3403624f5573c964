"""All solutions, by the names of their tasks."""

from __future__ import annotations

from typing import Any

from logdepth.arithmetic import undisturbed
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.programs import Program
from logdepth.solutions.graphs import diameter, shortest_path
from logdepth.solutions.graphs.components import COMPONENTS
from logdepth.solutions.graphs.connected_nodes import CONNECTED_NODES, DISCONNECTED_NODES
from logdepth.solutions.graphs.connectivity import CONNECTIVITY
from logdepth.solutions.graphs.cycle_check import CYCLE_CHECK
from logdepth.solutions.graphs.edge_count import EDGE_COUNT
from logdepth.solutions.graphs.edge_existence import EDGE_EXISTENCE
from logdepth.solutions.graphs.max_flow import MAX_FLOW
from logdepth.solutions.graphs.node_count import NODE_COUNT
from logdepth.solutions.graphs.node_degree import NODE_DEGREE
from logdepth.solutions.graphs.one_versus_two_cycles import ONE_VERSUS_TWO_CYCLES
from logdepth.solutions.graphs.reachability import REACHABILITY
from logdepth.solutions.graphs.spanning_forest import SPANNING_FOREST
from logdepth.solutions.graphs.triangle_count import BY_EDGES, BY_TRIPLES
from logdepth.solutions.sequences.acausal_k_hop import ACAUSAL_K_HOP
from logdepth.solutions.sequences.automaton import AUTOMATON
from logdepth.solutions.sequences.broadcast import BROADCAST
from logdepth.solutions.sequences.composition import COMPOSITION
from logdepth.solutions.sequences.induction_heads import INDUCTION_HEADS
from logdepth.solutions.sequences.k_hop import K_HOP
from logdepth.solutions.sequences.kin import KIN, STEPWISE
from logdepth.solutions.sequences.language import LANGUAGE
from logdepth.solutions.sequences.list_ranking import LIST_RANKING
from logdepth.solutions.sequences.prefix_sum import PREFIX_SUM
from logdepth.solutions.sequences.recall import RECALL
from logdepth.solutions.sequences.shallow_k_hop import SHALLOW_K_HOP
from logdepth.solutions.sequences.sort import SORT
from logdepth.solutions.sequences.sparse_averaging import SPARSE_AVERAGING
from logdepth.solutions.sequences.three_sum import THREE_SUM
from logdepth.solutions.sequences.two_sum import TWO_SUM
from logdepth.solutions.solution import Solution
from logdepth.tasks import (
    Components,
    Connectivity,
    CycleCheck,
    Diameter,
    KHop,
    Kin,
    ShortestPath,
    SpanningForest,
    Task,
    TriangleCount,
)

SOLUTIONS: dict[str, Solution[Any]] = {
    solution.task.name: solution
    for solution in (
        INDUCTION_HEADS,
        K_HOP,
        ACAUSAL_K_HOP,
        RECALL,
        TWO_SUM,
        THREE_SUM,
        SPARSE_AVERAGING,
        BROADCAST,
        PREFIX_SUM,
        SORT,
        LIST_RANKING,
        COMPOSITION,
        ONE_VERSUS_TWO_CYCLES,
        CONNECTIVITY["narrow"],
        COMPONENTS["narrow"],
        SPANNING_FOREST["narrow"],
        CYCLE_CHECK["narrow"],
        diameter.BY_WAYS,
        REACHABILITY,
        NODE_COUNT,
        EDGE_COUNT,
        NODE_DEGREE,
        EDGE_EXISTENCE,
        CONNECTED_NODES,
        DISCONNECTED_NODES,
        BY_TRIPLES,
        shortest_path.BY_SQUARING,
        MAX_FLOW,
        KIN,
        AUTOMATON,
        LANGUAGE,
    )
}
"""By the name of the task; of a task with several, the one that it takes by default."""

WAYS: dict[str, dict[str, Solution[Any]]] = {
    Components.name: COMPONENTS,
    Connectivity.name: CONNECTIVITY,
    CycleCheck.name: CYCLE_CHECK,
    SpanningForest.name: SPANNING_FOREST,
    Kin.name: {"doubling": KIN, "stepwise": STEPWISE},
    KHop.name: {"narrow": K_HOP, "shallow": SHALLOW_K_HOP},
    TriangleCount.name: {"blank": BY_TRIPLES, "wide": BY_EDGES},
    Diameter.name: {"squaring": diameter.BY_WAYS, "pairs": diameter.BY_PAIRS},
    ShortestPath.name: {
        "squaring": shortest_path.BY_SQUARING,
        "pairs": shortest_path.BY_PAIRS,
        "breadth-first": shortest_path.BREADTH_FIRST,
    },
}
"""The solutions of a task with several, by the name that its parameter `way` has for each."""


def register_solution(solution: Solution[Any]) -> None:
    """Add a solution of your own: it is compiled, run, claimed and drawn like those of the library.

    Errors: UsageError if the task has another one already.
    """
    name = solution.task.name
    if SOLUTIONS.setdefault(name, solution) is not solution:
        raise UsageError(f"task {name!r} has a solution already. Give your task a name of its own.")


def solution_of(task: Task[Any]) -> Solution[Any]:
    """How a task is solved by a program. Errors: UsageError for a task that has no solution."""
    if task.name not in SOLUTIONS:
        raise UsageError(f"no solution of {task.name!r} is registered. {did_you_mean(task.name, SOLUTIONS)}")
    ways = WAYS.get(task.name)
    return SOLUTIONS[task.name] if ways is None else ways[str(getattr(task, "way", ""))]


def ways_of(task: Task[Any]) -> dict[str, Task[Any]]:
    """The same task in every way that it has a solution for; none if it has only one."""
    names = WAYS.get(task.name) or task.ways_that_run
    return {way: task.from_parameters({**task.parameters, "way": way}) for way in names}


@undisturbed()
def program_for(task: Task[Any]) -> Program:
    """The program that solves a task at its size; for a program of your own, this program."""
    program: Program = task.own_program or solution_of(task).build(task)
    return program
