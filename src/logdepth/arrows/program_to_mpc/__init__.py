"""A program becomes an MPC protocol: rows are dealt out to machines in order, and keep the columns that are still read.

A map is local. Where rows talk, every row asks with its query and offers with its key. If keys have known homes, as the
numbers of rows have, offers go there and are combined, and questions are answered from there. Else questions and offers
are sorted by key together, runs of equal keys are reduced, and the answers go home. Where every row reads the same, or
all before it, a scan of the rows in their own order does. Of these ways each statement takes the one of fewest rounds
that the memory allows, and statements that do not wait for each other share rounds.

    unroll → prune → schedule → deal → protocol_of
"""

from logdepth.arrows.program_to_mpc.rows import ROWS, output_columns, row_records
from logdepth.arrows.program_to_mpc.translate import claim_for, least_memory_for, program_to_mpc, translate

__all__ = ["ROWS", "claim_for", "least_memory_for", "output_columns", "program_to_mpc", "row_records", "translate"]
