"""Models: a task, the transformer that solves it, and what is claimed and verified of it; compiled, written, read."""

from logdepth.models.compile import compile_program, compile_task
from logdepth.models.model import Model

__all__ = ["Model", "compile_program", "compile_task"]
