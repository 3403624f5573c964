"""Whether another version of the library does the same: its commands' JSON, its weights, its rounds; and how fast.

    git worktree add ../before COMMIT
    python benchmarks/same_behaviour.py ../before [--rounds 5]

Both versions run on this machine, one after the other and in turns. Compared are all keys of the JSON that the older
version prints, but for times, claims and what a table below names; the SHA-256 of every task's weights; and the digests
of every round of MPC protocols. Times are the least CPU seconds of several turns, and their ratio.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1]

COMMANDS = [
    "tasks",
    "compile k-hop --n 100 --k 16 --samples 200 --out khop16",
    "compile components --n 40 --edges 100 --samples 50 --out cc",
    "compile spanning-forest --n 8 --samples 50",
    "run cc karate.gml",
    "run khop16 hops.txt",
    "verify cc --samples 50",
    "mpc components karate.gml --memory 256",
    "mpc 3-sum --n 60 --seed 3",
    "mpc sort --n 100",
    "simulate khop16 hops.txt --memory 512",
    "export khop16 --format onnx --out khop16.onnx",
]
"""Commands, all with --json; files are made beforehand."""

MAY_DIFFER = {"seconds", "compile_seconds", "run_seconds", "claimed", "input", "summary"}
"""Keys at any depth: times, paths, sentences for people, and claims, which became tighter."""

WEIGHTS = """
import hashlib, json
from logdepth import compile_task, make_task
try:
    from logdepth.verification.sizes import small_sizes
except ImportError:
    from logdepth.testing.sizes import small_sizes
found = {}
for name, size in small_sizes():
    model = compile_task(make_task(name, size))
    digest = hashlib.sha256()
    t = model.transformer
    parts = [t.positions, *t.embeddings.values(), *t.readouts.values()]
    for block in t.blocks:
        if block.attention is not None:
            parts += [block.attention.query, block.attention.key, block.attention.value, block.attention.output]
        if block.mlp is not None:
            parts += [block.mlp.into, block.mlp.out]
    for part in parts:
        digest.update(part.contiguous().numpy().tobytes())
    found[f"{name} {dict(size)}"] = digest.hexdigest()
print(json.dumps(found))
"""

ROUNDS = """
import json
import numpy as np
from logdepth.mpc import run_locally
from logdepth.runs import prepare
from logdepth.tasks import make_task
found = {}
TASKS = {"components": 60, "3-sum": 40, "sort": 50, "k-hop": 50, "diameter": 6}
for name, n in TASKS.items():
    task = make_task(name, {"n": n})
    instance = task.sample(np.random.default_rng(0), size=task.largest)
    ready = prepare(task, instance)
    run = run_locally(ready.protocol, ready.records, digests=True)
    found[name] = [run.rounds, run.total, [str(each.digest) for each in run.traffic]]
print(json.dumps(found))
"""

TIMES = """
import json, time
import numpy as np
from logdepth import compile_task, make_task
from logdepth.mpc import run_locally
from logdepth.runs import prepare
try:
    from logdepth.tasks.graphs.large_graphs import cycle_graph, random_graph_of
except ModuleNotFoundError:  # trees before it moved
    from logdepth.tasks.large_graphs import cycle_graph, random_graph_of
def least(function, times):
    found = []
    for _ in range(times):
        start = time.process_time()
        function()
        found.append(time.process_time() - start)
    return min(found)
found = {}
hop = make_task("k-hop", {"n": 100, "k": 16})
found["compile k-hop, N = 100, k = 16"] = least(lambda: compile_task(hop), 20)
forest = make_task("components", {"n": 64, "edges": 128})
found["compile components, n = 64"] = least(lambda: compile_task(forest), 5)
components = make_task("components", {"n": 2})
rng = np.random.default_rng(0)
graphs = {"cycle of 10^5": cycle_graph(rng, 10**5), "G(10^4, 10^5)": random_graph_of(rng, 10**4, 10**5)}
for name, graph in graphs.items():
    ready = prepare(components, graph, 4096)
    found[f"mpc components, {name}"] = least(lambda: run_locally(ready.protocol, ready.records), 3)
