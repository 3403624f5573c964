"""The laws of tasks, solutions, arrows, refuters and reductions: the library obeys them, and yours have to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from logdepth.arrows import Arrow
from logdepth.arrows.program_to_transformer import translate_narrowest
from logdepth.programs import Program
from logdepth.reductions import Reduction
from logdepth.refuters import Counterexample, Refutation, Refuter, Rejected, check
from logdepth.solutions import Solution
from logdepth.tasks import Size, Task
from logdepth.transformer import Transformer, resources
from logdepth.verification.batches import outputs_of_batches
from logdepth.verification.mutations import accepted_mutations

SMALL, DRAWN = 24, 2  # instances of a task: enumerated in all, drawn of every family
MUTATIONS = 20  # changes of one value that are tried of every certificate


class LawBroken(AssertionError):
    """A task, a solution, an arrow, a refuter or a reduction breaks its promise; the message says where."""


@dataclass(frozen=True)
class Compared:
    """An example of an arrow on which the law holds: what is claimed, and the most that was taken on any table.

    options: those of the arrow that the example gives.
    """

    source: str
    options: Mapping[str, object]
    claimed: Mapping[str, Any]
    measured: Mapping[str, int]
    tables: int


def check_arrow(arrow: Arrow[Any, Any]) -> int:
    """Check that on every example the made artefact gives what its source gives, within the claim; count the tables.

    Errors: LawBroken with the first table that breaks it, or if there is no example.
    """
    compared = sum(each.tables for each in compare_examples(arrow))
    if not compared:
        raise LawBroken(f"the arrow {arrow.name} has no example")
    return compared


def compare_examples(arrow: Arrow[Any, Any]) -> Iterator[Compared]:
    """The same, example by example."""
    for number, example in enumerate(arrow.examples(), start=1):
        made = arrow(example.source, **example.options)
        where = f"the arrow {arrow.name}, example {number}"
        if not isinstance(made.artefact, arrow.target):
            raise LawBroken(f"{where}: it made a {type(made.artefact).__name__}, not a {arrow.target.__name__}")
        most: dict[str, int] = {}
        for table in example.tables:
            ran = made.run(table)
            check_equal(example.source.run(table), ran.outputs, where, arrow.within)
            check_within(ran.taken, made.claim.sizes, where)
            most = {name: max(taken, most.get(name, 0)) for name, taken in ran.taken.items()}
        source = getattr(example.source, "name", repr(example.source))
        yield Compared(source, example.options, made.claim.sizes, most, len(example.tables))


def check_refuter(refuter: Refuter[Any]) -> int:
    """For every example that the theorem forbids, a counterexample that the checker accepts; for the others, none.

    A certificate in which one value is changed has to be rejected.

    Returns the number of examples. Errors: LawBroken with the first example where this is not so, or if none is
    forbidden.
    """
    found = list(refute_examples(refuter))
    if not any(isinstance(each, Counterexample) for each in found):
        raise LawBroken(f"the refuter {refuter.name} has no example that it refutes")
    return len(found)


def refute_examples(refuter: Refuter[Any]) -> Iterator[Refutation]:
    """The same, example by example."""
    for number, example in enumerate(refuter.examples(), start=1):
        found = refuter(example.suspect, example.search)
        where = f"the refuter {refuter.name}, example {number}"
        if isinstance(found, Counterexample) != example.refuted:
            raise LawBroken(f"{where}: the model is {'not ' * example.refuted}refuted")
        if isinstance(found, Counterexample):
            try:
                check(found, example.suspect)
            except Rejected as reason:
                raise LawBroken(f"{where}: {reason}") from reason
            for path in accepted_mutations(found, example.suspect, MUTATIONS):
                raise LawBroken(f"{where}: its certificate is accepted with another value at {path}")
        yield found


def check_reduction(reduction: Reduction[Any, Any], sizes: Iterable[int] = (8, 12, 40), seed: int = 0) -> int:
    """Check that exact answers of the target give the exact answer of the source; count the instances.

    Those of the fewest vertices are checked all, each in DRAWN orders and directions of its edges; of these sizes, some
    of every family that the reduction takes. What is asked of the smallest has as many rows as its cost says, and fits
    the target that the reduction names.
    Errors: LawBroken with the first instance that breaks it.
    """
    return sum(count for _, count in decide_examples(reduction, sizes, seed))


def decide_examples(
    reduction: Reduction[Any, Any], sizes: Iterable[int] = (8, 12, 40), seed: int = 0
) -> Iterator[tuple[int, int]]:
    """The same, size by size: the vertices, and how many instances were decided."""
    rng = np.random.default_rng(seed)
    least = reduction.smallest
    small = [each for each in reduction.source(n=least).exhaustive(least) if reduction.promise.holds(each)]
    for instance in small:
        check_cost(reduction, instance)
    yield least, decide_all(reduction, [each.shuffle(rng) for each in small for _ in range(DRAWN)])
    for size in sizes:
        source, families = reduction.source(n=size), reduction.promise.families
        yield size, decide_all(reduction, [source.sample(rng, name, size) for name in families for _ in range(DRAWN)])


def decide_all(reduction: Reduction[Any, Any], instances: Sequence[Any]) -> int:
    for instance in instances:
        check_decision(reduction, instance)
    return len(instances)


def check_cost(reduction: Reduction[Any, Any], instance: Any) -> None:
    """What is asked of an instance is as many questions and rows as the reduction says, of its smallest target."""
    task, asked = reduction.target_for(instance.vertices), reduction.ask(instance)
    measured = {"questions": len(asked), "rows": sum(map(task.rows_of, asked))}
    cost = reduction.cost
    counted = {"questions": cost.questions(instance.vertices), "rows": cost.rows(instance.vertices)}
    if measured != counted:
        raise LawBroken(f"the reduction {reduction.name}: {measured} in place of {counted}, for {instance}")


def check_decision(reduction: Reduction[Any, Any], instance: Any) -> None:
    given = reduction.decide_by_exact_answers(instance)
    exact = reduction.source(n=instance.vertices).solve(instance)
    if not np.array_equal(given, exact):
        raise LawBroken(f"the reduction {reduction.name}: {given} in place of {exact}, for {instance.edges.tolist()}")


def check_task(task: Task[Any], seed: int = 0) -> int:
    """Check that a task keeps its promises on some instances of every small size and every family; count them.

    Their tables and exact answers stay within the declared ranges. Outputs that hold the exact answer are decoded to
    it, and it is presented as JSON. Enumerated instances have different tables; one seed draws one instance.
    Errors: LawBroken with the first instance that breaks it; UsageError of `encode` for a table out of range.
    """
    where = f"the task {task.name} at {task.parameters}"
    instances = instances_of(task, seed)
    for instance, again in zip(instances, instances_of(task, seed), strict=True):
        columns, answer = task.encode(instance), task.solve(instance)
        check_equal(columns, task.encode(again), f"{where}, drawn again with one seed")
        outputs = right_outputs(task, instance, answer)
        for name, column in outputs.items():
            if column.min() < 0 or column.max() > task.outputs[name]:
                raise LawBroken(f"{where}: the exact answer {answer} is beyond 0..{task.outputs[name]}, for {instance}")
        decoded = task.decode(outputs, instance)
        if decoded.dtype.kind != answer.dtype.kind or not np.array_equal(decoded, answer):
            raise LawBroken(f"{where}: outputs that hold {answer} are decoded to {decoded}, for {instance}")
        check_presented(task.present(answer, instance), where)
    check_different(task, where)
    return len(instances)


def check_presented(presented: Any, where: str) -> None:
    try:
        json.dumps(presented, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise LawBroken(f"{where}: it presents {presented!r}, and JSON has no such value: {error}") from error


def check_different(task: Task[Any], where: str) -> None:
    for size in range(task.smallest, task.largest + 1):
        tables = [task.encode(instance) for instance in islice(task.exhaustive(size), SMALL)]
        if len({tuple(column.tobytes() for column in table.values()) for table in tables}) < len(tables):
            raise LawBroken(f"{where}: of its instances of size {size} two have one table")


def right_outputs(task: Task[Any], instance: Any, answer: np.ndarray) -> dict[str, np.ndarray]:
    """The output column of a model that gives this answer, with zeros in rows that say nothing of it."""
    (name,) = task.outputs
    form = task.answer_form
    divisor = 1 if form is None or form.divisor is None else form.divisor
    column = np.zeros(task.rows_of(instance), dtype=np.int64)
    column[task.answering_rows(instance, len(answer)) - 1] = np.rint(answer * divisor)
    return {name: column}


def check_solution(solution: Solution[Any], sizes: Iterable[Size], seed: int = 0) -> int:
    """Check that at every size the compiled model gives the exact answer, within the claim; count the instances.

    The program's own meaning is compared too, so that an error says which of the two is wrong.
    Errors: LawBroken with the first instance that breaks it.
    """
    compared = 0
    for size in sizes:
        task = solution.task.from_parameters(size)
        program = solution.build(task)
        made = translate_narrowest(program, None, tied=True)
        claim = solution.claim(task, str(made.artefact.dtype).removeprefix("torch."))
        where = f"the solution of {task.name} at {dict(size)}"
        check_served(task, program, where)
        check_within(resources(made.artefact).as_json(), {**made.claim.sizes, **claim.sizes}, where)
        instances = instances_of(task, seed)
        tables, exact = [task.encode(each) for each in instances], [task.solve(each) for each in instances]
        for instance, table, answer in zip(instances, tables, exact, strict=True):
            meant = task.decode(program.run(table), instance)
            if not np.array_equal(meant, answer):
                raise LawBroken(f"{where}: the program gives {meant} and the exact answer is {answer}, for {instance}")
        for number, outputs in answers_of(made.artefact, tables):
            given = task.decode(outputs, instances[number])
            if not np.array_equal(given, exact[number]):
                raise LawBroken(
                    f"{where}: the transformer gives {given} in place of {exact[number]}, for {instances[number]}"
                )
            compared += 1
    return compared


def answers_of(transformer: Transformer, tables: Sequence[Mapping[str, np.ndarray]]) -> Iterator[tuple[int, Any]]:
    """The outputs of every table, computed in batches, with its place among the tables."""
    for batch in outputs_of_batches(transformer, tables):
        yield from batch.outputs.items()


def check_served(task: Task[Any], program: Program, where: str) -> None:
    """The program takes all that the task's inputs hold, and its outputs hold all that an answer may be."""
    columns = {"input": {column.name: column.high for column in program.inputs}}
    columns["output"] = {name: column.high for name, column in program.outputs.items()}
    for kind, asked in (("input", task.inputs), ("output", task.outputs)):
        for name, high in asked.items():
            if columns[kind].get(name, -1) < high:
                raise LawBroken(f"{where}: {kind} {name!r} holds up to {high}; the program has {columns[kind]}")


