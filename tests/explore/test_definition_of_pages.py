"""The page computes a definition as Python does, and says if it is not what the task answers."""

from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np
import pytest
from engine import ask, needs_node

from logdepth import compile_task, make_task
from logdepth.explore import contents_of, pack, weights_of
from logdepth.tasks import PrefixSum
from logdepth.tasks.definitions import FUNCTIONS, parse_definition

pytestmark = needs_node

NAMES = {"value": [3, 1, 2, 1], "pairs": [[1, 2], [2, 3], [1, 2]], "k": -7, "half": 0.5}
EXPRESSIONS = [
    "[x * x - k for x in value if x > 1 if x != 3]",
    "[-k % 4, k % 4, k // 2, k % -4, 7 / 2 + half]",
    "sum(x in value for x in range(5)) + sum(range(2, 5)) + len(value[1:3]) + len(value[:-1])",
    "[[x, y] for x in value for y in value[:x] if x < y]",
    "[u + v for u, v in pairs if [u, v] in pairs[1:]]",
    "[all(x >= 1 for x in value), any(x > 3 for x in value), not value[0] == 3, [2, 3] not in pairs]",
    "[1 < x <= 3 for x in value]",
    "[value[-1] if x == 1 else max(x, 2) for x in sorted(value)]",
    "[min(value), max(value), abs(k), len(set(value))]",
    "[a * b for a, b in zip(value, range(4))] + [1]",
    "[x for x in value if x == 1 or x == 2 and k == 0]",
    "[1 for x in value if pairs == [[1, 2], [2, 3], [1, 2]]]",
    "True + True",
]


def in_python(text: str) -> tuple[str, list[float]]:
    """The expression and its entries by Python itself; of a list of pairs, a number for each pair."""
    found = eval(text, dict(NAMES))
    if isinstance(found, list) and isinstance(found[0], list):
        text = f"[u * 10 + v for u, v in {text}]"
        found = eval(text, dict(NAMES))
    return text, [value + 0 for value in (found if isinstance(found, list) else [found] * 2)]


@cache
def on_the_page() -> list[list[float]]:
    """The entries of all expressions, in one process."""
    asked = [in_python(text) for text in EXPRESSIONS]
    trees = [[parse_definition(text, NAMES, "mine"), len(entries)] for text, entries in asked]
    script = """return given.trees.map(([tree, entries]) =>
      $definition.solve({ tree, names: given.names, text: "" }, {}, entries));"""
    found: list[list[float]] = ask(script, {"trees": trees, "names": NAMES})
    return found


@pytest.mark.parametrize("place", range(len(EXPRESSIONS)))
def test_an_expression_means_what_it_means_in_python(place):
    assert on_the_page()[place] == in_python(EXPRESSIONS[place])[1]


def test_what_an_expression_may_call_is_there():
    assert set(ask("return Object.keys($exact.FUNCTIONS);", None)) == set(FUNCTIONS)


@dataclass(frozen=True)
class Others(PrefixSum):
    """A task of one's own: no line of JavaScript knows its name."""

    name: ClassVar[str] = "others"
    defined_by: ClassVar[str | None] = "[sum(value[:at + 1]) for at in range(len(value))]"


def page_of(task):
    model = replace(compile_task(make_task("prefix-sum", n=6, high=3)), origin=task)
    return {"packed": pack(contents_of(model), weights_of(model))}


RUN = """const e = await $explorer.open(given);
return [(await e.check()).sentence, (await e.run([3, 0, 2])).data.answer];"""


def test_a_task_of_ones_own_is_judged_by_its_definition():
    said, answer = ask(RUN, page_of(Others(n=6, high=3)))
    assert answer["right"] == 3 and answer["exact"] == ["3", "3", "5"] and answer["definition"] == Others.defined_by
    assert "Do not trust" not in said


def test_a_definition_that_is_not_what_the_task_answers_is_found_when_the_page_is_loaded():
    class Wrong(Others):
        defined_by = "value"

    said, answer = ask(RUN, page_of(Wrong(n=6, high=3)))
    assert "Do not trust" in said and answer["right"] == 1


def test_a_definition_of_another_number_of_entries_is_refused():
    class Short(Others):
        defined_by = "value[:-1]"

    script = "try { await (await $explorer.open(given)).run([3, 0]); } catch (error) { return error.message; }"
    assert ask(script, page_of(Short(n=6, high=3))) == (
        "The definition of the answer, value[:-1], gives 1 entries; the answer has 2."
    )


def test_a_task_without_a_definition_is_not_compared():
    class Undefined(Others):
        defined_by = None

    said, answer = ask(RUN, page_of(Undefined(n=6, high=3)))
    assert answer["exact"] is None and answer["right"] is None and "Do not trust" not in said


def test_a_regular_language_is_judged_by_its_automaton():
    model = compile_task(make_task("language", n=8, of="parity"))
    task = model.task
    drawn = [task.sample(np.random.default_rng(seed), size=8) for seed in range(3)]
    script = """const e = await $explorer.open(given.page), found = [];
    for (const input of given.inputs) found.push((await e.run(input)).data.answer);
    return found.map(({ entries, right }) => [entries, right]);"""
    page = {"packed": pack(contents_of(model), weights_of(model))}
    assert ask(script, {"page": page, "inputs": [task.typed(word) for word in drawn]}) == [[8, 8]] * 3
