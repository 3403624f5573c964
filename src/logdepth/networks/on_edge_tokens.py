"""A graph network on token ids: messages pass along the edges that they spell, and the answer stands at "?"."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from logdepth.networks.edge_tokens import AskedGraphs, EdgeTokens
from logdepth.networks.graph_layers import GRAPH_LAYERS
from logdepth.networks.message_passing import MessagePassing, MessagePassingShape
from logdepth.networks.on_tokens import OnTokens
from logdepth.networks.shape import Gpt2Shape
from logdepth.numerics.errors import UsageError, did_you_mean

MARKS = 3  # a vertex is asked about first, second, or not


class OnEdgeTokens(OnTokens):
    """Ids (B, T) to logits (B, T, classes), which are 0 but at "?".

    An answer is read at the vertex that is asked about first: it knows what messages have brought there. A question
    about the whole graph is read from the mean of all vertices. named: whether a vertex knows its id; residual: as of
    `GraphLayer`. It ignores positions, heads, hidden and dropout of the shape.
    Errors: UsageError for an unknown kind.
    """

    def __init__(
        self,
        shape: Gpt2Shape,
        kind: str,
        layout: EdgeTokens,
        named: bool = True,
        residual: bool = True,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if kind not in GRAPH_LAYERS:
            raise UsageError(f"there is no graph network {kind!r}. {did_you_mean(kind, GRAPH_LAYERS)}")
        self.shape, self.kind, self.layout = shape, kind, layout
        sizes = MessagePassingShape(
            layout.vertices, shape.depth, shape.width, shape.classes or shape.width, MARKS, named=named
        )
        self.core = MessagePassing(sizes, generator, partial(GRAPH_LAYERS[kind], residual=residual))

    def forward(self, ids: Tensor) -> Tensor:
        graphs = self.layout.read(ids)
        states = self.core.states(graphs.adjacency, graphs.marks)[-1]
        logits = self.core.read(pool(states, graphs))
        return one_hot(graphs.asked, ids.shape[1])[:, :, None].to(logits) * logits[:, None]

    def state_words(self, tokens: int) -> int:
        """It reads all tokens at once, and keeps them."""
        return tokens

    def words_on_edge(self) -> int:
        """Numbers that cross an edge in one pass, in both directions together."""
        return 2 * self.shape.depth * self.shape.width


def pool(states: Tensor, graphs: AskedGraphs) -> Tensor:
    """What the answer is read from, (B, w), of states (B, n, w)."""
    number = torch.arange(states.shape[1], device=states.device)
    whole = (number < graphs.vertices[:, None]).to(states) / graphs.vertices[:, None]
    one = one_hot(graphs.first.clamp(min=0), len(number)).to(states)
    weights = torch.where(graphs.first[:, None] >= 0, one, whole)
    return (weights[:, None] @ states)[:, 0]
