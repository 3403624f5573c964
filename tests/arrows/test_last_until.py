"""The last match not after a row that each row names: one meaning in three models, and as many heads as digits."""

from itertools import product

import numpy as np
import pytest

from logdepth import Table, compile_program, interpret
from logdepth.arrows.program_to_mpc.translate import translate
from logdepth.gadgets.last import BASE, digits_until
from logdepth.programs import rounds_of

MODELS = {"all rows": False, "causal": True}


def program_of(rows, highest, causal, until=None):
    table = Table("until", rows, causal)
    key, query, named = table.input("key", 2), table.input("query", 2), table.input("named", highest)
    where, until = table.input("where", 1), named if until is None else until
    values = [key, table.index, 3]
    for name, row in zip(("key", "row", "3"), table.last(values, query=query, key=key, until=until), strict=True):
        table.output(name, row)
    table.output("any", table.last(table.index, until=until))
    table.output("some", table.last(table.index, until=until, where=where))
    return table.program()


def meant(columns, causal, until=None):
    """By the definition, in plain Python."""
    rows = len(columns["key"])
    found = {"row": [], "any": [], "some": []}
    for i in range(rows):
        latest = int(columns["named"][i]) if until is None else until
        seen = [j for j in range(rows) if j + 1 <= latest and (not causal or j <= i)]
        for name, matches in (
            ("row", lambda j, i=i: columns["key"][j] == columns["query"][i]),
            ("any", lambda j: True),
            ("some", lambda j: columns["where"][j] == 1),
        ):
            found[name].append(max((j + 1 for j in seen if matches(j)), default=0))
    found["key"] = [int(columns["key"][j - 1]) if j else 0 for j in found["row"]]
    return found | {"3": [3 if j else 0 for j in found["row"]]}


def draw(rng, rows, highest):
    highs = {"key": 2, "query": 2, "named": highest, "where": 1}
    return {name: rng.integers(0, high + 1, rows) for name, high in highs.items()}


@pytest.mark.parametrize("causal", MODELS.values(), ids=MODELS.keys())
@pytest.mark.parametrize("until", [None, 0, 2], ids=["a column", "0", "2"])
@pytest.mark.parametrize(("rows", "highest"), [(1, 1), (4, 9), (9, 3), (17, 17), (3, 0)])
def test_interpreter_transformer_and_machines_agree(rows, highest, until, causal):
    """`until` may name a row after the last one, or none."""
    program, rng = program_of(rows, highest, causal, until), np.random.default_rng(rows)
    model = compile_program(program)
    assert model.measured.layers <= rounds_of(program) == 1
    for size, machines in sorted({(1, 1), (rows, 1), (rows, min(3, rows))}):
        columns = draw(rng, size, highest)
        expected = {name: values.tolist() for name, values in interpret(program, columns).items()}
        assert expected == meant(columns, causal, until)
        for given in (model.run(columns), translate(program, size, None, machines).run(columns).outputs):
            assert {name: values.tolist() for name, values in given.items()} == expected


def test_every_row_and_every_set_of_matches():
    """Of 5 rows all sets that match, and all rows that can be named."""
    table = Table("all", 5)
    where, named = table.input("where", 1), table.input("named", 5)
    table.output("row", table.last(table.index, until=named, where=where))
    model = compile_program(table.program())
    for matches, latest in product(product((0, 1), repeat=5), range(6)):
        rows = [j for j in range(1, latest + 1) if matches[j - 1]]
        columns = {"where": np.array(matches), "named": np.full(5, latest)}
        assert model.run(columns)["row"].tolist() == [max(rows, default=0)] * 5


@pytest.mark.parametrize(("rows", "heads"), [(2, 1), (3, 1), (4, 2), (15, 2), (16, 3), (63, 3), (64, 4), (255, 4)])
def test_a_head_for_every_digit_of_a_row_number(rows, heads):
    table = Table("heads", rows, causal=True)
    key, named = table.input("key", 3), table.input("named", rows)
    table.output("row", table.last(table.index, query=key, key=key, until=named))
    model = compile_program(table.program())
    assert (model.measured.layers, model.measured.heads) == (1, heads) == (1, digits_until(rows))
    assert BASE**heads > rows >= BASE ** (heads - 1)


def test_numbers_too_large_to_be_blocked_at_once_are_read_too():
    """The product of two numbers leaves the integers of float32: then heads say only whether they have found a row."""
    table = Table("large", 20)
    value, named = table.input("value", 100_000), table.input("named", 20)
    table.output("value", table.last(value, until=named, where=value > 50_000))
    model = compile_program(table.program(), "float32")
    rng = np.random.default_rng(0)
    for _ in range(20):
        columns = {"value": rng.integers(0, 100_001, 20), "named": rng.integers(0, 21, 20)}
        assert model.run(columns)["value"].tolist() == interpret(table.program(), columns)["value"].tolist()
