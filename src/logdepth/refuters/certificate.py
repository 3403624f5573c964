"""A counterexample as a JSON file, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from logdepth.numerics.documents import Departure, conform, read_json
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.files import write_file
from logdepth.refuters.refutation import Bottleneck, Carried, Counterexample
from logdepth.tasks import Graph, Sparse, Task, make_task

FORMAT, VERSION = "logdepth counterexample", 1

BOTTLENECKS: dict[str, type[Any]] = {}


def register_bottleneck(kind: type[Any]) -> type[Any]:
    """Make a kind of bottleneck, a frozen dataclass, known to the reader of certificates. A decorator.

    Errors: UsageError if another one has its name.
    """
    if BOTTLENECKS.setdefault(kind.name, kind) is not kind:
        raise UsageError(f"there is a bottleneck {kind.name!r} already. Give yours a name of its own.")
    return kind


class TaskForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    parameters: dict[str, int | float | str]


class CarriedForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    numbers: list[int | float]
    bits: int
    in_all: int | None = None


class BottleneckForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What passes, and from it alone the answers; `settings` are the fields of the bottleneck of this name."""

    name: str
    settings: dict[str, int | float | str]
    form: str
    carried: list[CarriedForm]
    rounded: list[int | float]


class Form(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`sha256` is of the document without it, so that an accident is noticed in words that are no claim, too."""

    format: str
    version: int
    refuter: str
    model: str
    task: TaskForm
    why: str
    entry: int | None
    instances: list[Any]
    inputs: list[list[str]]
    exact: list[Any]
    given: list[Any]
    bottleneck: BottleneckForm | None
    sha256: str


def as_json(found: Counterexample) -> dict[str, Any]:
    """The certificate: all of a counterexample, ready for JSON."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "refuter": found.refuter,
        "model": found.model,
        "task": {"name": found.task.name, "parameters": found.task.parameters},
        "why": found.why,
        "entry": found.entry,
        "instances": [written(instance) for instance in found.instances],
        "inputs": [list(rows) for rows in found.inputs],
        "exact": list(found.exact),
        "given": list(found.given),
        "bottleneck": found.bottleneck and of_bottleneck(found, found.bottleneck),
    }
    return sign(document)


def of_bottleneck(found: Counterexample, bottleneck: Bottleneck) -> dict[str, Any]:
    return {
        "name": bottleneck.name,
        "settings": asdict(bottleneck),  # type: ignore[call-overload]  # a dataclass, as the protocol says
        "form": found.form,
        "carried": [asdict(each) | {"numbers": list(each.numbers)} for each in found.carried],
        "rounded": list(found.rounded),
    }


def sign(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the digest of all else in it."""
    return document | {"sha256": digest(document)}


def digest(document: dict[str, Any]) -> str:
    """Of a document without its own."""
    rest = {key: value for key, value in document.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def write_certificate(found: Counterexample, path: str | Path) -> None:
    """Errors: UsageError if the file cannot be written."""
    write_file(path, (json.dumps(as_json(found), indent=1, ensure_ascii=False) + "\n").encode())


def read_certificate(path: str | Path) -> Counterexample:
    """What a certificate says; nothing of it is checked but its form.

    Errors: UsageError for a file that is none, and for one that was changed.
    """
    try:
        return of_json(read_json(path))
    except Departure as departure:
        raise UsageError(f"{path} is no counterexample: {departure}. Write it again with `logdepth refute`.") from None


def of_json(document: Any) -> Counterexample:
    """The same of a document. Errors: Departure; UsageError for a task that is none."""
    form = conform(document, Form)
    if (form.format, form.version) != (FORMAT, VERSION):
        raise Departure(f"its format is {form.format[:40]!r}, version {form.version}; read is {FORMAT!r}, {VERSION}")
    if form.sha256 != digest(document):
        raise Departure("sha256 is not that of the rest: it was changed")
    try:
        task = make_task(form.task.name, form.task.parameters)
        instances = [read_instance(task, each) for each in form.instances]
    except (UsageError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise Departure(f"its task or an instance cannot be read ({error})") from None
    passing = form.bottleneck
    return Counterexample(
        task=task,
        instances=instances,
        why=form.why,
        entry=form.entry,
        exact=form.exact,
        given=form.given,
        bottleneck=bottleneck_of(passing) if passing else None,
        form=passing.form if passing else "",
        carried=[Carried(tuple(each.numbers), each.bits, each.in_all) for each in passing.carried] if passing else [],
        rounded=passing.rounded if passing else [],
        refuter=form.refuter,
        model=form.model,
        inputs=[tuple(rows) for rows in form.inputs],
    )


def bottleneck_of(form: BottleneckForm) -> Bottleneck:
    if form.name not in BOTTLENECKS:
        raise Departure(f"there is no bottleneck {form.name[:40]!r}; {did_you_mean(form.name, BOTTLENECKS)}")
    try:
        return msgspec.convert(form.settings, BOTTLENECKS[form.name])
    except msgspec.ValidationError as error:
        raise Departure(f"bottleneck.settings: {error}") from None


# --- instances ---


def written(instance: Any) -> Any:
    """An instance as JSON: a list for a sequence, an object for a graph and for rows that name others."""
    match instance:
        case np.ndarray():
            return instance.tolist()
        case Graph():
            return of_graph(instance)
        case Sparse():
            return {"values": instance.values.tolist(), "positions": instance.positions.tolist()}
    raise UsageError(f"an instance of type {type(instance).__name__} has no form as JSON.")


def of_graph(graph: Graph) -> dict[str, Any]:
    return {
        "vertices": graph.vertices,
        "edges": graph.edges.tolist(),
        "weights": None if graph.weights is None else graph.weights.tolist(),
        "question": graph.question and list(graph.question),
        "directed": graph.directed,
    }


def read_instance(task: Task[Any], document: Any) -> Any:
    """The instance that JSON stands for, of a task."""
    if isinstance(document, dict) and "positions" in document:
        return task.instance_of(msgspec.structs.asdict(conform(document, SparseForm)))
    if isinstance(document, dict):
        form = conform(document, GraphForm)
        weights = None if form.weights is None else np.array(form.weights, dtype=np.int64)
        edges = np.array(form.edges, dtype=np.int64).reshape(-1, 2)
        graph = Graph(form.vertices, edges, weights, question=form.question, directed=form.directed)
        check_kind(task, graph)
        return task.instance_of(graph)
    return task.instance_of(conform(document, list[int]))


def check_kind(task: Task[Any], graph: Graph) -> None:
    """Departure unless a graph has arcs, weights and a question where those of its task have them."""
    drawn = task.sample(np.random.default_rng(0), size=task.smallest)
    if not isinstance(drawn, Graph) or kind_of(graph) != kind_of(drawn):
        raise Departure(f"an instance is no graph as {task.name} takes it")


def kind_of(graph: Graph) -> tuple[bool, bool, bool]:
    return graph.directed, graph.weights is None, graph.question is None


class SparseForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    values: list[int]
    positions: list[list[int]]


class GraphForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    vertices: int
    edges: list[tuple[int, int]]
    weights: list[int] | None
    question: tuple[int, int] | None
    directed: bool
