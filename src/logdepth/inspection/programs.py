"""Look inside a program's model: where every head looks, and which answers are wrong without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from logdepth.artefacts import Model
from logdepth.programs import Columns, ProgramTask
from logdepth.transformer import Transformer
from logdepth.verification import outputs_of_batches

PLACES = ("start token", "own row", "rows before", "rows after")
COLUMNS = ("layer", "head", "compiled_to", *(place.replace(" ", "_") for place in PLACES), "wrong_without")


@dataclass(frozen=True)
class HeadAtWork:
    """One head: its layer and number, from 1, and what it was compiled to; of its attention the share that lies on each
    of PLACES, which sum to 1; and of the answers' entries the share that is wrong if the head brings nothing."""

    layer: int
    number: int
    label: str
    looks: tuple[float, ...]
    wrong_without: float

    @property
    def name(self) -> str:
        return f"{self.layer}.{self.number}"

    @property
    def cells(self) -> tuple[int | str | float, ...]:
        """In the order of COLUMNS."""
        return (self.layer, self.number, self.label, *self.looks, self.wrong_without)


@dataclass(frozen=True)
class ProgramInspection:
    """What was found on `tables` tables. wrong: the share of the answers' entries that is wrong with all heads."""

    name: str
    tables: int
    wrong: float
    heads: tuple[HeadAtWork, ...]

    def as_json(self) -> dict[str, Any]:
        heads = [dict(zip(COLUMNS, head.cells, strict=True)) for head in self.heads]
        return {"program": self.name, "tables": self.tables, "wrong": self.wrong, "heads": heads}


def inspect_program(
    model: Model,
    task: ProgramTask,
    tables: Sequence[Columns],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ProgramInspection:
    """Run a program's model on tables that the program takes, with all heads and without each of them.

    A head whose weights are shared by several rounds is left out of one round at a time.
    """
    transformer, exact = model.transformer, [task.solve(table) for table in tables]

    def wrong(changed: Transformer) -> float:
        answers = {i: outputs for batch in outputs_of_batches(changed, tables) for i, outputs in batch.outputs.items()}
        differing = [task.decode(answers[i], tables[i]) != exact[i] for i in range(len(tables))]
        return float(np.concatenate([entries.ravel() for entries in differing]).mean())

    looks = where_heads_look(transformer, tables)
    heads, layer = [], 0
    for step, block in enumerate(transformer.steps):
        if block.attention is None:
            continue
        layer += 1
        for head, label in enumerate(block.attention.labels):
            found = wrong(without(transformer, step, head))
            heads.append(HeadAtWork(layer, head + 1, label, looks[step, head], found))
        progress(step + 1, len(transformer.steps))
    return ProgramInspection(task.name, len(tables), wrong(transformer), tuple(heads))


def where_heads_look(
    transformer: Transformer, tables: Sequence[Columns]
) -> Mapping[tuple[int, int], tuple[float, ...]]:
    """(step, head) -> the share of all rows' attention on each of PLACES."""
    sums: dict[tuple[int, int], np.ndarray] = {}
    for table in tables:
        _, cache = transformer.run_with_cache(table)
        for step, pattern in enumerate(cache.patterns):
            for head, weights in enumerate([] if pattern is None else pattern):
                sums[step, head] = sums.get((step, head), 0) + by_place(weights)
    return {key: tuple((found / found.sum()).tolist()) for key, found in sums.items()}


def by_place(weights: Tensor) -> np.ndarray:
    """The attention (T, T) of all rows, by PLACES; row 0, the start token's own, does not count."""
    rows = weights[1:].double().numpy()
    start, others = rows[:, 0], rows[:, 1:]
    parts = (start, np.diagonal(others), np.tril(others, -1), np.triu(others, 1))
    return np.array([part.sum() for part in parts])


def without(transformer: Transformer, step: int, head: int) -> Transformer:
    """The transformer in which a head of one step brings nothing."""
    blocks = [*transformer.steps]
    attention = blocks[step].attention
    assert attention is not None, "heads are of steps with attention"
    output = attention.output.clone()
    output[head] = 0
    blocks[step] = replace(blocks[step], attention=replace(attention, output=output))
    return replace(transformer, blocks=tuple(blocks), order=tuple(range(len(blocks))))
