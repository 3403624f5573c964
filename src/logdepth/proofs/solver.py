"""A SAT solver in a process of its own, which is stopped when its time is over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec

from logdepth.numerics.errors import UsageError

SOLVER = "cadical195"
"""CaDiCaL 1.9.5, as python-sat has it (Biere, Faller, Fazekas, Fleury, Froleyks, Pollitt 2024)."""

NO_MODEL = "none"
PROGRAM = f"""
import sys
from pysat.solvers import Solver
clauses = (list(map(int, line.split())) for line in sys.stdin)
with Solver(name={SOLVER!r}, bootstrap_with=clauses) as solver:
    print(*solver.get_model() if solver.solve() else [{NO_MODEL!r}])
"""
"""What the process runs: a clause a line comes in, and a model goes out. It loads nothing else."""


def satisfy(clauses: Iterable[tuple[int, ...]], seconds: float) -> list[int] | bool | None:
    """A model, as the variables with their signs; False: there is none; None: the time was over first.

    Errors: UsageError if python-sat is not installed, or the solver ended without an answer.
    """
    if find_spec("pysat") is None:
        raise UsageError("python-sat is not installed. Install it: pip install 'logdepth[prove]'.")
    text = "\n".join(" ".join(map(str, clause)) for clause in clauses)
    command = [sys.executable, "-P", "-c", PROGRAM]
    try:
        ended = subprocess.run(command, input=text, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    words = ended.stdout.split()
    if ended.returncode or not words:
        raise UsageError("the solver ended without an answer, as where memory is short. Take a smaller size.")
    return False if words == [NO_MODEL] else [int(word) for word in words]
