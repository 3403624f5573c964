"""The building blocks at 10^6 records: rounds against the claim, words, and time beside a bare numpy shuffle.

    python benchmarks/mpc_primitives.py [--records 1000000] [--machines 2000] [--memory 4096]

Keys are below 2^20, drawn evenly or all equal. The last two, by known homes, have one record on each machine.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from logdepth.mpc import Memory, Protocol, Records, Routine, run_locally
from logdepth.mpc.primitives import Scan, agree, ask_home, distinct, pull, push, segmented, send_home, sort
from logdepth.mpc.primitives.costs import joining, reduction_levels, sorting, words_of_ends

KEYS = 2**20


def bare_shuffle(records: Records, machines: int) -> float:
    """Seconds for one argsort by a random machine, and one gather, of the same words."""
    machine = np.random.default_rng(1).integers(0, machines, len(records))
    began = time.perf_counter()
    order = np.argsort(machine, kind="stable")
    for values in records.fields.values():
        values[order]
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--machines", type=int, default=2000)
    parser.add_argument("--memory", type=int, default=4096)
    options = parser.parse_args()
    n, q, s = options.records, options.machines, options.memory
    rng = np.random.default_rng(0)
    table_size = n // 10
    each = -(-(n + table_size) // q)
    own, extra = -(-n // q), -(-table_size // q)
    joint = 2 * own + 2 * extra + 4 * each  # words of both kinds, and of what is sorted in a join
    for_sort, for_join, for_scan = s - 2 * each, s - joint, s - 3 * own
    by_key = {"key": KEYS - 1}
    size = {"machines": q, "per_machine": each}
    print(f"{n:,} records on {q:,} machines of {s:,} words, {each} on each at most")
    for drawn, keys in (("even", rng.integers(0, KEYS, n)), ("all equal", np.full(n, KEYS // 2))):
        records = Records(np.arange(n) * q // n, {"key": keys, "number": np.arange(n)})
        ids = rng.choice(KEYS, table_size, replace=False)
        table = Records(np.arange(table_size) * q // table_size, {"id": ids, "label": rng.integers(0, n, table_size)})
        homes = np.arange(KEYS) // -(-KEYS // q)
        shuffle = bare_shuffle(records, q)
        print(f"\nkeys {drawn}; a bare shuffle takes {shuffle:.3f} s")
        sort_rounds = sorting(q, for_sort, [KEYS - 1]).rounds
        join_rounds = joining(q, for_join, [KEYS - 1], offered=1, state=2).rounds
        scan_rounds = 2 * reduction_levels(q, for_scan, words_of_ends(1, 2))
        again_rounds = 2 * reduction_levels(q, for_sort, words_of_ends(1, 1))
        agree_rounds = 2 * reduction_levels(q, for_scan, 1)
        ordered = Records(records.owner, {"key": np.sort(keys), "number": records["number"]})
        total = Scan("sum", ("number",), ("sum",))
        one, two = {"x": records}, {"x": records, "t": table}
        join = {**size, "at": ["id"], "spare": for_join}
        cases: list[tuple[Routine, Memory, int]] = [
            (sort("x", by_key, **size, spare=for_sort), one, sort_rounds),
            (segmented("x", ["key"], [total], machines=q, spare=for_scan), {"x": ordered}, scan_rounds),
            (distinct("x", by_key, **size, spare=for_sort), one, sort_rounds + again_rounds),
            (agree("x", "most", {"most": ("max", "key")}, machines=q, spare=for_scan), one, agree_rounds),
            (pull("x", "t", by_key, {"label": "l"}, **join), two, join_rounds),
            (push("x", "t", by_key, {"l": ("min", "number")}, **join), two, join_rounds),
        ]
        some = Records(np.arange(q), {"key": keys[:q], "number": np.arange(q)})
        known = Records(homes, {"key": np.arange(KEYS), "label": np.arange(KEYS)})
        cases += [
            (send_home("x", "t", total, keys=KEYS, machines=q), {"x": some}, 2),
            (ask_home("x", "t", {"label": "l"}, keys=KEYS, machines=q), {"x": some, "t": known}, 4),
        ]
        for routine, kinds, claimed in cases:
            began = time.perf_counter()
            run = run_locally(Protocol("benchmark", q, s, (routine,)), kinds)
            seconds = time.perf_counter() - began
            assert run.rounds == claimed, (routine.name, run.rounds, claimed)
            held = max(round_.held for round_ in run.traffic)
            print(
                f"{routine.name:14} {run.rounds:3} rounds, as claimed; {held:5,} words held, {run.most_sent:5,} sent,"
                f" {run.most_received:5,} received at most; {run.total:11,} words in all; {seconds:.2f} s"
            )


if __name__ == "__main__":
    main()
