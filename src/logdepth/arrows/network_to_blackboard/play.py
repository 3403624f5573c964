"""A network beside the players that it becomes: what was written, and how far their outputs are from its own."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.arrow import Arrow, Columns
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard
from logdepth.arrows.network_to_blackboard.theorems import ARROWS_TO_BLACKBOARD
from logdepth.messages import BlackboardProtocol, BoardRun
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True, eq=False)
class Played:
    """One input. own: the network's outputs; found: the players' outputs, of the same shapes.

    rounding: how far the network's own logits are from those of the same network in float64, where outputs differ at
    all: the yardstick of a difference. None where they are equal.
    """

    made: MadeOnBlackboard
    run: BoardRun
    own: Mapping[str, np.ndarray]
    found: Mapping[str, np.ndarray]
    rounding: float | None

    @property
    def difference(self) -> float:
        """The largest of all logits."""
        return float(np.abs(self.own["logits"] - self.found["logits"]).max())

    @property
    def equal(self) -> bool:
        """Whether all outputs are equal bit for bit."""
        return same(self.own, self.found)

    @property
    def differing(self) -> int:
        """Answers that are not the network's: tokens with another highest logit, and thoughts that are others."""
        logits = (self.own["logits"].argmax(-1) != self.found["logits"].argmax(-1)).sum()
        thoughts = sum((values != self.found[name]).sum() for name, values in self.own.items() if name != "logits")
        return int(logits + thoughts)

    @property
    def answer(self) -> int:
        """The class that the players answer at the last token."""
        return int(self.found["logits"][-1].argmax())


def arrow_for(network: Any) -> Arrow[Any, BlackboardProtocol]:
    """The arrow from this kind of network. Errors: UsageError for another kind."""
    for arrow in ARROWS_TO_BLACKBOARD:
        if arrow.source is type(network):
            return arrow
    kinds = ", ".join(arrow.source.__name__ for arrow in ARROWS_TO_BLACKBOARD)
    raise UsageError(f"a {type(network).__name__} does not run on a blackboard. Give one of {kinds}.")


def play(network: Any, ids: np.ndarray, players: int, bits: int | None = None) -> Played:
    """Run a network and its players on ids (N,), within the claimed bits of a message, or others.

    Errors: UsageError for a network of another kind, and for an input that does not fit; MessageTooLong for a message
    of more bits.
    """
    arrow, columns = arrow_for(network), {"token": ids}
    sized = {"tokens": len(ids)} if any(option.name == "tokens" for option in arrow.options) else {}
    made = arrow(network, players=players, **sized)
    assert isinstance(made, MadeOnBlackboard), "all arrows to the blackboard make this"
    own = network.run(columns)
    if not np.isfinite(own["logits"]).all():
        raise UsageError(f"this {type(network).__name__} gives what is no finite number. Take an earlier checkpoint.")
    run = (made if bits is None else made.with_bits(bits)).play(columns)
    found = made.outputs(run)
    return Played(made, run, own, found, None if same(own, found) else rounding_of(network, columns))


def same(own: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> bool:
    return all(np.array_equal(values, found[name]) for name, values in own.items())


def rounding_of(network: Any, columns: Columns) -> float:
    """The largest difference between a network's logits and those of the same weights in float64."""
    exact = deepcopy(network)
    getattr(exact, "network", exact).double()  # of a network that thinks, the network
    return float(np.abs(exact.run(columns)["logits"] - network.run(columns)["logits"]).max())
