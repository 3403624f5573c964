"""Models: a task or a program, its transformer, and what is claimed and verified of it; compiled, written, read."""

from logdepth.artefacts.circuit_files import read_circuit_file
from logdepth.artefacts.compile import compile_all_lengths, compile_program, compile_task
from logdepth.artefacts.description import describe
from logdepth.artefacts.folder import DESCRIPTION, REPORT, TENSORS, check_free, read_model, tensors_of, write_model
from logdepth.artefacts.model import Model
from logdepth.artefacts.own_files import OwnFile, read_own_file, read_own_model, read_own_network
from logdepth.artefacts.protocols import compile_protocol, mix_protocol
from logdepth.artefacts.rasp_files import read_rasp_file
from logdepth.artefacts.simulate import prepare

__all__ = [
    "DESCRIPTION",
    "REPORT",
    "TENSORS",
    "Model",
    "OwnFile",
    "check_free",
    "compile_all_lengths",
    "compile_program",
    "compile_protocol",
    "compile_task",
    "describe",
    "mix_protocol",
    "prepare",
    "read_circuit_file",
    "read_model",
    "read_own_file",
    "read_own_model",
    "read_own_network",
    "read_rasp_file",
    "tensors_of",
    "write_model",
]
