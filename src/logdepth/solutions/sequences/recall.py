"""Associative recall in two layers of one head: one induction hop from the key that is asked."""

from __future__ import annotations

from logdepth.programs import Program, Table
from logdepth.solutions.sequences.k_hop import hop_sizes, hops
from logdepth.solutions.solution import Solution
from logdepth.tasks import Recall


def recall(task: Recall) -> Program:
    """Output `answer`: the number after the latest earlier occurrence of mine, 0 if there is none."""
    table = Table("recall", task.rows, causal=True)
    table.output("answer", hops(table, table.input("token", task.highest), 1))
    return table.program()


RECALL = Solution(
    task=Recall,
    build=recall,
    sizes=lambda task, tied: hop_sizes(1),
    words=(
        "The value of a key stands after it. Layer 1 tells every token which one stands before it; layer 2 looks for"
        " the latest token whose token before is mine, and reads it.",
    ),
)
