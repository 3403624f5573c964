"""Columns whose numbers stand for values: these go in and come out, whatever runs the program."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth import (
    Table,
    UsageError,
    compile_program,
    interpret,
    program_from_json,
    read_model,
    verify_program,
    write_model,
)
from logdepth.programs import ProgramTask, decode_values, encode_values

VALUES = st.one_of(
    st.builds(lambda low, count, step: range(low, low + step * count, step), st.integers(-9, 9), st.integers(1, 9),
              st.sampled_from([-2, -1, 1, 3])),
    st.lists(st.one_of(st.text(max_size=3), st.integers(), st.none(), st.tuples(st.integers(), st.text(max_size=2))),
             min_size=1, max_size=6, unique=True).filter(lambda v: True not in v and False not in v),
)  # fmt: skip


def heights():
    table = Table("heights", 12, causal=True)
    bracket, change = table.input("bracket", values=["(", ")"]), table.input("change", low=-3, high=4)
    table.output("height", table.index - 2 * table.count(where=bracket == ")"))
    table.output("before", table.shift(bracket, 1))
    table.output("opposite", -change)
    table.output("verdict", change > 0, values=["no", None])
    return table.program()


COLUMNS = {"bracket": "(()))", "change": [-3, 4, 0, -1, 1]}
MEANT = {
    "height": [1, 2, 1, 0, -1],
    "before": ["(", "(", "(", ")", ")"],
    "opposite": [3, -4, 0, 1, -1],
    "verdict": ["no", None, "no", "no", None],
}


def listed(outputs):
    return {name: values.tolist() for name, values in outputs.items()}


def test_values_go_in_and_come_out(tmp_path):
    program = heights()
    model = compile_program(program)
    again = program_from_json(json.loads(json.dumps(program.as_json())))
    write_model(model, tmp_path / "heights")
    read = read_model(tmp_path / "heights")
    for outputs in (interpret(program, COLUMNS), interpret(again, COLUMNS), model.run(COLUMNS), read.run(COLUMNS)):
        assert listed(outputs) == MEANT
    batch = model.run({name: [values, values] for name, values in COLUMNS.items()})
    assert listed(batch) == {name: [values, values] for name, values in MEANT.items()}
    assert model.run_with_cache(COLUMNS)[0]["height"].tolist() == MEANT["height"]
    assert program.run({"bracket": [0, 1], "change": [0, 7]})["height"].tolist() == [1 + 23, 0 + 23]  # numbers


def test_verification_and_oracles_speak_of_values():
    program = heights()
    model = compile_program(program)

    def oracle(columns):
        assert set(columns["bracket"]) <= {"(", ")"}
        closed = np.cumsum(columns["bracket"] == ")")
        return interpret(program, columns) | {"height": np.arange(1, len(closed) + 1) - 2 * closed}

    def sample(rng):
        return {"bracket": rng.choice(["(", ")"], 5), "change": rng.integers(-3, 5, 5)}

    assert verify_program(program, model, samples=50).wrong == 0
    assert verify_program(program, model, samples=20, oracle=oracle, sample=sample).wrong == 0
    assert verify_program(program, model, tables=[COLUMNS]).wrong == 0
    wrong = verify_program(program, model, tables=[COLUMNS], oracle=lambda c: MEANT | {"height": [1, 2, 1, 0, 0]})
    assert wrong.wrong == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "bracket,change\n(,-3\n(,4\n),0\n),-1\n),1\n"),
        ("t.json", json.dumps(COLUMNS | {"bracket": [*"(()))"]})),
    ],
)
def test_files_hold_values_and_answers_show_them(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    task = ProgramTask(heights())
    instance = task.read(tmp_path / name)
    assert instance["change"].tolist() == [0, 7, 3, 2, 4]
    assert task.present(task.solve(instance), instance) == MEANT
    assert task.present_inputs(instance) == {"bracket": [*"(()))"], "change": COLUMNS["change"]}


@settings(max_examples=60, deadline=None)
@given(st.data(), VALUES)
def test_values_are_numbered_and_back(data, values):
    table = Table("same", 4)
    column = table.input("in", values=values)
    table.output("out", table.hold(column, "held"))
    program = program_from_json(json.loads(json.dumps(table.program().as_json())))
    row = data.draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=4))
    numbers = encode_values({"in": row}, program.input_values, "a test")["in"]
    assert [list(values)[number] for number in numbers] == row
    assert decode_values({"in": numbers}, program.input_values)["in"].tolist() == row
    assert interpret(program, {"in": row})["out"].tolist() == row


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "a list of different hashable values, not"),
        ([1, 1], "different hashable values"),
        ([1, True], "different hashable values"),
        ([[1], [2]], "different hashable values"),
        ([float("nan")], "different hashable values"),
        (7, "different hashable values"),
    ],
)
def test_what_is_no_list_of_values_is_refused(values, message):
    with pytest.raises(UsageError, match=message):
        Table("none", 4).input("x", values=values)


def test_values_that_are_not_there_are_refused(tmp_path):
    program = heights()
    for columns, message in [
        (
            {"bracket": "(x", "change": [0, 0]},
            r"column 'bracket' of program 'heights' holds no 'x'; it holds '\(', '\)'",
        ),
        ({"bracket": "()", "change": [0, 5]}, r"column 'change' of program 'heights' holds no 5; it holds -3\.\.4"),
        ({"bracket": "()", "change": [0, "1"]}, "holds no '1'"),
    ]:
        with pytest.raises(UsageError, match=message):
            interpret(program, columns)
    (tmp_path / "t.csv").write_text("bracket,change\n(,-4\n")
    with pytest.raises(UsageError, match=r"column 'change' holds -3\.\.4; got \"-4\" at .*line 2"):
        ProgramTask(program).read(tmp_path / "t.csv")
    table = Table("few", 3)
    with pytest.raises(UsageError, match=r"output 'o' holds 0\.\.3, and has 2 values for that; give more"):
        table.output("o", table.input("x", 3), values="ab")
    with pytest.raises(UsageError, match=r"whole numbers low\.\.high"):
        table.input("y", low=3, high=1)
    other = Table("objects", 3)
    other.output("o", other.input("x", values=[object(), 1]))
    with pytest.raises(UsageError, match="a program is written with texts, numbers, None and tuples"):
        other.program().as_json()


def test_two_meanings_for_one_column_are_refused():
    with pytest.raises(UsageError, match="letters, values or numbers from `low` on"):
        Table("t", 4).input("x", low=-1, high=1, values="ab")
    with pytest.raises(UsageError, match="letters, values or numbers from `low` on"):
        Table("t", 4).input("x", letters="ab", values="ab")
    table = Table("t", 4)
    with pytest.raises(UsageError, match="'share' is a fraction"):
        table.output("share", table.mean(table.input("x", 3)), values=["no", "yes"])
