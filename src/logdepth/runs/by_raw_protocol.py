"""A raw protocol of the user's own on the engine, as it is written: its rounds, on its machines."""

from __future__ import annotations

import numpy as np

from logdepth.arrows.raw_protocol_to_mpc import raw_protocol_to_mpc, state_records
from logdepth.mpc import Memory
from logdepth.programs import Columns, RawProtocol
from logdepth.protocols import Prepared
from logdepth.tasks import Task
from logdepth.theory import Claim


def prepare_raw_protocol(
    task: Task[Columns], raw: RawProtocol, columns: Columns, memory: int | None = None
) -> Prepared:
    """task: of the program that carries it out. memory: by default the fewest words that do. Errors: as of
    `runs.prepare`, and UsageError for states of more or fewer machines."""
    protocol = raw_protocol_to_mpc(raw, memory)

    def answer(held: Memory) -> np.ndarray:
        state = held["state"]
        order = np.argsort(state.owner)
        return task.decode({name: state[name][order] for name in raw.state}, columns)

    claim = Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": raw.rounds, "machines": raw.machines, "memory_words": protocol.memory},
        source="the protocol itself",
    )
    return Prepared(protocol, state_records(raw, task.encode(columns)), answer, claim, task.parameters)
