"""Report: one self-contained HTML page that shows what a model promises, how it is built, and a run on a real input."""

from logdepth.pages.bundle import join_modules
from logdepth.pages.drawing import FOLLOWING, MOST_EDGES, MOST_VERTICES
from logdepth.pages.explorer import VIEWS, explorer_page, trained_explorer_page
from logdepth.pages.frame import in_a_frame
from logdepth.pages.page import make_page, make_protocol_page, write_report
from logdepth.pages.rounds import write_rounds
from logdepth.pages.simulated import write_simulation
from logdepth.pages.steps import layer_numbers, loops

__all__ = [
    "FOLLOWING",
    "MOST_EDGES",
    "MOST_VERTICES",
    "VIEWS",
    "explorer_page",
    "in_a_frame",
    "join_modules",
    "layer_numbers",
    "loops",
    "make_page",
    "make_protocol_page",
    "trained_explorer_page",
    "write_report",
    "write_rounds",
    "write_simulation",
]
