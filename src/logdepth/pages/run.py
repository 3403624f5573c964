"""One run of the model as plain data: every head's choices, the residual stream, the answer; all that the page draws.

Token 0 is the start token; row i of the table is token i.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from logdepth.pages.drawing import graph_data
from logdepth.pages.labels import Letters, answer_rows, row_labels, show_letter
from logdepth.pages.steps import layer_numbers, loops
from logdepth.pages.window import tokens_to_show
from logdepth.tasks import Task
from logdepth.traces import Exact, InstanceTrace, TransformerTrace
from logdepth.transformer import Attention, Block

CHOICES_HELD = 150_000  # beyond so many queries in all layers, only those of the shown tokens are kept


def record(trace: InstanceTrace, most: int) -> dict[str, Any]:
    """A task's model on an input; at most `most` rows are shown."""
    task, instance, columns, look = trace.model.task, trace.given.instance, trace.columns, trace.transformer
    drawn = task.drawing(instance)
    labels = ["start", *map(show_letter, drawn.names)]
    shown = tokens_to_show(look.keys, len(labels), most, 0 if drawn.graph is None else drawn.graph.first_edge)
    return run_data(look, labels, shown) | {
        "word": task.row,
        "chain": chain(task, columns, look.keys, look.transformer.steps),
        "graph": None if drawn.graph is None else graph_data(drawn.graph, look),
        "answer": answer_rows(task, instance, trace.answer, trace.exact, shown),
    }


def record_table(
    columns: Mapping[str, np.ndarray], look: TransformerTrace, word: str, most: int, exact: Exact, letters: Letters
) -> dict[str, Any]:
    """A model of one's own program on a table. word: what a row is."""
    labels = ["start", *row_labels(columns, letters)]
    shown = tokens_to_show(look.keys, len(labels), most, 0)
    return run_data(look, labels, shown) | {
        "word": word,
        "chain": None,
        "graph": None,
        "answer": None,
        "outputs": output_rows(columns, look.outputs, exact, letters, shown),
    }


def output_rows(
    columns: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    exact: Exact,
    letters: Letters,
    shown: np.ndarray,
) -> dict[str, Any]:
    """Inputs and outputs of the shown rows, and below each output the exact one, if it is known.

    `wrong`: [row of the table, place among the shown] of every wrong entry. `right`: how many of all entries are equal;
    None if nothing is compared.
    """
    rows = shown[1:] - 1
    table = [[f"in: {name}", letters.spell(name, values[rows])] for name, values in columns.items()]
    wrong = []
    for name, values in outputs.items():
        if name in exact.outputs:
            different = values[rows] != exact.outputs[name][rows]
            wrong += [[len(table), place] for place in np.flatnonzero(different).tolist()]
        table.append([f"out: {name}", letters.spell(name, values[rows], of_outputs=True)])
        if name in exact.outputs:
            table.append([f"exact: {name}", letters.spell(name, exact.outputs[name][rows], of_outputs=True)])
    right = sum(int((outputs[name] == values).sum()) for name, values in exact.outputs.items())
    return {
        "tokens": shown[1:].tolist(),
        "rows": table,
        "wrong": wrong,
        "entries": sum(len(values) for values in outputs.values()),
        "right": right if exact.outputs else None,
        "note": exact.note,
    }


def run_data(look: TransformerTrace, labels: list[str], shown: np.ndarray) -> dict[str, Any]:
    """What the blocks did, whatever the model is for."""
    transformer = look.transformer
    queries = sum(keys.size for keys in look.keys if keys is not None)
    return {
        "causal": transformer.causal,
        "labels": labels,
        "shown": shown.tolist(),
        "blocks": [block_data(block) for block in transformer.blocks],
        "start": {"names": list(transformer.residual), "values": integers(look.streams[0][shown]).T.tolist()},
        "steps": steps(look, shown, queries <= CHOICES_HELD),
        "noise": max(float(abs(x - x.round()).max()) for x in look.streams),
    }


def block_data(block: Block) -> dict[str, Any]:
    """Labels of a block, and which residual columns its heads and its ReLU layer write."""
    heads = [] if block.attention is None else head_data(block.attention)
    relu = [] if block.mlp is None else np.flatnonzero(block.mlp.out.numpy().any(axis=0)).tolist()
    return {"names": list(block.residual), "heads": heads, "relu": relu}


