"""What the library offers: for every room the names behind its door, each with one home."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import logdepth

NOT_FOR_CALLERS = ("cli",)
"""Rooms whose door is the command line."""

SHELVES = ("theory", "learn", "gadgets", "numerics")
"""Rooms whose files are doors beside their own: all names without an underscore that a file defines are offered."""


@dataclass(frozen=True)
class Name:
    """A name of a module, and what stands behind it. home: the full name under which it is documented."""

    module: str
    name: str
    value: Any
    home: str

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}"


@cache
def rooms() -> tuple[str, ...]:
    """The rooms of the package, by name."""
    found = sorted(each.name for each in pkgutil.iter_modules(logdepth.__path__) if each.ispkg)
    return tuple(room for room in found if room not in NOT_FOR_CALLERS)


@cache
def doors_of(room: str) -> tuple[str, ...]:
    """The modules of a room that offer names, its own door first."""
    package = import_module(f"logdepth.{room}")
    inner = [each for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if _is_open(each, room)]
    doors = [package.__name__, *sorted(each.name for each in inner)]
    return tuple(door for door in doors if names_in(door))


def _is_open(found: pkgutil.ModuleInfo, room: str) -> bool:
    hidden = any(part.startswith("_") for part in found.name.split("."))
    return not hidden and (found.ispkg or room in SHELVES)


@cache
def names_in(door: str) -> tuple[str, ...]:
    """The names that a module offers: its `__all__`; on a shelf, what a file without one defines."""
    module = import_module(door)
    if hasattr(module, "__all__"):
        return tuple(name for name in module.__all__ if not isinstance(getattr(module, name, module), ModuleType))
    if door.split(".")[1] not in SHELVES:
        return ()
    return tuple(name for name in defined_in(module) if not name.startswith("_"))


def defined_in(module: ModuleType) -> list[str]:
    """The functions, classes and documented constants of a file, in its order."""
    found = []
    body = tree_of(module).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _docstring(following) is not None:
            found.append(_assigned(node)[0])
    return [name for name in found if name.isidentifier()]


def offered() -> Iterator[Name]:
    """All names of all doors. What several doors offer has one home: at the outermost door of its own room."""
    for door in ("logdepth", *(door for room in rooms() for door in doors_of(room))):
        module = import_module(door)
        for name in logdepth.__all__ if door == "logdepth" else names_in(door):
            value = getattr(module, name)
            yield Name(door, name, value, homes().get(origin_of(value, door, name), f"{door}.{name}"))


@cache
def homes() -> dict[tuple[str, str], str]:
    """Where a thing is defined, and its name there -> the full name under which it is documented."""
    found: dict[tuple[str, str], list[str]] = {}
    for room in rooms():
        for door in doors_of(room):
            for name in names_in(door):
                origin = origin_of(getattr(import_module(door), name), door, name)
                found.setdefault(origin, []).append(f"{door}.{name}")
    return {origin: min(names, key=lambda name: _distance(name, origin[0])) for origin, names in found.items()}


def _distance(name: str, defined: str) -> tuple[bool, int]:
    """Other rooms come last, and inner doors after outer ones."""
    return name.split(".")[1] != defined.split(".")[1], name.count(".")


def origin_of(value: Any, door: str, name: str) -> tuple[str, str]:
    """Classes and functions know where they are defined; a constant is where its name comes from."""
    if isinstance(value, type) or inspect.isroutine(value):
        return value.__module__, value.__qualname__
    return origin(door, name)


@dataclass(frozen=True)
class Constant:
    """A constant as its file writes it: what it is assigned, its type if that is written, its docstring."""

    value: str
    type: str | None
    doc: str


def constant(door: str, name: str) -> Constant:
    """What a door offers under a name, read where it is assigned."""
    module, name = origin(door, name)
    body = tree_of(import_module(module)).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _assigned(node)[0] == name:
            doc = _docstring(following) or _comment(source_of(import_module(module)), node)
            return Constant(*_assigned(node)[1:], doc)
    return Constant("", None, "")


@cache
def origin(door: str, name: str) -> tuple[str, str]:
    """The module in which a name of a door is assigned or defined, and its name there."""
    for node in ast.walk(tree_of(import_module(door))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("logdepth"):
            for alias in node.names:
                if (alias.asname or alias.name) == name and isinstance(node.module, str):
                    return origin(node.module, alias.name)
    return door, name


def _assigned(node: ast.Assign | ast.AnnAssign) -> tuple[str, str, str | None]:
    """Name, value and type of an assignment."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    kind = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else None
    return ast.unparse(target), ast.unparse(node.value) if node.value else "", kind


def _comment(source: str, node: ast.stmt) -> str:
    """What stands behind an assignment on its last line."""
    line = source.splitlines()[(node.end_lineno or 1) - 1].encode()[node.end_col_offset or 0 :].decode()
    said = re.fullmatch(r"\s*# (?!type:|noqa)(.+)", line)
    return said[1] if said else ""


def _docstring(node: ast.stmt | None) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return inspect.cleandoc(node.value.value)
    return None


@cache
def tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(source_of(module))


@cache
def source_of(module: ModuleType) -> str:
    return Path(module.__file__ or "").read_text(encoding="utf-8")
