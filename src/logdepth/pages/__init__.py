"""Report: one self-contained HTML page that shows what a model promises, how it is built, and a run on a real input."""

from logdepth.pages.frame import in_a_frame
from logdepth.pages.page import write_report

__all__ = ["in_a_frame", "write_report"]
