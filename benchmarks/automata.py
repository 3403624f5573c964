"""The figures for automata: random automata on all short texts, A₅, MPC, thoughts, sizes. Five minutes on two cores.

python benchmarks/automata.py [--automata 200] [--texts 1000] [--part random|a5|mpc|thoughts|sizes]
"""

from __future__ import annotations

import argparse
from itertools import product
from time import perf_counter

import numpy as np

from logdepth import Model, compile_program, compile_task, make_task
from logdepth.automata import LANGUAGES, Dfa, regex_dfa, write_table
from logdepth.runs import prepare, run_prepared
from logdepth.solutions import think, thinking_program
from logdepth.tasks import Task

LENGTH, STATES = 10, 6
REGEXES = (
    ("(a|b)*abb", ("compose", "window")),
    ("(ab)*", ("compose",)),
    ("(b*ab*ab*ab*)*b*", ("compose", "count")),
    ("[abc]*ac*", ("compose", "last")),
    ("(a|b)*a(a|b){3}", ("monoid", "maps", "window")),
    ("(a(b|c)*d|[bcd])*", ("compose",)),
    ("((0|1|2|3|4|5|6|7|8|9)+[.])?(0|1|2|3|4|5|6|7|8|9)+", ("compose",)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--automata", type=int, default=200, help="random automata of at most 6 states")
    parser.add_argument("--texts", type=int, default=1000, help="texts of 1,024 letters for the word problem of A₅")
    parts = {"random": random_automata, "a5": word_problem, "mpc": machines, "thoughts": thoughts, "sizes": sizes}
    parser.add_argument("--part", choices=parts, help="only this one")
    given = parser.parse_args()
    for name, part in parts.items():
        if given.part in (None, name):
            part(given)


def random_dfa(rng: np.random.Generator) -> Dfa:
    states = int(rng.integers(1, STATES + 1))
    steps = rng.integers(0, states, (states, 2)).tolist()
    accepting = frozenset(np.flatnonzero(rng.random(states) < 0.5).tolist())
    return Dfa("ab", tuple(map(tuple, steps)), 0, accepting)


def all_texts() -> list[np.ndarray]:
    """Of every length, (2^length, length)."""
    return [np.array(list(product((1, 2), repeat=size))) for size in range(1, LENGTH + 1)]


def exact(task: Task, texts: np.ndarray) -> np.ndarray:
    return np.array([task.solve(text) for text in texts])


def wrong_texts(model: Model, texts: np.ndarray, expected: np.ndarray) -> int:
    return int((model.run({"token": texts})["answer"] != expected).any(axis=1).sum())


def random_automata(given: argparse.Namespace) -> None:
    rng, texts = np.random.default_rng(0), all_texts()
    ways = dict.fromkeys(("compose", "maps", "fewest"), 0)
    start, wrong, judged, layers = perf_counter(), 0, 0, set()
    for _ in range(given.automata):
        table = write_table(random_dfa(rng))
        for way in ways:
            task = make_task("automaton", n=LENGTH, table=table, answer="state", way=way)
            model = compile_task(task)
            layers.add((way, model.measured.layers))
            for size in texts:
                wrong += wrong_texts(model, size, exact(task, size))
                judged += len(size)
    print(
        f"{given.automata} random automata of 1 to {STATES} states, every text of 1 to {LENGTH} letters, their states"
    )
    print(
        f"{judged:,} texts in {len(ways)} ways: {wrong} wrong; layers {sorted(layers)}; {perf_counter() - start:.0f} s"
    )


def word_problem(given: argparse.Namespace) -> None:
    task = make_task("language", of="a5", n=1024)
    start = perf_counter()
    model = compile_task(task)
    built, rng = perf_counter() - start, np.random.default_rng(0)
    families = ("random", "belongs", "one-off")
    wrong = identities = 0
    for number in range(0, given.texts, 20):
        texts = np.array(
            [task.sample(rng, families[(number + k) % 3], 1024) for k in range(min(20, given.texts - number))]
        )
        expected = exact(task, texts)
        identities += int(expected.sum())
        wrong += wrong_texts(model, texts, expected)
    size = model.measured
    print("\nthe word problem of A₅, 1,024 letters, answered at every letter")
    print(f"{size}, {model.dtype}, compiled in {built:.1f} s")
    seconds = perf_counter() - start
    print(f"{given.texts:,} texts: {wrong} wrong; {identities:,} prefixes are the identity; {seconds:.0f} s")


def machines(given: argparse.Namespace) -> None:
    print("\non machines of little memory: rounds, machines, equal to the exact answer")
    rng = np.random.default_rng(0)
    for name, n, memory in (("a5", 1024, 256), ("parity", 1024, 128), ("dyck-2", 1024, 256), ("ends-abb", 1024, 128)):
        task = make_task("language", of=name, n=n)
        text = task.sample(rng, "belongs", n)
        done = run_prepared(prepare(task, text, memory=memory))
        same = np.array_equal(done.answer, task.solve(text))
        cost = f"{done.run.rounds} rounds, {done.protocol.machines} machines"
        print(f"{name:>9}, n = {n}, {memory} words: {cost}, {same}")


def thoughts(given: argparse.Namespace) -> None:
    print("\none layer and a thought for every letter")
    rng = np.random.default_rng(0)
    for name, n, count in (("a5", 100, 20), ("ends-abb", 100, 20)):
        dfa = LANGUAGES[name].dfa
        model = compile_program(thinking_program(dfa, n))
        wrong = 0
        for _ in range(count):
            text = rng.integers(1, len(dfa.letters) + 1, n)
            wrong += think(model.transformer, text).tolist() != [state + 1 for state in dfa.trace_numbers(text - 1)]
        print(f"{name:>9}, {count} texts of {n} letters, {n} thoughts each: {wrong} wrong; {model.measured}")


def sizes(given: argparse.Namespace) -> None:
    heading = "layers heads blocks width hidden parameters compile s"
    print(
        f"\n{'expression':<52} {'states':>6} {'way':>8} {'n':>5} "
        + " ".join(f"{word:>7}" for word in heading.split()[:-1])
    )
    for regex, ways in REGEXES:
        for way, n in product(ways, (100, 1000)):
            task = make_task("automaton", n=n, regex=regex, way=way)
            start = perf_counter()
            size = compile_task(task).measured
            seconds = perf_counter() - start
            numbers = (size.layers, size.heads, size.blocks, size.width, size.hidden, size.parameters)
            shown = " ".join(f"{number:>7,}" for number in numbers)
            print(f"{regex:<52} {len(regex_dfa(regex)):>6} {way:>8} {n:>5} {shown} {seconds:>7.2f}")


if __name__ == "__main__":
    main()
