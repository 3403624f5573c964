"""Attention that looks up the rows that a head reads by their keys, where softmax scores all pairs; equal to it."""

from logdepth.transformer.lookup.attend import run_by_lookup
from logdepth.transformer.lookup.pairs import Pairs, ScoredHead, pairs_of_softmax

__all__ = ["Pairs", "ScoredHead", "pairs_of_softmax", "run_by_lookup"]
