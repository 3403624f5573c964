"""Edge lists: one edge `u v` or `u v weight` per line, or a table with a header."""

from logdepth.tasks.inputs.edge_lists.delimiters import find_mark
from logdepth.tasks.inputs.edge_lists.edge_list import read_edge_list
from logdepth.tasks.inputs.edge_lists.plain import read_plain_list
from logdepth.tasks.inputs.edge_lists.row import weight_in_dictionary
from logdepth.tasks.inputs.edge_lists.words import read_edges_in_words

__all__ = ["find_mark", "read_edge_list", "read_edges_in_words", "read_plain_list", "weight_in_dictionary"]
