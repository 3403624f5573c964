"""RASP in: s-ops and selectors, from RASP text, Tracr's objects, C-RASP and RASP-L, as programs on a table."""

from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.text import read_rasp
from logdepth.rasp.tracr import from_tracr

__all__ = ["Rasp", "RaspProgram", "from_tracr", "read_rasp"]
