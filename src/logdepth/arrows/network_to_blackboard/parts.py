"""How the tokens of an input are dealt out to the players."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from logdepth.numerics.errors import UsageError, Wording


@dataclass(frozen=True, eq=False)
class Part:
    """Neighbouring tokens of one player: their ids (n,), and what all players know: who has which tokens.

    place: of the player in the order in which they speak, from 0; it has the tokens ends[place] … ends[place + 1] - 1.
    asked: the id of the last token of all, where that is known to all players; else None.
    """

    ids: Tensor
    place: int
    ends: tuple[int, ...]
    asked: int | None = None

    @property
    def first(self) -> int:
        return self.ends[self.place]

    @property
    def end(self) -> int:
        return self.ends[self.place + 1]

    @property
    def tokens(self) -> int:
        """Of all players."""
        return self.ends[-1]

    def in_table(self, x: Tensor) -> Tensor:
        """Tokens (1, n, width) of this part at their places among all tokens, zeros elsewhere, (1, N, width).

        torch chooses a matrix product's kernel by its shape: a row has the same bits in tables of one shape only.
        """
        table = x.new_zeros(1, self.tokens, x.shape[-1])
        table[:, self.first : self.end] = x
        return table

    def of_table(self, table: Tensor) -> Tensor:
        """This part's tokens of all."""
        return table[:, self.first : self.end]


def deal(ids: np.ndarray, players: int, public: bool = False) -> list[Part]:
    """Parts of equal size, or of two sizes; player k's, the leftmost, first. public: all know the last token.

    Errors: UsageError for fewer tokens than players.
    """
    tokens = len(ids)
    if tokens < players:
        raise UsageError(
            f"{players} players need a token each; the input has {tokens}.",
            Wording("Give {players} or fewer.", players=tokens),
        )
    ends = tuple(place * tokens // players for place in range(players + 1))
    given = torch.as_tensor(np.asarray(ids, dtype=np.int64))
    asked = int(given[-1]) if public else None
    return [Part(given[ends[place] : ends[place + 1]], place, ends, asked) for place in range(players)]
