"""The figures for connected components on machines: a cycle, a star, random graphs and skewed ones, against scipy and
against the bare shuffle.

The bare shuffle of a round is `np.argsort(destination)` of its packets and the gathering of their words, with nothing
delivered, checked or computed. It is taken between the steps of the very run that it is compared with; its time is left
out of the run's. The last column has two ratios to it: of the engine's time, which is the run's without the protocol's
own steps, and of the whole run's. They are ratios of CPU time, which other processes change little; the seconds are
those of a clock.

With --profile also the steps that took the most CPU time, in nanoseconds for every packet that is sent in the run.

python benchmarks/mpc_components.py [--memory 4096] [--graph NAME ...] [--repeat 3] [--profile 12]
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter, process_time

import numpy as np

from logdepth.mpc import Loop, Mail, Part, Protocol, Routine, Run, Step, run_locally
from logdepth.protocols.star_hooking import star_hooking, start
from logdepth.protocols.star_hooking_layout import star_hooking_claim
from logdepth.tasks import Graph, smallest_of_each
from logdepth.tasks.graphs.components import component_labels
from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of, rmat_graph, star_graph


def now() -> np.ndarray:
    """Seconds by the clock, and of the CPU."""
    return np.array([perf_counter(), process_time()])


class Clock:
    """Seconds in all calls of what it times, by the clock and of the CPU."""

    def __init__(self) -> None:
        self.seconds = np.zeros(2)
        self.of_step: dict[str, np.ndarray] = {}

    def timing(self, step: Step, name: str) -> Step:
        def timed(memory, mail):  # type: ignore[no-untyped-def]
            started = now()
            try:
                return step(memory, mail)
            finally:
                passed = now() - started
                self.seconds += passed
                self.of_step[name] = self.of_step.get(name, 0) + passed

        return timed

    def of_protocol(self, protocol: Protocol) -> Protocol:
        return replace(protocol, parts=[self.of_part(part) for part in protocol.routines])

    def of_part(self, part: Part) -> Part:
        match part:
            case Routine():
                steps = enumerate(part.steps, start=1)
                return Routine(
                    part.name, tuple(self.timing(step, f"{part.name}, step {place}") for place, step in steps)
                )
            case Loop():
                return Loop(tuple(self.of_part(inner) for inner in part.body), part.verdict, part.most)


def bare_shuffle(mail: Mail) -> np.ndarray:
    """Seconds of one argsort and gather of all that is sent in a round."""
    started = now()
    for packets in mail.values():
        order = np.argsort(packets.destination)
        for words in packets.fields.values():
            words[order]
    return now() - started


WIDTHS = (10, 8, 7, 6, 10, 13, 8, 8, 8, 8, 11)

GRAPHS: dict[str, Callable[[np.random.Generator], Graph]] = {
    "cycle of 10^5": lambda rng: cycle_graph(rng, 10**5),
    "star of 10^5 leaves": lambda rng: star_graph(rng, 10**5),
    "G(10^5, 10^6)": lambda rng: random_graph_of(rng, 10**5, 10**6),
    "G(2^19, 10^6)": lambda rng: random_graph_of(rng, 2**19, 10**6),
    "R-MAT, 2^17, 10^6": lambda rng: rmat_graph(rng, 17, 10**6),
    "R-MAT, 2^20, 10^6": lambda rng: rmat_graph(rng, 20, 10**6),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, default=4096, help="words of a machine")
    parser.add_argument("--graph", nargs="*", help="only graphs whose names hold one of these")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each graph; the fastest is reported")
    parser.add_argument("--profile", type=int, default=0, metavar="N", help="print the N steps that took most")
    options = parser.parse_args()
    heads = [
        "edges",
        "degree",
        "rounds",
        "claim",
        "machines",
        "words",
        "run, s",
        "steps",
        "engine",
        "shuffle",
        "ratios",
    ]
    print(f"{'graph':<24}" + "".join(f"{head:>{WIDTHS[place]}}" for place, head in enumerate(heads)))
    for name, draw in GRAPHS.items():
        if options.graph and not any(wanted in name for wanted in options.graph):
            continue
        report(name, draw(np.random.default_rng(0)), options.memory, options.repeat, options.profile)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of this process, graphs and scipy included: {peak:.2f} GiB")


@dataclass(frozen=True)
class Measured:
    """Seconds of a run, of the protocol's own steps in it, and of the bare shuffle of all that it sent, each by the
    clock and of the CPU."""

    run: Run
    seconds: np.ndarray
    steps: np.ndarray
    bare: np.ndarray
    of_step: dict[str, np.ndarray]

    @property
    def engine(self) -> np.ndarray:
        return self.seconds - self.steps

    @property
    def ratios(self) -> tuple[float, float]:
        """Of the engine and of the whole run to the bare shuffle, in CPU time."""
        return self.engine[1] / self.bare[1], self.seconds[1] / self.bare[1]


def measured(graph: Graph, memory: int) -> Measured:
    """One run, with all that it takes from the graph on."""
    bare = np.zeros(2)

    def watch(number: int, rounds: int, mail: Mail) -> None:
        bare[:] += bare_shuffle(mail)

    steps = Clock()
    started = now()
    protocol = star_hooking(graph.vertices, len(graph.edges), memory)
    run = run_locally(steps.of_protocol(protocol), start(graph.vertices, graph.edges - 1, memory), watch)
    return Measured(run, now() - started - bare, steps.seconds, bare, steps.of_step)


def report(name: str, graph: Graph, memory: int, repeat: int, profile: int) -> None:
    """The run of some that took the least CPU time, all of them exact and within the claim; the ratios' medians."""
    claim = star_hooking_claim(vertices=graph.vertices, edges=len(graph.edges), memory=memory).sizes
    exact = component_labels(graph)
    runs = [measured(graph, memory) for _ in range(repeat)]
    for each in runs:
        assert (smallest_of_each(each.run.memory["vertex"]["parent"]) == exact).all(), name
        assert each.run.rounds <= claim["rounds"], name
    best = min(runs, key=lambda each: each.seconds[1])
    engine, whole = np.median([each.ratios for each in runs], axis=0)
    row = [
        f"{len(graph.edges):,}",
        f"{np.bincount(graph.edges.reshape(-1)).max():,}",
        best.run.rounds,
        claim["rounds"],
        f"{claim['machines']:,}",
        f"{best.run.total:,}",
        *(f"{part[0]:.2f}" for part in (best.seconds, best.steps, best.engine, best.bare)),
        f"{engine:.2f} {whole:.2f}",
    ]
    print(f"{name:<24}" + "".join(f"{cell:>{WIDTHS[place]}}" for place, cell in enumerate(row)), flush=True)
    if profile:
        print_profile(best, profile)


def print_profile(measured: Measured, most: int) -> None:
    """CPU time for every packet of the run: the bare shuffle, the engine, and the steps that took most."""
    packets = sum(traffic.packets for traffic in measured.run.traffic)
    taken = sorted(measured.of_step.items(), key=lambda item: -item[1][1])[:most]
    for what, seconds in [("bare shuffle", measured.bare), ("engine", measured.engine), *taken]:
        print(f"    {seconds[1] / packets * 1e9:6.1f} ns  {what}")


if __name__ == "__main__":
    main()
