"""The models of computation that arrows lead between, under the names that users give them."""

from __future__ import annotations

from logdepth.circuits import Circuit
from logdepth.messages import BlackboardProtocol, CongestProtocol
from logdepth.mpc import Protocol
from logdepth.networks import Classifier
from logdepth.programs import Program, RawProtocol
from logdepth.rasp import Rasp
from logdepth.transformer import Transformer

MODELS: dict[str, type] = {
    "rasp": Rasp,
    "program": Program,
    "raw-protocol": RawProtocol,
    "transformer": Transformer,
    "mpc": Protocol,
    "circuit": Circuit,
    "network": Classifier,
    "blackboard": BlackboardProtocol,
    "congest": CongestProtocol,
}


def name_of(model: type) -> str:
    """The name of a model of computation; of one that is not in MODELS that of its class, in small letters."""
    return next((name for name, known in MODELS.items() if known is model), model.__name__.lower())
