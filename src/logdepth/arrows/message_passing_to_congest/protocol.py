"""Layers as rounds: a layer's vector of w numbers goes along every edge, B bits of it in a round.

A vertex knows how many vertices there are, its number, its neighbours, and its label. It puts what it receives at its
senders' rows in a table of all vertices, zeros elsewhere, and runs the network's own layer on this table. So it adds up
the same numbers in the same order as the network does, and its logits are the network's bit for bit, where torch's
kernels compute a row of a product the same way whatever stands in the other rows. Measured on CPUs; no library
promises it.
Source: arXiv 2402.09268, section 5.1; arXiv 1907.03199.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import torch
from torch import Tensor

from logdepth.messages import Bits, CongestProtocol, Form, Wake, joined
from logdepth.networks import MessageLayer, MessagePassing, OnGraph
from logdepth.numerics.errors import UsageError


@dataclass(frozen=True, eq=False)
class Vertex:
    """What a vertex keeps: its state (w,), the pieces of this layer's messages, its own message, in the end its logits.

    pieces: sender -> what came of its message so far.
    """

    state: Tensor
    pieces: Mapping[int, tuple[Bits, ...]] = field(default_factory=dict)
    message: Bits | None = None
    logits: Tensor | None = None


class Vertices:
    """The vertices of a graph that run a network, by messages of `bits` bits."""

    def __init__(self, source: OnGraph, form: Form, bits: int) -> None:
        self.source, self.network, self.form, self.bits = source, source.network.eval(), form, bits
        self.pieces = -(-form.bits // bits)  # rounds of a layer

    @property
    def protocol(self) -> CongestProtocol:
        rounds = self.network.shape.depth * self.pieces
        return CongestProtocol("message passing", self.source.vertices, self.source.edges, rounds, self.bits, self.step)

    def step(self, known: Wake) -> tuple[Any, Mapping[int, Bits]]:
        """Read a piece of every neighbour's message; at a layer's end compute it; send the next piece of one's own."""
        layer, piece = divmod(known.round - 1, self.pieces)
        with torch.no_grad():
            vertex = self.begin(known) if known.round == 1 else self.with_mail(known)
            if piece == 0 and layer > 0:
                vertex = Vertex(self.updated(known, vertex, layer - 1))
            if layer == self.network.shape.depth:
                return replace(vertex, logits=self.read(known.vertex, vertex.state)), {}
            if vertex.message is None:
                vertex = replace(vertex, message=self.message(known, vertex.state, layer))
        assert vertex.message is not None, "made above"
        part = vertex.message[piece * self.bits : (piece + 1) * self.bits]
        return vertex, dict.fromkeys(known.neighbours, part)

    def begin(self, known: Wake) -> Vertex:
        """From the vertex's own number and label."""
        return Vertex(self.network.start(torch.tensor(known.vertex), torch.tensor(known.kept)))

    def with_mail(self, known: Wake) -> Vertex:
        before: Vertex = known.kept
        return replace(before, pieces={v: (*before.pieces.get(v, ()), piece) for v, piece in known.mail.items()})

    def message(self, known: Wake, state: Tensor, layer: int) -> Bits:
        """What the vertex sends to all its neighbours in this layer."""
        degrees = self.table({known.vertex: torch.tensor([float(len(known.neighbours))]).to(state)}, 1, state)
        sent = self.layer(layer).message(self.table({known.vertex: state}, len(state), state), degrees)
        return self.form.pack({"message": sent[known.vertex - 1].numpy()})

    def updated(self, known: Wake, vertex: Vertex, layer: int) -> Tensor:
        """The state after a layer, all of whose messages have come."""
        heard = {v: self.form.unpack(joined(pieces))["message"] for v, pieces in vertex.pieces.items()}
        state, size = vertex.state, self.form.fields[0].shape[0]
        messages = self.table({v: torch.as_tensor(message) for v, message in heard.items()}, size, state)
        edges = state.new_zeros(self.source.vertices, self.source.vertices)
        edges[known.vertex - 1, [v - 1 for v in known.neighbours]] = 1.0
        states = self.table({known.vertex: state}, len(state), state)
        return self.layer(layer).update(states, messages, edges)[known.vertex - 1]

    def read(self, vertex: int, state: Tensor) -> Tensor:
        """The vertex's logits."""
        return self.network.read(self.table({vertex: state}, len(state), state))[vertex - 1]

    def table(self, rows: Mapping[int, Tensor], width: int, near: Tensor) -> Tensor:
        """A row for every vertex, zeros but for these."""
        table = near.new_zeros(self.source.vertices, width)
        for vertex, row in rows.items():
            table[vertex - 1] = row
        return table

    def layer(self, number: int) -> MessageLayer:
        return cast("MessageLayer", self.network.layers[number])


def message_size(network: MessagePassing) -> int:
    """Numbers in the vector that a vertex sends. Errors: UsageError if layers differ in it."""
    state = network.head.weight.new_zeros(1, network.shape.width)
    with torch.no_grad():
        sizes = {cast("MessageLayer", layer).message(state, state[:, :1]).shape[-1] for layer in network.layers}
    if len(sizes) > 1:
        raise UsageError(f"all layers send vectors of one size; these send {sorted(sizes)}. Pad the shorter ones.")
    return sizes.pop() if sizes else network.shape.width
