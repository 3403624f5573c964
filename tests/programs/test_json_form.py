"""A program is plain data too: what is written and read back says the same, and nothing else is taken."""

import json
from copy import deepcopy
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from logdepth import Table, UsageError, compile_program
from logdepth.arrows.program_to_mpc.unroll import unroll
from logdepth.artefacts.protocols import mpc_to_program
from logdepth.programs import in_order, interpret, program_from_json
from logdepth.solutions import program_for
from logdepth.solutions.graphs.cycle_protocol import cycle_protocol
from logdepth.tasks import make_task
from logdepth.verification.sizes import small_sizes
from logdepth.verification.strategies import drafts, tables

SIZES = dict(small_sizes())  # the last size of every task


def read_back(program):
    """The program after a stay in a text, as a file would hold it."""
    document = program.as_json()
    again = program_from_json(json.loads(json.dumps(document)))
    assert again.as_json() == document
    assert [s.place for s in in_order(again.statements)] == [s.place for s in in_order(program.statements)]
    return again


@pytest.mark.parametrize("name", SIZES)
def test_the_program_of_every_task_is_read_back(name):
    task = make_task(name, dict(SIZES[name]))
    program = program_for(task)
    again = read_back(program)
    model, other = compile_program(program), compile_program(again)
    assert model.measured == other.measured
    instance = task.sample(np.random.default_rng(0), task.families[0], task.largest)
    columns = task.encode(instance)
    meant = interpret(program, columns)
    for outputs in (interpret(again, columns), other.run(columns)):
        assert outputs.keys() == meant.keys()
        assert all(np.array_equal(outputs[key], meant[key]) for key in meant)
    assert len(unroll(again).lines) == len(unroll(program).lines)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_random_programs_are_read_back(data):
    draft = data.draw(drafts())
    note(draft.source)
    program = draft.program()
    again = read_back(program)
    table = data.draw(tables(program))
    meant, other = interpret(program, table), compile_program(again)
    for outputs in (interpret(again, table), other.run(table)):
        assert all(np.array_equal(outputs[key], meant[key]) for key in meant)
    assert compile_program(program).measured == other.measured


@pytest.mark.parametrize("router", ["exact", "oblivious", "coded"])
def test_the_program_of_a_protocol_is_read_back(router):
    raw = cycle_protocol(8)
    if router == "oblivious":
        with pytest.raises(UsageError, match="depends on 'one'"):
            mpc_to_program(raw, router)
        return
    program = mpc_to_program(raw, router)
    again, columns = read_back(program), raw.draw(np.random.default_rng(0))
    meant = interpret(program, columns)
    assert all(np.array_equal(values, meant[name]) for name, values in interpret(again, columns).items())


@cache
def example():
    """A program with a statement of every kind, as text."""
    table = Table("all kinds", rows=6)
    text, number = table.input("text", letters="abc"), table.input("number", 6)
    near = table.map(lambda x, i: torch.tensor([2, 0, 1, 3, 5, 4, 6])[x] * (i > 2), number, table.index, high=6)
    read = table.select(query=[text, near], key=[text, 0], values=[number, 3], where=near > 1, priority=near)
    latest = table.last([number, text], query=text, key=text, until=near, where=near > 1)
    total = table.sum(number, query=text, key=text, high=36, most=6)
    less = table.count(query=[number, text], key=[number, text], matching=["<", [[0, 1, 0, 1]] * 4])
    spread = table.spread([near, 1], [text], senders=6, names=["heard"])
    woven = table.weave([number, near], [np.arange(7) % 2, 1 - np.arange(7) % 2], 6, "woven")
    looped = table.repeat(2, lambda s: table.pull(s.clip(0, 1), number), number, high=6, name="loop")
    held = table.hold(looped, "held")
    for place, column in enumerate(
        [*read, *latest, total, less, *spread, woven, held, table.rank(number), table.earlier(text), table.length]
    ):
        table.output(f"out {place}", column)
    return json.dumps(table.program().as_json())


def test_a_statement_of_every_kind_is_there_and_has_the_place_where_it_is_written():
    program = read_back(program_from_json(json.loads(example())))
    kinds = {type(statement).__name__ for statement in in_order(program.statements)}
    assert kinds == {"Map", "Select", "Last", "Sum", "Rank", "Earlier", "Spread", "Weave", "Hold", "Repeat"}
    places = [statement.place for statement in in_order(program.statements)]
    assert {place.file for place in places if place} == {"test_json_form.py"}
    assert any(place.text.startswith("total = table.sum(number, query=text") for place in places if place)


def changed(keys, value):
    """The example with another value at a path; a function changes what is there."""
    document = json.loads(example())
    *outer, last = keys
    inside = document
    for key in outer:
        inside = inside[key]
    inside[last] = value(inside[last]) if callable(value) else value
    return document


def computing(*nodes):
    """The example with other operations in its first map; its inputs are values 0 and 1."""
    return changed(first("map", "function"), {"nodes": list(nodes), "results": [2]})


def statement_of(kind):
    return next(i for i, s in enumerate(json.loads(example())["statements"]) if s["kind"] == kind)


def first(kind, *keys):
    return ["statements", statement_of(kind), *keys]


def related(*keys):
    """The matching of the sum that has one."""
    return ["statements", statement_of("sum") + 1, "matching", *keys]


