"""What tells one run from another: the protocol, and what its machines hold at first."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import fields, is_dataclass
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType

import numpy as np

from logdepth.mpc.digest import digest
from logdepth.mpc.protocol import Again, Protocol
from logdepth.mpc.records import Memory, Packets


def fingerprint(protocol: Protocol, memory: Memory) -> dict[str, str | int | dict[str, int]]:
    """`name`, `machines`, `memory`, `groups`; `steps`, of their code and of all numbers that they were made with; and
    `input`.

    The same in every process, for one version of Python.
    """
    settled = {kind: records.settle() for kind, records in memory.items()}
    held = digest({kind: Packets(records.owner, records.owner, records.fields) for kind, records in settled.items()})
    code = [
        (step.back, step.verdict, step.most) if isinstance(step, Again) else (step.routine, step.sends, step.step)
        for step in protocol.code
    ]
    return {
        "name": protocol.name,
        "machines": protocol.machines,
        "memory": protocol.memory,
        "groups": dict(protocol.groups),
        "steps": hashlib.sha256(describe(code, ()).encode()).hexdigest()[:16],
        "input": f"{held:016x}",
    }


def describe(value: object, inside: tuple[int, ...]) -> str:
    """A value; of a function also all that it holds from where it was made; of an object of unknown kind only the type.

    inside: the objects that it is a part of, by identity.
    """
    if id(value) in inside:
        return "itself"

    def part(value_of_it: object) -> str:
        return describe(value_of_it, (*inside, id(value)))

    match value:
        case None | bool() | int() | float() | complex() | str() | bytes():
            return repr(value)
        case np.ndarray() if value.dtype.kind != "O":
            return f"array({value.dtype.str}, {value.shape}, {zlib.crc32(np.ascontiguousarray(value).tobytes())})"
        case np.generic():
            return repr(value.item())
        case tuple() | list():
            return f"[{', '.join(map(part, value))}]"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(part, value)))}}}"
        case dict():
            return f"{{{', '.join(f'{part(key)}: {part(of_it)}' for key, of_it in value.items())}}}"
        case CodeType():
            return f"code({value.co_code.hex()}, {part(value.co_consts)}, {value.co_names})"
        case FunctionType():
            closure = [cell.cell_contents for cell in value.__closure__ or () if is_filled(cell)]
            made_with = part([value.__code__, value.__defaults__, value.__kwdefaults__, closure])
            return f"{value.__qualname__}({made_with})"
        case MethodType():
            return f"method({part(value.__func__)}, {part(value.__self__)})"
        case partial():
            return f"partial({part(value.func)}, {part(value.args)}, {part(value.keywords)})"
        case type():
            return value.__qualname__
    name = type(value).__qualname__
    if is_dataclass(value):
        return f"{name}({', '.join(part(getattr(value, field.name)) for field in fields(value))})"
    return name


def is_filled(cell: CellType) -> bool:
    """Whether a variable of an outer function has a value yet."""
    try:
        cell.cell_contents  # noqa: B018  # raises
    except ValueError:
        return False
    return True
