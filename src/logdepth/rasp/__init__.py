"""RASP in: s-ops and selectors, from RASP text, Tracr's objects, C-RASP and RASP-L, as programs on a table."""

from logdepth.rasp.crasp import read_crasp
from logdepth.rasp.program import Rasp, RaspProgram
from logdepth.rasp.rasp_l import read_rasp_l
from logdepth.rasp.text import read_rasp
from logdepth.rasp.tracr import from_tracr
from logdepth.rasp.tree import depth_of

__all__ = ["Rasp", "RaspProgram", "depth_of", "from_tracr", "read_crasp", "read_rasp", "read_rasp_l"]
