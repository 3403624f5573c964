"""Algorithms: for every task, the program that solves it.

Every parallel idea has one home; nothing here knows of attention.
"""

from logdepth.algorithms.registry import program_for

__all__ = ["program_for"]
