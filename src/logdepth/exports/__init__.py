"""Exports: a model in other ecosystems' formats. Importing this room loads none of them, nor torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from logdepth.exports.onnx import column_names, write_onnx
from logdepth.exports.transformer_lens import lens_input, load_transformer_lens, write_transformer_lens
from logdepth.numerics.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from logdepth.artefacts import Model

EXPORTS: dict[str, Callable[[Model, str | Path], None]] = {
    "transformer-lens": write_transformer_lens,
    "onnx": write_onnx,
}
"""Format -> the function that writes one file of it, whole or not at all."""


def export(model: Model, format_: str, path: str | Path) -> None:
    """Write a model in a format, one of EXPORTS.

    Errors: UsageError for an unknown format, an extra that is not installed, or a path that cannot be written.
    """
    if format_ not in EXPORTS:
        raise UsageError(f"there is no export format {format_!r}. {did_you_mean(format_, EXPORTS)}")
    from logdepth.arithmetic import undisturbed

    with undisturbed():
        EXPORTS[format_](model, path)


__all__ = ["EXPORTS", "column_names", "export", "lens_input", "load_transformer_lens"]
