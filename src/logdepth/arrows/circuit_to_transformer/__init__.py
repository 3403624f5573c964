"""A threshold circuit becomes a transformer that evaluates it, and every other one of its size."""

from logdepth.arrows.circuit_to_transformer.theorem import MadeEvaluator

__all__ = ["MadeEvaluator"]
