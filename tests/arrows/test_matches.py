"""Sums over rows whose key is less than my query, or matches it by a table: one meaning in three models."""

import numpy as np
import pytest

from logdepth import Table, compile_program, interpret
from logdepth.arrows.program_to_mpc.translate import translate
from logdepth.programs.relations import COMPARISONS

RELATIONS = [*list(COMPARISONS)[1:], "table"]


def program_of(relation, causal, highs, rows=7):
    table = Table("matches", rows, causal)
    key, query = table.input("key", highs[0]), table.input("query", highs[1])
    given = np.random.default_rng(2).integers(0, 2, (highs[0] + 1, highs[1] + 1)) if relation == "table" else relation
    of_rows = (lambda k, q: k % 3 <= q % 2) if relation == "table" else relation
    table.output("values", table.sum(key, query=query, key=key, matching=given))
    table.output("rows", table.sum(key, query=table.index, key=table.index, matching=of_rows))
    table.output("both", table.count(query=[query, table.index], key=[key, table.index], matching=[given, "<="]))
    table.output("class", table.count(query=[query, key % 2], key=[key, key % 2], matching=[given, "=="]))
    return table.program()


def meant(relation, causal, columns, given):
    """By the definition, in plain Python."""
    found = {"values": [], "rows": []}
    for i, query in enumerate(columns["query"]):
        seen = range(i + 1) if causal else range(len(columns["query"]))
        rows = (lambda k, q: k % 3 <= q % 2) if relation == "table" else COMPARISONS[relation]
        holds = (lambda k, q: given[k, q]) if relation == "table" else COMPARISONS[relation]
        found["values"].append(sum(int(columns["key"][j]) for j in seen if holds(columns["key"][j], query)))
        found["rows"].append(sum(int(columns["key"][j]) for j in seen if rows(j + 1, i + 1)))
    return found


@pytest.mark.parametrize("causal", [False, True], ids=["all rows", "causal"])
@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("highs", [(5, 5), (2, 20), (20, 2), (0, 3)], ids=str)
def test_interpreter_transformer_and_machines_agree(relation, causal, highs):
    program = program_of(relation, causal, highs)
    model, rng = compile_program(program), np.random.default_rng(0)
    given = np.random.default_rng(2).integers(0, 2, (highs[0] + 1, highs[1] + 1))
    for rows, machines in [(1, 1), (4, 3), (7, 2)]:
        columns = {"key": rng.integers(0, highs[0] + 1, rows), "query": rng.integers(0, highs[1] + 1, rows)}
        expected = interpret(program, columns)
        for name, values in meant(relation, causal, columns, given).items():
            assert expected[name].tolist() == values
        for outputs in (model.run(columns), translate(program, rows, None, machines).run(columns).outputs):
            assert all(np.array_equal(outputs[name], expected[name]) for name in expected)


def test_prefix_sums_stand_beside_reads_of_all_rows():
    table = Table("share", 255)
    value = table.input("value", 1)
    table.output("before", table.prefix_sum(value))
    table.output("all", table.sum(value))
    model = compile_program(table.program())
    assert (model.measured.layers, model.measured.heads) == (1, 3)
    values = np.random.default_rng(0).integers(0, 2, 255)
    assert model.run({"value": values})["before"].tolist() == np.cumsum(values).tolist()
