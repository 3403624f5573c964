"""Composition of k relations in 3 + ⌈log2 k⌉ layers of one head, on a blank row for every name and step.

Row (x, j) stands for the name x before step j. Layer 1 tells it the relation of this step, layer 2 the object y of the
fact (x, this relation), and so the next row, (y, j + 1); after the last step there is none. Then every layer reads from
the row that is pointed to what it knows, and doubles the steps that a row knows of. A row that knows k - j + 1 steps
points nowhere. A missing fact is the name 0, which is no name: then all that lead there know 0.

Source: pointer doubling (Wyllie 1979), on the graph of names and steps.

By the way `stepwise` the program is causal, without blank rows, and has k + 1 layers of two heads. Layer 1 tells the
last row the relation of step 1. Each further layer finds the fact of the name and the relation at hand, and beside this
the relation of the next step. One step needs no layer 1: its row is the last one. After a missing fact the name is 0.

Source: cf. arXiv 2412.02975: L + 1 layers of a decoder compose L functions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from logdepth.programs import Column, Program, Table
from logdepth.solutions.powers import doublings
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution
from logdepth.tasks import Kin

DOUBLING_STEPS = "pointer doubling on names and steps, proved in logdepth.solutions.sequences.kin"


def kin(n: int, k: int, relations: int, facts: int) -> Program:
    """Output `answer`: on the rows of the question, the name that its relations lead to; 0 if a fact is missing."""
    blank = n * k
    table = Table("kin", blank + facts + k)
    subject, relation = table.input("subject", n), table.input("relation", relations)
    found, step = table.input("object", n), table.input("step", k)
    rows = torch.arange(table.rows + 1)
    on_blank = (rows > 0) & (rows <= blank)
    names, steps = (torch.where(on_blank, each, 0) for each in ((rows - 1) // k + 1, (rows - 1) % k + 1))
    mine = table.map(lambda row: torch.take(names, row), table.index, high=n, name="name")
    at = table.map(lambda row: torch.take(steps, row), table.index, high=k, name="at step")
    asks = table.map(lambda s: s > 0, step, high=1, name="is of the question")
    is_fact = table.map(lambda y: y > 0, found, high=1, name="is a fact")

    wanted = table.select(query=at, key=step, where=asks, values=relation, distinct=True, name="relation asked")
    known = table.select(
        query=[mine, wanted], key=[subject, relation], where=is_fact, values=found, distinct=True, name="leads to"
    )

    def next_row(y: Tensor, j: Tensor) -> Tensor:
        return torch.relu(k * y - k + j + 1 - (blank + k) * ((y == 0) | (j == k)))

    def double(value: Column, pointer: Column) -> tuple[Column, Column]:
        further, beyond = table.pull(pointer, [value, pointer], name=["leads to", "next row"])

        def keep(mine: Tensor, theirs: Tensor, pointer: Tensor) -> Tensor:
            return theirs + torch.relu(mine - n * (pointer > 0))

        return table.map(keep, value, further, pointer, high=n, name="leads to"), beyond

    pointer = table.map(next_row, known, at, high=blank, name="next row")
    value, _ = table.repeat(doublings(k), double, [known, pointer], [n, blank], ["leads to", "next row"])
    begin = table.map(
        lambda x, s: torch.relu(k * x - k + 1 - blank * (s == 0)), subject, step, high=blank, name="row of the start"
    )
    table.output("answer", table.pull(begin, value, name="answer"))
    return table.program()


def kin_stepwise(k: int, n: int, relations: int, facts: int) -> Program:
    """The same, a step a layer, and causal; only the last row knows all relations of the question."""
    table = Table("kin", facts + k, causal=True)
    subject, relation = table.input("subject", n), table.input("relation", relations)
    found, step = table.input("object", n), table.input("step", k)
    asks = table.map(lambda s: s > 0, step, high=1, name="is of the question")
    is_fact = table.map(lambda y: y > 0, found, high=1, name="is a fact")

    def leads_to(name: Column, by: Column) -> Column:
        return table.select(
            query=[name, by], key=[subject, relation], where=is_fact, values=found, distinct=True, name="name"
        )

    def after(at: Column) -> tuple[Column, ...]:
        following = table.map(lambda s: s + 1, at, high=k + 1, name="next step")
        return table.select(
            query=following, key=step, where=asks, values=[relation, step], distinct=True, name=["relation", "at step"]
        )

    def one_step(name: Column, by: Column, at: Column) -> tuple[Column, ...]:
        return leads_to(name, by), *after(at)

    if k == 1:
        table.output("answer", leads_to(subject, relation))
        return table.program()
    nothing = table.map(lambda s: 0 * s, step, high=k, name="at step")
    start = (subject, *after(nothing))
    answer, *_ = table.repeat(k, one_step, start, high=[n, relations, k], name=["name", "relation", "at step"])
    table.output("answer", answer)
    return table.program()


KIN = Solution(
    task=Kin,
    build=lambda task: kin(task.n, task.k, task.relations, task.facts),
    sizes=lambda task, tied: Sizes(layers=3 + doublings(task.k), heads=1, source=DOUBLING_STEPS),
    words=(
        "Blank tokens stand for names at steps: (<i>x</i>, <i>j</i>) is the name <i>x</i> before step <i>j</i> of the"
        " question. In layer 1 it reads the relation of this step, in layer 2 the fact that says where this relation"
        " leads from <i>x</i>: to a name <i>y</i>, so to the token (<i>y</i>, <i>j</i> + 1). Then every layer reads"
        " what that token knows, which doubles the steps. After ⌈log₂ <i>k</i>⌉ of them all <i>k</i> relations are"
        " followed, and a last layer tells the question.",
    ),
)

STEPWISE = Solution(
    task=Kin,
    build=lambda task: kin_stepwise(task.k, task.n, task.relations, task.facts),
    sizes=lambda task, tied: Sizes(
        layers=task.k + (task.k > 1),
        heads=2 if task.k > 1 else 1,
        source="a step a layer, in logdepth.solutions.sequences.kin",
    ),
    words=(
        "The last token reads the relation of the first step. Then every layer finds the fact that says where this"
        " relation leads from the name at hand, and the relation of the next step beside it.",
    ),
)
