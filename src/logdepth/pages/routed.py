"""Theorem T1 on a page: a raw protocol's messages, as the engine carried them, beside what the model's layers read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logdepth.pages.rounds import Beside, bin_cells
from logdepth.traces import Delivery, RoutingTrace

PROTOCOL_IN_WORDS = (
    "Every machine is a token, and what it holds is its residual stream. What a machine does between two rounds is"
    " ReLU layers; a round of messages is one or two layers of attention (theorem T1): a receiver’s query looks for its"
    " own number among the destinations that senders show as keys, and the message is the value."
)

PACKETS_IN_WORDS = (
    "Every packet is a token: of q machines, token (k − 1) q + j is packet k of machine j. The first q tokens are given"
    " the states of the machines, and all tokens of a machine read its own. So they hold what the machine holds, and"
    " compute the same; each keeps another packet of those that the machine sends. A round of messages is two layers of"
    " attention (theorem T1): every token counts the earlier packets to its packet’s receiver, which is the slot that"
    " its packet comes into; then the tokens of a receiver read the packets of their slots, one head for each."
)

PROSE = (
    "<p>On the left, the words that the engine carried in a round. On the right, the words that the attention layer"
    " brings that delivers this round, or whom it reads. Both are counted by themselves.</p>"
)

NOTE_PROPAGATION = (
    "Beside it, the row’s token reads the column’s: one head reads all senders at once, and takes the mean of what they"
    " show; each packet is written to columns of its own."
)

NOTE = (
    "Beside it, in the same units: the row’s token reads the column’s, and a head of weight 1 there brings one packet."
    " Reads of the start token, where no packet came, bring nothing."
)

SILENCE = "Nothing was sent, and nothing is read."


def draw_beside(trace: RoutingTrace, delivered: Sequence[Delivery | None]) -> Beside:
    """The pictures of the delivering layers, and whether they are the traffic."""
    pictures: dict[str, np.ndarray] = {}
    says: dict[str, str] = {}
    packets = all(delivery.packets for delivery in delivered if delivery is not None)
    for number, (delivery, sent) in enumerate(zip(delivered, trace.sent, strict=True), start=1):
        name = f"no layer for round {number}" if delivery is None else f"layer {delivery.layer}"
        brings = np.zeros_like(sent) if delivery is None else delivery.brings * (trace.packet_words if packets else 1)
        pictures[name] = bin_cells(brings, trace.mpc.starts[:-1])
        says[name] = agreement(brings, sent, packets)
    return Beside(
        heading="What attention brings" if packets else "Whom attention reads",
        note=NOTE if packets else NOTE_PROPAGATION,
        what="machine",
        unit="words" if packets else "senders read",
        starts=trace.mpc.starts,
        pictures=pictures,
        of=list(pictures),
        says=says,
        layer=[0 if delivery is None else delivery.layer for delivery in delivered],
    )


def agreement(brings: np.ndarray, sent: np.ndarray, packets: bool) -> str:
    """Whether every pair of machines is brought the words that were sent; without packets, whether receivers read
    those, and only those, who sent to them."""
    different = int((brings != sent).sum() if packets else ((brings > 0) != (sent > 0)).sum())
    count = int(np.count_nonzero(sent))
    if different:
        return f"Attention and traffic differ between {different:,} pairs of machines; {count:,} have traffic."
    if not count:
        return SILENCE
    if packets:
        return f"The same: {sent.sum():,} words between {count:,} pairs of machines, and none between any other."
    return f"The same {count:,} pairs of machines: every receiver reads those that sent to it, and no others."
