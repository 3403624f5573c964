"""`verify_program` judges a model by its program's interpreter, and finds what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from logdepth import Table, UsageError, compile_program, compile_task, make_task, verify, verify_program
from logdepth.programs.program_task import pulled_inputs
from logdepth.verification.verify_program import random_tables, small_tables


def histogram(rows=20, high=3):
    table = Table("histogram", rows)
    token = table.input("token", high)
    table.output("count", table.count(query=token, key=token))
    return table.program()


def halves_of_rows(rows=20):
    """A pull of rows that are computed: of one that does not exist, the interpreter refuses."""
    table = Table("half of it", rows)
    parent = table.input("parent", rows)
    table.output("row", table.pull(table.map(lambda p: p // 2, parent, high=rows), table.index))
    return table.program()


def leaves_its_range(rows=12, high=5):
    """A map that leaves the range that it declares, on most tables."""
    table = Table("leaves its range", rows)
    x = table.input("x", high)
    table.output("less", table.map(lambda x: x - high, x, high=high))
    return table.program()


def parents_name(rows=20):
    """A pull: of a row that does not exist, the interpreter refuses."""
    table = Table("parent's name", rows)
    parent, name = table.input("parent", rows), table.input("name", 5)
    table.output("name", table.pull(parent, name))
    return table.program()


def unlike(program, model):
    """The model with a readout that is off by half of its own."""
    readouts = {name: vector * 1.5 for name, vector in model.transformer.readouts.items()}
    return replace(model, transformer=replace(model.transformer, readouts=readouts))


def test_a_compiled_program_is_right_on_small_and_random_tables():
    program = histogram()
    found = verify_program(program, compile_program(program), samples=50, seed=3)
    assert (found.instances, found.wrong, found.skipped) == (4 + 16 + 64 + 256 + 50, 0, 0)
    assert (found.exhaustive_up_to, found.seed, found.first_wrong) == (4, 3, None)


def test_exhaustive_enumerates_more_rows():
    program = histogram(high=46)  # of two rows 2,209 tables, more than are enumerated unasked
    model = compile_program(program)
    assert verify_program(program, model, 0).exhaustive_up_to == 1
    assert verify_program(program, model, 0, exhaustive=True).exhaustive_up_to == 2


def test_a_wrong_model_is_found_with_a_table_that_shows_it():
    program = histogram()
    model = unlike(program, compile_program(program))
    found = verify_program(program, model, samples=10)
    assert found.wrong > 0 and found.first_wrong.keys() == {"token"}
    assert str({"token": found.first_wrong["token"].tolist()}) in str(found)
    again = verify_program(program, model, tables=[found.first_wrong])
    assert (again.instances, again.wrong, again.exhaustive_up_to) == (1, 1, 0)


def test_tables_that_the_interpreter_refuses_are_skipped_and_counted():
    program = halves_of_rows()
    found = verify_program(program, compile_program(program), samples=40)
    assert found.skipped > 0 and found.instances >= 20 and found.wrong == 0
    assert found.as_json()["skipped"] == found.skipped and "pulls row" in found.as_json()["refusal"]

    program = parents_name()
    tables = [{"parent": [0, 1], "name": [3, 4]}, {"parent": [0, 3], "name": [3, 4]}]
    found = verify_program(program, compile_program(program), tables=tables)
    assert (found.instances, found.skipped) == (1, 1)


def test_a_program_that_refuses_most_tables_is_not_verified_and_says_so_first():
    program = leaves_its_range()
    found = verify_program(program, compile_program(program), samples=40)
    assert found.wrong == 0 and 0 < found.instances < found.skipped
    assert not found.verified and not found.as_json()["verified"]
    said = str(found)
    assert said.startswith(
        f"NOT VERIFIED: {found.skipped:,} of {found.skipped + found.instances:,} tables were SKIPPED"
    )
    assert "row 1 has -5; columns hold no negative numbers" in said and "test_verify_program.py line" in said


def test_what_few_tables_break_is_verified_and_what_is_wrong_is_not():
    program = histogram()
    model = compile_program(program)
    right, wrong = verify_program(program, model, 5), verify_program(program, unlike(program, model), 5)
    assert right.verified and str(right).startswith("exact on 345 instances, among them all up to size 4")
    assert not wrong.verified and str(wrong).startswith("WRONG on")
    tables = [{"parent": [0, 1], "name": [3, 4]}, {"parent": [0, 3], "name": [3, 4]}]
    found = verify_program(parents_name(), compile_program(parents_name()), tables=tables)
    assert found.verified and str(found).startswith("1 of 2 tables were SKIPPED, the first because row 2 pulls row 3")


def forest(causal, times):
    """Rows pull from an input as it is, and from a state that begins as one."""
    table = Table("forest", 8, causal)
    parent, other = table.input("parent", 8), table.input("other", 8)
    table.output("root", table.repeat(times, lambda p: table.pull(p, p), parent, high=8, name="root"))
    table.output("first", table.pull(table.hold(other, "held"), parent))
    return table.program()


@pytest.mark.parametrize("causal", [False, True])
def test_tables_name_only_rows_that_are_there_where_rows_pull_from_an_input(causal):
    program = forest(causal, 2)
    assert {column.name for column in pulled_inputs(program)} == {"parent", "other"}
    assert {column.name for column in pulled_inputs(forest(causal, 0))} == {"other"}
    found = verify_program(program, compile_program(program), samples=60)
    assert (found.skipped, found.wrong, found.verified) == (0, 0, True) and found.exhaustive_up_to >= 2


def test_a_run_finds_inputs_on_which_the_program_breaks_its_promises_if_asked():
    program = leaves_its_range()
    model = compile_program(program)
    assert model.run({"x": [5, 5]}, check=True)["less"].tolist() == [0, 0]
    assert model.run({"x": [5, 4]})["less"].tolist() != [0, -1]
    with pytest.raises(UsageError, match=r"column 'lambda' holds 0\.\.5, but row 2 has -1; .*line \d+"):
        model.run({"x": [5, 4]}, check=True)
    with pytest.raises(UsageError, match=r"table 2 of the batch: column 'lambda' holds 0\.\.5, but row 1 has -5"):
        model.run({"x": [[5, 5], [0, 5]]}, check=True)
    tasks = compile_task(make_task("prefix-sum", {"n": 6, "high": 1}))
    with pytest.raises(UsageError, match="row 1 has 2"):
        tasks.run({"value": [2]}, check=True)
    with pytest.raises(UsageError, match="does not hold it"):
        replace(model, origin="lost").run({"x": [5]}, check=True)


def test_a_verification_that_judged_nothing_is_refused():
    program = parents_name()
    with pytest.raises(UsageError, match=r"refuses all 1 tables.*row 2 pulls row 3.*a sample that draws some"):
        verify_program(program, compile_program(program), tables=[{"parent": [0, 3], "name": [3, 4]}])


def test_samples_and_tables_exclude_one_another_and_samples_are_not_negative():
    program = histogram()
    model = compile_program(program)
    with pytest.raises(UsageError, match="leave one of the two out"):
        verify_program(program, model, samples=3, tables=[{"token": [1]}])
    with pytest.raises(UsageError, match="0 or more"):
        verify_program(program, model, samples=-1)


@pytest.mark.parametrize("other", [histogram(rows=19), histogram(high=2), parents_name()])
def test_the_model_of_another_program_is_refused(other):
    with pytest.raises(UsageError, match="rows and columns of program 'histogram'"):
        verify_program(histogram(), compile_program(other))


def test_a_column_that_the_program_does_not_use_is_a_column_still():
    table = Table("first of two", rows=5)
    used, _ = table.input("used", 3), table.input("unused", 2)
    table.output("answer", used)
    program = table.program()
    assert verify_program(program, compile_program(program), samples=5).wrong == 0


def test_verify_judges_a_programs_model_by_its_program():
    program = histogram()
    model = compile_program(program)
    assert replace(verify(model, 30, seed=2), seconds=0) == replace(
        verify_program(program, model, 30, seed=2), seconds=0
    )
    assert verify(unlike(program, model), 30).wrong > 0
    with pytest.raises(UsageError, match="does not hold it"):
        verify(replace(model, origin="histogram"))


def test_a_tasks_model_can_be_judged_by_a_program_too():
    table = Table("sums", rows=6, causal=True)
    table.output("answer", table.prefix_sum(table.input("value", high=1), name="sum"))
    model = compile_task(make_task("prefix-sum", {"n": 6, "high": 1}))
    assert verify_program(table.program(), model, samples=20).wrong == 0


def test_progress_counts_tables_skipped_ones_too():
    program, told = parents_name(), []
    tables = [{"parent": [number % 2], "name": [1]} for number in range(1000)] + [{"parent": [9], "name": [1]}] * 30
    found = verify_program(program, compile_program(program), tables=tables, progress=lambda *now: told.append(now))
    assert told == [(min(done, 1030), 1030) for done in range(64, 1030 + 64, 64)]
    assert (found.instances, found.skipped) == (1000, 30)


def test_small_tables_are_all_there_once():
    tables, largest = small_tables(parents_name(rows=2), 400)
    assert largest == 2 and len(tables) == 12 + 18**2  # in one row, no parent is row 2
    assert len({tuple(np.concatenate([t["parent"], t["name"]]).tolist()) for t in tables}) == len(tables)


def test_random_tables_keep_the_declared_ranges_and_reach_their_ends():
    program = parents_name(rows=12)
    drawn = [table for table, _ in zip(random_tables(program, np.random.default_rng(0)), range(300), strict=False)]
    assert {len(table["parent"]) for table in drawn} == set(range(1, 13))
    for name, high in (("parent", 12), ("name", 5)):
        assert set(np.concatenate([table[name] for table in drawn]).tolist()) == set(range(high + 1))


# --- oracles and samplers of one's own ---


def counts(columns):
    token = columns["token"].tolist()
    return [token.count(each) for each in token]


def test_an_oracle_that_agrees_finds_nothing_and_one_that_does_not_finds_all():
    program = histogram()
    model = compile_program(program)
    assert verify_program(program, model, samples=20, oracle=counts).wrong == 0
    assert verify_program(program, model, samples=20, oracle=lambda columns: {"count": counts(columns)}).wrong == 0
    found = verify_program(program, model, samples=20, oracle=lambda columns: np.array(counts(columns)) + 1)
    assert found.wrong == found.instances == 4 + 16 + 64 + 256 + 20


def test_an_oracle_judges_what_the_program_says_wrongly():
    """The interpreter agrees with the model; what was meant is another thing."""
    table = Table("greatest so far", 9, causal=True)
    value = table.input("value", 3)
    table.output("greatest", table.select(query=0, key=0, values=value, priority=value))  # the least, in truth
    program = table.program()
    model = compile_program(program)
    assert verify_program(program, model, samples=20).wrong == 0
    assert verify_program(program, model, samples=20, oracle=lambda c: np.maximum.accumulate(c["value"])).wrong > 0
    assert verify_program(program, model, samples=20, oracle=lambda c: np.minimum.accumulate(c["value"])).wrong == 0


def test_an_oracle_judges_only_tables_that_the_program_takes():
    program = halves_of_rows()

    def oracle(columns):
        halves = columns["parent"] // 2
        assert (halves <= len(halves)).all()
        return halves

    found = verify_program(program, compile_program(program), samples=40, oracle=oracle)
    assert found.wrong == 0 and found.skipped > 0


def test_a_sample_draws_all_that_is_judged():
    program, drawn = parents_name(), []

    def sample(rng):
        rows = int(rng.integers(1, 21))
        drawn.append(rows)
        return {"parent": rng.integers(0, rows + 1, rows).tolist(), "name": rng.integers(0, 6, rows)}

    found = verify_program(program, compile_program(program), samples=40, sample=sample)
    assert (found.instances, found.wrong, found.skipped, found.exhaustive_up_to) == (40, 0, 0, 0)
    assert len(drawn) == 40 and len(set(drawn)) > 5
    program, given = parents_name(rows=2), {"parent": [0, 1], "name": [5, 0]}
    found = verify_program(program, compile_program(program), 40, exhaustive=True, sample=lambda rng: given)
    assert (found.instances, found.wrong, found.exhaustive_up_to) == (12 + 18**2 + 40, 0, 2)


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ({"oracle": lambda c: [1]}, "must return 1 rows|must return .* rows of 'count'"),
        ({"oracle": lambda c: None}, "takes whole numbers"),
        ({"oracle": lambda c: {"counts": c["token"]}}, "takes the columns"),
        ({"sample": lambda rng: 1}, "draws what is no table: .*as a dict or a data frame, not a int"),
        ({"sample": lambda rng: {"token": [9]}}, "draws what is no table: .*row 1 has 9"),
        ({"sample": lambda rng: {"token": [1]}, "tables": [{"token": [1]}]}, "leave one of the two out"),
    ],
)
def test_an_oracle_or_a_sample_that_returns_no_columns_is_an_error_and_not_a_refusal(bad, rule):
    program = histogram()
    with pytest.raises(UsageError, match=rule):
        verify_program(program, compile_program(program), **bad)


def careless(*_):
    return {}["nothing"]


@pytest.mark.parametrize("whose", ["oracle", "sample"])
def test_what_an_oracle_or_a_sample_raises_names_its_line(whose):
    program = histogram()
    line = careless.__code__.co_firstlineno + 1
    with pytest.raises(
        UsageError, match=f"^the {whose} of program 'histogram' raises KeyError: 'nothing'; see .* line {line}$"
    ):
        verify_program(program, compile_program(program), **{whose: careless})
