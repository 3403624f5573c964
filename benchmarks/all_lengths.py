"""One set of weights for all lengths: how far it runs, what it holds, and whether it is right. About three minutes.

python benchmarks/all_lengths.py [--most 64] [TASK …]

Of every task: the longest n that float32 carries, the parameters of the one model and of one with a table of positions,
and the answers at n = 2 … most and at the longest n, compared with the exact ones and, up to most, with those of the
model that is compiled for this n. Then k-hop in float64 at n = 4,000, a length that float32 does not carry.
"""

from __future__ import annotations

import argparse

import numpy as np

from logdepth.artefacts import Model, compile_all_lengths, compile_task
from logdepth.numerics.errors import UsageError
from logdepth.solutions import SOLUTIONS
from logdepth.tasks import make_task

DRAWN = 2  # instances of every family at every n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=64, help="every n up to this one is compared")
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    asked = parser.parse_args()
    print(f"{'task':18}{'longest n':>10}{'parameters':>12}{'with a table':>14}{'formulas':>10}  instances (wrong)")
    for name in asked.tasks or SOLUTIONS:
        try:
            model = compile_all_lengths(make_task(name))
        except UsageError as error:
            print(f"{name:18}{'–':>10}  {error}"[:118])
            continue
        print(f"{name:18}{in_words(model)}  {compare(model, asked.most)}", flush=True)
    if not asked.tasks:
        longer = compile_task(make_task("k-hop", {"n": 4000}), "float64", positions="formulas")
        print(f"{'k-hop, float64':18}{in_words(longer)}  {at(longer, longer.task.n)}")


def in_words(model: Model) -> str:
    transformer, parameters = model.transformer, model.measured.parameters
    assert transformer.formulas is not None
    formulas = len(transformer.formulas.formulas)
    table = parameters + transformer.width * (transformer.rows - formulas)
    return f"{model.task.n:>10,}{parameters:>12,}{table:>14,}{formulas:>10}"


def compare(model: Model, most: int) -> str:
    """How many instances were judged, and on how many a model was wrong, or the two differed."""
    judged = wrong = 0
    for n in range(max(2, model.task.smallest), min(most, model.task.n) + 1):
        own = compile_task(model.task.from_parameters({**model.task.parameters, "n": n}))
        more = at(model, n, own)
        judged, wrong = judged + more[0], wrong + more[1]
    longest = at(model, model.task.n)
    return f"{judged} ({wrong}), longest {longest[0]} ({longest[1]})"


def at(model: Model, n: int, *others: Model) -> tuple[int, int]:
    """Instances of this n, and those on which an answer, of this model or of another one, is not the exact one."""
    rng, judged, wrong = np.random.default_rng(n), 0, 0
    for family in model.task.families:
        for _ in range(DRAWN if n < model.task.n else 1):
            instance = model.task.sample(rng, family, min(n, model.task.largest))
            exact = model.task.solve(instance)
            answers = [each.answer(instance) for each in (model, *others)]
            judged, wrong = judged + 1, wrong + (not all(np.array_equal(answer, exact) for answer in answers))
    return judged, wrong


if __name__ == "__main__":
    main()
