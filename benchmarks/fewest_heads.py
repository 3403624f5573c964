"""Are fewer layers possible for k-hop? All of a class of transformers, on tiny sizes, by a SAT solver.

    python benchmarks/fewest_heads.py            # all tables, about ten minutes of one core
    python benchmarks/fewest_heads.py one        # the fewest heads of one layer
    python benchmarks/fewest_heads.py two        # two layers of one head

The class is that of `logdepth.proofs.hard_attention`: every head reads one row, by scores of any table; maps, width and
codes of positions are free. Every model that is found is run on all words up to its length, and its answers are
compared with those of the task; "impossible" is the solver's proof, and holds at every greater n.
"""

import sys
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from logdepth.proofs.hard_attention import IMPOSSIBLE, Searched, search
from logdepth.tasks import KHop, make_task

ONE_LAYER = [(2, 1, range(2, 9)), (2, 2, range(2, 9)), (2, 3, range(2, 9)), (3, 1, range(2, 6)), (3, 2, range(2, 6))]
TWO_LAYERS = [(2, 2, 6), (2, 3, 6), (2, 4, 6), (3, 1, 5), (3, 2, 5), (3, 3, 5)]


def task_of(letters: int, k: int, n: int) -> KHop:
    task = make_task("k-hop", {"n": n, "k": k, "alphabet": str(letters)})
    assert isinstance(task, KHop)
    return task


def hop(letters: int, k: int, n: int) -> Callable[[tuple[int, ...]], int]:
    """The answer at the last position of a word."""
    task = task_of(letters, k, n)
    return lambda word: int(task.solve(np.array(word))[-1])


def judge(found: Searched, letters: int, k: int, n: int) -> int:
    """On how many words the model was right at every position; it must be right on all."""
    assert found.model is not None
    words = list(product(range(1, letters + 1), repeat=n))
    for word in words:
        assert found.model.run(word) == task_of(letters, k, n).solve(np.array(word)).tolist(), word
    return len(words)


def one_layer(letters: int, k: int, sizes: Sequence[int]) -> None:
    heads = 1
    for n in sizes:
        while True:
            found = search(hop(letters, k, n), letters, n, [heads])
            if found.verdict != IMPOSSIBLE:
                break
            print(f"  n = {n}: heads {heads}, impossible ({found.clauses:,} clauses, {found.seconds:.0f} s)")
            heads += 1
        right = f"right on all {judge(found, letters, k, n):,} words" if found.model else found.verdict
        print(f"  n = {n}: heads {heads}, {right} ({found.clauses:,} clauses, {found.seconds:.0f} s)", flush=True)


def main(part: str = "all") -> None:
    if part in ("all", "one"):
        for letters, k, sizes in ONE_LAYER:
            print(f"one layer, {letters} letters, k = {k}")
            one_layer(letters, k, sizes)
    if part in ("all", "two"):
        for letters, k, n in TWO_LAYERS:
            found = search(hop(letters, k, n), letters, n, [1, 1])
            right = f", right on all {judge(found, letters, k, n):,} words" if found.model else ""
            print(f"two layers of one head, {letters} letters, k = {k}, n = {n}: {found.verdict}{right}", end=" ")
            print(f"({found.clauses:,} clauses, {found.seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
