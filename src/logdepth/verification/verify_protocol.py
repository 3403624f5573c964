"""Verify a protocol's model: after every round, what its residual stream holds is what the engine's machines hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from time import perf_counter
from typing import Any

import numpy as np
from torch import Tensor

from logdepth.arrows.mpc_to_transformer import MixedTransformer, inbox_name, places_of, state_name
from logdepth.arrows.raw_protocol_to_mpc import Moment, moments
from logdepth.artefacts import Model
from logdepth.mpc import ProtocolError
from logdepth.numerics.errors import UsageError, expect
from logdepth.programs import RawProtocol
from logdepth.transformer import evaluate, evaluate_watched
from logdepth.verification.budget import budget_for
from logdepth.verification.precision import fewest_bits
from logdepth.verification.verification import Progress, Verification, affordable_tables, how_many

FEWEST = 10  # initial states that are tried before a protocol whose traffic is never legal is given up


def verify_protocol(
    raw: RawProtocol,
    model: Model | MixedTransformer,
    samples: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    states: Iterable[Mapping[str, Any]] | None = None,
    matching: bool = False,
    seconds: float | None = None,
) -> Verification:
    """Judge the model by the engine, after every step: state columns and inboxes, on `samples` drawn initial states.

    states: judge these instead. matching: also refuse traffic that is no matching.
    An initial state on which the engine refuses to run the protocol is skipped and counted.
    seconds: after this time no further state is judged. None means 10 s, but no limit if you give samples or states.
    Errors: UsageError if all states were skipped, or for a model of another protocol.
    """
    expect(raw, RawProtocol, "verify_protocol", "Give the protocol first, then its model.")
    start, budget = perf_counter(), budget_for(seconds, asked=samples is not None or states is not None)
    rng = np.random.default_rng(seed)
    affordable = FEWEST
    if isinstance(model, Model):
        check_names(raw, model)
        affordable = max(FEWEST, affordable_tables(model.transformer))
    if states is not None:
        remedy, states = "Give legal ones, or correct the protocol.", list(states)
        count = len(states)
    else:
        sample = "Give the protocol a `sample` that draws" if raw.sample is None else "Let its `sample` draw"
        remedy = f"{sample} legal ones, or correct the protocol."
        count = how_many(samples, affordable)
        states = (raw.draw(rng) for _ in range(count))
    done, wrong, skipped, first, refusal, why = 0, 0, 0, None, None, None
    for number, columns in enumerate(states, start=1):
        if not budget.begin(0):
            break
        try:
            expected = moments(raw, columns, matching)
        except ProtocolError as error:
            skipped, refusal, why = skipped + 1, error, why or str(error)
            if skipped == number >= FEWEST:  # not one was legal
                break
        else:
            done += 1
            if differences(raw, model, columns, expected):
                wrong, first = wrong + 1, columns if first is None else first
        if progress is not None:
            progress(number, count)
    if refusal is not None and not done:
        last = f"That was the last of {skipped} initial states, all of them refused."
        raise UsageError(refusal, last, remedy)
    stopped = budget.seconds if budget.stopped else None
    return Verification(
        done, wrong, 0, seed, perf_counter() - start, first, skipped, count, stopped, raw.machines if done else 0, why
    )


def check_names(raw: RawProtocol, model: Model) -> None:
    """UsageError unless the model takes the protocol's states, and holds what it should after every step."""
    transformer = model.transformer
    takes = {name: len(table) - 1 for name, table in transformer.embeddings.items()}
    held = places_of(raw, transformer)
    names = {state_name(number, name) for number in range(raw.rounds + 1) for name in raw.state}
    longer = state_name(raw.rounds + 1, next(iter(raw.state)))
    machines = transformer.rows - model.blank
    if machines != raw.machines or takes != raw.state or not names <= held.keys() or longer in held:
        raise UsageError(
            f"model {model.name!r} is not the one of protocol {raw.name!r}: machines, state columns or rounds differ."
            " Verify it with the protocol that it was compiled from."
        )


def fewest_protocol_bits(raw: RawProtocol, model: Model, matching: bool = False, seed: int = 0) -> int | None:
    """The smallest p such that the model's final states are right in p-bit arithmetic, on a few legal initial states;
    None if none was found."""
    rng, known = np.random.default_rng(seed), []
    for _ in range(FEWEST):
        columns = raw.draw(rng)
        try:
            known.append((model.pad(columns), moments(raw, columns, matching)[-1].state))
        except ProtocolError:
            continue

    def right(bits: int) -> bool:
        answers = ((evaluate(model.transformer, columns, mantissa_bits=bits), state) for columns, state in known[:3])
        return all(np.array_equal(outputs[name][: raw.machines], s[name]) for outputs, s in answers for name in s)

    return fewest_bits(right, model.dtype) if known else None


def differences(
    raw: RawProtocol, model: Model | MixedTransformer, columns: Mapping[str, Any], expected: list[Moment] | None = None
) -> list[str]:
    """The names of what the model and the engine (`expected`: its moments) disagree on, in the order of rounds."""
    expected = moments(raw, columns) if expected is None else expected
    wanted: dict[str, np.ndarray] = {}
    for number, moment in enumerate(expected):
        for slot, values in enumerate(moment.inbox if number else []):
            wanted |= {inbox_name(number, slot, w): v for w, v in zip([None, *raw.words], values, strict=True)}
        wanted |= {state_name(number, name): values for name, values in moment.state.items()}
    outputs, held = seen(raw, model, columns, wanted)
    found = [name for name, values in wanted.items() if not np.array_equal(held.get(name, 0 * values), values)]
    final = expected[-1].state
    return found + [f"output {name}" for name in final if not np.array_equal(outputs[name], final[name])]


def seen(
    raw: RawProtocol, model: Model | MixedTransformer, columns: Mapping[str, Any], names: Collection[str]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The outputs, and what stands in the residual stream under these names, on the machines; NaN where the start token
    does not hold 0, or two rows of one machine differ. If a name is missing, no machine can ever send to its slot."""
    if isinstance(model, MixedTransformer):
        outputs, held = model.run_held(columns)
        return outputs, {name: on_machines(values, raw.machines) for name, values in held.items()}
    found: dict[str, np.ndarray] = {}
    places = {name: place for name, place in places_of(raw, model.transformer).items() if name in names}

    def watch(step: int, stream: Tensor) -> None:
        for name, (when, column) in places.items():
            if when == step:
                values = stream[:, model.transformer.steps[step].residual.index(column)].double().numpy()
                found[name] = on_machines(values[1:], raw.machines) if values[0] == 0 else np.full(raw.machines, np.nan)

    outputs = evaluate_watched(model.transformer, model.pad(raw.check(columns)), watch)
    return {name: values[: raw.machines] for name, values in outputs.items()}, found


def on_machines(values: np.ndarray, machines: int) -> np.ndarray:
    """What rows hold, (copies * machines,), as (machines,); NaN where the rows of one machine differ."""
    copies = values.reshape(-1, machines).astype(np.float64)
    return np.where((copies == copies[0]).all(0), copies[0], np.nan)
