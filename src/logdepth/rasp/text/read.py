"""From RASP text to a program."""

from __future__ import annotations

from collections.abc import Iterable

from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.text.kinds import kind_of
from logdepth.rasp.text.reader import read_names
from logdepth.rasp.tree import SOp
from logdepth.rasp.vocabulary import vocabulary_of


def read_rasp(
    text: str,
    vocabulary: Iterable[object],
    rows: int,
    sop: str | None = None,
    causal: bool = False,
    source: str = "RASP text",
) -> RaspProgram:
    """The program of an s-op that a RASP text defines: the one of this name, or the last one.

        program = read_rasp("reverse = aggregate(select(indices, length - 1 - indices, ==), tokens);", "abc", rows=20)

    The text is in the syntax of github.com/tech-srl/RASP, with the functions of its library. It is never executed as
    Python. vocabulary: the letters, or other tokens. causal: no position selects a later one. source: names the text in
    messages.
    Errors: RaspError, with line and column; UsageError for no such s-op, and those of `translate`.
    """
    names, own = read_names(text, source)
    if not own:
        raise UsageError(
            f"{source} defines no s-op. Assign one, as in: name = selector_width(select(tokens, tokens, ==));"
        )
    chosen = own[-1] if sop is None else sop
    found = names.get(chosen)
    if not isinstance(found, SOp):
        what = f"{chosen!r} is {kind_of(found)}" if chosen in names else f"there is no {chosen!r}"
        raise UsageError(f"{source}: {what}, and an s-op is compiled. {did_you_mean(chosen, own)}")
    return Rasp(chosen, {chosen: found}, vocabulary_of(vocabulary), rows, causal).program
