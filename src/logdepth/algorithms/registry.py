"""Which program solves which task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from logdepth.algorithms import graphs, pointers, sequences, squaring
from logdepth.algorithms.acausal_k_hop import acausal_k_hop
from logdepth.algorithms.k_hop import k_hop
from logdepth.algorithms.three_sum import three_sum
from logdepth.algorithms.two_sum import two_sum
from logdepth.programs import Program
from logdepth.programs.program_task import ProgramTask
from logdepth.tasks import Task

PROGRAMS: dict[str, Callable[[Any], Program]] = {
    "k-hop": lambda task: k_hop(task.n, task.k, task.inputs["token"]),
    "induction-heads": lambda task: k_hop(task.n, 1, task.inputs["token"]),
    "acausal-k-hop": lambda task: acausal_k_hop(task.n, task.k, task.inputs["token"]),
    "2-sum": lambda task: two_sum(task.n, task.modulus),
    "3-sum": lambda task: three_sum(task.n, task.modulus),
    "sparse-averaging": lambda task: sequences.sparse_averaging(task.n, task.q, task.high),
    "broadcast": lambda task: sequences.broadcast(task.n, task.high),
    "prefix-sum": lambda task: sequences.prefix_sum(task.n, task.high),
    "sort": lambda task: sequences.sort(task.n, task.high),
    "list-ranking": lambda task: pointers.list_ranking(task.n),
    "composition": lambda task: pointers.composition(task.n, task.k),
    "1-vs-2-cycle": lambda task: graphs.one_versus_two_cycles(task.n),
    "connectivity": lambda task: graphs.connectivity(task.n, task.edges),
    "components": lambda task: graphs.components(task.n, task.edges),
    "spanning-forest": lambda task: graphs.spanning_forest(task.n, task.edges, task.weights),
    "cycle-check": lambda task: graphs.cycle_check(task.n, task.edges),
    "diameter": lambda task: squaring.diameter(task.n, task.edges),
    "reachability": lambda task: squaring.reachability(task.n, task.edges),
    "node-count": lambda task: graphs.node_count(task.n, task.edges),
    "edge-count": lambda task: graphs.edge_count(task.n, task.edges),
    "node-degree": lambda task: graphs.node_degree(task.n, task.edges),
    "edge-existence": lambda task: graphs.edge_existence(task.n, task.edges),
}


def program_for(task: Task[Any]) -> Program:
    """The program that solves a task at its size; a user's own program is its own."""
    if isinstance(task, ProgramTask):
        return task.program
    return PROGRAMS[task.name](task)
