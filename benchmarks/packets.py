"""T1 with a token for every packet beside the exact router: sizes, and whether every packet arrives.

python benchmarks/packets.py [--machines 1024 --slots 8 --rounds 1]

At q = 1,024 and s = 8 a run has 8,193 tokens, so every pattern takes some ten seconds of a core, and every further
round of a protocol as much again. The exact router is compiled, not run.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

from logdepth import Model, RawProtocol, compile_protocol
from logdepth.arrows.mpc_to_transformer.router_costs import costs_of
from logdepth.arrows.mpc_to_transformer.theorem import round_of
from logdepth.verification.traffic import PATTERNS, packets_of, relays
from logdepth.verification.verify_protocol import differences

HIGHEST_WORD = 1000
SIZES = ((16, 2), (64, 4), (64, 8), (256, 8))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=1024)
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    print("one round, and four rounds with shared weights, between steps that keep what they are sent")
    print(
        f"{'router':>8} {'q':>5} {'s':>3} {'rounds':>6} {'rows':>6} {'layers':>7} {'heads':>6} {'width':>6}"
        f" {'formula':>8} {'blocks':>7} {'parameters':>11}"
    )
    for machines, slots in (*SIZES, (given.machines, given.slots)):
        for router, rounds in (("exact", 1), ("packets", 1), ("packets", 4)):
            raw = relays(machines, slots, HIGHEST_WORD, rounds)
            print_sizes(raw, router, compile_protocol(raw, router, "float32"))
    print(f"\n{given.machines} machines of {given.slots} slots, {given.rounds} rounds: what differs from the engine's")
    run_patterns(relays(given.machines, given.slots, HIGHEST_WORD, given.rounds))


def print_sizes(raw: RawProtocol, router: str, model: Model) -> None:
    size, costs = model.measured, costs_of(router, round_of(raw, model.dtype))
    looped = costs.looped if len(model.transformer.order) > len(model.transformer.blocks) else 0
    print(
        f"{router:>8} {raw.machines:>5} {raw.slots:>3} {raw.rounds:>6} {model.transformer.rows:>6} {size.layers:>7}"
        f" {size.heads:>6} {size.width:>6} {costs.columns + len(raw.state) + looped:>8} {size.blocks:>7}"
        f" {size.parameters:>11,}",
        flush=True,
    )


def run_patterns(raw: RawProtocol) -> None:
    """State and inbox of every machine, on all of its tokens, compared with the engine's after every step."""
    rng, wrong = np.random.default_rng(0), 0
    model = compile_protocol(raw, "packets", "float32")
    for name, pattern in PATTERNS.items():
        start = perf_counter()
        destinations = pattern(raw.machines, raw.slots, rng)
        words = rng.integers(1, HIGHEST_WORD + 1, destinations.shape)
        found = differences(raw, model, packets_of(destinations, words))
        wrong += bool(found)
        print(
            f"{name:>12} {(destinations > 0).sum():>6} packets: {len(found)} wrong, {perf_counter() - start:.0f} s",
            flush=True,
        )
    print(f"{wrong} wrong of {len(PATTERNS)}")


if __name__ == "__main__":
    main()
