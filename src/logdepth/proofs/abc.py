"""ABC, a program for logic that is not a part of this library: it decides a miter where it is installed.

Brayton and Mishchenko, ABC: An Academic Industrial-Strength Verification Tool, CAV 2010.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from logdepth.numerics.errors import UsageError

NAMES = ("abc", "berkeley-abc", "yosys-abc")
"""What the program is called: by its authors, by Debian, and by Yosys, which brings one."""

PROGRAM = "read_aiger miter.aig; iprove; print_status; write_cex -n found.txt"
"""ABC's commands: rewriting, sweeping and SAT in turns, until one of them decides whether the output can be 1."""

STATUS = re.compile(r"^Status = *(-?\d)", re.MULTILINE)
NEVER, SOMETIMES = "1", "0"
"""ABC's status of a miter whose output is never 1, and of one that has an input."""


def never_one(miter: bytes, seconds: float) -> tuple[bool | None, list[bool]]:
    """Whether the one output of a packed AIGER is 0 on all inputs, None where the time was over or ABC gave up; and if
    it is not, the input on which it is 1.

    Errors: UsageError if ABC is not installed, or ended without a status.
    """
    with TemporaryDirectory() as folder:
        (Path(folder) / "miter.aig").write_bytes(miter)
        command = [path_of_abc(), "-q", PROGRAM]
        try:
            ended = subprocess.run(command, cwd=folder, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return None, []
        status = STATUS.search(ended.stdout.decode(errors="replace"))
        if status is None:
            raise UsageError("ABC ended without an answer, as where memory is short. Take a smaller size.")
        if status[1] != SOMETIMES:
            return True if status[1] == NEVER else None, []
        return False, bits_of(Path(folder) / "found.txt")


def path_of_abc() -> str:
    found = next(filter(None, map(which, NAMES)), None)
    if found is None:
        raise UsageError(
            f"ABC is not installed: there is no program {', '.join(NAMES[:-1])} or {NAMES[-1]}. Install it (Debian:"
            " apt install berkeley-abc), or take the solver cadical."
        )
    return found


def bits_of(found: Path) -> list[bool]:
    """The bits of a counterexample, which stand in a line each, in order, as `name@0=1`."""
    lines = found.read_text(errors="replace").splitlines()
    return [line.endswith("=1") for line in lines if not line.startswith("#")]
