"""Theorem T1 as data: a raw protocol's run on the engine, and what the layers of its transformer bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from logdepth.arrows.mpc_to_transformer import inbox_name, places_of
from logdepth.arrows.program_to_transformer import PROPAGATION
from logdepth.arrows.raw_protocol_to_mpc import moments, raw_protocol_to_mpc, state_records
from logdepth.artefacts import Model
from logdepth.mpc import Mail, ProtocolError, Recorder, run_locally
from logdepth.numerics.formats import format_of
from logdepth.programs import RawProtocol
from logdepth.traces.inputs import rows_fit
from logdepth.traces.rounds import MpcTrace, trace_of_run
from logdepth.traces.transformer import TransformerTrace, trace_transformer

ATTEMPTS = 20  # initial states that are drawn to find one whose traffic is legal


@dataclass(frozen=True, eq=False)
class Delivery:
    """The attention layer, from 1, that delivers a round, and what it brings: (machines, machines), [receiver, sender].

    packets: whether heads read one packet each, which are counted; sparse propagation reads all senders at once, and 1
    stands for a sender that is read.
    """

    layer: int
    brings: np.ndarray
    packets: bool


@dataclass(frozen=True, eq=False)
class RoutingTrace:
    """A run of a raw protocol, and of the model made of it, on the same initial state.

    state, final: columns of the machines' state, (machines,) each, before and after. sent: for every round the words
    between all machines, (machines, machines), [receiver, sender]; `mpc` has them between bins. packet_words: of one
    packet. transformer: the model's run, and deliveries: for every round the layer that delivers it, None where nothing
    can be sent. Both are None for a model that is too large to look inside.
    """

    state: Mapping[str, np.ndarray]
    final: Mapping[str, np.ndarray]
    mpc: MpcTrace
    sent: tuple[np.ndarray, ...]
    packet_words: int
    transformer: TransformerTrace | None
    deliveries: tuple[Delivery | None, ...] | None


def trace_routing(raw: RawProtocol, model: Model, state: Mapping[str, Any]) -> RoutingTrace:
    """Run both on an initial state. Errors: ProtocolError if the engine refuses it."""
    columns = raw.check(state)
    protocol = raw_protocol_to_mpc(raw)
    pairs, shown = Recorder(protocol, most_bins=raw.machines), Recorder(protocol)

    def watch(number: int, rounds: int, mail: Mail) -> None:
        pairs.watch(number, rounds, mail)
        shown.watch(number, rounds, mail)

    run = run_locally(protocol, state_records(raw, columns), watch)
    final = {name: run.memory["state"][name] for name in raw.state}
    transformer, delivered = None, None
    if rows_fit(model, model.transformer.rows):
        transformer = trace_transformer(model.transformer, model.pad(columns))
        delivered = tuple(deliveries(raw, model.dtype, transformer))
    mpc = trace_of_run(protocol, run, shown)
    return RoutingTrace(columns, final, mpc, tuple(pairs.words), len(raw.words), transformer, delivered)


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


def deliveries(raw: RawProtocol, dtype: str, trace: TransformerTrace) -> list[Delivery | None]:
    """For every round the layer that delivers it; None where nothing can be sent.

    It is the last one before the residual stream holds a word of the round's inbox; of its heads those that read a
    row, or propagate. Other heads of a router count.
    """
    attention = [step for step, block in enumerate(trace.transformer.steps) if block.attention is not None]
    looped = {name: step for name, (step, column) in places_of(raw, trace.transformer).items() if column != name}
    found: list[Delivery | None] = []
    for number in range(1, raw.rounds + 1):
        held = {inbox_name(number, slot, word) for slot in range(raw.slots) for word in raw.words}
        steps = [step for step, names in enumerate(trace.names[1:]) if not held.isdisjoint(names)]
        steps = [looped[name] for name in held if name in looped] or steps
        before = [step for step in attention if steps and step <= steps[0]]
        found.append(delivery(before[-1], len(before), raw.machines, dtype, trace) if before else None)
    return found


def delivery(step: int, layer: int, machines: int, dtype: str, trace: TransformerTrace) -> Delivery:
    attention = trace.transformer.steps[step].attention
    assert attention is not None, f"step {step} has no attention"
    weights = trace.weights(step, np.arange(1, machines + 1)).astype(np.float64)[:, :, 1:]
    weights = weights.reshape(len(weights), machines, -1, machines).sum(axis=2)  # the rows of a machine read alike
    spreading = [head for head, label in enumerate(attention.labels) if label == PROPAGATION]
    if spreading:  # a sender's weight is exp(-sink), and that of all others together is far less
        matched = weights[spreading] > np.exp(-format_of(dtype).sink) / 2
        return Delivery(layer, matched.any(axis=0).astype(np.int64), False)
    reading = [head for head, label in enumerate(attention.labels) if label.startswith("read ")]
    return Delivery(layer, np.rint(weights[reading]).astype(np.int64).sum(axis=0), True)
