"""The checker of counterexamples. It needs the model and the task, and nothing of the search.

Whatever a counterexample says is computed again and compared by ==. What does not follow from model, task, instances
and bottleneck is not accepted.
"""

from __future__ import annotations

from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.refuters.refutation import Counterexample, at
from logdepth.refuters.suspect import Suspect


class Rejected(ValueError):
    """A counterexample that does not hold; the message says what is not so."""


def check(found: Counterexample, suspect: Suspect) -> None:
    """Check that everything in a counterexample is so, for this model.

    Errors: Rejected with the first thing that is not; UsageError for a model that cannot be asked.
    """
    check_origin(found, suspect)
    check_answers(found, suspect)
    check_bottleneck(found, suspect)
    if not (found.refutes_model or found.refutes_rounded):
        raise Rejected("the model is right on all of its instances")


def check_origin(found: Counterexample, suspect: Suspect) -> None:
    require("the task", found.task, suspect.task)
    require("the model", found.model, suspect.name)
    due = getattr(found.bottleneck, "answers_at", suspect.answers_at)
    if due is not None:
        require("the entry", found.entry, due)
    for instance in found.instances:
        try:
            found.task.encode(instance)
        except UsageError as error:
            raise Rejected(f"an instance is none of the task: {error}") from error
    require("the inputs in words", list(found.inputs), [suspect.spell(instance) for instance in found.instances])


def check_answers(found: Counterexample, suspect: Suspect) -> None:
    """By the task's own solver, and by the model as it is."""
    try:
        exact = [at(found.entry, found.task.solve(instance)) for instance in found.instances]
        given = [at(found.entry, answer) for answer in suspect.answers(found.instances)]
    except UsageError as error:
        raise Rejected(str(error)) from error
    require("the exact answers", list(found.exact), exact)
    require("the model's answers", list(found.given), given)


def check_bottleneck(found: Counterexample, suspect: Suspect) -> None:
    """What passes, and what follows from it. One part of the input is not seen beyond; the other must be the same."""
    bottleneck, instances = found.bottleneck, found.instances
    if bottleneck is None:
        require("what passes, without a bottleneck", [found.form, *found.carried, *found.rounded], [""])
        return
    try:
        beyond = [bottleneck.beyond(suspect, instance) for instance in instances]
        carried = [bottleneck.carried(suspect, instance) for instance in instances]
        rounded = [bottleneck.answer(suspect, *parts) for parts in zip(carried, beyond, strict=True)]
    except UsageError as error:
        raise Rejected(str(error)) from error
    if any(part != beyond[0] for part in beyond):
        raise Rejected("the instances differ beyond the part that passes the bottleneck")
    require("the format", found.form, bottleneck.form(suspect))
    require("what is carried", list(found.carried), carried)
    require("the answers from what is carried", list(found.rounded), rounded)


def require(what: str, said: Any, computed: Any) -> None:
    """Rejected unless both are equal, and of one type: 1, 1.0 and True are three answers."""
    if said != computed or repr(said) != repr(computed):
        raise Rejected(f"{what}: it says {shorten(said)}, and {shorten(computed)} is computed")


def shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 120 else f"{shown[:117]}..."
