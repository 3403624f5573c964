"""One set of weights for all lengths: right at every n up to the longest, and no larger than for a short input."""

import json
from dataclasses import replace

import numpy as np
import pytest

from logdepth import Table, compile_all_lengths, compile_program, compile_task, interpret, make_task, read_model
from logdepth.arrows.program_to_transformer.row_numbers import find_series
from logdepth.artefacts import DESCRIPTION, write_model
from logdepth.numerics.errors import CapacityExceeded, UsageError
from logdepth.transformer import Formula

WAYS = ["formulas", "counted"]
TASKS = [
    ("induction-heads", {}),
    ("k-hop", {"k": 5}),
    ("k-hop", {"k": 5, "way": "shallow"}),
    ("acausal-k-hop", {"k": 3}),
    ("automaton", {}),
    ("language", {"of": "dyck-1"}),
    ("prefix-sum", {}),
    ("broadcast", {}),
]
LONGEST = [("k-hop", {"k": 2}, 2364), ("induction-heads", {}, 2365), ("recall", {}, 480)]
ROWS = np.arange(1, 301)


@pytest.mark.parametrize(
    ("values", "formulas"),
    [
        (ROWS, 1),
        (ROWS**2, 2),
        ((ROWS - 7) ** 2, 3),
        (np.maximum(ROWS - 5, 0), 1),
        (np.minimum(ROWS, 77), 2),
        (ROWS == 9, 3),
        (ROWS % 2, 1),
        (ROWS // 3, 1),
        ((ROWS - 1) // 16 % 4, 1),
        (ROWS // 4 % 4 == 1, 3),
        (np.full(300, 6), 1),
        (np.where(ROWS <= 50, ROWS**2, 1), 5),
        (3 * (ROWS % 3) + ROWS // 2, 6),
        (3 * (ROWS % 3) + ROWS // 2 + 100 * (ROWS == 5), 9),
    ],
)
def test_a_function_of_the_row_number_is_the_sum_of_its_formulas(values, formulas):
    series = find_series(values.astype(np.int64))
    assert len(series) == formulas
    total = [sum(weight * by_hand(formula, i) for formula, weight in series.items()) for i in ROWS.tolist()]
    assert total == values.astype(int).tolist()


def by_hand(formula, i):
    """In plain Python, from the words of the docstring."""
    quotient = max(i - formula.shift, 0) // formula.place
    x = max((quotient % formula.base if formula.base else quotient) - formula.above, 0)
    return [1, x, x * (x - 1) // 2][formula.power]


def test_tables_without_a_formula_have_none():
    rng = np.random.default_rng(0)
    assert find_series(rng.integers(0, 9, 300)) is None
    assert find_series(np.floor(np.log2(np.arange(1, 2001))).astype(np.int64) ** 5) is None
    assert find_series(ROWS**3) is None
    assert find_series(np.where(ROWS == 100, 2**50, ROWS)) is None  # float64 would not hold the sum


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_every_function_of_few_rows_has_formulas(rows):
    for values in np.ndindex(*[3] * rows):
        series = find_series(np.array(values))
        assert [sum(w * by_hand(f, i) for f, w in series.items()) for i in range(1, rows + 1)] == list(values)


@pytest.mark.parametrize(("name", "parameters"), TASKS, ids=str)
def test_it_answers_as_the_model_compiled_for_that_n_at_every_n(name, parameters):
    most, rng = 9, np.random.default_rng(1)
    ways = WAYS if name != "broadcast" else WAYS[:1]  # it is not causal
    models = [compile_task(make_task(name, {**parameters, "n": most}), positions=way) for way in ways]
    for model in models:
        assert model.transformer.formulas.rows == model.transformer.rows
        assert all(size <= model.claimed[quantity] for quantity, size in model.measured.as_json().items())
    for n in range(models[0].task.smallest, most + 1):
        task = make_task(name, {**parameters, "n": n})
        own = compile_task(task)
        for family in task.families:
            instance = task.sample(rng, family, n)
            exact = task.solve(instance)
            assert all(np.array_equal(model.answer(instance), exact) for model in (own, *models))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8, 17, 18, 64])
def test_counted_rows_are_right_whatever_formulas_a_size_has(n):
    """At n = 9 the shallow way has C(i, 2) an odd number of times."""
    rng = np.random.default_rng(n)
    for parameters in ({"k": 2}, {"k": 3, "way": "shallow"}):
        task = make_task("k-hop", {**parameters, "n": n})
        model = compile_task(task, positions="counted")
        assert [str(formula) for formula in model.transformer.formulas.formulas] == ["1"]
        assert (model.transformer.positions[1:, :] != 0).sum() <= 1
        for size in range(1, n + 1, max(1, n // 9)):
            instance = task.sample(rng, size=size)
            assert np.array_equal(model.answer(instance), task.solve(instance))


def test_a_counted_model_has_a_layer_more_and_no_position_at_all():
    task = make_task("k-hop", {"k": 2})
    model = compile_all_lengths(task, positions="counted")
    own = compile_task(make_task("k-hop", {"k": 2, "n": 64}))
    assert (model.task.n, model.measured.layers) == (2364, own.measured.layers + 1)
    assert model.measured.parameters < 20_000
    instance = model.task.sample(np.random.default_rng(0), size=2364)
    assert np.array_equal(model.answer(instance), model.task.solve(instance))
    with pytest.raises(UsageError, match=r"'components' is not causal: .* Give it formulas: positions='formulas'"):
        compile_task(make_task("components", {"n": 5}), positions="counted")


@pytest.mark.parametrize(("name", "parameters", "longest"), LONGEST, ids=lambda value: str(value))
def test_the_longest_is_right_and_the_next_is_refused_and_nothing_grows_up_to_it(name, parameters, longest):
    model = compile_all_lengths(make_task(name, parameters))
    task, small = model.task, compile_task(make_task(name, {**parameters, "n": 4}), "float32", positions="formulas")
    assert (task.n, model.dtype) == (longest, "float32")
    layers = ("layers", "blocks")  # of an automaton ⌈log2 n⌉
    sizes, smaller = ({k: v for k, v in m.measured.as_json().items() if k not in layers} for m in (model, small))
    assert sizes == smaller
    assert all(size <= model.claimed[quantity] for quantity, size in model.measured.as_json().items())
    instance = task.sample(np.random.default_rng(0), size=longest)
    assert np.array_equal(model.answer(instance), task.solve(instance))
    with pytest.raises(CapacityExceeded, match=f"In float32 the largest n is {longest}; dtype='float64' carries"):
        compile_task(replace(task, n=longest + 1), "float32", positions="formulas")


def own_program(rows):
    """What a reader may ask of row numbers: digits, places, halves."""
    table = Table("numbers of rows", rows, causal=True)
    bit = table.input("bit", high=1)
    here = table.column(3 * (table.index % 3) + table.index // 2 + (table.index == 5), 2 * rows + 9, name="here")
    table.output("here", here)
    table.output("before", table.last(here, where=bit == 1, name="before"))
    return table


def test_a_program_of_ones_own_runs_at_every_length():
    rng, rows = np.random.default_rng(0), 40
    models = [compile_program(own_program(rows), positions=way) for way in WAYS]
    table = compile_program(own_program(rows))
    assert models[0].measured.parameters < table.measured.parameters
    for n in range(1, rows + 1):
        columns = {"bit": rng.integers(0, 2, n)}
        meant = interpret(own_program(rows), columns)
        for given in (model.run(columns) for model in models):
            assert all(np.array_equal(meant[name], given[name]) for name in meant)


def last_letter(rows):
    table = Table("last letter", rows, causal=True)
    letter = table.input("letter", high=3)
    table.output("since", table.index - table.last(table.index, where=letter > 0, name="last"))
    table.output("again", table.pull(table.last(table.index, key=letter, query=letter), letter))
    return table


def test_a_function_from_rows_to_a_program_is_compiled_for_all_lengths():
    longest, short = compile_all_lengths(last_letter), compile_program(last_letter(5), positions="formulas")
    rows = longest.transformer.rows
    assert (rows, longest.measured.parameters) == (2364, short.measured.parameters)
    columns = {"letter": np.random.default_rng(0).integers(0, 4, rows)}
    meant, given = interpret(last_letter(rows), columns), longest.run(columns)
    assert all(np.array_equal(meant[name], given[name]) for name in meant)


def test_what_has_no_formula_is_refused_in_one_line():
    table = Table("looked up", rows=60)
    primes = table.map(lambda i: (i * i * i) % 61, table.index, high=60, name="cube")
    table.output("sum", primes + table.input("bit", high=1))
    with pytest.raises(
        UsageError, match="is a function of the row number that has no short formula, on 60 rows"
    ) as error:
        compile_program(table, positions="formulas")
    assert "\n" not in str(error.value)
    with pytest.raises(UsageError, match="positions are table or formulas or counted, not 'sines'"):
        compile_program(table, positions="sines")


def test_a_folder_holds_the_formulas_and_a_table_is_written_as_before(tmp_path):
    task = make_task("k-hop", {"n": 30, "k": 3})
    model, table = compile_task(task, positions="formulas"), compile_task(task)
    for name, each, version in (("formulas", model, 3), ("table", table, 2)):
        write_model(each, tmp_path / name)
        said = json.loads((tmp_path / name / DESCRIPTION).read_text())
        assert (said["version"], "positions" in said) == (version, version == 3)
    again = read_model(tmp_path / "formulas")
    assert again.transformer.formulas == model.transformer.formulas
    assert [str(formula) for formula in again.transformer.formulas.formulas] == ["1", "i", "C(i, 2)"]
    instance = task.sample(np.random.default_rng(0), size=30)
    assert np.array_equal(again.answer(instance), task.solve(instance))


def test_a_folder_that_says_to_run_further_than_its_task_is_refused(tmp_path, edit):
    write_model(compile_task(make_task("k-hop", {"n": 30, "k": 3}), positions="formulas"), tmp_path / "model")
    edit(tmp_path / "model", rows=31)
    with pytest.raises(UsageError, match="its columns are not those of its task"):
        read_model(tmp_path / "model")


def test_the_module_the_table_and_the_weights_agree():
    task = make_task("k-hop", {"n": 30, "k": 3})
    model = compile_task(task, positions="formulas")
    columns = task.encode(task.sample(np.random.default_rng(0), size=21))
    answers = model.run(columns)["answer"]
    module = model.module()
    assert module.answers(columns)["answer"].tolist() == answers.tolist()
    assert module.to_transformer().run(columns)["answer"].tolist() == answers.tolist()
    tabulated = replace(model.transformer, positions=model.transformer.position_table(), formulas=None)
    assert tabulated.positions.shape == (31, model.transformer.width)
    assert tabulated.run(columns)["answer"].tolist() == answers.tolist()


def test_formulas_are_named_as_they_are_computed():
    assert str(Formula(power=2, above=3)) == "C(max(i - 3, 0), 2)"
    assert str(Formula(place=4, base=4, above=1, shift=2)) == "max(⌊max(i - 2, 0) / 4⌋ mod 4 - 1, 0)"
