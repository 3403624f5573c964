"""Algorithms: for every task, the program that solves it. One home for each parallel idea; nothing here knows of attention."""

from logdepth.algorithms.registry import program_for

__all__ = ["program_for"]
