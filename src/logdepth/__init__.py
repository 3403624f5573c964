"""Parallel programs compiled into exact transformers, with the size that theory promises, verified on real input."""

from importlib import import_module
from typing import TYPE_CHECKING

from logdepth.numerics.version import __version__ as __version__

__all__ = [
    "TASKS",
    "Column",
    "Model",
    "Program",
    "RawProtocol",
    "Table",
    "Transformer",
    "UsageError",
    "compile_all_lengths",
    "compile_program",
    "compile_protocol",
    "compile_task",
    "interpret",
    "make_task",
    "program_from_json",
    "read_model",
    "verify",
    "verify_program",
    "verify_protocol",
    "write_model",
]

if TYPE_CHECKING:  # for editors and type checkers
    from logdepth.artefacts import (
        Model,
        compile_all_lengths,
        compile_program,
        compile_protocol,
        compile_task,
        read_model,
        write_model,
    )
    from logdepth.numerics.errors import UsageError
    from logdepth.programs import Column, Program, RawProtocol, Table, interpret, program_from_json
    from logdepth.tasks import TASKS, make_task
    from logdepth.transformer import Transformer
    from logdepth.verification.verify import verify
    from logdepth.verification.verify_program import verify_program
    from logdepth.verification.verify_protocol import verify_protocol
else:  # a name is imported when it is first asked for, so that `import logdepth` loads no torch
    _HOMES = {
        "logdepth.artefacts": (
            "Model",
            "compile_all_lengths",
            "compile_program",
            "compile_protocol",
            "compile_task",
            "read_model",
            "write_model",
        ),
        "logdepth.numerics.errors": ("UsageError",),
        "logdepth.programs": ("Column", "Program", "RawProtocol", "Table", "interpret", "program_from_json"),
        "logdepth.tasks": ("TASKS", "make_task"),
        "logdepth.verification": ("verify", "verify_program", "verify_protocol"),
        "logdepth.transformer": ("Transformer",),
    }

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                value = globals()[name] = getattr(import_module(home), name)
                return value
        raise AttributeError(f"module 'logdepth' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
