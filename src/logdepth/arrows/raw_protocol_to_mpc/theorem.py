"""The theorem as a value: what one machine does, written down for itself, runs on the engine round by round."""

from __future__ import annotations

import numpy as np

from logdepth.arrows.arrow import Arrow, MadeProtocol
from logdepth.arrows.examples import raw_protocols
from logdepth.arrows.raw_protocol_to_mpc.protocol import raw_protocol_to_mpc, state_records
from logdepth.mpc import Memory, Protocol
from logdepth.programs import RawProtocol
from logdepth.tasks import Parameter
from logdepth.theory import Claim


def make(raw: RawProtocol, memory: int) -> MadeProtocol:
    protocol = raw_protocol_to_mpc(raw, memory or None)
    claim = Claim(
        model="MPC",
        direction="upper",
        exactness="exact",
        sizes={"rounds": raw.rounds, "machines": raw.machines, "memory_words": protocol.memory},
        source="logdepth, a raw protocol is one of the engine: round by round, machine by machine",
    )

    def decode(held: Memory) -> dict[str, np.ndarray]:
        return {name: held["state"][name] for name in raw.state}

    return MadeProtocol(protocol, claim, lambda columns: state_records(raw, columns), decode)


RAW_PROTOCOL_TO_MPC: Arrow[RawProtocol, Protocol] = Arrow(
    name="raw-protocol-to-mpc",
    source=RawProtocol,
    target=Protocol,
    theorem="A protocol written as what one machine does on R rounds runs on the engine in R rounds on the same"
    " machines, with every budget enforced.",
    proof="logdepth.arrows.raw_protocol_to_mpc",
    options=(Parameter("memory", int, 0, 0, None, "words of a machine; 0: the fewest that do"),),
    make=make,
    examples=raw_protocols,
)
