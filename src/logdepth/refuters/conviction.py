"""From instances that a search found to a counterexample that stands by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from logdepth.refuters.checker import check
from logdepth.refuters.refutation import Bottleneck, Counterexample, at
from logdepth.refuters.suspect import Suspect


def convict(
    suspect: Suspect,
    instances: Sequence[Any],
    why: str,
    *,
    refuter: str,
    entry: int | None = None,
    bottleneck: Bottleneck | None = None,
) -> Counterexample:
    """The counterexample of these instances, checked.

    Errors: Rejected if it is none: if the model is right on all of them, as it is and with what passes the bottleneck.
    """
    carried = [] if bottleneck is None else [bottleneck.carried(suspect, instance) for instance in instances]
    found = Counterexample(
        task=suspect.task,
        instances=instances,
        why=why,
        entry=entry,
        exact=[at(entry, suspect.task.solve(instance)) for instance in instances],
        given=[at(entry, answer) for answer in suspect.answers(instances)],
        bottleneck=bottleneck,
        form="" if bottleneck is None else bottleneck.form(suspect),
        carried=carried,
        rounded=[]
        if bottleneck is None
        else [
            bottleneck.answer(suspect, part, bottleneck.beyond(suspect, instance))
            for part, instance in zip(carried, instances, strict=True)
        ],
        refuter=refuter,
        model=suspect.name,
        inputs=[suspect.spell(instance) for instance in instances],
    )
    check(found, suspect)
    return found
