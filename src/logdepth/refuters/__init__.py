"""Refuters: theorems that forbid, one file each; what they return is checked without them."""

from logdepth.refuters.averaging_head import AveragingHead
from logdepth.refuters.certificate import (
    as_json,
    of_json,
    read_certificate,
    register_bottleneck,
    sign,
    write_certificate,
)
from logdepth.refuters.checker import Rejected, check
from logdepth.refuters.conviction import convict
from logdepth.refuters.encodings import Encoding, edge_list, encoding_of, key_value, letters, sums
from logdepth.refuters.graph_network import GraphNetwork, graph_network
from logdepth.refuters.network import TokenNetwork
from logdepth.refuters.recall_family import prefix_family_of
from logdepth.refuters.refutation import Attempt, Bottleneck, Carried, Counterexample, NotRefuted, Refutation
from logdepth.refuters.refuter import Example, Refuter, Search
from logdepth.refuters.registry import REFUTERS, refute, register_refuter
from logdepth.refuters.suspect import Computing, NotTaken, Suspect

__all__ = [
    "REFUTERS",
    "Attempt",
    "AveragingHead",
    "Bottleneck",
    "Carried",
    "Computing",
    "Counterexample",
    "Encoding",
    "Example",
    "GraphNetwork",
    "NotRefuted",
    "NotTaken",
    "Refutation",
    "Refuter",
    "Rejected",
    "Search",
    "Suspect",
    "TokenNetwork",
    "as_json",
    "check",
    "convict",
    "edge_list",
    "encoding_of",
    "graph_network",
    "key_value",
    "letters",
    "of_json",
    "prefix_family_of",
    "read_certificate",
    "refute",
    "register_bottleneck",
    "register_refuter",
    "sign",
    "sums",
    "write_certificate",
]
