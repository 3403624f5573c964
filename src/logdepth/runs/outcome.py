"""What a run on machines came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.mpc import Protocol, Run
from logdepth.theory import Claim


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer that the machines gave, the protocol they ran, what it cost, and what was claimed for it."""

    answer: np.ndarray  # comparable by == with `task.solve(instance)`
    protocol: Protocol
    run: Run
    claimed: Claim

    def as_json(self) -> dict[str, Any]:
        """What the run cost, and what was claimed for it."""
        return {
            "rounds": self.run.rounds,
            "machines": self.protocol.machines,
            "memory_words": self.protocol.memory,
            "max_sent_words": self.run.most_sent,
            "max_received_words": self.run.most_received,
            "total_words": self.run.total,
            "claimed": dict(self.claimed.sizes),
        }