print(json.dumps(found))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path, help="a tree of the version to compare with")
    parser.add_argument("--rounds", type=int, default=5, help="turns of the timing; 0: no timing")
    given = parser.parse_args()
    if not (given.before / "src" / "logdepth").is_dir():
        parser.error(f"{given.before} is no tree of this library")
    different = compare_commands(given.before) + compare("weights", WEIGHTS, given.before)
    different += compare("rounds", ROUNDS, given.before)
    print(f"{different} differences")
    if given.rounds:
        compare_times(given.before, given.rounds)
    sys.exit(int(different > 0))


def compare_commands(before: Path) -> int:
    """How many keys of the older JSON are not said again."""
    different = 0
    with tempfile.TemporaryDirectory() as old, tempfile.TemporaryDirectory() as new:
        for command in COMMANDS:
            said = [
                json.loads(run(tree, [*["-m", "logdepth"], *command.split(), "--json"], Path(folder)))
                for tree, folder in ((before, old), (HERE, new))
            ]
            faults = list(departures(*said, command))
            for fault in faults:
                print(fault)
            print(f"{'same' if not faults else 'DIFFERENT'}: {command}")
            different += len(faults)
    return different


def departures(old: object, new: object, place: str) -> list[str]:
    """What the older value says and the newer does not."""
    if isinstance(old, dict) and isinstance(new, dict):
        kept = [key for key in old if key not in MAY_DIFFER]
        missing = [f"{place}.{key} is missing" for key in kept if key not in new]
        inner = [departures(old[key], new[key], f"{place}.{key}") for key in kept if key in new]
        return [*missing, *(fault for faults in inner for fault in faults)]
    if have_names(old) and have_names(new):  # what is new since then is no departure
        return departures(by_name(old), by_name(new), place)
    if isinstance(old, list) and isinstance(new, list) and old and all(isinstance(name, str) for name in old):
        new = new[: len(old)]  # names that have come since then stand behind the others
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = zip(old, new, strict=True)
        return [fault for i, (a, b) in enumerate(pairs) for fault in departures(a, b, f"{place}[{i}]")]
    return [] if old == new else [f"{place}: {str(old)[:80]} became {str(new)[:80]}"]


def have_names(values: object) -> bool:
    """Whether this is a list of things that have names, such as tasks."""
    return isinstance(values, list) and bool(values) and all(isinstance(x, dict) and "name" in x for x in values)


def by_name(values: object) -> dict[str, object]:
    assert isinstance(values, list), "a list of things that have names"
    return {value["name"]: value for value in values}


def compare(what: str, script: str, before: Path) -> int:
    """How many entries of what the script prints are different."""
    old, new = (json.loads(run(tree, ["-c", script])) for tree in (before, HERE))
    changed = [name for name, value in old.items() if new.get(name) != value]
    print(f"{what}: {len(old)} compared, {len(changed)} different{': ' if changed else ''}{', '.join(changed)}")
    return len(changed)


def compare_times(before: Path, rounds: int) -> None:
    """In turns, so that both meet the same machine."""
    times: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        for place, tree in enumerate((before, HERE)):
            for name, seconds in json.loads(run(tree, ["-c", TIMES])).items():
                times.setdefault(name, [[], []])[place].append(seconds)
    for name, (old, new) in times.items():
        print(f"{name:34} before {min(old):.4f} s   now {min(new):.4f} s   ratio {min(new) / min(old):.2f}")


def run(tree: Path, words: list[str], folder: Path | None = None) -> str:
    """What a version prints."""
    environment = {**os.environ, "PYTHONPATH": str(tree.resolve() / "src")}
    if folder is not None:
        (folder / "hops.txt").write_text("abcdabcdaabbccddabcd" * 2)
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"{tree}: {' '.join(words)[:200]}\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
