"""The reference meaning of a raw protocol: plain loops over machines and packets, without an engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logdepth.numerics.errors import UsageError
from logdepth.programs.raw_protocol import RawProtocol

Packets = list[tuple[int, int, int, list[int]]]  # (destination, place among those of its sender, sender, words)


def run_raw_protocol(raw: RawProtocol, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The state after the last step, column -> (machines,) int64.

    Errors: UsageError for other columns or values, for a step that fails, for a destination that there is not, and for
    more packets than an inbox has slots.
    """
    state = [np.asarray(values, dtype=np.int64) for values in raw.checked(columns).values()]
    inbox = np.zeros((raw.slots, 1 + len(raw.words), raw.machines), dtype=np.int64)
    for number in range(len(raw.steps)):
        inputs = [np.arange(1, raw.machines + 1), *state, *inbox.reshape(-1, raw.machines)]
        results = list(raw.functions[number](*inputs))
        state = results[: len(state)]
        inbox = deliver(raw, number, packets_of(raw, results[len(state) :]))
    return dict(zip(raw.state, state, strict=True))


def packets_of(raw: RawProtocol, columns: list[np.ndarray]) -> Packets:
    """What all machines send, those packets left out that go nowhere."""
    width = 1 + len(raw.words)
    return [
        (int(columns[first][machine]), place, machine, [int(c[machine]) for c in columns[first + 1 : first + width]])
        for place, first in enumerate(range(0, len(columns), width))
        for machine in range(raw.machines)
        if columns[first][machine]
    ]


def deliver(raw: RawProtocol, number: int, sent: Packets) -> np.ndarray:
    """The inboxes of the next step, (slots, 1 + words, machines)."""
    inbox = np.zeros((raw.slots, 1 + len(raw.words), raw.machines), dtype=np.int64)
    filled = [0] * raw.machines
    for destination, _, _, words in sorted(sent):
        if not 1 <= destination <= raw.machines:
            raise UsageError(f"protocol {raw.name!r}: step {number} sends to machine {destination} of {raw.machines}.")
        if filled[destination - 1] == raw.slots:
            raise UsageError(
                f"protocol {raw.name!r}: machine {destination} is sent more packets after step {number} than its"
                f" {raw.slots} slots hold."
            )
        inbox[filled[destination - 1], :, destination - 1] = [1, *words]
        filled[destination - 1] += 1
    return inbox
