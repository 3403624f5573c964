"""What happened in a run, as data: of a program, a transformer, a protocol; and which part is which of another."""

from logdepth.traces.inputs import Exact, GivenTable, Input, can_look_inside
from logdepth.traces.model import (
    InstanceTrace,
    ModelTrace,
    ProtocolTrace,
    TableTrace,
    trace_model,
    trace_protocol_model,
)
from logdepth.traces.rounds import MpcTrace, RoundTrace, trace_of_run, trace_protocol
from logdepth.traces.routing import Delivery, RoutingTrace
from logdepth.traces.simulation import SimulationTrace, SimulationWatch, trace_simulation
from logdepth.traces.transformer import Choices, TransformerTrace, trace_transformer

__all__ = [
    "Choices",
    "Delivery",
    "Exact",
    "GivenTable",
    "Input",
    "InstanceTrace",
    "ModelTrace",
    "MpcTrace",
    "ProtocolTrace",
    "RoundTrace",
    "RoutingTrace",
    "SimulationTrace",
    "SimulationWatch",
    "TableTrace",
    "TransformerTrace",
    "can_look_inside",
    "trace_model",
    "trace_of_run",
    "trace_protocol",
    "trace_protocol_model",
    "trace_simulation",
    "trace_transformer",
]
