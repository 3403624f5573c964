"""Scans over runs: equal to plain Python on every record, within every budget, wherever the runs begin and end."""

from itertools import groupby

import numpy as np
import pytest

from logdepth.mpc import Protocol, Records, run_locally
from logdepth.mpc.primitives import Scan, prefix_sum, segmented
from logdepth.mpc.primitives.costs import least_on_tree, reduction_levels, words_of_ends
from logdepth.numerics.errors import UsageError

SCANS = [
    Scan(op, ("x", "y"), ("a", "b"), part, where, priority, "found", missing=-7)
    for op in ("sum", "min", "max", "first", "last")
    for part in ("run", "so far", "before")
    for where in (None, "w")
    for priority in ((None, "p") if op in ("first", "last") else (None,))
]


def by_hand(scan, rows):
    """What every row of one run is told."""
    answers = []
    for place in range(len(rows)):
        part = {"run": rows, "so far": rows[: place + 1], "before": rows[:place]}[scan.part]
        part = [row for row in part if scan.where is None or row["w"]]
        if scan.op in ("first", "last"):
            part = part if scan.op == "first" else part[::-1]
            chosen = min(part, key=lambda row: row["p"] if scan.priority else 0, default=None)
            a, b = (chosen["x"], chosen["y"]) if part else (-7, -7)
        elif scan.op == "sum":
            a, b = sum(row["x"] for row in part), sum(row["y"] for row in part)
        else:
            pick = min if scan.op == "min" else max
            a, b = (pick(row[name] for row in part) if part else -7 for name in "xy")
        answers.append((a, b, int(bool(part))))
    return answers


def drawn(rng, machines, longest):
    """Sorted records on some of the machines, in runs of up to so many, of which some machines have none."""
    keys = np.repeat(np.arange(40) // 2, rng.integers(0, longest + 1, 40))
    n = len(keys)
    owner = np.sort(rng.integers(0, machines, n))
    fields = {name: rng.integers(0, high, n) for name, high in (("x", 50), ("y", 9), ("w", 2), ("p", 3))}
    return Records(owner, {"key": keys, "other": keys % 2, **fields})


@pytest.mark.parametrize(
    "scan", SCANS, ids=lambda scan: " ".join(map(str, (scan.op, scan.part, scan.where, scan.priority)))
)
def test_every_record_is_told_of_its_run(scan):
    rng = np.random.default_rng(0)
    for machines, longest in [(1, 3), (2, 3), (7, 1), (30, 9)]:
        for by in (("key", "other"), ()):
            records = drawn(rng, machines, longest)
            rows = [dict(zip(records.fields, row, strict=True)) for row in zip(*records.fields.values(), strict=True)]
            expected = [
                answer
                for _, run in groupby(rows, key=lambda row: [row[name] for name in by])
                for answer in by_hand(scan, list(run))
            ]
            words = words_of_ends(len(by), scan.words)
            for spare, some_blocks in ((least_on_tree(machines, words), (1, 3)), (10**4, (2,))):
                routine = segmented("x", by, [scan], machines=machines, spare=spare)
                held = 10 * int(np.bincount(records.owner, minlength=1).max())
                digests = []
                for blocks in some_blocks:
                    protocol = Protocol("p", machines, held + spare, (routine,))
                    run = run_locally(protocol, {"x": records}, blocks=blocks, digests=True)
                    found = run.memory["x"]
                    assert list(zip(found["a"], found["b"], found["found"], strict=True)) == expected
                    assert run.rounds == 2 * reduction_levels(machines, spare, words)
                    assert run.most_received <= spare and run.most_sent <= spare
                    digests.append([round_.digest for round_ in run.traffic])
                assert digests[0] == digests[-1]


def test_several_scans_at_once_and_numbers_with_a_point():
    rng = np.random.default_rng(3)
    records = drawn(rng, 20, 20)
    records = Records(records.owner, {**records.fields, "z": records["x"] / 4})
    scans = [Scan("sum", ("z",), ("total",)), Scan("max", ("z",), ("top",), "so far"), Scan("first", ("x",), ("head",))]
    run = run_locally(
        Protocol("p", 20, 2000, (segmented("r", ("key",), scans, machines=20, spare=300),)), {"r": records}
    )
    found = run.memory["r"]
    for place, key in enumerate(found["key"]):
        run_ = found["key"] == key
        assert found["total"][place] == found["z"][run_].sum()
        assert found["top"][place] == found["z"][: place + 1][run_[: place + 1]].max()
        assert found["head"][place] == found["x"][run_][0]


@pytest.mark.parametrize("before", [False, True])
def test_prefix_sums_over_all_records(before):
    rng = np.random.default_rng(0)
    for machines in (1, 2, 30, 200):
        records = Records(np.sort(rng.integers(0, machines, 100)), {"n": rng.integers(0, 9, 100)})
        routine = prefix_sum("x", "n", "sum", machines=machines, spare=200, before=before)
        run = run_locally(Protocol("p", machines, 600, (routine,)), {"x": records})
        expected = np.cumsum(records["n"]) - before * records["n"]
        assert np.array_equal(run.memory["x"]["sum"], expected)


def test_too_little_memory_for_a_tree_and_wrong_scans_are_refused():
    with pytest.raises(UsageError, match="9 machines need at least 36 words besides their records for this; got 35"):
        prefix_sum("x", "n", "sum", machines=9, spare=35)
    for arguments, message in (
        (("least", ("x",), ("y",)), "a scan is one of"),
        (("sum", ("x",), ()), "as many; got 0 names"),
        (("sum", ("x",), ("y",), "run", None, "p"), "only 'first' and 'last' know a priority"),
    ):
        with pytest.raises(UsageError, match=message):
            Scan(*arguments)
