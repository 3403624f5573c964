"""T1, exactly: routers for N machines that send and receive up to s packets a round, on nine patterns of legal traffic.

python benchmarks/exchange.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from logdepth import Table, compile_program
from logdepth.testing.traffic import PATTERNS, delivered

HIGHEST_WORD = 1000


def main() -> None:
    print(f"{'N':>5} {'s':>3} {'layers':>7} {'heads':>6} {'width':>6} {'blocks':>7} {'parameters':>11} {'wrong':>12}")
    for machines, slots in ((16, 2), (64, 4), (64, 8), (256, 8), (1024, 8)):
        start = perf_counter()
        model = compile_program(router(machines, slots), "float32")
        rng = np.random.default_rng(0)
        wrong = 0
        for pattern in PATTERNS.values():
            destinations = pattern(machines, slots, rng)
            words = rng.integers(1, HIGHEST_WORD + 1, (slots, machines))
            columns = {f"to {k}": destinations[k] for k in range(slots)} | {f"word {k}": words[k] for k in range(slots)}
            outputs = model.run(columns)
            inbox = np.stack([outputs[f"slot {number}"] for number in range(slots)])
            wrong += int((inbox != delivered(destinations, words)).any())
        size = model.measured
        sizes = f"{size.layers:>7} {size.heads:>6} {size.width:>6} {size.blocks:>7} {size.parameters:>11}"
        print(
            f"{machines:>5} {slots:>3} {sizes} {wrong:>3} of {len(PATTERNS)}, {perf_counter() - start:.0f} s",
            flush=True,
        )


def router(machines: int, slots: int):  # type: ignore[no-untyped-def]
    table = Table("router", machines)
    destinations = [table.input(f"to {k}", machines) for k in range(slots)]
    words = [table.input(f"word {k}", HIGHEST_WORD) for k in range(slots)]
    for number, (_, word) in enumerate(table.exchange(destinations, [[word] for word in words], slots)):
        table.output(f"slot {number}", word)
    return table.program()


if __name__ == "__main__":
    main()
