"""Programs: what a parallel algorithm says, independent of the model of computation that runs it.

A program acts on a table of N rows of non-negative integer columns. Rows are numbered 1..N and row 0 is "no row":
a row that reads row 0 reads zeros. Rows compute on their own columns (`map`, and the operators of `expressions`, which
become maps) and talk to each other by two primitives, `select` (read the row whose key matches) and `sum` (add over the
rows whose key matches); all other statements of a `Table` are special cases.
"""

from logdepth.programs.json_reading import program_from_json
from logdepth.programs.letters import decode_texts, encode_texts
from logdepth.programs.program import Program, interpret
from logdepth.programs.raw_protocol import RawProtocol
from logdepth.programs.statements import Column
from logdepth.programs.table import Table

__all__ = [
    "Column",
    "Program",
    "RawProtocol",
    "Table",
    "decode_texts",
    "encode_texts",
    "interpret",
    "program_from_json",
]
