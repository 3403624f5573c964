"""Rounds against n for every algorithm on machines, with its claim line: a table, a CSV file and a figure.

Three kinds of protocols, each run and compared with the exact answer: a task's program (`arrows.program_to_mpc`), on
machines of 32 ⌈√N⌉ words for N rows; a protocol of the task's own where it has one, on machines of its default memory;
and the task's transformer (theorem T2), on machines that take trees of depth 2.

python benchmarks/mpc_rounds.py [--task NAME ...] [--largest 65536] [--out benchmarks/results/mpc-rounds]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from math import ceil, sqrt
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from logdepth.arrows.program_to_mpc import least_memory_for
from logdepth.artefacts import compile_task
from logdepth.artefacts.simulate import simulate
from logdepth.numerics.errors import UsageError
from logdepth.protocols import PROTOCOLS
from logdepth.runs import Outcome, prepare, run_prepared
from logdepth.solutions import program_for
from logdepth.tasks import TASKS, Task, make_task

SIZES = [2**exponent for exponent in range(3, 17)]
MOST_ROWS = {"program": 2**13, "own protocol": 2**18, "transformer": 260}
"""Of an instance; a transformer takes as many machines as there are pairs."""
CYCLES = "one-vs-two-cycles"
LONGEST = 25.0  # seconds after which no larger n is tried


@dataclass(frozen=True)
class Row:
    """One run."""

    task: str
    protocol: str
    n: int
    rows: int
    memory: int
    machines: int
    rounds: int
    claimed: int
    words: int
    most_at_one: int
    correct: bool
    seconds: float


def by_program(task: Task[Any], instance: Any) -> Outcome:
    rows = task.rows_of(instance)
    memory = max(least_memory_for(program_for(task), rows), 32 * ceil(sqrt(rows)))
    return run_prepared(prepare(task, instance, memory, by_program=True))


def by_own_protocol(task: Task[Any], instance: Any) -> Outcome:
    return run_prepared(prepare(task, instance))


def by_transformer(task: Task[Any], instance: Any) -> Outcome:
    return simulate(compile_task(task), instance)


PROTOCOLS_OF_A_TASK: dict[str, Callable[[Task[Any], Any], Outcome]] = {
    "program": by_program,
    "own protocol": by_own_protocol,
    "transformer": by_transformer,
}


def task_of_size(name: str, n: int) -> Task[Any]:
    """Graphs have as many edges as vertices; everything else is the task's default."""
    known = {item.name for item in TASKS[name].describe()}
    return make_task(name, {"n": n} | ({"edges": n} if "edges" in known else {}))


def drawn(task: Task[Any], n: int) -> Any:
    """An instance of full size; of graphs one cycle or two, which take long to tell apart."""
    family = CYCLES if CYCLES in task.families else None
    return task.sample(np.random.default_rng(n), family, task.largest)


def measured(name: str, kind: str, largest: int) -> Iterator[Row]:
    for n in SIZES:
        if n > largest:
            return
        try:
            task = task_of_size(name, n)
            instance = drawn(task, n)
            rows = task.rows_of(instance)
            if rows > MOST_ROWS[kind]:
                return
            started = perf_counter()
            done = PROTOCOLS_OF_A_TASK[kind](task, instance)
            seconds = perf_counter() - started
        except UsageError as error:
            print(f"{name} n = {n}, {kind}: {error}")
            continue
        run, protocol, claimed = done.run, done.protocol, int(done.claimed.sizes["rounds"])
        at_one, correct = max(run.most_sent, run.most_received), bool(np.array_equal(done.answer, task.solve(instance)))
        sizes = (protocol.memory, protocol.machines, run.rounds, claimed, run.total, at_one)
        yield Row(name, kind, n, rows, *sizes, correct, round(seconds, 2))
        if seconds > LONGEST:
            return


def print_row(row: Row) -> None:
    verdict = "" if row.correct and row.rounds <= row.claimed else "  WRONG"
    print(
        f"{row.task:<17} {row.protocol:<13} {row.n:>7,} {row.rows:>8,} {row.memory:>6,} {row.machines:>8,}"
        f" {row.rounds:>7,} {row.claimed:>7,} {row.words:>13,} {row.most_at_one:>7,} {row.seconds:>8.2f}{verdict}",
        flush=True,
    )


