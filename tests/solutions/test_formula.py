"""The value of Boolean formulas, judged by Python's own operators on the same formula in brackets."""

import numpy as np
import pytest

from logdepth import compile_task, make_task
from logdepth.programs import interpret
from logdepth.solutions import program_for

SHAPES = 24  # random formulas of a size: each shape comes several times


def in_brackets(word: str) -> tuple[str, str]:
    """The formula that a text begins with, as Python writes it, and what is left of the text."""
    if word[0] in "01":
        return word[0], word[1:]
    first, rest = in_brackets(word[1:])
    second, rest = in_brackets(rest)
    return f"({first}{word[0]}{second})", rest


def value_by_python(word: str) -> list[bool]:
    """Of every prefix, whether it is a formula that is true."""
    found = [False] * len(word)
    try:
        formula, rest = in_brackets(word)
    except IndexError:  # it does not end
        return found
    found[len(word) - len(rest) - 1] = bool(eval(formula))
    return found


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 17, 61])
def test_a_formula_has_its_value_and_its_layers(n):
    task, rng = make_task("language", n=n, of="formula"), np.random.default_rng(n)
    model = compile_task(task)
    rounds = max(0, ((n + 1) // 2 - 1)).bit_length()
    assert model.measured.layers == (3 + 2 * rounds if n > 2 else 2)
    true = 0
    for number in range(SHAPES):
        text = task.sample(rng, ("belongs", "one-off", "random")[number % 3], n)
        exact = value_by_python(task.letters.spell(text.tolist()))
        assert task.solve(text).tolist() == model.answer(text).tolist() == exact
        true += sum(exact)
    assert true > 0


def test_what_comes_after_a_formula_changes_nothing():
    program = program_for(make_task("language", n=9, of="formula"))
    for text in ("&11" + "^^&|01", "1" + "&11&11&1", "|0|01" + "1111"):
        answers = interpret(program, {"token": text})["answer"]
        assert answers.tolist() == value_by_python(text) and answers.sum() == 1


@pytest.mark.parametrize("turn", ["&1", "|0", "^0", "^1"])
def test_the_deepest_formulas_are_contracted_too(turn):
    task = make_task("language", n=61, of="formula")
    model = compile_task(task)
    right = turn * 30 + "1"
    left = turn[0] * 30 + "1" + turn[1] * 30
    for text in (right, left):
        assert model.answer(text=text).tolist() == value_by_python(text)
