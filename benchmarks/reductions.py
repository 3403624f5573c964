"""The figures of the reductions from 1-vs-2 cycle, on paper and as models.

1. Exact answers of each target decide the source: all labelled cycles of 6 vertices, in several orders and directions
   of their edges, and random ones up to n = 40.
2. Compiled k-hop models decide it.
3. Star hooking for connectivity, cut after r rounds, does not: how often it is wrong, and a graph on which it is.

    python benchmarks/reductions.py
"""

from time import perf_counter

import numpy as np

from logdepth import compile_program, compile_task
from logdepth.programs import cut_loops
from logdepth.reductions import REDUCTIONS, Solver
from logdepth.refuters import Computing
from logdepth.solutions import program_for

ORDERS, RANDOM, COMPILED, CUT = 4, 1000, 40, 200


def wrong_by_exact_answers(reduction, graphs):
    """How many of these sources the exact answers of the target decide wrongly."""
    wrong = 0
    for graph in graphs:
        said = reduction.decide_by_exact_answers(graph)
        wrong += not np.array_equal(said, reduction.source(n=graph.vertices).solve(graph))
    return wrong


def on_paper(reduction):
    rng = np.random.default_rng(0)
    small = [graph.shuffle(rng) for graph in reduction.source(n=6).exhaustive(6) for _ in range(ORDERS)]
    large = [reduction.draw(rng, 2 * n) for n in rng.integers(3, 21, RANDOM).tolist()]
    started = perf_counter()
    wrong = [wrong_by_exact_answers(reduction, graphs) for graphs in (small, large)]
    print(
        f"{reduction.name:34} wrong: {wrong[0]} of {len(small)} of 6 vertices, {wrong[1]} of {len(large)} random ones"
        f" up to 40; {perf_counter() - started:.1f} s",
        flush=True,
    )


def compiled(k):
    reduction = REDUCTIONS["1-vs-2-cycle-to-k-hop"]
    task = reduction.target_for(k)
    rng, model = np.random.default_rng(k), compile_task(task)
    solver = Solver(reduction, Computing(task, model))
    found = solver.examine(reduction.source(n=k), [reduction.draw(rng, k) for _ in range(COMPILED)])
    layers = model.measured.layers
    print(f"compiled k-hop, k = {k:2}, {task.n:4} tokens, {layers} layers: {found.right} of {found.instances} right")


def cut(turns, n):
    reduction = REDUCTIONS["1-vs-2-cycle-to-connectivity"]
    task = reduction.target_for(n)
    rng, model = np.random.default_rng(0), compile_program(cut_loops(program_for(task), turns))
    solver = Solver(reduction, Computing(task, model))
    found = solver.examine(reduction.source(n=n), [reduction.draw(rng, n) for _ in range(CUT)])
    print(
        f"star hooking cut after {turns} rounds, {model.measured.layers:2} layers, n = {n:2}:"
        f" {found.instances - found.right:2} of {found.instances} wrong",
        end="",
    )
    if found.first_failure is not None:
        failure = found.first_failure
        (graph,) = failure.counterexample.wrong(solver.suspect)
        edges = " ".join(f"{u}-{v}" for u, v in graph.edges.tolist()[:8])
        print(f"; it says {failure.decided[-1]} cycles of {failure.exact[-1]} for {edges}{' …' * (n > 8)}", end="")
    print(flush=True)


if __name__ == "__main__":
    for each in REDUCTIONS.values():
        on_paper(each)
    for k in (6, 8, 12):
        compiled(k)
    for turns, sizes in ((1, (6, 8)), (2, (8, 12)), (3, (24, 32)), (4, (64, 96, 128))):
        for n in sizes:
            cut(turns, n)
