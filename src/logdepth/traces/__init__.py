"""What happened in a run, as data: of a program, a transformer, a protocol; and which part is which of another."""

from logdepth.traces.alignment import Aligned, Alignment, align
from logdepth.traces.inputs import Exact, GivenTable, Input, can_look_inside, choose_input, choose_table
from logdepth.traces.machines import MachinesTrace, RowsTrace, trace_on_machines
from logdepth.traces.model import (
    InstanceTrace,
    ModelTrace,
    ProtocolTrace,
    TableTrace,
    trace_model,
    trace_protocol_model,
)
from logdepth.traces.program import ProgramTrace, StatementTrace, trace_program
from logdepth.traces.rounds import MpcTrace, RoundTrace, trace_of_run, trace_protocol
from logdepth.traces.routing import Delivery, RoutingTrace
from logdepth.traces.simulation import SimulationTrace, SimulationWatch, trace_simulation
from logdepth.traces.standing import Residual
from logdepth.traces.transformer import Choices, TransformerTrace, trace_transformer

__all__ = [
    "Aligned",
    "Alignment",
    "Choices",
    "Delivery",
    "Exact",
    "GivenTable",
    "Input",
    "InstanceTrace",
    "MachinesTrace",
    "ModelTrace",
    "MpcTrace",
    "ProgramTrace",
    "ProtocolTrace",
    "Residual",
    "RoundTrace",
    "RoutingTrace",
    "RowsTrace",
    "SimulationTrace",
    "SimulationWatch",
    "StatementTrace",
    "TableTrace",
    "TransformerTrace",
    "align",
    "can_look_inside",
    "choose_input",
    "choose_table",
    "trace_model",
    "trace_of_run",
    "trace_on_machines",
    "trace_program",
    "trace_protocol",
    "trace_protocol_model",
    "trace_simulation",
    "trace_transformer",
]