# --- the figure ---

BLUE, WARM, GREEN = "#235f8f", "#b5421b", "#1f8a70"  # of the pages; told apart by marks as well
STYLES = {
    "program": (BLUE, "o", "the task’s program"),
    "own protocol": (WARM, "D", "a protocol of its own"),
    "transformer": (GREEN, "^", "its transformer (T2)"),
}
PAPER, INK, SOFT, LINE = "#fcfbf8", "#1c1e22", "#5c6068", "#e2dfd8"
ACROSS = 6


def draw(rows: list[Row], path: Path) -> None:
    """A panel for every task: marks are what was run, lines what is claimed."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(row.task for row in rows))
    across = min(ACROSS, len(names))
    down = -(-len(names) // across)
    figure = Figure(figsize=(2.6 * across, 2.2 * down + 0.9), facecolor=PAPER, layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    sizes = [row.n for row in rows]
    for place, panel in enumerate(panels):
        if place >= len(names):
            panel.set_visible(False)
            continue
        draw_panel(panel, names[place], [row for row in rows if row.task == names[place]])
        panel.set_xlim(min(sizes) / 1.5, max(sizes) * 1.5)
        if place + across < len(names):  # another panel below has the same n
            panel.set_xticklabels([])
    handles = [
        panels[0].plot([], [], color=colour, marker=mark, linewidth=1.2, markersize=6, label=label)[0]
        for colour, mark, label in STYLES.values()
    ]
    legend = figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=11)
    for text in legend.get_texts():
        text.set_color(INK)
    figure.supxlabel("n  (marks: rounds of a run; lines: rounds claimed)", fontsize=11, color=SOFT)
    figure.savefig(path.with_suffix(".png"), dpi=110)
    figure.savefig(path.with_suffix(".svg"))


def draw_panel(panel: Any, name: str, rows: list[Row]) -> None:
    from matplotlib.ticker import MaxNLocator

    panel.set_facecolor(PAPER)
    panel.set_title(name, loc="left", fontsize=11, color=INK)
    panel.set_xscale("log", base=2)
    for kind, (colour, mark, _) in STYLES.items():
        own = [row for row in rows if row.protocol == kind]
        n = [row.n for row in own]
        panel.plot(n, [row.claimed for row in own], color=colour, linewidth=1.2)
        panel.plot(n, [row.rounds for row in own], mark, color=colour, markersize=4.5, mec=PAPER, mew=0.5)
    panel.set_ylim(0, 1.08 * max(1, *(row.claimed for row in rows)))
    panel.set_xticks([2**3, 2**6, 2**9, 2**12, 2**15])
    panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    panel.grid(True, color=LINE, linewidth=0.6)
    panel.set_axisbelow(True)
    panel.tick_params(colors=SOFT, labelsize=8.5, length=0)
    panel.minorticks_off()
    for side in panel.spines.values():
        side.set_visible(False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", nargs="*", choices=sorted(TASKS), help="only these")
    parser.add_argument("--largest", type=int, default=2**16, help="largest n")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmarks/results/mpc-rounds"), help="where the .csv, .png and .svg go"
    )
    options = parser.parse_args()
    print(
        f"{'task':<17} {'protocol':<13} {'n':>7} {'rows':>8} {'memory':>6} {'machines':>8} {'rounds':>7} {'claimed':>7}"
        f" {'words':>13} {'at one':>7} {'seconds':>8}"
    )
    rows = []
    for name in options.task or TASKS:
        for kind in PROTOCOLS_OF_A_TASK:
            if kind == "own protocol" and name not in PROTOCOLS:
                continue
            for row in measured(name, kind, options.largest):
                print_row(row)
                rows.append(row)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        writer.writerows(map(astuple, rows))
    draw(rows, options.out)
    wrong = [row for row in rows if not row.correct or row.rounds > row.claimed]
    print(f"{len(rows)} runs, {len(wrong)} wrong or beyond their claim")


if __name__ == "__main__":
    main()
