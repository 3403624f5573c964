"""Heads against algorithms: which head of a trained or compiled transformer does which hop."""

from logdepth.inspection.alignment import FIRST, PREVIOUS
from logdepth.inspection.inspect import Head, Inspection, inspect
from logdepth.inspection.programs import COLUMNS, ProgramInspection, inspect_program

__all__ = ["COLUMNS", "FIRST", "PREVIOUS", "Head", "Inspection", "ProgramInspection", "inspect", "inspect_program"]
