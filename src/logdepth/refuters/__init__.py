"""Refuters: theorems that forbid, one file each; what they return is checked without them."""

from logdepth.refuters.refuter import Counterexample, Example, Refuter
from logdepth.refuters.registry import REFUTERS, register_refuter

__all__ = ["REFUTERS", "Counterexample", "Example", "Refuter", "register_refuter"]