def head_data(attention: Attention) -> list[dict[str, Any]]:
    written = [np.flatnonzero(output.any(axis=0)).tolist() for output in attention.output.numpy()]
    return [{"label": label, "writes": columns} for label, columns in zip(attention.labels, written, strict=True)]


def steps(look: TransformerTrace, shown: np.ndarray, keep_all: bool) -> list[dict[str, Any]]:
    """Per step: block, the card that shows it, attention layer, round of its loop, the heads' patterns, the residual
    columns that changed."""
    rounds = [
        (segment.start + place, number, segment.times)
        for segment in loops(look.transformer)
        for number in range(1, segment.times + 1)
        for place in range(len(segment.blocks))
    ]
    found = []
    before = integers(look.streams[0][shown])
    for step, (layer, (card, number, times)) in enumerate(zip(layer_numbers(look.transformer), rounds, strict=True)):
        after = integers(look.streams[step + 1][shown])
        changed = np.flatnonzero((after != before).any(axis=0))
        choices, heads = look.choices[step], []
        if choices is not None:
            parts = zip(look.weights(step, shown), choices.keys, choices.certain.tolist(), strict=True)
            heads = [head_pattern(weights, keys, certain, shown, keep_all) for weights, keys, certain in parts]
        found.append(
            {
                "block": look.transformer.order[step],
                "card": card,
                "layer": layer,
                "round": number,
                "rounds": times,
                "heads": heads,
                "values": {int(column): after[:, column].tolist() for column in changed},
            }
        )
        before = after
    return found


def head_pattern(
    weights: np.ndarray, keys: np.ndarray, certain: int, shown: np.ndarray, keep_all: bool
) -> dict[str, Any]:
    """What a head looked at, by the weights of the shown queries, (shown, tokens), and the choices of all.

    `hard`: for every query the key of greatest weight (only of the shown queries unless keep_all).
    `spread`: for every shown query that is not wholly on one key, its weights: [weight, runs of keys: first, last, …].
    `exact`: how many of all queries put weight 1 on one key and 0 on every other.
    """
    single = (weights.max(axis=-1) == 1) & (np.count_nonzero(weights, axis=-1) == 1)
    return {
        "hard": keys.tolist() if keep_all else {int(query): int(keys[query]) for query in shown},
        "spread": {int(shown[at]): in_runs(weights[at]) for at in np.flatnonzero(~single)},
        "exact": certain,
    }


def in_runs(row: np.ndarray) -> list[list[Any]]:
    """The non-zero weights of one query, the greatest first, equal ones together."""
    groups = []
    for weight in sorted(set(row[row > 0].tolist()), reverse=True):
        keys = np.flatnonzero(row == weight)
        breaks = np.flatnonzero(np.diff(keys) > 1)
        runs = np.stack([keys[np.append(0, breaks + 1)], keys[np.append(breaks, len(keys) - 1)]], axis=1)
        groups.append([float(str(row.dtype.type(weight))), runs.ravel().tolist()])  # the shortest decimal of this dtype
    return groups


def integers(values: np.ndarray) -> np.ndarray:
    """The residual stream holds integers, up to the noise that the page states."""
    return np.rint(values).astype(np.int64)


def chain(
    task: Task[Any], columns: Mapping[str, np.ndarray], hard: list[np.ndarray | None], blocks: tuple[Block, ...]
) -> dict[str, Any] | None:
    """For tasks that follow pointers: the pointer of every token, how often it is followed, the powers of every layer.

    Where a layer measures it, the pointer is what that layer looked at: the hops are measured, not the definition's.
    Where every token has its own way through its own prefix, it is None: the hops are what the token reads, layer by
    layer.
    """
    pointer = task.pointer
    choices = [choice[0].tolist() for choice in hard if choice is not None]
    if pointer is None or (pointer.layer is not None and len(choices) <= pointer.layer):
        return None
    follows, times = None, pointer.times
    if pointer.column is not None:
        follows = [0, *columns[pointer.column].tolist()]
        times = len(columns[pointer.column]) if times is None else times
    elif pointer.layer is not None:
        follows = choices[pointer.layer]
    labels = [block.attention.labels[0] for block in blocks if block.attention is not None]
    powers = [pointer.powers(layer, label) for layer, label in enumerate(labels)]
    return {"name": pointer.name, "pointer": follows, "times": times, "powers": powers}
