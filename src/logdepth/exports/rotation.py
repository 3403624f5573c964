"""A model in another basis of its residual stream, in which no column stands for one value any more.

Every matrix that reads the residual stream is multiplied by a matrix R, and every one that writes to it by R⁻¹ = Rᵀ, so
the model computes the same. `permute`: R swaps columns and signs, and all sums have the same terms: the answers are the
same. `rotate`: R is a random rotation (Haar: the Q of a Gaussian matrix, Mezzadri, math-ph/0609050), in float64; sums
round. No bound is claimed for it: it is run on instances of the task, its readouts are compared with those of the
model, and one that is more than MOST_OFF away on any is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from logdepth.numerics.errors import CapacityExceeded

if TYPE_CHECKING:
    from torch import Tensor

    from logdepth.artefacts import Model
    from logdepth.transformer import Block, Transformer

MOST_OFF = 0.01
"""How far readouts may be from those of the model; an answer changes from 1/2 on."""

INSTANCES = 100


@dataclass(frozen=True, eq=False)
class Rotated:
    """model: in the new basis. basis: row c is the direction in which residual column c stands, (width, width).

    off: the largest difference of a readout from that of the model, on so many `instances`.
    """

    model: Model
    basis: np.ndarray
    off: float
    instances: int


def rotate(model: Model, seed: int, instances: int = INSTANCES) -> Rotated:
    """The model in a randomly rotated basis, in float64.

    Errors: CapacityExceeded if a readout is more than MOST_OFF away on an instance.
    """
    rng = np.random.default_rng(seed)
    q, r = np.linalg.qr(rng.normal(size=(model.transformer.width,) * 2))
    return in_basis(model, q * np.sign(np.diag(r)), instances, seed)


def permute(model: Model, seed: int, instances: int = INSTANCES) -> Rotated:
    """The model with its residual columns in random order, each with a random sign. Errors: as of `rotate`."""
    rng, width = np.random.default_rng(seed), model.transformer.width
    basis = np.eye(width)[rng.permutation(width)] * rng.choice([-1.0, 1.0], width)
    return in_basis(model, basis, instances, seed)


def in_basis(model: Model, basis: np.ndarray, instances: int, seed: int) -> Rotated:
    """The model in this orthogonal basis, and how far it is off."""
    turned = replace(model, transformer=turn(model.transformer, basis), verified=None)
    off = difference(model, turned, instances, seed)
    if not off <= MOST_OFF:  # no number, too
        raise CapacityExceeded(
            f"in this basis a readout is off by {off:.2g}, and answers are whole numbers: at most {MOST_OFF} is taken."
            " Permute the columns, which rounds nothing, or compile a smaller model."
        )
    return Rotated(turned, basis, off, instances)


def turn(transformer: Transformer, basis: np.ndarray) -> Transformer:
    """The same in another basis, in float64 unless the basis has entries 0, 1 and -1 alone."""
    import torch

    from logdepth.transformer import in_float64

    exact = bool(np.isin(basis, (0, 1, -1)).all())
    given = transformer if exact else in_float64(transformer)
    matrix = torch.as_tensor(basis, dtype=given.dtype)
    return replace(
        given,
        embeddings={name: table @ matrix for name, table in given.embeddings.items()},
        positions=given.positions @ matrix,
        blocks=tuple(turn_block(block, matrix) for block in given.blocks),
        readouts={name: vector @ matrix for name, vector in given.readouts.items()},
        residual=("",) * given.width,
    )


def turn_block(block: Block, basis: Tensor) -> Block:
    """What reads multiplies by Rᵀ from the left, what writes by R from the right."""
    attention, mlp = block.attention, block.mlp
    if attention is not None:
        query, key, value = (basis.T @ part for part in (attention.query, attention.key, attention.value))
        attention = replace(attention, query=query, key=key, value=value, output=attention.output @ basis)
    if mlp is not None:
        mlp = replace(mlp, into=basis.T @ mlp.into, out=mlp.out @ basis)
    return replace(block, attention=attention, mlp=mlp, residual=("",) * len(basis))


def difference(model: Model, turned: Model, instances: int, seed: int) -> float:
    """The largest difference of readouts, on random instances of the task."""
    rng = np.random.default_rng(seed)
    tables = [model.task.encode(model.task.sample(rng)) for _ in range(instances)]
    return float(np.max([np.abs(readouts(model, table) - readouts(turned, table)).max() for table in tables]))


def readouts(model: Model, table: Mapping[str, np.ndarray]) -> np.ndarray:
    """Every output before it is rounded, (outputs, N)."""
    _, cache = model.transformer.run_with_cache(table)
    return np.stack([(cache.residuals[-1][1:] @ v).double().numpy() for v in model.transformer.readouts.values()])
