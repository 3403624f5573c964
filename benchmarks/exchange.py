"""T1's routers: what they cost, and whether every packet arrives, on nine patterns of legal traffic for each size.

python benchmarks/exchange.py [--large]
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

from logdepth import compile_protocol
from logdepth.arrows.mpc_to_transformer.hashing import alone, code_columns, losses, random_columns
from logdepth.arrows.mpc_to_transformer.router_costs import code_size, hashing_columns
from logdepth.arrows.raw_protocol_to_mpc import moments
from logdepth.artefacts import mix_protocol
from logdepth.mpc import ProtocolError
from logdepth.theory.transformers_simulate_mpc import hashing_slots
from logdepth.verification.traffic import PATTERNS, packets_of, relay
from logdepth.verification.verify_protocol import differences

HIGHEST_WORD = 1000
SMALL = {
    "exact": ((16, 2), (64, 4), (64, 8), (256, 8)),
    "oblivious": ((16, 2), (64, 8), (256, 8)),
    "matching": ((16, 2), (64, 8), (256, 8)),
    "coded": ((8, 2), (16, 2), (32, 2)),
    "hashed": ((8, 2), (16, 2)),
}
LARGE = {"exact": ((1024, 8),), "oblivious": ((1024, 8),), "matching": ((1024, 8),), "coded": ((16, 3),)}
PYTHON = {"coded": ((16, 3), (64, 4)), "hashed": ((16, 2), (64, 4))}  # with local functions that stay Python
TRAFFICS = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="1,024 machines too: some minutes, gigabytes")
    large = parser.parse_args().large
    print("one round between two local steps, as weights: state and inbox compared with the engine's after every step")
    print(
        f"{'router':>10} {'q':>5} {'s':>3} {'layers':>7} {'heads':>6} {'width':>6} {'claim':>6} {'blocks':>7}"
        f" {'parameters':>11}   wrong"
    )
    for sizes in (SMALL, LARGE) if large else (SMALL,):
        for router, shapes in sizes.items():
            for machines, slots in shapes:
                try_router(router, machines, slots)
    print("\nthe same, local functions in Python")
    for router, shapes in PYTHON.items():
        for machines, slots in shapes:
            try_mixed(router, machines, slots)
    print(f"\ncolumns of the one-layer routers, and how often a packet is lost in {TRAFFICS} random full loads")
    print(
        f"{'q':>5} {'s':>3} {'Fact B.2':>9} {'hashed':>7} {'lost':>6} {'half':>6} {'lost':>6} {'coded':>6} {'lost':>6}"
    )
    for machines, slots in ((16, 2), (64, 2), (64, 4), (256, 4), (64, 8)):
        measure_columns(machines, slots)


def try_router(router: str, machines: int, slots: int) -> None:
    rng = np.random.default_rng(0)
    start, wrong, tried, model = perf_counter(), 0, 0, None
    for pattern in PATTERNS.values():
        destinations = pattern(machines, slots, rng)
        known = destinations if router == "oblivious" else None
        raw = relay(machines, slots, HIGHEST_WORD, known)
        words = rng.integers(1, HIGHEST_WORD + 1, (slots, machines))
        columns = packets_of(destinations, words, addresses=known is None)
        try:
            expected = moments(raw, columns, matching=router == "matching")
        except ProtocolError:  # no matching
            continue
        if model is None or known is not None:
            fresh = compile_protocol(raw, router, "float32")
            model = fresh if model is None or fresh.measured.width > model.measured.width else model
        tried += 1
        wrong += bool(differences(raw, model if known is None else fresh, columns, expected))
    assert model is not None
    size = model.measured
    print(
        f"{router:>10} {machines:>5} {slots:>3} {size.layers:>7} {size.heads:>6} {size.width:>6}"
        f" {model.claimed['width']:>6} {size.blocks:>7} {size.parameters:>11,}"
        f" {wrong:>3} of {tried}, {perf_counter() - start:.0f} s",
        flush=True,
    )


def try_mixed(router: str, machines: int, slots: int) -> None:
    start, rng = perf_counter(), np.random.default_rng(0)
    raw = relay(machines, slots, HIGHEST_WORD)
    mixed = mix_protocol(raw, router)
    wrong = 0
    for pattern in PATTERNS.values():
        destinations = pattern(machines, slots, rng)
        words = rng.integers(1, HIGHEST_WORD + 1, (slots, machines))
        wrong += bool(differences(raw, mixed, packets_of(destinations, words)))
    print(
        f"{router:>10} {machines:>5} {slots:>3} {mixed.layers:>7} {mixed.heads:>6} {mixed.width:>6}"
        f" {'':>26} {wrong:>3} of {len(PATTERNS)}, {perf_counter() - start:.0f} s",
        flush=True,
    )


def measure_columns(machines: int, slots: int) -> None:
    """Fresh random columns for every traffic; the code is one and the same."""
    columns = hashing_columns(slots, machines)
    code = alone(code_columns(machines, slots))
    rng = np.random.default_rng(0)
    lost = {columns: 0, columns // 2: 0, "code": 0}
    traffics = TRAFFICS if machines * slots**3 < 10_000 else TRAFFICS // 20
    for seed in range(traffics):
        destinations = PATTERNS["full load"](machines, slots, rng)
        for count in (columns, columns // 2):
            lost[count] += losses(alone(random_columns(machines, slots, count, seed)), destinations) > 0
        lost["code"] += losses(code, destinations) > 0
    prime, _, points = code_size(slots, machines)
    rates = [f"{100 * lost[key] / traffics:.1f}%" for key in (columns, columns // 2, "code")]
    print(
        f"{machines:>5} {slots:>3} {hashing_slots(slots, machines):>9,} {columns:>7,} {rates[0]:>6} {columns // 2:>6,}"
        f" {rates[1]:>6} {prime * points:>6,} {rates[2]:>6}" + (f"  ({traffics} loads)" if traffics < TRAFFICS else ""),
        flush=True,
    )


if __name__ == "__main__":
    main()
