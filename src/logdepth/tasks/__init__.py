"""Tasks: the problems, each with its instances, its exact answer, and its way into and out of tokens."""

from logdepth.tasks.acausal_k_hop import AcausalKHop
from logdepth.tasks.alphabet import Alphabet, as_text
from logdepth.tasks.automaton import Automaton
from logdepth.tasks.broadcast import Broadcast
from logdepth.tasks.components import Components, smallest_of_each
from logdepth.tasks.composition import Composition
from logdepth.tasks.connected_nodes import ConnectedNodes
from logdepth.tasks.connectivity import Connectivity
from logdepth.tasks.cycle_check import CycleCheck
from logdepth.tasks.diameter import Diameter
from logdepth.tasks.disconnected_nodes import DisconnectedNodes
from logdepth.tasks.drawing import Drawing, GraphDrawing, Tabular, number_rows, row_names, spell
from logdepth.tasks.edge_count import EdgeCount
from logdepth.tasks.edge_existence import EdgeExistence
from logdepth.tasks.files import read_integer_lines, read_text
from logdepth.tasks.forms import ColumnForm, Form, TableForm, TextForm
from logdepth.tasks.graph import Graph
from logdepth.tasks.graph_files import MOST_BYTES
from logdepth.tasks.graph_task import GraphTask, on_every_row
from logdepth.tasks.graphqa import BUCKETS, GRAPHQA, draw_graphqa
from logdepth.tasks.how_to_read import HowToRead
from logdepth.tasks.induction_heads import InductionHeads
from logdepth.tasks.k_hop import FIND, KHop
from logdepth.tasks.kin import Kin
from logdepth.tasks.language import Membership
from logdepth.tasks.list_ranking import ListRanking
from logdepth.tasks.max_flow import MaxFlow, sides
from logdepth.tasks.node_count import NodeCount
from logdepth.tasks.node_degree import NodeDegree
from logdepth.tasks.one_versus_two_cycles import OneVersusTwoCycles
from logdepth.tasks.parameters import Parameter, Parametrised, Size, parameter, settle
from logdepth.tasks.pointer_chasing import PointerChasing, pointer_chasing
from logdepth.tasks.prefix_sum import PrefixSum
from logdepth.tasks.reachability import Reachability
from logdepth.tasks.reading import read_fitting, read_instance
from logdepth.tasks.recall import Recall
from logdepth.tasks.registry import TASKS, make_task, register_task, task_in_words
from logdepth.tasks.shipped import shipped_file, shipped_files
from logdepth.tasks.shortest_path import ShortestPath
from logdepth.tasks.sort import Sort
from logdepth.tasks.spanning_forest import SpanningForest
from logdepth.tasks.sparse_averaging import Sparse, SparseAveraging
from logdepth.tasks.task import Task
from logdepth.tasks.three_sum import ThreeSum
from logdepth.tasks.triangle_count import TriangleCount, triples
from logdepth.tasks.two_sum import TwoSum
from logdepth.tasks.ways import WaysTask, ways, ways_count
from logdepth.tasks.written_numbers import whole_number

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
