"""The one reader of a user's Python file: a program or a protocol of their own, and functions that judge it.

The file is the user's own code, and it is executed. Nothing else in this library executes what it reads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Any

from torch.nn import Module

from logdepth.arrows.mpc_to_transformer import mpc_to_program
from logdepth.networks import StepByStep
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.programs import Oracle, Program, ProgramTask, RawProtocol, Sampler, Table, in_words

MODULE = "logdepth_users_file"


@dataclass(frozen=True, eq=False)
class OwnFile:
    """What a Python file defines: a program, with its `oracle` and `sample` if it has them, or a protocol.

    path: of the file. made: the program or the protocol.
    """

    path: Path
    made: Program | RawProtocol
    oracle: Oracle | None = None
    sample: Sampler | None = None

    @property
    def task(self) -> ProgramTask:
        """The program, of a protocol the one that carries it out (T1), with those who judge it."""
        if isinstance(self.made, RawProtocol):
            return ProgramTask(mpc_to_program(self.made), sampler=self.made.draw, raw=self.made)
        return ProgramTask(self.made, self.oracle, self.sample)


def read_own_file(path: str | Path, name: str | None = None) -> OwnFile:
    """The program or the protocol that a Python file defines at module level: its only one, or the one of this name.

    A `Table` stands for its program. A program comes with the file's functions `oracle(columns)` and `sample(rng)`.
    This executes the file, as `python FILE` would, but not as `__main__`; what it prints goes to stderr.
    Errors: UsageError, with the line, if the file is missing, raises, or does not define exactly one.
    """
    path = Path(path)
    return own_file_in(execute(path), name, path)


def own_file_in(module: ModuleType, name: str | None, path: Path) -> OwnFile:
    made = named_in(module, name, path)
    if isinstance(made, Table):
        with blaming(path, "its table"):
            made = made.program()
    if isinstance(made, RawProtocol):
        return OwnFile(path, made)
    oracle, sample = (function_named(module, each, path) for each in ("oracle", "sample"))
    return OwnFile(path, made, oracle, sample)


def read_own_network(path: str | Path, name: str | None = None) -> Module | StepByStep | None:
    """The network that a Python file defines at module level: its only torch module, or what has this name; None if
    there is none.

    A class or a function of this name is called without arguments, and makes it. This executes the file, as
    `read_own_file` does. Errors: UsageError, with the line, as there, and for several modules.
    """
    path = Path(path)
    return network_in(execute(path), name, path)


def read_own_model(path: str | Path, name: str | None = None) -> Module | StepByStep | OwnFile:
    """The network that a Python file defines, as `read_own_network` finds it, or else what `read_own_file` finds there.

    Errors: UsageError as of both, and for a file, or a name, without either.
    """
    path = Path(path)
    module = execute(path)
    network = network_in(module, name, path)
    if network is not None:
        return network
    if name is not None and not isinstance(vars(module)[name], Made):
        kind = type(vars(module)[name]).__name__
        raise UsageError(f"{name!r} of {path} is of type {kind}. Name a network (a torch module) or a program.")
    if not any(isinstance(value, Made) for value in vars(module).values()):
        classes = [each for each in names_in(module) if is_network_class(vars(module)[each])]
        remedy = f"Name what makes it, as in {path}:{classes[0]}" if classes else "Define one at module level."
        raise UsageError(f"{path} defines no network (a torch module) and no program. {remedy}")
    return own_file_in(module, name, path)


def names_in(module: ModuleType) -> list[str]:
    """Those that the file itself gives."""
    return [name for name in vars(module) if not name.startswith("__")]


def is_network_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Module)


def network_in(module: ModuleType, name: str | None, path: Path) -> Module | StepByStep | None:
    found = {each: value for each, value in vars(module).items() if isinstance(value, Module)}
    if name is None:
        if len(set(map(id, found.values()))) > 1:
            first = next(iter(found))
            raise UsageError(f"{path} has {len(found)} networks: {', '.join(found)}. Choose one, as in {path}:{first}")
        return next(iter(found.values()), None)
    if name not in vars(module):
        raise UsageError(f"{path} defines no {name!r}. {did_you_mean(name, found or names_in(module))}")
    made = vars(module)[name]
    if isinstance(made, type) or (callable(made) and not isinstance(made, Module | StepByStep)):
        with blaming(path, f"{name}() fails"):
            made = made()
    return made if isinstance(made, Module | StepByStep) else None


def execute(path: Path) -> ModuleType:
    """The module of a file, which leaves nothing beside it."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}. Check the path.")
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module
    before = [*sys.path]
    sys.path.insert(0, str(path.resolve().parent))  # its neighbours can be imported, as by `python FILE`
    try:
        with blaming(path, "it cannot be executed"), chdir("."):
            exec(compile(path.read_bytes(), str(path), "exec"), vars(module))  # the user's own, who said so
    finally:
        sys.path[:] = before
        # So that its functions travel to Ray's workers whole, and not by the name of a module that is not there:
        sys.modules.pop(MODULE, None)
    return module


Made = Program | RawProtocol | Table


def named_in(module: ModuleType, name: str | None, path: Path) -> Made:
    """The value of this name, or without a name the only one. A table whose program is there too is no other one."""
    found = {each: value for each, value in vars(module).items() if isinstance(value, Made)}
    if name is not None:
        if name not in found:
            raise UsageError(f"{path} defines no program or protocol {name!r}. {did_you_mean(name, found)}")
        return found[name]
    finished = {id(value.index) for value in found.values() if isinstance(value, Program)}
    different = {
        id(value): each
        for each, value in reversed(found.items())
        if not (isinstance(value, Table) and id(value.index) in finished)
    }
    names = [each for each in found if each in different.values()]
    if len(names) != 1:
        several = f"{len(names)}: {', '.join(names)}. Choose one, as in {path}:{names[0]}" if names else "none"
        raise UsageError(f"{path} must define one Program, Table or RawProtocol at module level; it defines {several}.")
    return found[names[0]]


def function_named(module: ModuleType, name: str, path: Path) -> Callable[..., Any] | None:
    """A function of the file, whose errors name its line; None if there is none."""
    function = getattr(module, name, None)
    if function is None:
        return None
    if not callable(function):
        raise UsageError(f"{path}: {name!r} must be a function; it is a {type(function).__name__}. Rename it.")

    @wraps(function)
    def careful(*arguments: Any) -> Any:
        with blaming(path, f"{name} fails"):
            return function(*arguments)

    return careful


@contextmanager
def blaming(path: Path, what: str) -> Iterator[None]:
    """Run code of the file: what it prints goes to stderr, and what it raises becomes a UsageError with its line."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit among them
        said: str | UsageError
        match error:
            case UsageError():
                said = error
            case SyntaxError():
                said = f"it is no Python ({error.msg})."
            case _:
                said = f"{what}: {in_words(error)}."
        line = line_of(error, path)
        place = f"{path}, line {line}" if line else str(path)
        raise UsageError(f"{place}:", said) from error


def line_of(error: BaseException, path: Path) -> int | None:
    """The last line of the file that an error passed, or where its text is no Python."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    return lines[-1] if lines else None
