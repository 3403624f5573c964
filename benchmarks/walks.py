"""Walks through the rooms, as they are called: python benchmarks/walks.py

    file → mpc → answer                         a graph file on machines, by the task's own protocol, and by its program
    GPT-2 checkpoint → simulate, with its page  a network as an MPC protocol
    compiled model → page                       a model's run, and the page that shows it

A line is a call from one room into another, where it comes first, indented by how deep it is in the walk, with how
often it comes. Calls within a room do not count, nor those of the rooms that everybody uses (ROOMS_OF_ALL), and only
the LEVELS outermost are listed. Below stand how many calls went down to a lower room and how many climbed back up: a
climb is a function that a lower room was given, and that belongs to a higher one. The last lines say what was planned,
how often, and whether anything was planned after the engine had begun.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

REPOSITORY = Path(__file__).parents[1]
ROOT = "logdepth"
ROOMS_OF_ALL = ("arithmetic", "numerics", "theory", "tasks", "gadgets")
LEVELS = 3
ENGINE = "logdepth.mpc.local.run_locally"

PLANNERS = {
    "logdepth.arrows.program_to_mpc.translate.deals": "ways to deal out a program's rows",
    "logdepth.arrows.program_to_mpc.protocol.protocol_of": "protocol of a program",
    "logdepth.arrows.program_to_transformer.schedule.schedule": "blocks of a program",
    "logdepth.arrows.transformer_to_mpc.simulation.simulate_layers": "protocol of a transformer",
    "logdepth.protocols.star_hooking_layout.layout": "layout of a graph",
    "logdepth.protocols.three_sum_layout.three_sum_layout": "layout of 3-SUM",
}
"""Functions that plan: module and name -> what."""


def rooms_in_order() -> dict[str, int]:
    """Room -> its height, from the contract of imports: neighbours stand equally high."""
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        contract = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]
    lines = list(reversed(contract["layers"]))
    return {room.strip(): height for height, line in enumerate(lines) for room in line.split("|")}


@dataclass
class Walk:
    """What was called, as `watch` saw it."""

    heights: dict[str, int]
    calls: list[tuple[int, str, str, str]] = field(default_factory=list)  # depth, from, into, function
    planned: Counter[str] = field(default_factory=Counter)
    late: int = 0  # what was planned after the engine had begun
    ran: bool = False
    path: list[str] = field(default_factory=list)  # the rooms that are entered now

    def watch(self, frame: FrameType, event: str, argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event not in ("call", "return") or not module.startswith(f"{ROOT}."):
            return
        name = f"{module}.{frame.f_code.co_name}"
        if event == "call":
            self.ran = self.ran or name == ENGINE
            if name in PLANNERS:
                self.planned[name] += 1
                self.late += self.ran
        room = module.split(".")[1]
        if room not in self.heights or room in ROOMS_OF_ALL or frame.f_code.co_name.startswith("<"):
            return
        if event == "return":
            self.path.pop()
            return
        before = self.path[-1] if self.path else room
        if room != before:
            depth = sum(one != other for one, other in zip(self.path, self.path[1:], strict=False))
            self.calls.append((depth, before, room, frame.f_code.co_qualname))
        self.path.append(room)

    @property
    def climbs(self) -> list[tuple[int, str, str, str]]:
        return [call for call in self.calls if self.heights[call[2]] > self.heights[call[1]]]


def walked(steps: Callable[[], Any]) -> Walk:
    """Watch the calls of a function."""
    walk = Walk(rooms_in_order())
    sys.setprofile(walk.watch)
    try:
        steps()
    finally:
        sys.setprofile(None)
    return walk


def tell(title: str, walk: Walk) -> None:
    print(f"\n{title}")
    for (depth, before, room, function), times in Counter(walk.calls).items():
        if depth < LEVELS and not function.startswith("__") and "<lambda>" not in function:
            print(f"{'  ' * (depth + 1)}{before} → {room}: {function}{f' × {times}' * (times > 1)}")
    climbs = Counter(f"{before} → {room}" for _, before, room, _ in walk.climbs)
    told = ", ".join(f"{pair} {times}" for pair, times in climbs.items())
    print(f"  {len(walk.calls) - len(walk.climbs)} calls down, {len(walk.climbs)} climbs{f': {told}' * bool(told)}")
    for name, times in walk.planned.items():
        print(f"  planned {times} ×: {PLANNERS[name]}")
    print(f"  planned after the engine had begun: {walk.late}")


# --- the walks ---


def file_to_answer(folder: Path) -> Callable[[], Any]:
    """By the task's own protocol."""
    from logdepth.cli import main

    graph = folder / "graph.txt"
    graph.write_text("".join(f"{vertex} {vertex + 1}\n" for vertex in range(20)))
    return lambda: silently(main, ["mpc", "components", str(graph), "--json"])


def file_by_program(folder: Path) -> Callable[[], Any]:
    """By the task's program."""
    from logdepth.cli import main

    graph = folder / "graph.txt"
    graph.write_text("".join(f"{vertex} {vertex + 1}\n" for vertex in range(9)))
    return lambda: silently(main, ["mpc", "components", "--n", "16", str(graph), "--program", "--json"])


def checkpoint_to_page(folder: Path) -> Callable[[], Any]:
    """A GPT-2 of two layers that has learned nothing."""
    import torch

    from logdepth.cli import main
    from logdepth.networks import Gpt2, Gpt2Shape

    shape = Gpt2Shape(vocabulary=12, positions=20, depth=2, heads=2, width=12)
    torch.save(Gpt2(shape, torch.Generator().manual_seed(0)).state_dict(), folder / "model.pt")
    (folder / "config.yaml").write_text("{n_head: 2, char_tokens: 3, max_hops: 4}")
    return lambda: silently(main, ["simulate", str(folder), "--report", str(folder / "page.html"), "--json"])


def model_to_page(folder: Path) -> Callable[[], Any]:
    from logdepth import compile_task, make_task
    from logdepth.pages import write_report

    model = compile_task(make_task("k-hop", n=20, k=4))
    return lambda: write_report(model, folder / "report.html")


WALKS: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "file → mpc → answer": file_to_answer,
    "file → mpc --program → answer": file_by_program,
    "GPT-2 checkpoint → simulate, with its page": checkpoint_to_page,
    "compiled model → page": model_to_page,
}


def silently(main: Callable[..., Any], words: list[str]) -> None:
    """Run a verb without its output. Errors: RuntimeError for any exit status but 0."""
    import contextlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(words)
    if status:
        raise RuntimeError(f"logdepth {' '.join(words)} gave {status}: {said.getvalue()}")


if __name__ == "__main__":
    for title, prepare in WALKS.items():
        with tempfile.TemporaryDirectory() as name:
            steps = prepare(Path(name))
            steps()  # once without being watched: what is imported and cached on the way does not count
            tell(title, walked(steps))
