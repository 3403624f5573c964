"""A protocol that is ready, on one of the engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from logdepth.mpc import RayCluster, run_locally
from logdepth.numerics.errors import UsageError, Wording, did_you_mean
from logdepth.protocols import Prepared
from logdepth.runs.outcome import Outcome

if TYPE_CHECKING:
    from logdepth.mpc import Progress, Watch

ENGINES = ("local", "ray")


def run_prepared(
    prepared: Prepared,
    engine: str = "local",
    *,
    blocks: int | None = None,
    workers: int | None = None,
    resume: str | Path | None = None,
    watch: Watch | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run all rounds.

    engine: "local", in this process, in so many `blocks` (1), with `watch` called in every round; or "ray", on so many
    `workers` (2). resume: a folder for checkpoints, from which the run goes on if there is one of it. progress: called
    after every round.
    Errors: UsageError for an unknown engine, and for what the other engine takes; those of `run_locally` and
    `RayCluster`.
    """
    check_engine(engine, blocks, workers, watch is not None)
    protocol, records = prepared.protocol, prepared.records
    if engine == "ray":
        with RayCluster(2 if workers is None else workers) as cluster:
            run = cluster.run(protocol, records, progress, resume=resume)
    else:
        run = run_locally(protocol, records, watch, 1 if blocks is None else blocks, progress, resume=resume)
    return Outcome(prepared.answer(run.memory), protocol, run, prepared.claimed)


def check_engine(engine: str, blocks: int | None, workers: int | None, traced: bool) -> None:
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}. {did_you_mean(engine, ENGINES)}")
    if engine == "local" and workers is not None:
        rule = "{workers} is for {engine}. The local engine is one process; leave it out."
        raise UsageError(Wording(rule, engine="ray"))
    if engine == "ray" and blocks is not None:
        rule = "{blocks} is for {engine}. Ray has a block for each of its {workers}."
        raise UsageError(Wording(rule, engine="local"))
    if engine == "ray" and traced:
        rule = "{watch} is for {engine}: with Ray no packet passes through this process. Leave it out."
        raise UsageError(Wording(rule, engine="local"))
