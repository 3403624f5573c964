"""Several routines as one, after one another."""

from __future__ import annotations

from collections.abc import Callable

from logdepth.mpc.protocol import Routine, Step
from logdepth.mpc.records import Mail, Memory


def chain(name: str, *parts: Routine | Callable[[Memory], Memory]) -> Routine:
    """One routine that does what these do, one after the other; a plain function is local work.

    The last step of one and the first of the next are one step, so rounds add up.
    """
    steps: list[Step] = [hold]
    for part in parts:
        first, *others = part.steps if isinstance(part, Routine) else (locally(part),)
        steps[-1:] = [after(steps[-1], first), *others]
    return Routine(name, tuple(steps))


def hold(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
    return memory, {}


def locally(function: Callable[[Memory], Memory]) -> Step:
    return lambda memory, mail: (function(memory), {})


def after(first: Step, second: Step) -> Step:
    """Both steps, of which the first sends nothing."""
    if first is hold:
        return second

    def step(memory: Memory, mail: Mail) -> tuple[Memory, Mail]:
        between, sent = first(memory, mail)
        assert not any(map(len, sent.values())), f"the last step of a routine sends {sorted(sent)}"
        return second({kind: records.settle() for kind, records in between.items()}, {})

    return step
