"""Massively Parallel Computation: machines with s words of memory, rounds of messages, budgets that are enforced.

The model of Karloff, Suri and Vassilvitskii (2010): q machines; in every round each computes on what it holds and then
all send at once; a machine sends at most s words, receives at most s words, and holds at most s words. The cost is the
number of rounds.
"""

from logdepth.mpc.block import Received
from logdepth.mpc.engine import Progress, Run, begin, run_on
from logdepth.mpc.errors import BudgetExceeded, ProtocolError, WorkerLost
from logdepth.mpc.local import LocalMachines, Watch, run_locally
from logdepth.mpc.protocol import Loop, Part, Protocol, Routine, Step, local, together
from logdepth.mpc.ray import RayCluster, connect, run_on_ray
from logdepth.mpc.recorder import MOST_BINS, Recorder, first_machines
from logdepth.mpc.records import Mail, Memory, Packets, Records, words_per_record
from logdepth.mpc.runs import begins_of_each, runs_of
from logdepth.mpc.stable_order import gather, order_within

__all__ = [
    "MOST_BINS",
    "BudgetExceeded",
    "LocalMachines",
    "Loop",
    "Mail",
    "Memory",
    "Packets",
    "Part",
    "Progress",
    "Protocol",
    "ProtocolError",
    "RayCluster",
    "Received",
    "Recorder",
    "Records",
    "Routine",
    "Run",
    "Step",
    "Watch",
    "WorkerLost",
    "begin",
    "begins_of_each",
    "connect",
    "first_machines",
    "gather",
    "local",
    "order_within",
    "run_locally",
    "run_on",
    "run_on_ray",
    "runs_of",
    "together",
    "words_per_record",
]
