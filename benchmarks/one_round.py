"""The figures for tasks of one or two layers: 2-SUM, sorting, prefix sum.

python benchmarks/one_round.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from logdepth.artefacts import compile_task
from logdepth.tasks import make_task
from logdepth.verification.batches import wrong_answers

SAMPLES = 30  # of each family, at full size

for name, parameters in (
    ("2-sum", {"n": 1000, "modulus": 10_000}),
    ("sort", {"n": 1000, "high": 2**16 - 1}),
    ("prefix-sum", {"n": 2000}),
):
    task = make_task(name, parameters)
    model = compile_task(task)
    rng = np.random.default_rng(0)
    start = perf_counter()
    instances = [task.sample(rng, family, task.largest) for family in task.families for _ in range(SAMPLES)]
    wrong = sum(len(failures) for _, failures, _ in wrong_answers(model, instances))
    size = model.measured
    print(
        f"{name} {parameters}: {size.layers} attention layers, {size.heads} heads, width {size.width}, {model.dtype};"
        f" {len(instances)} inputs of full size, {wrong} wrong, {perf_counter() - start:.0f} s"
    )
