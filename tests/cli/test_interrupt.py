"""Ctrl-C: one line, status 130, nothing half-written."""

import signal
from contextlib import suppress

import pytest


@pytest.mark.parametrize("swallowed", [False, True])
def test_an_interrupted_verification_writes_nothing(logdepth, tmp_path, monkeypatch, swallowed):
    """Also if a library swallows it, as NumPy and torch may while they are loaded, and then fails in another way."""
    from logdepth import verification as testing

    def interrupt(*args, **options):
        with suppress(KeyboardInterrupt if swallowed else ()):
            signal.raise_signal(signal.SIGINT)
        raise RecursionError("what is half loaded looks for itself")

    monkeypatch.setattr(testing, "verify", interrupt)
    outcome = logdepth("compile", "k-hop", "--n", "9", "--out", tmp_path / "model", "--json")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (130, "", "logdepth: interrupted.\n")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_a_terminal_is_one_line(start, tmp_path):
    process = start("compile", "k-hop", "--samples", "10000000", "--out", "model", cwd=tmp_path)
    for line in process.stderr:
        if line.rstrip().endswith("| logdepth.verification"):  # the last thing that is imported before the long work
            break
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    lines = [line for line in stderr.splitlines() if not line.startswith("import time:")]
    assert (process.returncode, stdout, lines) == (130, "", ["logdepth: interrupted."])
    assert list(tmp_path.iterdir()) == []
