"""Pointer chasing: the k-hop sequences on which players who speak in the wrong order need k rounds.

Player j of k holds a map from its q vertices to those of player j + 1; the last map gives one of two classes. Wanted is
the class that is reached from the first vertex of player 1. Source: arXiv 2402.09268, Proposition E.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logdepth.numerics.counts import check_count
from logdepth.numerics.errors import UsageError
from logdepth.tasks.sequences.k_hop import KHop

FIRST_LETTER = 0x4E00  # of alphabets that are larger than that of KHop: Chinese characters, of which there are 20,992
LARGEST = 10_000  # q, so that the alphabet has letters enough


@dataclass(frozen=True, eq=False)
class PointerChasing:
    """One instance. maps (k, q): row j - 1 is the map of player j, vertices from 0; the last row holds classes 0 and 1.

    orders (k, q): in which order player j writes the pairs of its map; any order is right.
    Errors: UsageError for rows that are no permutations, where vertices are mapped to vertices, and for other classes.
    """

    maps: np.ndarray
    orders: np.ndarray

    def __post_init__(self) -> None:
        maps, orders = (np.asarray(given) for given in (self.maps, self.orders))
        if maps.ndim != 2 or maps.shape != orders.shape or maps.size == 0:
            raise UsageError(f"maps and orders are (players, vertices); got {maps.shape} and {orders.shape}.")
        everyone = np.arange(maps.shape[1])
        if not all(np.array_equal(np.sort(row), everyone) for row in (*maps[:-1], *orders)):
            raise UsageError("every map but the last, and every order, is a permutation of 0..q-1. Correct the row.")
        if not np.isin(maps[-1], (0, 1)).all():
            raise UsageError(f"the last map gives classes 0 and 1; got {maps[-1].tolist()}.")

    @property
    def players(self) -> int:
        return len(self.maps)

    @property
    def vertices(self) -> int:
        """q, of every player."""
        return self.maps.shape[1]

    @property
    def answer(self) -> int:
        """The class that is reached, by following the maps."""
        at = 0
        for row in self.maps:
            at = int(row[at])
        return at

    @property
    def task(self) -> KHop:
        """k-hop at the size and over the alphabet of its tokens."""
        letters = 2 * self.vertices + 2
        alphabet = str(letters) if letters <= 62 else "".join(chr(FIRST_LETTER + i) for i in range(letters))
        return KHop(n=2 * self.vertices * self.players + 1, k=self.players, alphabet=alphabet)

    @property
    def parts(self) -> list[np.ndarray]:
        """The tokens of every player, player k first, whose tokens are the leftmost; 2q each, player 1 has one more.

        A player writes a pair (v, its image) for each of its vertices. Vertices of players 1, 3, … are tokens 1..q,
        those of players 2, 4, … are q+1..2q, the classes are 2q+1 and 2q+2; the last token is 1.
        """
        return [*(self.pairs(player) for player in range(self.players, 1, -1)), np.append(self.pairs(1), 1)]

    @property
    def tokens(self) -> np.ndarray:
        """The whole sequence, (2qk + 1,): an instance of `task`, with the answer at its last token."""
        return np.concatenate(self.parts)

    def pairs(self, player: int) -> np.ndarray:
        q, order = self.vertices, self.orders[player - 1]
        own, next_ones = (0, q) if player % 2 else (q, 0)
        beyond = 2 * q if player == self.players else next_ones
        return np.column_stack([order + own + 1, self.maps[player - 1][order] + beyond + 1]).ravel()

    def class_of(self, token: int) -> int:
        """The class, 0 or 1, that a token of the answer names."""
        return token - 2 * self.vertices - 1


def pointer_chasing(rng: np.random.Generator, players: int, vertices: int) -> PointerChasing:
    """A hard instance: uniform permutations and classes, in uniform orders. Errors: UsageError for sizes below 1."""
    players = check_count("players", players)
    if check_count("vertices", vertices) > LARGEST:
        raise UsageError(f"pointer chasing has up to {LARGEST} vertices of a player; got {vertices}.")
    maps = [rng.permutation(vertices) for _ in range(players - 1)]
    orders = [rng.permutation(vertices) for _ in range(players)]
    return PointerChasing(np.array([*maps, rng.integers(0, 2, vertices)]), np.array(orders))
