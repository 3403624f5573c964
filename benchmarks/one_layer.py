"""Components in one layer a round: how many rounds the two simplest rules need. Neither has a proof here.

Each vertex v reads at its parent x = p(v): the parent p(x), and t(x), the least vertex that an edge links to x. One
layer brings both, if the row of an edge holds the parents of its ends. Parents only fall, so pointers make no circle.

- all hook: the new parent of v is the lesser of p(x) and t(x);
- roots hook: it is p(x); but if x is a root, the lesser of x and t(x). Algorithm R of arXiv 1812.06177 is a relative.

All graphs of few vertices are tried; then the worst labelled tree is looked for, by swapping labels of bad ones.

python benchmarks/one_layer.py [--all 6] [--search 8 16 32] [--steps 60]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import combinations

import numpy as np

Array = np.ndarray


def all_hook(parent: Array, above: Array, least: Array) -> Array:
    return np.minimum(above, least)


def roots_hook(parent: Array, above: Array, least: Array) -> Array:
    return np.where(above != parent, above, np.minimum(parent, least))


RULES: dict[str, Callable[[Array, Array, Array], Array]] = {"all hook": all_hook, "roots hook": roots_hook}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=int, default=6, help="the most vertices of which all graphs are tried")
    parser.add_argument("--search", type=int, nargs="*", default=[8, 16, 32], help="vertices of trees in a search")
    parser.add_argument("--steps", type=int, default=60, help="steps of the search")
    chosen = parser.parse_args()
    for name, rule in RULES.items():
        for n in range(2, chosen.all + 1):
            print(f"{name}: all graphs of {n} vertices need up to {exhaust(n, rule)} rounds", flush=True)
        for n in chosen.search:
            print(f"{name}: the worst tree found of {n} vertices needs {search(n, rule, chosen.steps)}", flush=True)


def rounds_needed(ends: Array, there: Array, n: int, rule: Callable[[Array, Array, Array], Array]) -> Array:
    """Of graphs with edges (graphs, m, 2), of which those `there` are edges (graphs, m): rounds until nothing changes,
    (graphs,). Then both ends of every edge have one parent, and every tree is a star."""
    graph = np.arange(len(ends))[:, None]
    parent, needed = np.tile(np.arange(n), (len(ends), 1)), np.zeros(len(ends), dtype=np.int64)
    for times in range(1, 4 * n):
        first, second = (parent[graph, ends[:, :, side]] for side in (0, 1))
        links, least = there & (first != second), np.full(parent.shape, n)
        place = np.broadcast_to(graph, links.shape)[links]
        np.minimum.at(least, (place, first[links]), second[links])
        np.minimum.at(least, (place, second[links]), first[links])
        following = rule(parent, parent[graph, parent], least[graph, parent])
        changed = (following != parent).any(axis=1)
        if not changed.any():
            break
        needed[changed], parent = times, following
    first, second = (parent[graph, ends[:, :, side]] for side in (0, 1))
    assert not (there & (first != second)).any(), "it came to rest before components were united"
    return needed


def exhaust(n: int, rule: Callable[[Array, Array, Array], Array]) -> int:
    pairs = np.array(list(combinations(range(n), 2)))
    there = (np.arange(2 ** len(pairs))[:, None] >> np.arange(len(pairs)) & 1).astype(bool)
    return int(rounds_needed(np.broadcast_to(pairs, (len(there), *pairs.shape)), there, n, rule).max())


def search(n: int, rule: Callable[[Array, Array, Array], Array], steps: int, kept: int = 60) -> int:
    """From random trees, each new vertex near the last ones or anywhere, by swaps of labels."""
    rng, most = np.random.default_rng(0), 0
    for back in (1, 2, 4, n):
        trees = random_trees(rng, 10 * kept, n, back)
        for _ in range(steps):
            needed = rounds_needed(trees, np.ones(trees.shape[:2], dtype=bool), n, rule)
            best = np.lexsort((rng.random(len(trees)), -needed))[:kept]
            most = max(most, int(needed.max()))
            trees = np.concatenate([trees[best], *(swapped(rng, trees[best], n) for _ in range(4))])
    return most


def random_trees(rng: np.random.Generator, count: int, n: int, back: int) -> Array:
    """Edges (count, n - 1, 2) under random labels."""
    upper = [rng.integers(max(0, at - back), at, count) for at in range(1, n)]
    ends = np.stack([np.stack(upper, axis=1), np.tile(np.arange(1, n), (count, 1))], axis=2)
    labels = np.argsort(rng.random((count, n)), axis=1)
    return labels[np.arange(count)[:, None, None], ends]


def swapped(rng: np.random.Generator, trees: Array, n: int) -> Array:
    """The trees, each with two labels changed for one another."""
    labels = np.tile(np.arange(n), (len(trees), 1))
    each, (one, other) = np.arange(len(trees)), rng.integers(0, n, (2, len(trees)))
    labels[each, one], labels[each, other] = other, one
    return labels[each[:, None, None], trees]


if __name__ == "__main__":
    main()
