"""What residual columns are called that hold what machines hold after a step; and in which step of a model they do."""

from __future__ import annotations

from collections.abc import Mapping

from logdepth.arrows.mpc_to_transformer.stretches import stretches
from logdepth.programs import RawProtocol
from logdepth.transformer import Transformer, find_loops

Numbers = int | range  # of a step, or of steps that are one loop


def state_name(number: Numbers, name: str) -> str:
    """What the residual column is called that holds a state column after step `number`, from 0; of a loop, after each
    of its steps."""
    if isinstance(number, range):
        return f"{name} after each of steps {number[0]} to {number[-1]}"
    return f"{name} after step {number}"


def inbox_name(number: Numbers, slot: int, word: str | None) -> str:
    """What the residual column is called that holds a word (None: whether there is one) of a slot after round
    `number`, from 1; slots from 0."""
    when = f"each of rounds {number[0]} to {number[-1]}" if isinstance(number, range) else f"round {number}"
    return f"{when} slot {slot} " + ("filled" if word is None else word)


def names_after(raw: RawProtocol, number: Numbers) -> list[str]:
    """The names of all that machines hold between step `number`, or each of these steps, and the next one."""
    following = range(number[0] + 1, number[-1] + 2) if isinstance(number, range) else number + 1
    states = [state_name(number, name) for name in raw.state]
    return states + [inbox_name(following, slot, word) for slot in range(raw.slots) for word in [None, *raw.words]]


def places_of(raw: RawProtocol, transformer: Transformer) -> Mapping[str, tuple[int, str]]:
    """Where the residual stream holds it: name -> (the last of the transformer's steps after which it stands there,
    what its column is called). A loop has one column for all of its rounds, and holds each at the end of one.

    A name that is missing belongs to a slot that no machine can ever send to.
    """
    found = {name: (step, name) for step, block in enumerate(transformer.steps) for name in block.residual if name}
    looped = [steps for steps in stretches(raw, loops=True) if state_name(steps, next(iter(raw.state))) in found]
    for steps, loop in zip(looped, find_loops(transformer.order), strict=False):  # another protocol's may have fewer
        columns = names_after(raw, steps)
        ends = range(loop.first + loop.period - 1, loop.end, loop.period)
        for number, end in zip(steps, ends, strict=False):
            standing = set(transformer.steps[end].residual)
            for name, column in zip(names_after(raw, number), columns, strict=True):
                if column in standing:
                    found[name] = (end, column)
    return found
