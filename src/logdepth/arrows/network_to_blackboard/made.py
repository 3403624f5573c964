"""What these arrows make: a protocol, and how it runs on the network's ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from logdepth.arrows.arrow import Columns, Made, Ran
from logdepth.arrows.network_to_blackboard.layers import Held, Layers, one_round_a_layer
from logdepth.arrows.network_to_blackboard.parts import Part, deal
from logdepth.messages import BlackboardProtocol, BoardRun, run_on_blackboard
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class MadeOnBlackboard(Made[BlackboardProtocol]):
    """A protocol for ids (N,), the column `token`, of any length from the number of players on.

    parts: what the players are given. outputs: the network's, from what was written and is kept in the end.
    """

    artefact: BlackboardProtocol
    claim: Claim
    parts: Callable[[np.ndarray], list[Part]]
    outputs: Callable[[BoardRun], dict[str, np.ndarray]]

    def run(self, columns: Columns) -> Ran:
        """On the engine, which enforces the bits of every message."""
        ran = self.play(columns)
        taken = {"players": self.artefact.players, "rounds": ran.rounds, "bits": ran.most_bits}
        return Ran(self.outputs(ran), taken)

    def play(self, columns: Columns) -> BoardRun:
        """The same, with all that was written."""
        return run_on_blackboard(self.artefact, self.parts(columns["token"]))

    def with_bits(self, bits: int) -> MadeOnBlackboard:
        """The same players under another budget."""
        return replace(self, artefact=replace(self.artefact, bits=bits))


def made_of_layers(network: Layers, claim: Claim) -> MadeOnBlackboard:
    """A network of which every layer is a round."""
    players = int(claim.sizes["players"])
    protocol = one_round_a_layer(network, players, int(claim.sizes["bits"]))
    return MadeOnBlackboard(protocol, claim, lambda ids: deal(ids, players), logits_of)


def logits_of(run: BoardRun) -> dict[str, np.ndarray]:
    """Every player's logits, side by side."""
    held: tuple[Any, ...] = run.kept
    assert all(isinstance(each, Held) for each in held), "players keep what they hold"
    return {"logits": np.concatenate([each.x[0].numpy() for each in held])}
