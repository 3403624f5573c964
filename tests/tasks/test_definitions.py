"""What an expression of an answer may hold, and what is said of one that holds something else."""

import pytest

from logdepth import make_task
from logdepth.numerics.errors import UsageError
from logdepth.tasks import TASKS
from logdepth.tasks.definitions import Definition, parse_definition, typed_names


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_definition_of_a_task_can_be_computed_by_a_page(name):
    task = make_task(name)
    if task.definition is None:
        assert name == "language"  # dyck-2 is not regular
        return
    assert task.definition.as_json(task.form, name)["text"] == task.definition.text


def test_an_expression_becomes_a_tree():
    assert parse_definition("[x + k for x in value if x]", ["value", "k"], "mine") == [
        "for",
        ["operator", "+", ["name", "x"], ["name", "k"]],
        [["x"], True, ["name", "value"], [["name", "x"]]],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sum(valeu)", "names 'valeu'.*did you mean 'value'"),
        ("open(value)", "calls 'open'"),
        ("value.sort()", "holds 'value.sort\\(\\)'"),
        ("[x for x in value for y in x] + [y]", "names 'y'"),
        ("[1 for x.y in value]", "loops over 'x.y'"),
        ("value[::2]", "holds 'value\\[::2\\]'"),
        ("lambda: 1", "holds 'lambda: 1'"),
        ("'text'", "holds \"'text'\""),
        ("sum(value, start=1)", "holds 'sum"),
        ("value[", "is no Python expression"),
        ("", "is no Python expression"),
    ],
)
def test_other_expressions_are_refused_with_the_reason(text, said):
    with pytest.raises(UsageError, match=f"(?i)the definition of mine.*{said}") as caught:
        parse_definition(text, ["value"], "mine")
    assert "\n" not in str(caught.value)


def test_the_names_of_an_input_are_known():
    assert typed_names(make_task("sparse-averaging", q=1).form) == ("rows", "value", "position_1")
    assert typed_names(make_task("sort").form) == ("key",)
    with pytest.raises(UsageError, match="names 'high'"):
        Definition("high").as_json(make_task("sort").form, "sort")
    assert make_task("sort").definition.names == {"n": 1000, "high": 65535}
