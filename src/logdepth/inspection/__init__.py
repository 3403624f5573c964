"""Heads against algorithms: which head of a trained or compiled transformer does which hop."""

from logdepth.inspection.alignment import FIRST, PREVIOUS
from logdepth.inspection.inspect import Head, Inspection, inspect
from logdepth.inspection.programs import COLUMNS, ProgramInspection, inspect_program, without
from logdepth.inspection.wiring import Access, Edge, Part, Wiring, wiring_of

__all__ = [
    "COLUMNS",
    "FIRST",
    "PREVIOUS",
    "Access",
    "Edge",
    "Head",
    "Inspection",
    "Part",
    "ProgramInspection",
    "Wiring",
    "inspect",
    "inspect_program",
    "wiring_of",
    "without",
]
