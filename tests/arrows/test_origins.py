"""Weights remember their statement: which line of a program became which head, and which ReLU layer."""

import pytest
import torch

from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.programs import Earlier, Last, Map, Rank, Select, Spread, Sum, Table, in_order, outputs_of
from logdepth.solutions import program_for
from logdepth.tasks import TASKS, make_task
from logdepth.verification.sizes import small_sizes

SIZES = dict(small_sizes())


def names(statement):
    return ", ".join(column.name for column in outputs_of(statement))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("task", TASKS)
def test_every_head_is_of_the_statement_that_its_label_tells(task, tied):
    program = program_for(make_task(task, SIZES[task]))
    statements = in_order(program.statements)
    told = {
        Select: lambda one: f"read {names(one)}",
        Last: lambda one: f"read {names(one)}",
        Sum: lambda one: f"add up {names(one)}",
        Rank: lambda one: f"rank by {one.key.name}",
        Earlier: lambda one: f"count earlier rows with my {one.key.name}",
        Spread: lambda one: "sparse propagation",
    }
    for block in program_to_transformer(program, tied=tied).blocks:
        if block.attention is not None:
            assert len(block.attention.statements) == block.attention.heads
            for label, number in zip(block.attention.labels, block.attention.statements, strict=True):
                statement = statements[number - 1]
                assert label.startswith(told[type(statement)](statement))
        if block.mlp is not None:
            assert list(block.mlp.statements) == sorted(set(block.mlp.statements))
            assert all(1 <= number <= len(statements) for number in block.mlp.statements)


def test_a_map_is_in_the_relu_layer_between_what_it_reads_and_who_reads_it():
    table = Table("three", rows=6)
    a = table.input("a", high=5)
    linear = table.map(lambda x: x + 1, a, high=6)  # 1: no weights of its own
    there = table.pull(table.index, linear)  # 2
    far = table.map(lambda x, y: torch.abs(x - y), there, a, high=6)  # 3: after the first attention
    table.output("sum", table.sum(far))  # 4
    model = program_to_transformer(table.program())
    heads = [block.attention.statements for block in model.blocks if block.attention is not None]
    layers = [(place, block.mlp.statements) for place, block in enumerate(model.blocks) if block.mlp is not None]
    assert heads == [(2,), (4,)]
    assert [place for place, numbers in layers if 3 in numbers] == [0]
    assert not any(1 in numbers for _, numbers in layers)


def test_statements_of_a_loop_are_counted_once_and_belong_to_its_blocks():
    table = Table("loop", rows=6)
    a = table.input("a", high=5)

    def round_of(x):
        there = table.pull(table.map(lambda v: torch.clamp(v, 0, 1), x, high=1), x)  # 2, 3
        return table.map(lambda v, w: torch.maximum(v, w), there, x, high=5)  # 4

    table.output("b", table.repeat(3, round_of, a, high=5, name="x"))  # 1
    program = table.program()
    assert [type(one) for one in in_order(program.statements)[1:]] == [Map, Select, Map]
    for tied in (True, False):
        model = program_to_transformer(program, tied=tied)
        held = [block.attention.statements for block in model.steps if block.attention is not None]
        assert held == [(3,)] * 3
        computed = {number for block in model.blocks if block.mlp is not None for number in block.mlp.statements}
        assert {2, 4} <= computed
