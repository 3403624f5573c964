"""Parallel programs compiled into exact transformers, with the size that theory promises, verified on real input."""

__version__ = "0.1.0"
