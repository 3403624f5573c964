"""The random graphs of GraphQA (arXiv 2310.04560), by the rules of its public generator."""

from collections.abc import Callable, Mapping

import numpy as np

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.tasks.graphs.graph import Graph

BUCKETS = {"small": range(5, 10), "medium": range(10, 15), "large": range(15, 20)}
"""Numbers of vertices. A graph is of any bucket with equal chance, and of any size in it."""

COMMUNITIES = {"small": range(2, 4), "medium": range(2, 8), "large": range(2, 10)}
"""Numbers of communities of a block model."""

SEEDS = {"train": 9876, "validation": 5432, "test": 1234}
"""Of the published sets. The same seed draws other graphs here: the random numbers come in another order."""

Draw = Callable[[np.random.Generator, int, str], np.ndarray]
"""The adjacency of a graph on so many vertices of a bucket, (n, n) bool; what is below the diagonal does not count."""


def random_graph(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    """Erdős and Rényi: every edge with probability p, which is uniform in 0..1 for every graph."""
    return rng.random((n, n)) < rng.random()


def preferential_attachment(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    """Barabási and Albert: every vertex joins m earlier ones, by their degrees; m is uniform in 1..n-1."""
    import networkx as nx

    return from_networkx(nx.barabasi_albert_graph(n, int(rng.integers(1, n)), seed=rng))


def block_model(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    """Communities of random sizes; an edge has the probability of the two communities of its ends."""
    count = int(rng.choice(list(COMMUNITIES[bucket])))
    sizes: list[int] = []
    for _ in range(count - 1):
        sizes.append(int(rng.integers(1, max(1, n - sum(sizes) - (count - 1)) + 1)))
    block = np.repeat(np.arange(count), [*sizes, n - sum(sizes)])
    p = rng.random((count, count))
    p = np.maximum(p, p.T) if rng.random() < 0.5 else np.minimum(p, p.T)
    return rng.random((n, n)) < p[block[:, None], block]


def scale_free(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    """Bollobás, Borgs, Chayes and Riordan, without directions, repeated edges and self-loops."""
    import networkx as nx

    return from_networkx(nx.scale_free_graph(n, seed=int(rng.integers(2**31))))


def complete(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    return np.ones((n, n), dtype=bool)


def star(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    """The first vertex is joined to all others."""
    return np.arange(n)[:, None] + np.zeros((n, n)) == 0


def path(rng: np.random.Generator, n: int, bucket: str) -> np.ndarray:
    return np.eye(n, k=1, dtype=bool)


GRAPHQA: Mapping[str, Draw] = {
    "er": random_graph,
    "ba": preferential_attachment,
    "sbm": block_model,
    "sfn": scale_free,
    "complete": complete,
    "star": star,
    "path": path,
}
"""The generators, by the names that the paper gives them."""


def draw_graphqa(rng: np.random.Generator, generator: str = "er") -> Graph:
    """A graph of GraphQA. Vertices are in the order of the generator, as there: the centre of a star is the first.

    Errors: UsageError for an unknown generator.
    """
    if generator not in GRAPHQA:
        raise UsageError(f"GraphQA has no generator {generator!r}. {did_you_mean(generator, GRAPHQA)}")
    bucket = str(rng.choice(list(BUCKETS)))
    n = int(rng.choice(list(BUCKETS[bucket])))
    return Graph(n, np.argwhere(np.triu(GRAPHQA[generator](rng, n, bucket), k=1)) + 1)


def from_networkx(graph: object) -> np.ndarray:
    import networkx as nx

    adjacent = nx.to_numpy_array(graph) > 0
    return np.asarray(adjacent | adjacent.T)
