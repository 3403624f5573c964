"""A SAT solver in a process of its own, which is stopped when its time is over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Timer
from typing import IO, cast

from logdepth.numerics.errors import UsageError

SOLVER = "cadical195"
"""CaDiCaL 1.9.5, as python-sat has it (Biere, Faller, Fazekas, Fleury, Froleyks, Pollitt 2024)."""

PROVED = "proved"
PROGRAM = f"""
import sys
from pysat.solvers import Solver
lines = (list(map(int, line.split())) for line in sys.stdin)
clauses = iter(lambda: next(lines), [])
with Solver(name={SOLVER!r}, bootstrap_with=clauses) as solver:
    for goal in next(lines):
        if solver.solve(assumptions=[-goal]):
            print(*solver.get_model())
            break
        solver.add_clause([goal])
        print({PROVED!r}, flush=True)
"""
"""What the process runs. In come a clause a line, an empty line and the goals; out go a line for every goal that is
proved, or a model. It loads nothing else."""


@dataclass(frozen=True)
class Found:
    """What a solver found of some goals in order. model: one in which a goal does not hold, as signed variables.

    proved: goals that were proved, of all; fewer than all without a model: the time was over.
    """

    proved: int
    model: Sequence[int] | None = None


def follow(clauses: Iterable[Sequence[int]], goals: Sequence[int], seconds: float) -> Found:
    """Whether the goals, each a variable with its sign, follow from clauses: one after the other, as what is proved of
    the first ones helps with the later ones.

    Errors: UsageError if python-sat is not installed, or the solver ended without an answer.
    """
    check_installed()
    if not goals:
        return Found(0)
    text = "\n".join(" ".join(map(str, clause)) for clause in (*clauses, (), goals))
    command = [sys.executable, "-P", "-c", PROGRAM]
    try:
        ended = subprocess.run(command, input=text.encode(), capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as stopped:
        return Found((stopped.stdout or b"").count(PROVED.encode()))
    proved = ended.stdout.count(PROVED.encode())
    last = ended.stdout.split(b"\n")[proved].split()
    if ended.returncode or (proved < len(goals) and not last):
        raise UsageError("the solver ended without an answer, as where memory is short. Take a smaller size.")
    return Found(proved, [int(word) for word in last] if last else None)


def check_installed() -> None:
    """Errors: UsageError if python-sat is not installed."""
    if find_spec("pysat") is None:
        raise UsageError("python-sat is not installed. Install it: pip install 'logdepth[prove]'.")


STEP_BY_STEP = f"""
import sys
from pysat.solvers import Solver
with Solver(name={SOLVER!r}) as solver:
    for line in sys.stdin:
        if line.strip():
            solver.add_clause(list(map(int, line.split())))
        else:
            print(*(solver.get_model() if solver.solve() else [0]), flush=True)
"""
"""In come clauses and an empty line, again and again; out goes a model of all of them, or 0 if they have none."""


class Solving:
    """A solver that is given more clauses after each answer; `with Solving() as solving: …` ends its process.

    Errors: UsageError if python-sat is not installed.
    """

    def __enter__(self) -> Solving:
        check_installed()
        command = [sys.executable, "-P", "-c", STEP_BY_STEP]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def solve(self, clauses: Iterable[Sequence[int]], seconds: float) -> Sequence[int] | None:
        """A model of these clauses and all before, as signed variables; empty if there is none; None: no time left."""
        into, out = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        timer = Timer(seconds, self.process.kill)
        timer.start()
        try:
            into.writelines(" ".join(map(str, clause)) + "\n" for clause in clauses)
            into.write("\n")
            into.flush()
            answer = out.readline()
        except BrokenPipeError:
            return None
        finally:
            timer.cancel()
        if not answer:
            return None
        model = [int(word) for word in answer.split()]
        return [] if model == [0] else model
