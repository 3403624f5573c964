"""Tasks: the problems, each with its instances, its exact answer, and its way into and out of tokens."""

from logdepth.tasks.drawing import Drawing, GraphDrawing, Tabular, number_rows, row_names, spell
from logdepth.tasks.forms import ColumnForm, Form, TableForm, TextForm
from logdepth.tasks.graphs.components import Components, smallest_of_each
from logdepth.tasks.graphs.connected_nodes import ConnectedNodes
from logdepth.tasks.graphs.connectivity import Connectivity
from logdepth.tasks.graphs.cycle_check import CycleCheck
from logdepth.tasks.graphs.diameter import Diameter
from logdepth.tasks.graphs.disconnected_nodes import DisconnectedNodes
from logdepth.tasks.graphs.edge_count import EdgeCount
from logdepth.tasks.graphs.edge_existence import EdgeExistence
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import GraphTask, on_every_row
from logdepth.tasks.graphs.graphqa import BUCKETS, GRAPHQA, draw_graphqa
from logdepth.tasks.graphs.max_flow import MaxFlow, sides
from logdepth.tasks.graphs.node_count import NodeCount
from logdepth.tasks.graphs.node_degree import NodeDegree
from logdepth.tasks.graphs.one_versus_two_cycles import OneVersusTwoCycles
from logdepth.tasks.graphs.pairs import pairs, pairs_count
from logdepth.tasks.graphs.reachability import Reachability
from logdepth.tasks.graphs.shortest_path import ShortestPath
from logdepth.tasks.graphs.spanning_forest import SpanningForest
from logdepth.tasks.graphs.triangle_count import TriangleCount, triples
from logdepth.tasks.graphs.ways import WaysTask, ways, ways_count
from logdepth.tasks.inputs.files import read_integer_lines, read_text
from logdepth.tasks.inputs.graph_files import MOST_BYTES
from logdepth.tasks.inputs.how_to_read import HowToRead
from logdepth.tasks.inputs.shipped import shipped_file, shipped_files
from logdepth.tasks.inputs.written_numbers import whole_number
from logdepth.tasks.parameters import Parameter, Parametrised, Size, parameter, settle
from logdepth.tasks.reading import read_fitting, read_instance
from logdepth.tasks.registry import TASKS, make_task, register_task, task_in_words
from logdepth.tasks.sequences.acausal_k_hop import AcausalKHop
from logdepth.tasks.sequences.alphabet import Alphabet, as_text
from logdepth.tasks.sequences.automaton import Automaton
from logdepth.tasks.sequences.broadcast import Broadcast
from logdepth.tasks.sequences.composition import Composition
from logdepth.tasks.sequences.induction_heads import InductionHeads
from logdepth.tasks.sequences.k_hop import FIND, KHop
from logdepth.tasks.sequences.kin import Kin
from logdepth.tasks.sequences.language import Membership
from logdepth.tasks.sequences.list_ranking import ListRanking
from logdepth.tasks.sequences.pointer_chasing import PointerChasing, pointer_chasing
from logdepth.tasks.sequences.prefix_sum import PrefixSum
from logdepth.tasks.sequences.recall import Recall
from logdepth.tasks.sequences.sort import Sort
from logdepth.tasks.sequences.sparse_averaging import Sparse, SparseAveraging
from logdepth.tasks.sequences.three_sum import ThreeSum
from logdepth.tasks.sequences.two_sum import TwoSum
from logdepth.tasks.task import Task

__all__ = [
    "BUCKETS",
    "FIND",
    "GRAPHQA",
    "MOST_BYTES",
    "TASKS",
    "AcausalKHop",
    "Alphabet",
    "Automaton",
    "Broadcast",
    "ColumnForm",
    "Components",
    "Composition",
    "ConnectedNodes",
    "Connectivity",
    "CycleCheck",
    "Diameter",
    "DisconnectedNodes",
    "Drawing",
    "EdgeCount",
    "EdgeExistence",
    "Form",
    "Graph",
    "GraphDrawing",
    "GraphTask",
    "HowToRead",
    "InductionHeads",
    "KHop",
    "Kin",
    "ListRanking",
    "MaxFlow",
    "Membership",
    "NodeCount",
    "NodeDegree",
    "OneVersusTwoCycles",
    "Parameter",
    "Parametrised",
    "PointerChasing",
    "PrefixSum",
    "Reachability",
    "Recall",
    "ShortestPath",
    "Size",
    "Sort",
    "SpanningForest",
    "Sparse",
    "SparseAveraging",
    "TableForm",
    "Tabular",
    "Task",
    "TextForm",
    "ThreeSum",
    "TriangleCount",
    "TwoSum",
    "WaysTask",
    "as_text",
    "draw_graphqa",
    "make_task",
    "number_rows",
    "on_every_row",
    "pairs",
    "pairs_count",
    "parameter",
    "pointer_chasing",
    "read_fitting",
    "read_instance",
    "read_integer_lines",
    "read_text",
    "register_task",
    "row_names",
    "settle",
    "shipped_file",
    "shipped_files",
    "sides",
    "smallest_of_each",
    "spell",
    "task_in_words",
    "triples",
    "ways",
    "ways_count",
    "whole_number",
]
