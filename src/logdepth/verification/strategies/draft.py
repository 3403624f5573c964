"""What is drawn: a program or a map as source text, and what its writing knows of columns and terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from logdepth.programs import Program, Table


@dataclass(frozen=True)
class Draft:
    """A program as the Python source that writes it."""

    source: str

    def __repr__(self) -> str:
        return f"\n{self.source}"

    def program(self) -> Program:
        """The program that the source writes."""
        names: dict[str, object] = {"Table": Table, "np": np, "torch": torch}
        exec(self.source, names)  # our own text, drawn below
        program = names["program"]
        assert isinstance(program, Program), "the source ends by making one"
        return program


@dataclass(frozen=True)
class Known:
    """A column at hand: its variable in the source, and its range 0..high.

    `address`: it holds 0 or the number of a row that I may read. `permutation`: no two rows hold the same.
    """

    variable: str
    high: int
    address: bool = False
    permutation: bool = False

    @property
    def parameter(self) -> str:
        """What a map's function calls it."""
        return self.variable.removeprefix("table.")


@dataclass(frozen=True)
class Term:
    """A part of a map: its text, its range low..high, whether torch holds it as bool, and the columns that it reads."""

    text: str
    low: int
    high: int
    boolean: bool
    columns: tuple[Known, ...]

    @property
    def condition(self) -> bool:
        return self.low >= 0 and self.high <= 1


@dataclass(frozen=True)
class DraftMap:
    """The function of a map as source, of columns in 0..high."""

    source: str
    highs: tuple[int, ...]

    @property
    def function(self) -> Callable[..., object]:
        function: Callable[..., object] = eval(self.source, {"torch": torch, "np": np})  # our own text, drawn below
        return function
