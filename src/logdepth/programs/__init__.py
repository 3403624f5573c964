"""Programs: what a parallel algorithm says, independent of the model of computation that runs it.

A program acts on a table of N rows of non-negative integer columns. Rows are numbered 1..N and row 0 is "no row":
a row that reads row 0 reads zeros. Rows compute on their own columns (`map`, and the operators of `expressions`, which
become maps) and talk to each other by two primitives, `select` (read the row whose key matches) and `sum` (add over the
rows whose key matches); all other statements of a `Table` are special cases.
"""

from logdepth.programs.codings import Coding, decode_values, encode_values
from logdepth.programs.column_files import read_entries
from logdepth.programs.cut import cut_loops
from logdepth.programs.exchange import add, exchange
from logdepth.programs.expressions import Expression, Quotient, read_fractions, write_row_function
from logdepth.programs.interpret import TableState, Values, in_range, run_map, run_statements
from logdepth.programs.json_reading import program_from_json
from logdepth.programs.letters import decode_texts, encode_texts
from logdepth.programs.program import Program, carry_out, check_inputs, check_promises, interpret, program_of
from logdepth.programs.program_task import (
    Columns,
    NoAnswer,
    Oracle,
    ProgramTask,
    Sampler,
    every_table,
    foretold,
    highest_of,
    random_table,
)
from logdepth.programs.raw_protocol import LocalStep, Packet, RawProtocol, Slot, State, in_words, within
from logdepth.programs.relations import Relation
from logdepth.programs.rounds import rounds_of
from logdepth.programs.row_function import Node, Undefined, evaluate
from logdepth.programs.statements import (
    Column,
    Constant,
    Earlier,
    Hold,
    Last,
    Map,
    Operand,
    Rank,
    Repeat,
    Select,
    Spread,
    Statement,
    Sum,
    Weave,
    describe_map,
    in_order,
    inputs_of,
    outputs_of,
)
from logdepth.programs.table import Table
from logdepth.programs.transcription import make_map

__all__ = [
    "Coding",
    "Column",
    "Columns",
    "Constant",
    "Earlier",
    "Expression",
    "Hold",
    "Last",
    "LocalStep",
    "Map",
    "NoAnswer",
    "Node",
    "Operand",
    "Oracle",
    "Packet",
    "Program",
    "ProgramTask",
    "Quotient",
    "Rank",
    "RawProtocol",
    "Relation",
    "Repeat",
    "Sampler",
    "Select",
    "Slot",
    "Spread",
    "State",
    "Statement",
    "Sum",
    "Table",
    "TableState",
    "Undefined",
    "Values",
    "Weave",
    "add",
    "carry_out",
    "check_inputs",
    "check_promises",
    "cut_loops",
    "decode_texts",
    "decode_values",
    "describe_map",
    "encode_texts",
    "encode_values",
    "evaluate",
    "every_table",
    "exchange",
    "foretold",
    "highest_of",
    "in_order",
    "in_range",
    "in_words",
    "inputs_of",
    "interpret",
    "make_map",
    "outputs_of",
    "program_from_json",
    "program_of",
    "random_table",
    "read_entries",
    "read_fractions",
    "rounds_of",
    "run_map",
    "run_statements",
    "within",
    "write_row_function",
]
