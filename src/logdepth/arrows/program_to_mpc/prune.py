"""Leave out what no output depends on."""

from __future__ import annotations

from dataclasses import replace

from logdepth.arrows.program_to_mpc.straight import Line, Straight, gives, needs


def prune(straight: Straight) -> Straight:
    """The same without the lines that no output depends on."""
    needed = straight.read_last
    lines: list[Line] = []
    for line in reversed(straight.lines):
        if not needed.isdisjoint(gives(line)):
            needed |= needs(line)
            lines.append(line)
    return replace(straight, lines=tuple(reversed(lines)))
