"""3-SUM on about N^0.99 machines of about N^0.51 words: rounds, machines, words and time; every answer is compared.

Beside it, what the protocol is as a transformer (T1, T6): the width that theory promises, without its constant, in O(R)
layers; and the residual columns of the exact router if all were weights, two layers a round, besides local functions.

Then, for few numbers, that transformer itself: attention layers that are weights deliver the mail of every round, local
functions are the protocol's steps.
"""

import argparse
from math import log
from time import perf_counter

import numpy as np

from logdepth.arrows.mpc_to_transformer.by_attention import run_by_attention
from logdepth.arrows.mpc_to_transformer.router_costs import Round, costs_of
from logdepth.mpc import Mail, Memory, Protocol, run_locally, words_per_record
from logdepth.numerics.formats import format_of
from logdepth.protocols.three_sum import answers, dealt, three_sum
from logdepth.protocols.three_sum_layout import three_sum_layout, three_sum_protocol


def exact(numbers: np.ndarray, modulus: int) -> np.ndarray:
    """Which numbers two others complete, by marking all sums of two."""
    sums = np.zeros(modulus, dtype=bool)
    distinct = np.unique(numbers)
    for number in distinct:
        sums[(number + distinct) % modulus] = True
    return sums[-numbers % modulus].astype(np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, nargs="*", default=[100, 1000, 3000, 10_000])
    parser.add_argument("--by-attention", type=int, nargs="*", default=[8, 16, 32, 64])
    given = parser.parse_args()
    run_protocols(given.numbers)
    run_transformers(given.by_attention)


def run_transformers(sizes: list[int]) -> None:
    print(
        "\n     N tokens rounds layers heads (s packets)  width  N^.52 width/N^.52"
        "  rounds unlike the engine's  wrong      s"
    )
    for count in sizes:
        numbers = np.random.default_rng(0).integers(0, count**2, count)
        layout, protocol = three_sum_layout(count, count**2), three_sum(count, count**2)
        slots, words = busiest(protocol, dealt(numbers, layout))
        start = perf_counter()
        done = run_by_attention(protocol, dealt(numbers, layout), slots, words)
        seconds = perf_counter() - start
        wrong = int((answers(done.run.memory) != exact(numbers, count**2)).sum())
        print(
            f"{count:6} {protocol.machines:6} {done.run.rounds:6} {done.layers:6} {done.router.heads:5} {slots:12}"
            f" {done.width:6} {count**0.52:6.1f} {done.width / count**0.52:11.0f} {done.unlike:26} {wrong:6}"
            f" {seconds:6.1f}",
            flush=True,
        )


def busiest(protocol: Protocol, memory: Memory) -> tuple[int, int]:
    """The most packets that a machine sends or receives in a round of this run, and the most words in one."""
    most, words = 1, 1

    def watch(number: int, rounds: int, mail: Mail) -> None:
        nonlocal most, words
        for ends in ("source", "destination"):
            machines = [getattr(packets, ends) for packets in mail.values()]
            most = max(most, int(np.bincount(np.concatenate(machines), minlength=1).max()))
        words = max([words, *(words_per_record(packets.fields) for packets in mail.values() if len(packets))])

    run_locally(protocol, memory, watch=watch)
    return most, words


def run_protocols(sizes: list[int]) -> None:
    print(
        f"{'N':>6} {'machines':>8} {'= N^':>6} {'memory':>6} {'= N^':>6} {'/N^.51':>6} {'rounds':>6} {'sent':>5}"
        f" {'wrong':>5} {'s':>6} | {'N^.52':>6} {'exact router':>12}"
    )
    for count in sizes:
        modulus = min(count**2, 10**8)
        numbers = np.random.default_rng(0).integers(0, modulus, count)
        layout, protocol = three_sum_layout(count, modulus), three_sum(count, modulus)
        start = perf_counter()
        run = run_locally(protocol, dealt(numbers, layout))
        seconds = perf_counter() - start
        wrong = int((answers(run.memory) != exact(numbers, modulus)).sum())
        claimed = three_sum_protocol(count, modulus).sizes
        assert (run.rounds, protocol.machines, protocol.memory) == tuple(claimed.values())
        most = max(run.most_sent, run.most_received)
        routed = Round(run.rounds, protocol.machines, most, 1, modulus, format_of("float64"))
        print(
            f"{count:6} {protocol.machines:8} {log(protocol.machines, count):6.3f} {protocol.memory:6}"
            f" {log(protocol.memory, count):6.3f} {protocol.memory / count**0.51:6.2f} {run.rounds:6} {run.most_sent:5}"
            f" {wrong:5} {seconds:6.2f} | {count**0.52:6.1f} {costs_of('exact', routed).columns:12,}"
        )


if __name__ == "__main__":
    main()
