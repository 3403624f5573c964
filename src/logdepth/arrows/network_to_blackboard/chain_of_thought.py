"""One layer that thinks: every round brings one softmax over all tokens so far, and with it one more token.

In round t all players know the token that asks: the last of the input, later the last thought, which player 1 has
written. So all know its query. With s the scores of keys, a player writes max s, Σ e^(s - max) and Σ e^(s - max) v over
its tokens and those of the players before it. Player 1 divides, runs the rest of the layer, and writes the next token.
These are the sums of the network's softmax in another order: outputs differ by rounding alone. A thought differs
only if two logits are closer than that.
Source: arXiv 2402.09268, Corollary 5.6; merging as in online softmax (arXiv 1805.02867).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.arrows.network_to_blackboard.attention import check_length
from logdepth.arrows.network_to_blackboard.layers import to_numpy, to_tensors
from logdepth.arrows.network_to_blackboard.made import MadeOnBlackboard
from logdepth.arrows.network_to_blackboard.parts import Part, deal
from logdepth.messages import FLOATS, Bits, BlackboardProtocol, BoardRun, Form, Turn, floats, numbers
from logdepth.networks import Attention, ChainOfThought, number_format
from logdepth.numerics.errors import UsageError
from logdepth.theory import blackboard_simulates_networks as claims


def make(source: ChainOfThought, players: int) -> MadeOnBlackboard:
    """Errors: UsageError for more layers than one, and for attention that is not to all tokens."""
    network = source.network
    kind = type(network.layers[0].attn)
    if network.shape.depth != 1 or kind is not Attention:
        raise UsageError(
            f"chain of thought on a blackboard is of one layer of plain attention; this is {kind.__name__} of depth"
            f" {network.shape.depth}. Take a transformer of one layer."
        )
    thinker = Thinker(source)
    claim = claims.chain_of_thought(
        players=players,
        thoughts=source.thoughts,
        heads=network.shape.heads,
        value_width=network.shape.width // network.shape.heads,
        precision=FLOATS[number_format(network)],
    )
    protocol = BlackboardProtocol(
        "chain of thought", players, source.thoughts + 1, int(claim.sizes["bits"]), thinker.speak
    )
    return MadeOnBlackboard(protocol, claim, lambda ids: deal(ids, players, public=True), thinker.outputs)


@dataclass(frozen=True, eq=False)
class Thinking:
    """What a player keeps: its part, the keys and values of its tokens, (1, heads, n, size), and its last logits."""

    part: Part
    key: Tensor
    value: Tensor
    logits: Tensor | None = None


class Thinker:
    def __init__(self, source: ChainOfThought) -> None:
        self.source, self.network = source, source.network.eval()
        self.layer = self.network.layers[0]
        shape, format = self.network.shape, number_format(self.network)
        size = shape.width // shape.heads
        self.form = Form(
            (
                floats("top", (shape.heads,), format),
                floats("total", (shape.heads,), format),
                floats("mixed", (shape.heads, size), format),
            )
        )
        self.token = Form((numbers("id", (), (shape.vocabulary - 1).bit_length()),))

    def speak(self, turn: Turn) -> tuple[Any, Bits]:
        with torch.no_grad():
            held = self.begin(turn.kept) if turn.round == 1 else turn.kept
            asking = self.embed(self.asking(turn, held.part), held.part.tokens + turn.round - 1)
            query, key, value = self.layer.attn.project(self.layer.ln_1(asking))
            if turn.player == 1 and turn.round > 1:  # a thought is a token of player 1
                held = replace(held, key=torch.cat([held.key, key], 2), value=torch.cat([held.value, value], 2))
            sums = merged(sums_of(query, held), self.sums_before(turn))
            if turn.player > 1:
                return held, self.form.pack(to_numpy(sums))
            mixed = (sums["mixed"] / sums["total"][:, None])[None, :, None]
            logits = self.network.read(self.layer.absorb(asking, mixed))[0, -1]
            return replace(held, logits=logits), self.token.pack({"id": self.source.next_id(logits).numpy()})

    def begin(self, part: Part) -> Thinking:
        check_length(self.network, part.tokens + self.source.thoughts)
        x = self.network.wte(part.ids[None]) + self.network.wpe.weight[part.first : part.end]
        _, key, value = self.layer.attn.project(self.layer.ln_1(x))
        return Thinking(part, key, value)

    def asking(self, turn: Turn, part: Part) -> int:
        """The id of the token whose query is answered in this round."""
        if turn.round == 1:
            assert part.asked is not None, "the last token is known to all players"
            return part.asked
        return self.read_id(turn.board.read(turn.round - 1, 1))

    def embed(self, id_: int, place: int) -> Tensor:
        """(1, 1, width)."""
        embedded: Tensor = self.network.wte(torch.tensor([[id_]])) + self.network.wpe.weight[place - 1]
        return embedded

    def sums_before(self, turn: Turn) -> dict[str, Tensor] | None:
        if turn.player == turn.players:
            return None
        return to_tensors(self.form.unpack(turn.board.read(turn.round, turn.player + 1)))

    def read_id(self, message: Bits) -> int:
        return int(self.token.unpack(message)["id"])

    def outputs(self, run: BoardRun) -> dict[str, np.ndarray]:
        ids = [self.read_id(run.board.read(round_, 1)) for round_ in range(1, run.rounds)]
        return {"thought": np.array(ids, dtype=np.int64), "logits": run.kept[-1].logits[None].numpy()}


def sums_of(query: Tensor, held: Thinking) -> dict[str, Tensor]:
    """Of a query (1, heads, 1, size) over the keys and values of a player."""
    scores = (query / query.shape[-1] ** 0.5 @ held.key.transpose(-1, -2))[0, :, 0]  # (heads, n)
    top = scores.amax(-1)
    weights = (scores - top[:, None]).exp()
    return {"top": top, "total": weights.sum(-1), "mixed": (weights[:, None] @ held.value[0])[:, 0]}


def merged(own: dict[str, Tensor], before: dict[str, Tensor] | None) -> dict[str, Tensor]:
    """The sums over both, relative to the larger maximum."""
    if before is None:
        return own
    top = torch.maximum(own["top"], before["top"])
    mine, theirs = (own["top"] - top).exp(), (before["top"] - top).exp()
    return {
        "top": top,
        "total": mine * own["total"] + theirs * before["total"],
        "mixed": mine[:, None] * own["mixed"] + theirs[:, None] * before["mixed"],
    }
