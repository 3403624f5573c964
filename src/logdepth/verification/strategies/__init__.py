"""Hypothesis strategies: random programs, whose values stay in the ranges that they declare, and random tables.

A program is drawn as source text, so that a failing example prints as code that can be pasted and run.
"""

from logdepth.verification.strategies.strategies import draft_maps, drafts, tables

__all__ = ["draft_maps", "drafts", "tables"]
