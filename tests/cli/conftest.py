"""The command line as a function, and models that several tests read."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from logdepth.cli import main


@dataclass(frozen=True)
class Outcome:
    """What one command left behind."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON object on one line."""
        assert self.stdout.count("\n") == 1, self.stdout
        return json.loads(self.stdout)


@pytest.fixture
def logdepth(capsys) -> Callable[..., Outcome]:
    """Run a command line in this process."""

    def run(*words: object) -> Outcome:
        capsys.readouterr()
        status = main([str(word) for word in words])
        return Outcome(status, *capsys.readouterr())

    return run


@pytest.fixture
def refused(logdepth) -> Callable[..., str]:
    """Run a command line that is refused: status 2, nothing on stdout, one line on stderr, which it returns."""

    def run(*words: object) -> str:
        outcome = logdepth(*words)
        assert outcome.status == 2, outcome
        assert outcome.stdout == "" or (outcome.json.keys() == {"error"} and "--json" in words)
        assert outcome.stderr.startswith("logdepth: ")
        assert outcome.stderr.count("\n") == 1, outcome.stderr
        return outcome.stderr.removesuffix("\n")

    return run


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start a command line as a process of its own, which reports its imports on stderr and hears Ctrl-C.

    A test run that a shell has put into the background ignores SIGINT, and its children would inherit that.
    """

    def hear_interrupts() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def run(*words: object, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-X", "importtime", "-m", "logdepth", *map(str, words)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, preexec_fn=hear_interrupts, **pipes, **options)

    return run


def compiled(folder: Path, *words: str) -> Path:
    assert main(["compile", *words, "--samples", "30", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def hops(tmp_path_factory) -> Path:
    """The folder of 2-hop over a, b, c and d, at most 30 tokens."""
    return compiled(tmp_path_factory.mktemp("models") / "hops", "k-hop", "--n", "30", "--k", "2")


@pytest.fixture(scope="session")
def components(tmp_path_factory) -> Path:
    """The folder of components, at most 10 vertices."""
    return compiled(tmp_path_factory.mktemp("models") / "components", "components", "--n", "10")
