"""All refuters by name, and which of them take a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from logdepth.numerics.errors import UsageError
from logdepth.refuters.averaging_head import ONE_AVERAGING_HEAD
from logdepth.refuters.message_passing import MESSAGE_PASSING
from logdepth.refuters.one_attention_layer import ONE_ATTENTION_LAYER
from logdepth.refuters.one_pass import ONE_PASS
from logdepth.refuters.refutation import Counterexample, NotRefuted, Refutation
from logdepth.refuters.refuter import Refuter, Search
from logdepth.refuters.suspect import NotTaken, OtherKind, Suspect

REFUTERS: dict[str, Refuter[Any]] = {
    refuter.name: refuter for refuter in (ONE_ATTENTION_LAYER, ONE_AVERAGING_HEAD, ONE_PASS, MESSAGE_PASSING)
}


def register_refuter(refuter: Refuter[Any]) -> None:
    """Let a theorem of your own be listed, checked by the law of all refuters, and tried by `refute`.

    Errors: UsageError if another refuter has its name.
    """
    if REFUTERS.setdefault(refuter.name, refuter) is not refuter:
        raise UsageError(f"there is a refuter {refuter.name!r} already. Give yours a name of its own.")


def refute(suspect: Suspect, search: Search | None = None) -> Refutation:
    """The counterexample of the first refuter that finds one, or what all that take this model tried in vain.

    The seconds of the search are for all of them together.
    Errors: UsageError if no refuter takes the model, with the reasons.
    """
    search = search or Search()
    opened = take(suspect)
    begun, found = perf_counter(), []
    for number, (refuter, model) in enumerate(opened):
        left = max(search.seconds - (perf_counter() - begun), 1e-3)
        found.append(refuter.refute(model, replace(search, seconds=left / (len(opened) - number))))
        if isinstance(found[-1], Counterexample):
            return found[-1]
    return together([each for each in found if isinstance(each, NotRefuted)])


def take(suspect: Suspect) -> list[tuple[Refuter[Any], Any]]:
    """The refuters that take a model, each with the model opened for it.

    Errors: UsageError if there is none. It leaves out the refuters for models of another kind, if others have reasons.
    """
    taken = []
    reasons: list[str] = []
    others: list[str] = []
    for refuter in REFUTERS.values():
        try:
            taken.append((refuter, refuter.take(suspect)))
        except NotTaken as reason:
            said = others if isinstance(reason, OtherKind) else reasons
            said.append(f"{refuter.name}: {str(reason).rstrip('.')}")
    if not taken:
        raise UsageError(f"no refuter takes this model ({'; '.join(reasons or others) or 'there is none'}).")
    return taken


def together(found: Sequence[NotRefuted]) -> NotRefuted:
    """What several refuters tried. The bits are of the one that demands most."""
    most = max(found, key=lambda each: each.needed_bits or 0)
    return replace(
        most,
        refuter=", ".join(each.refuter for each in found),
        attempts=[attempt for each in found for attempt in each.attempts],
    )
