"""Theorem T1 on a page: a raw protocol's messages, as the engine carried them, beside what the model's layers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.mpc_to_transformer.mpc_to_program import inbox_name
from logdepth.arrows.program_to_transformer.lower import PROPAGATION
from logdepth.arrows.raw_protocol_to_mpc import moments, raw_protocol_to_mpc, state_records
from logdepth.artefacts import Model
from logdepth.mpc import Mail, Protocol, ProtocolError, Recorder, Run, run_locally
from logdepth.numerics.formats import format_of
from logdepth.pages.inputs import rows_fit
from logdepth.pages.rounds import Beside, binned
from logdepth.programs.raw_protocol import RawProtocol
from logdepth.transformer import Cache

ATTEMPTS = 20  # initial states that are drawn to find one whose traffic is legal

PROTOCOL_IN_WORDS = (
    "Every machine is a token, and what it holds is its residual stream. What a machine does between two rounds is"
    " ReLU layers; a round of messages is one or two layers of attention (theorem T1): a receiver’s query looks for its"
    " own number among the destinations that senders show as keys, and the message is the value."
)

PROSE = (
    "<p>On the left, the words that the engine carried in a round. On the right, the words that the attention layer"
    " brings that delivers this round, or whom it reads. Both are counted by themselves.</p>"
)

NOTE_PROPAGATION = (
    "Beside it, the row’s token reads the column’s: one head reads all senders at once, and takes the mean of what they"
    " show; the packets are told apart by the columns that they are written to."
)

NOTE = (
    "Beside it, in the same units: the row’s token reads the column’s, and a head of weight 1 there brings one packet."
    " Reads of the start token, where no packet came, bring nothing."
)

SILENCE = "Nothing was sent, and nothing is read."


@dataclass(frozen=True, eq=False)
class Routing:
    """A run of a raw protocol on the engine, from `state` to `final`, watched; and what the model's layers brought
    (None: too large to look inside)."""

    state: dict[str, np.ndarray]
    final: dict[str, np.ndarray]
    protocol: Protocol
    run: Run
    recorder: Recorder
    beside: Beside | None


def routed(raw: RawProtocol, model: Model, state: Mapping[str, Any]) -> Routing:
    """Run both on an initial state. Errors: ProtocolError if the engine refuses it."""
    columns = raw.checked(state)
    protocol = raw_protocol_to_mpc(raw)
    pairs, shown = Recorder(protocol, most_bins=raw.machines), Recorder(protocol)

    def watch(number: int, rounds: int, mail: Mail) -> None:
        pairs.watch(number, rounds, mail)
        shown.watch(number, rounds, mail)

    run = run_locally(protocol, state_records(raw, columns), watch)
    final = {name: run.memory["state"][name] for name in raw.state}
    beside = None
    if rows_fit(model, raw.machines):
        _, cache = model.run_with_cache(columns)
        beside = drawn_beside(raw, deliveries(raw, model, cache), pairs, shown)
    return Routing(columns, final, protocol, run, shown, beside)


def legal_state(raw: RawProtocol) -> dict[str, np.ndarray] | None:
    """The first state that is drawn whose traffic the engine takes; None if it refuses all of ATTEMPTS."""
    rng = np.random.default_rng(0)
    for _ in range(ATTEMPTS):
        columns = raw.draw(rng)
        try:
            moments(raw, columns)
        except ProtocolError:
            continue
        return columns
    return None


@dataclass(frozen=True, eq=False)
class Delivery:
    """The attention layer, from 1, that delivers a round, and what it brings: (machines, machines), [receiver, sender].

    packets: whether heads read one packet each, which are counted; sparse propagation reads all senders at once, and 1
    stands for a sender that is read.
    """

    layer: int
    brings: np.ndarray
    packets: bool


def deliveries(raw: RawProtocol, model: Model, cache: Cache) -> list[Delivery | None]:
    """For every round the layer that delivers it; None where nothing can be sent.

    It is the last one before the residual stream holds a word of the round's inbox; of its heads those that read a
    row, or propagate. Other heads of a router count.
    """
    blocks = model.transformer.steps
    attention = [step for step, block in enumerate(blocks) if block.attention is not None]
    found: list[Delivery | None] = []
    for number in range(1, raw.rounds + 1):
        held = {inbox_name(number, slot, word) for slot in range(raw.slots) for word in raw.words}
        steps = [step for step, names in enumerate(cache.columns) if not held.isdisjoint(names)]
        before = [step for step in attention if steps and step <= steps[0]]
        found.append(delivery(before[-1], len(before), model, cache) if before else None)
    return found


def delivery(step: int, layer: int, model: Model, cache: Cache) -> Delivery:
    attention, pattern = model.transformer.steps[step].attention, cache.patterns[step]
    assert attention is not None and pattern is not None, f"step {step} has no attention"
    weights = pattern.double().numpy()[:, 1:, 1:]
    spreading = [head for head, label in enumerate(attention.labels) if label == PROPAGATION]
    if spreading:  # a sender's weight is exp(-sink), and that of all others together is far less
        matched = weights[spreading] > np.exp(-format_of(model.dtype).sink) / 2
        return Delivery(layer, matched.any(axis=0).astype(np.int64), False)
    reading = [head for head, label in enumerate(attention.labels) if label.startswith("read ")]
    return Delivery(layer, np.rint(weights[reading]).astype(np.int64).sum(axis=0), True)


def drawn_beside(raw: RawProtocol, delivered: list[Delivery | None], pairs: Recorder, shown: Recorder) -> Beside:
    """The pictures of the delivering layers, and whether they are the traffic."""
    pictures: dict[str, np.ndarray] = {}
    says: dict[str, str] = {}
    packets = all(delivery.packets for delivery in delivered if delivery is not None)
    for number, (delivery, sent) in enumerate(zip(delivered, pairs.words, strict=True), start=1):
        name = f"no layer for round {number}" if delivery is None else f"layer {delivery.layer}"
        brings = np.zeros_like(sent) if delivery is None else delivery.brings * (len(raw.words) if packets else 1)
        pictures[name] = binned(brings, shown.starts[:-1])
        says[name] = agreement(brings, sent, packets)
    return Beside(
        heading="What attention brings" if packets else "Whom attention reads",
        note=NOTE if packets else NOTE_PROPAGATION,
        what="machine",
        unit="words" if packets else "senders read",
        starts=shown.starts,
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
    return f"The same {count:,} pairs of machines: every receiver reads those who sent to it, and nobody else."
