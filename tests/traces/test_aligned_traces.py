"""One column in three models: what the program's statement gave stands in the residual stream and on the machines."""

import json
from functools import cache

import numpy as np
import pytest

from logdepth import Table
from logdepth.arrows.program_to_transformer import program_to_transformer
from logdepth.programs import Earlier, Last, Rank, Select, Spread, Sum
from logdepth.solutions import program_for
from logdepth.tasks import TASKS, make_task
from logdepth.traces import align, trace_on_machines, trace_program, trace_transformer
from logdepth.verification.sizes import small_sizes

SIZES = dict(small_sizes())
TALKS = (Select, Last, Sum, Rank, Earlier, Spread)


def aligned(program, columns, tied=True):
    """On machines of one row each, so that rows talk in rounds."""
    transformer = trace_transformer(program_to_transformer(program, tied=tied), columns)
    rows = len(next(iter(columns.values())))
    return align(trace_program(program, columns), transformer, trace_on_machines(program, columns, machines=rows))


@cache
def of_task(name, tied=True):
    task = make_task(name, SIZES[name])
    instance = task.sample(np.random.default_rng(1), size=task.largest)
    return aligned(program_for(task), task.encode(instance), tied)


def stands(found):
    """(column, values by the program, values in the residual stream) for every place where one stands."""
    streams = found.transformer.streams
    for each in found.statements:
        for column, places in each.residuals.items():
            for at in places:
                values = found.program.steps[each.step].columns[column]
                yield column.name, values, np.rint(streams[at.moment][1:, at.column])
    for name, places in found.inputs.items():
        for at in places:
            yield name, found.program.inputs[name], np.rint(streams[at.moment][1:, at.column])


def held(found):
    """(column, values by the program, values on the machines) for every routine after which one is held."""
    for each, step in zip(found.statements, found.program.steps, strict=True):
        for (column, values), field in zip(step.columns.items(), each.fields, strict=True):
            if isinstance(field, int):
                yield column.name, values, np.full_like(values, field)
            for rows in found.machines.rows:
                if field in rows.fields:
                    yield column.name, values, rows.fields[field]


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("name", TASKS)
def test_program_transformer_and_machines_agree_on_every_column_wherever_it_stands(name, tied):
    found = of_task(name, tied)
    for pairs in (list(stands(found)), list(held(found))):
        assert pairs
        for column, expected, values in pairs:
            assert np.array_equal(values, expected), column
    for outputs in (found.transformer.outputs, found.machines.outputs):
        assert outputs.keys() == found.program.outputs.keys()
        assert all(np.array_equal(outputs[key], values) for key, values in found.program.outputs.items())


@pytest.mark.parametrize("name", TASKS)
def test_every_statement_by_which_rows_talk_has_its_heads_and_its_rounds(name):
    found = of_task(name)
    for each, step in zip(found.statements, found.program.steps, strict=True):
        if isinstance(step.statement, TALKS):
            assert each.heads
            if any(isinstance(field, str) for field in each.fields):
                assert each.rounds
        for at, head in each.heads:
            assert found.transformer.transformer.steps[at].attention.statements[head] == step.number
    every = sorted({number for each in found.statements for number in each.rounds})
    written = [rows.rounds for rows in found.machines.rows]
    assert every == list(range(1, max(written) + 1)) == list(range(1, len(found.machines.mpc.rounds) + 1))


@pytest.mark.parametrize("tied", [True, False])
def test_the_turns_of_a_loop_are_told_apart_in_all_models(tied):
    """Doubling along a path: before turn t a row knows who is 2^t before it, so that no two turns hold the same."""
    table = Table("doubling", rows=16, causal=True)
    before = table.input("before", high=15)
    table.output("far", table.repeat(3, lambda there: table.pull(there, there), before, high=15, name="there"))
    rows = np.arange(1, 17)
    found = aligned(table.program(), {"before": rows - 1}, tied)
    steps = list(zip(found.statements, found.program.steps, strict=True))
    for turn, (each, step) in enumerate((each, step) for each, step in steps if step.number == 1):
        ((column, values),) = step.columns.items()
        assert np.array_equal(values, np.maximum(0, rows - 2**turn))
        assert tied == (column in each.residuals)
    pulls = [each for each, step in steps if step.number == 2]
    assert [len(each.heads) for each in pulls] == [1, 1, 1]
    assert len({at for each in pulls for at, _ in each.heads}) == 3
    assert pulls[0].rounds < pulls[1].rounds < pulls[2].rounds
    for pairs in (stands(found), held(found)):
        assert all(np.array_equal(values, expected) for _, expected, values in pairs)


def test_a_trace_is_json():
    found = of_task("k-hop")
    told = json.loads(json.dumps(found.as_json()))
    assert told.keys() == {"program", "transformer", "machines", "inputs", "statements"}
    for each in told["statements"]:
        step = told["program"]["steps"][each["step"]]
        for name, places in each["residuals"].items():
            (values,) = [column["values"] for column in step["columns"] if column["name"] == name]
            for moment, column in places:
                assert [round(row[column]) for row in told["transformer"]["streams"][moment][1:]] == values
