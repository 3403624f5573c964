"""A SAT solver in a process of its own, which is stopped when its time is over."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection

from logdepth.numerics.errors import UsageError

Clauses = list[tuple[int, ...]]
SOLVER = "cadical195"
"""CaDiCaL 1.9.5, as python-sat has it (Biere, Faller, Fazekas, Fleury, Froleyks, Pollitt 2024)."""


def satisfy(clauses: Iterable[tuple[int, ...]], seconds: float) -> list[int] | bool | None:
    """A model, as the variables with their signs; False: there is none; None: the time was over first.

    Errors: UsageError if python-sat is not installed, or the solver ended without an answer.
    """
    if find_spec("pysat") is None:
        raise UsageError("python-sat is not installed. Install it: pip install 'logdepth[prove]'.")
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=solve, args=([*clauses], theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds) else None
    except EOFError:
        raise UsageError("the solver ended without an answer, as where memory is short. Take a smaller size.") from None
    finally:
        process.kill()
        process.join()


def solve(clauses: Clauses, answer: Connection) -> None:
    from pysat.solvers import Solver  # an extra, and only here

    with Solver(name=SOLVER, bootstrap_with=clauses) as solver:
        answer.send(solver.get_model() if solver.solve() else False)
