"""A program cut short: too few turns of its loops, and so too few layers."""

from __future__ import annotations

from dataclasses import replace

from logdepth.numerics.errors import UsageError
from logdepth.programs.program import Draft, Program, program_of
from logdepth.programs.statements import Repeat, Statement


def cut_loops(program: Program | Draft, turns: int) -> Program:
    """The same program, of which every loop ends after at most `turns` turns; what comes after the loops stays.

    It is no solution any more, unless the loops were no longer: it shows what too few layers do.
    Errors: UsageError for a program without a loop, and for a negative number of turns.
    """
    whole = program_of(program, "cut_loops")
    if turns < 0:
        raise UsageError(f"a loop ends after 0 or more turns; got {turns}. Give another number.")
    if not any(isinstance(statement, Repeat) for statement in whole.statements):
        raise UsageError(f"program {whole.name!r} has no loop to cut. Give one that repeats.")
    return replace(whole, statements=tuple(shorten(statement, turns) for statement in whole.statements))


def shorten(statement: Statement, turns: int) -> Statement:
    """A loop, and those in its body, with at most so many turns; any other statement as it is."""
    if not isinstance(statement, Repeat):
        return statement
    body = tuple(shorten(inner, turns) for inner in statement.body)
    return replace(statement, times=min(turns, statement.times), body=body)
