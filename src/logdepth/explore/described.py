"""What a page knows of a compiled model beside its weights, as data: sizes, names, inputs and answers."""

from __future__ import annotations

from typing import Any

from logdepth.artefacts import Model, describe
from logdepth.pages import FOLLOWING, MOST_EDGES, MOST_VERTICES, layer_numbers, loops
from logdepth.programs import Program
from logdepth.tasks import ColumnForm, Form, TableForm, Task
from logdepth.tasks.prompts import FILLERS, PHRASINGS
from logdepth.transformer import Transformer

GRAPH = {
    "parent": "parent",
    "chosen": "chosen",
    "least": "least tail",
    "following": list(FOLLOWING),
    "most_vertices": MOST_VERTICES,
    "most_edges": MOST_EDGES,
}
"""The residual columns and heads of graph algorithms that are drawn in the graph itself, and the largest one drawn."""


def described(model: Model) -> dict[str, Any]:
    """The subject of a page, `kind` "compiled"; engine/compiled.js reads it."""
    task = None if isinstance(model.origin, str) else model.task
    answer = None if task is None else task.answer_form
    return {
        "kind": "compiled",
        "definition": None if task is None else definition_of(task),
        "model": of_transformer(model),
        "form": form_of(model).as_json() | in_words(task),
        "answer": None if answer is None else answer.as_json(),
        "letters": list(model.origin.output_letters.items()) if isinstance(model.origin, Program) else [],
        "word": "row" if task is None else task.row,
        "steps": steps(model.transformer),
        "chain": None if task is None else chain(task, model.transformer),
        "graph": GRAPH,
    }


def definition_of(task: Task[Any]) -> dict[str, Any] | None:
    """What its answer is, where it says so. Errors: UsageError for a definition that no page can compute."""
    return None if task.definition is None else task.definition.as_json(task.form, task.name)


def of_transformer(model: Model) -> dict[str, Any]:
    """Sizes and names. Columns are pairs, in their order: in JSON the order of names may be lost."""
    said = describe(model)
    kept = {name: said[name] for name in ("dtype", "rows", "causal", "residual", "blocks", "order")}
    formulas = {"positions": said["positions"]} if "positions" in said else {}
    return kept | formulas | {name: list(said[name].items()) for name in ("inputs", "outputs")}


def form_of(model: Model) -> Form:
    """How an input is typed: as the task says, or as the columns of a table."""
    if not isinstance(model.origin, str):
        return model.task.form
    inputs = model.transformer.embeddings.items()
    return TableForm(tuple(ColumnForm(name, len(table) - 1) for name, table in inputs), model.transformer.rows)


def in_words(task: Task[Any] | None) -> dict[str, Any]:
    """How a graph is read from a text: how edges are put into words, in every encoding (heading, sentence of one edge,
    of several); the question that the task answers, None if none; and lines that say nothing."""
    if task is None or task.form.kind != "graph":
        return {}
    said = {(one.heading, one.edge, getattr(one, "several", "")) for one in PHRASINGS.values()}
    return {"phrasings": sorted(said), "asks": task.asks and task.asks.text, "fillers": FILLERS}


def steps(transformer: Transformer) -> list[dict[str, Any]]:
    """Per step: the card that shows it, its attention layer, and its round of its loop."""
    rounds = [
        {"card": segment.start + place, "round": number, "rounds": segment.times}
        for segment in loops(transformer)
        for number in range(1, segment.times + 1)
        for place in range(len(segment.blocks))
    ]
    return [{**found, "layer": layer} for found, layer in zip(rounds, layer_numbers(transformer), strict=True)]


def chain(task: Task[Any], transformer: Transformer) -> dict[str, Any] | None:
    """The pointer that a task follows, and which of its powers each attention layer fetches."""
    pointer = task.pointer
    if pointer is None:
        return None
    labels = [block.attention.labels[0] for block in transformer.steps if block.attention is not None]
    return {
        "name": pointer.name,
        "times": pointer.times,
        "column": pointer.column,
        "layer": pointer.layer,
        "powers": [pointer.powers(layer, label) for layer, label in enumerate(labels)],
    }
