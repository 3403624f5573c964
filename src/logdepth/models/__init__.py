"""Models: a task or a program, its transformer, and what is claimed and verified of it; compiled, written, read."""

from logdepth.models.compile import compile_program, compile_task
from logdepth.models.folder import check_free, read_model, write_model
from logdepth.models.model import Model
from logdepth.models.own_files import OwnFile, read_own_file
from logdepth.models.protocols import compile_protocol, mix_protocol

__all__ = [
    "Model",
    "OwnFile",
    "check_free",
    "compile_program",
    "compile_protocol",
    "compile_task",
    "mix_protocol",
    "read_model",
    "read_own_file",
    "write_model",
]
