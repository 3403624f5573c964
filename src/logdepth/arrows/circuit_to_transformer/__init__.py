"""A threshold circuit becomes a transformer that evaluates it, and every other one of its size."""

from logdepth.arrows.circuit_to_transformer.evaluators import Evaluator, evaluate, evaluator_for, evaluator_of
from logdepth.arrows.circuit_to_transformer.instructions import Instructions

__all__ = ["Evaluator", "Instructions", "evaluate", "evaluator_for", "evaluator_of"]
