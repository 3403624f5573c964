"""The command line. Parsing and printing only; what computes is imported inside the verb that needs it."""

from logdepth.cli.app import main

__all__ = ["main"]
