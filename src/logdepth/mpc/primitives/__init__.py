"""Building blocks of protocols, each a routine that keeps every budget whatever the keys: O(1/δ) rounds for s = n^δ.

They read and write the kinds of records that they are given by name, and leave all others alone.
"""

from logdepth.mpc.primitives.agree import agree, broadcast
from logdepth.mpc.primitives.chain import chain
from logdepth.mpc.primitives.collect import addresses, answer, pull, push
from logdepth.mpc.primitives.distinct import distinct
from logdepth.mpc.primitives.grid import Grid
from logdepth.mpc.primitives.homes import ask_home, send_home
from logdepth.mpc.primitives.order import begins_of, each_of, least_of_each, place_in_run
from logdepth.mpc.primitives.scan import Scan
from logdepth.mpc.primitives.segmented import prefix_sum, segmented
from logdepth.mpc.primitives.sort import sort
from logdepth.mpc.runs import sizes_of

__all__ = [
    "Grid",
    "Scan",
    "addresses",
    "agree",
    "answer",
    "ask_home",
    "begins_of",
    "broadcast",
    "chain",
    "distinct",
    "each_of",
    "least_of_each",
    "place_in_run",
    "prefix_sum",
    "pull",
    "push",
    "segmented",
    "send_home",
    "sizes_of",
    "sort",
]