WRONG = {
    "no object": (None, "it is null; it must be an object"),
    "another version": (lambda: changed(["version"], 2), "version"),
    "unknown key": (lambda: changed(["extra"], 1), "extra is unknown"),
    "too many rows": (lambda: changed(["rows"], 2**40), "rows is 1099511627776; it must be"),
    "other rows": (lambda: changed(["rows"], 7), "7 rows, numbered from 1"),
    "a huge range": (lambda: changed(["columns", 1, "high"], 2**62 + 1), "high is 4611686018427387905"),
    "a negative range": (lambda: changed(["columns", 1, "high"], -1), "high is -1"),
    "other letters": (lambda: changed(["columns", 1, "letters"], "ab"), "its alphabet 'ab' has 2 letters"),
    "an input from 1": (lambda: changed(["columns", 1, "low"], 1), "inputs from 0"),
    "a column from 1": (lambda: changed(["columns", 4, "low"], 1), "said to be at least 1"),
    "no inputs": (lambda: changed(["inputs"], []), "reads column|needs inputs"),
    "an input twice": (lambda: changed(["inputs"], [1, 1]), "gives column 1, which is there already"),
    "an unknown output": (lambda: changed(["outputs", "out 0"], 999), "reads column 999, which is not there"),
    "an unknown kind": (lambda: changed(first("sum", "kind"), "exec"), "statements.*exec"),
    "an unknown operation": (
        lambda: computing(["system", [0], 0]),
        "a map has no operation 'system'",
    ),
    "an operand that comes later": (
        lambda: computing(["add", [0, 9]]),
        "that come before it",
    ),
    "operands of another number": (lambda: computing(["add", [0]]), "takes 2 values"),
    "a table that is not there": (
        lambda: computing(["table", [0], 5]),
        "reads table 5 of",
    ),
    "numbers beyond 64 bits": (
        lambda: computing(["constant", [], 2**62], ["lshift", [2, 0]]),
        "64 bits hold",
    ),
    "a shift by a negative number": (
        lambda: computing(["constant", [], -1], ["lshift", [0, 2]]),
        "shift by 0 or more",
    ),
    "a condition that is a number": (
        lambda: computing(["where", [0, 0, 0]]),
        "a condition is 0 or 1",
    ),
    "a result that is not there": (lambda: changed(first("map", "function", "results"), [77]), r"gives \[77\]"),
    "results of another number": (lambda: changed(first("map", "function", "results"), [0, 1]), "do not fit together"),
    "a column that is not there": (lambda: changed(first("sum", "value"), 500), "reads column 500, which is not there"),
    "a column of later": (
        lambda: changed(first("map", "inputs"), lambda inputs: [inputs[0], 9]),
        "reads column 9, which is not there",
    ),
    "a negative constant": (lambda: changed(first("sum", "value"), {"value": -1}), "value.value is -1"),
    "a query without a key": (lambda: changed(first("sum", "key"), []), "is a sum whose columns"),
    "a comparison that is none": (lambda: changed(related(), ["!=", "=="]), "matching"),
    "a table of other numbers": (lambda: changed(related(1), [[0, 1, 0, 2]] * 4), "matching"),
    "a table of another size": (
        lambda: changed(related(1), [[0, 1, 0]] * 4),
        "is a sum whose columns or ranges do not",
    ),
    "a table of uneven lines": (lambda: changed(related(1), [[0, 1, 0, 1], [1]]), "whose lines are not of one length"),
    "a relation too few": (lambda: changed(related(), ["<"]), "is a sum whose columns or ranges do not fit"),
    "a where that is a number": (lambda: changed(first("sum", "where"), 2), "a condition is 0 or 1"),
    "a weave of other tables": (lambda: changed(first("weave", "tables"), [[0], [1]]), "is a weave whose"),
    "a weave by 2": (lambda: changed(first("weave", "tables", 0, 0), 2), "tables"),
    "a loop without end": (
        lambda: changed(first("repeat", "times"), 2**50),
        "carries out more than 1048576 statements",
    ),
    "a loop of other widths": (lambda: changed(first("repeat", "result"), []), "as many state columns"),
    "what a loop computes, read after it": (
        lambda: changed(
            first("hold", "column"),
            json.loads(example())["statements"][statement_of("repeat")]["body"][0]["outputs"][0],
        ),
        "which is not there",
    ),
    "a rank in a causal program": (lambda: changed(["causal"], True), "do not fit together"),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_one_usage_error(name):
    make, match = WRONG[name]
    with pytest.raises(UsageError, match=f"^this is no program that can be read: .*({match})") as error:
        program_from_json(make() if callable(make) else make)
    assert "\n" not in str(error.value)


def places_in(document, path=()):
    """The paths of all values."""
    yield path
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        yield from places_in(value, (*path, key))


def test_damaged_programs_are_refused_or_are_programs():
    """A value anywhere is replaced by another; what is still read runs, or refuses its tables, and never fails."""
    rng, whole, refusals = np.random.default_rng(0), json.loads(example()), 0
    paths = [path for path in places_in(whole) if path]
    junk = [None, -1, 0, 1, 2, 3, 7, 2**31, 2**53, 2**70, 1.5, "", "add", True, [], {}, [0], [[0]], {"value": 2}]
    for _ in range(600):
        damaged = deepcopy(whole)
        *outer, last = paths[rng.integers(len(paths))]
        inside = damaged
        for key in outer:
            inside = inside[key]
        inside[last] = deepcopy(junk[rng.integers(len(junk))])
        try:
            program = program_from_json(damaged)
            interpret(program, {c.name: rng.integers(0, c.high + 1, min(4, program.rows)) for c in program.inputs})
            compile_program(program)
        except UsageError:
            refusals += 1
    assert 100 < refusals < 600
