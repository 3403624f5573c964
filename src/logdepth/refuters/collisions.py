"""Two f with equal sums: ternary vectors that a matrix of whole numbers sends to 0.

z in {-1, 0, 1}^T, z ≠ 0, with Σ z_t δ_t = 0, gives f = [z > 0] and f' = [z < 0], and as many free bits as z has zeros.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

WEIGHT = 2**12
"""By how much a sum that is not 0 outweighs entries of z. Lattice reduction then removes the sums first."""

AT_ONCE = 96
"""Bits of f that one reduction moves, drawn anew for each: a reduction of 200 with 130 sums takes minutes."""

BIRTHDAY_BITS = 40
"""Messages of no more bits are compared by the birthday of many random ones."""
COMPARED = 2**19
"""So many f are compared at once: 2^19 are likely to hold two equal messages of 37 bits."""


def reduce_lattice(matrix: np.ndarray) -> np.ndarray:
    """A basis of short vectors of the lattice of the rows of an integer matrix: LLL, exact, by FLINT."""
    from flint import fmpz_mat

    rows = fmpz_mat([[int(entry) for entry in row] for row in matrix]).lll().tolist()
    return np.array([[int(entry) for entry in row] for row in rows], dtype=object)


def ternary_kernel(deltas: np.ndarray, rng: np.random.Generator, weight: int = WEIGHT) -> Iterator[np.ndarray]:
    """Ternary z ≠ 0 with z · deltas = 0, deltas (T, numbers): those that one reduction finds, in a random order of the
    bits. Some exist whenever 2^T is more than the number of messages, and often long before."""
    for z, remainder in short_vectors(deltas, rng, weight):
        if not remainder.any():
            yield z


def short_vectors(deltas: np.ndarray, rng: np.random.Generator, weight: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ternary z ≠ 0 and z · deltas: the short vectors of a reduced basis, and sums and differences of two of them."""
    order = rng.permutation(len(deltas))[:AT_ONCE]
    bits = len(order)
    identity = np.eye(bits, dtype=object)
    basis = reduce_lattice(np.hstack([identity, weight * deltas[order].astype(object)]))
    keep = [max(abs(entry) for entry in row[:bits]) <= 2 for row in basis]
    rows = basis[keep][:, :bits].astype(np.int64)
    pairs = [rows[:place] + sign * rows[place] for place in range(len(rows)) for sign in (1, -1)]
    found = np.concatenate([rows, *pairs]) if len(rows) else rows
    found = found[(np.abs(found) <= 1).all(axis=1) & found.any(axis=1)]
    for z in found:
        placed = np.zeros(len(deltas), dtype=np.int64)
        placed[order] = z
        yield placed, placed @ deltas


def birthday(deltas: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Differences of two f with equal sums, among all f if they are few, else among 2^19 random ones."""
    bits = len(deltas)
    f = every_f(bits) if 2**bits <= COMPARED else rng.integers(0, 2, (COMPARED, bits), dtype=np.int8)
    sums = (f.astype(np.float64) @ deltas.astype(np.float64)).astype(np.int64)  # exact: far below 2^53
    hashed = sums @ rng.integers(-(2**62), 2**62, deltas.shape[1])  # modulo 2^64
    order = np.argsort(hashed, kind="stable")
    for place in np.flatnonzero(np.diff(hashed[order]) == 0):
        one, other = order[place], order[place + 1]
        z = f[one].astype(np.int64) - f[other]
        if z.any() and (sums[one] == sums[other]).all():
            yield z


def every_f(bits: int) -> np.ndarray:
    """All of {0, 1}^bits, one a row, int8."""
    return (np.arange(2**bits)[:, None] >> np.arange(bits) & 1).astype(np.int8)
