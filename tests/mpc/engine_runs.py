"""Runs that stop: what is run, where it stops, and whether it came to the same end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from engine_steps import held, hold, scattered, shift

from logdepth.mpc import Loop, Protocol, Records, local


class Stop(Exception):
    pass


def some(count, machines=7):
    rng = np.random.default_rng(count)
    return held(rng.integers(0, machines, count), word=rng.integers(0, 100, count))


def countdown():
    """Nested loops, so that the turns of both count."""

    def again(memory):
        records = memory["x"]
        outer = Records(records.owner, {"go_on": records["outer"] > 1})
        fields = {"word": np.full_like(records["word"], 2), "outer": records["outer"] - 1}
        return {"x": Records(records.owner, fields), "outer": outer}

    def inner(memory):
        records = memory["x"]
        verdict = Records(records.owner, {"go_on": records["word"] > 1})
        return {"x": Records(records.owner, {**records.fields, "word": records["word"] - 1}), "verdict": verdict}

    body = (Loop((shift("one", 1, machines=5), local("inner", inner)), "verdict", most=2), local("again", again))
    return Protocol("countdown", 5, 99, [Loop(body, "outer", most=3), shift("two", 2, machines=5)])


RUNS = {
    "messages that depend on everything": (scattered(seed=3), some(200)),
    "nothing": (scattered(seed=3), some(0)),
    "loops in loops": (countdown(), held(range(5), word=[2] * 5, outer=[3] * 5)),
    "no rounds": (Protocol("rest", 3, 9, (hold,)), held([2, 0, 1], word=[1, 2, 3])),
}

LARGE = (Protocol("large", 7, 10**6, scattered(seed=4).parts), some(100_000))
"""Its messages are too large for a pipe."""


def same(memory, other):
    return memory.keys() == other.keys() and all(
        np.array_equal(memory[kind].owner, other[kind].owner)
        and memory[kind].fields.keys() == other[kind].fields.keys()
        and all(
            np.array_equal(values, other[kind][name]) and values.dtype == other[kind][name].dtype
            for name, values in memory[kind].fields.items()
        )
        for kind in memory
    )


def stop_in(round_):
    def progress(traffic, number, most):
        if number == round_:
            raise Stop

    return progress


def killed(code, folder, after):
    """Run Python until it prints a line, and then kill it; the lines before."""
    lines = []
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])}
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True, env=environment
    )
    for line in process.stdout:
        if line.strip() == after:
            break
        lines.append(line)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    return lines
