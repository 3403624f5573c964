"""Runs on machines: a task by its own protocol or by its program, on either engine; what it cost, beside the claim."""

from logdepth.runs.engines import run_prepared
from logdepth.runs.instances import draw, read
from logdepth.runs.outcome import Outcome
from logdepth.runs.prepare import has_own_protocol, options_of, prepare

__all__ = ["Outcome", "draw", "has_own_protocol", "options_of", "prepare", "read", "run_prepared"]