def instances_of(task: Task[Any], seed: int) -> list[Any]:
    """Some of every small size, and some of every family, the largest among them."""
    rng = np.random.default_rng(seed)
    small = [i for size in range(task.smallest, task.largest + 1) for i in islice(task.exhaustive(size), 8)]
    sizes = [task.largest, *[None] * (DRAWN - 1)]
    return small[:SMALL] + [task.sample(rng, family, size) for family in task.families for size in sizes]


def check_equal(
    expected: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray], where: str, within: float = 0.0
) -> None:
    """Integers are equal, and so are floats, unless they may differ by as much as `within`."""
    if expected.keys() != found.keys():
        raise LawBroken(f"{where}: outputs {sorted(found)} in place of {sorted(expected)}")
    for name, values in expected.items():
        if within and values.dtype.kind == "f" and values.shape == found[name].shape:
            far = float(np.max(np.abs(values - found[name]), initial=0.0))
            if not far <= within:
                raise LawBroken(f"{where}: output {name!r} is off by {far:.2g}, more than {within:.2g}")
        elif not np.array_equal(values, found[name]):
            raise LawBroken(f"{where}: output {name!r} is {found[name]} in place of {values}")


def check_within(measured: Mapping[str, int], claimed: Mapping[str, Any], where: str) -> None:
    """Every quantity that is claimed is measured, but for the bits of a number, which `fewest_mantissa_bits` counts."""
    for name, most in claimed.items():
        if name == "precision_bits":
            continue
        if name not in measured:
            raise LawBroken(f"{where}: {name} is claimed, and was not measured")
        if measured[name] > most:
            raise LawBroken(f"{where}: {measured[name]} {name}, and {most} are claimed")
