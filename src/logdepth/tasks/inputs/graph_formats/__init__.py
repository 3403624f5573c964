"""The formats of graph files: what a content is, and how it is read."""

from logdepth.tasks.inputs.graph_formats.prompts import raw_of
from logdepth.tasks.inputs.graph_formats.registry import FORMATS, parse_graph

__all__ = ["FORMATS", "parse_graph", "raw_of"]
