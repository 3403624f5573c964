"""All arrows by name, and the ways that they make from one model of computation to another."""

from __future__ import annotations

from typing import Any

from logdepth.arrows.arrow import Arrow
from logdepth.arrows.circuit_to_transformer.theorem import CIRCUIT_TO_TRANSFORMER
from logdepth.arrows.message_passing_to_congest.theorem import MESSAGE_PASSING_TO_CONGEST
from logdepth.arrows.models import name_of
from logdepth.arrows.mpc_to_transformer.theorem import MPC_TO_TRANSFORMER
from logdepth.arrows.network_to_blackboard.theorems import ARROWS_TO_BLACKBOARD
from logdepth.arrows.network_to_circuit.theorem import NETWORK_TO_CIRCUIT
from logdepth.arrows.program_to_mpc.theorem import PROGRAM_TO_MPC
from logdepth.arrows.program_to_transformer.theorem import PROGRAM_TO_TRANSFORMER
from logdepth.arrows.rasp_to_program.theorem import RASP_TO_PROGRAM
from logdepth.arrows.raw_protocol_to_mpc.theorem import RAW_PROTOCOL_TO_MPC
from logdepth.arrows.transformer_to_circuit.theorem import TRANSFORMER_TO_CIRCUIT
from logdepth.arrows.transformer_to_mpc.theorem import TRANSFORMER_TO_MPC
from logdepth.arrows.way import Way
from logdepth.numerics.errors import UsageError, did_you_mean

AnyArrow = Arrow[Any, Any]

ARROWS: dict[str, AnyArrow] = {
    arrow.name: arrow
    for arrow in (
        PROGRAM_TO_TRANSFORMER,
        PROGRAM_TO_MPC,
        RAW_PROTOCOL_TO_MPC,
        MPC_TO_TRANSFORMER,
        TRANSFORMER_TO_MPC,
        TRANSFORMER_TO_CIRCUIT,
        NETWORK_TO_CIRCUIT,
        CIRCUIT_TO_TRANSFORMER,
        *ARROWS_TO_BLACKBOARD,
        MESSAGE_PASSING_TO_CONGEST,
        RASP_TO_PROGRAM,
    )
}


def register_arrow(arrow: AnyArrow) -> None:
    """Add a theorem of your own: it is listed, the law of all arrows checks it, and `find_way` finds it.

    Errors: UsageError if another arrow has its name.
    """
    if ARROWS.setdefault(arrow.name, arrow) is not arrow:
        raise UsageError(f"there is an arrow {arrow.name!r} already. Give yours a name of its own.")


def targets() -> dict[str, type]:
    """The models that arrows lead to, by name."""
    return {name_of(arrow.target): arrow.target for arrow in ARROWS.values()}


def target_called(name: str) -> type:
    """Errors: UsageError for a model to which no arrow leads."""
    known = targets()
    if name not in known:
        raise UsageError(f"no arrow leads to {name!r}. {did_you_mean(name, known)}")
    return known[name]


def find_way(source: type, target: type) -> Way:
    """The fewest arrows that lead from one model to another; of several such ways, the one registered first.

    Errors: UsageError if none do.
    """
    ways: dict[type, tuple[AnyArrow, ...]] = {source: ()}
    waiting = [source]
    while waiting:
        at = waiting.pop(0)
        for arrow in ARROWS.values():
            if issubclass(at, arrow.source) and arrow.target not in ways:
                ways[arrow.target] = (*ways[at], arrow)
                waiting.append(arrow.target)
    if not ways.get(target):
        raise UsageError(f"no arrow leads from {name_of(source)} to {name_of(target)}.")
    return Way(ways[target])
