"""Exports: a model in other ecosystems' formats. Importing this room loads none of them, nor torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from logdepth.exports.ground_truth import ground_truth, write_ground_truth
from logdepth.exports.onnx import column_names, write_onnx
from logdepth.exports.rotation import Rotated, permute, rotate
from logdepth.exports.transformer_lens import lens_input, load_transformer_lens, write_transformer_lens
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.artefacts import Model

EXPORTS: dict[str, Callable[[Model, str | Path], None]] = {
    "transformer-lens": write_transformer_lens,
    "onnx": write_onnx,
    "ground-truth": write_ground_truth,
}
"""Format -> the function that writes one file of it, whole or not at all."""


def export(
    model: Model, format_: str, path: str | Path, *, rotate_by: int | None = None, permute_by: int | None = None
) -> Rotated | None:
    """Write a model in a format, one of EXPORTS; in another basis, of this seed, if there is one, which is returned.

    Errors: UsageError for an unknown format, an extra that is not installed, two bases, or a path that cannot be
    written; CapacityExceeded for a model that is not exact in the new basis.
    """
    if format_ not in EXPORTS:
        raise UsageError(f"there is no export format {format_!r}. {did_you_mean(format_, EXPORTS)}")
    if rotate_by is not None and permute_by is not None:
        raise UsageError("a model is rotated or permuted, and not both. Leave one out.")
    from logdepth.arithmetic import undisturbed

    with undisturbed():
        turned = None
        if rotate_by is not None:
            turned = rotate(model, rotate_by)
        if permute_by is not None:
            turned = permute(model, permute_by)
        if turned is None:
            EXPORTS[format_](model, path)
        elif format_ == "ground-truth":  # what the parts do has names in the old basis
            write_ground_truth(model, path, turned.basis)
        else:
            EXPORTS[format_](turned.model, path)
    return turned


__all__ = [
    "EXPORTS",
    "Rotated",
    "column_names",
    "export",
    "ground_truth",
    "lens_input",
    "load_transformer_lens",
    "permute",
    "rotate",
]
