"""RASP-L, compiled, against plain Python; and what is refused, with line and column."""

import random

import pytest

from logdepth import UsageError, compile_program
from logdepth.rasp import read_rasp_l

TEXT = """
from np_rasp import *

LIMIT = 2

def parity(x):
    ones = cumsum(x == 1)
    return tok_map(ones, lambda n: n % 2)

def last_two(x):
    return lasts(x, full(x, LIMIT))

def average(x):
    return kqv(x, x, x, lambda k, q: k >= q)

def largest(x):
    y = maximum(x)
    y -= 1
    return seq_map(y, x, lambda a, b: a if a > b else b)
"""


def largest(tokens):
    return [max(max(tokens[: i + 1]) - 1, token) for i, token in enumerate(tokens)]


def average(tokens):
    taken = [[k for k in tokens[: i + 1] if k >= q] for i, q in enumerate(tokens)]
    return [sum(each) // len(each) for each in taken]


ANSWERS = {
    "parity": lambda t: [t[: i + 1].count(1) % 2 for i in range(len(t))],
    "last_two": lambda t: [max((j for j in range(i + 1) if t[j] == 2), default=-1) for i in range(len(t))],
    "average": average,
    "largest": largest,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_rasp_l_agrees_with_plain_python(name):
    program = read_rasp_l(TEXT, range(4), rows=7, name=name)
    model = compile_program(program)
    rng = random.Random(3)
    for _ in range(25):
        tokens = rng.choices(range(4), k=rng.randint(1, 7))
        assert program.source.evaluate(tokens)[name] == ANSWERS[name](tokens)
        assert program.decode(model.run(program.encode(tokens)))[name] == ANSWERS[name](tokens)


WRONG = {
    "def f(x):\n    return open('file')": "line 2, column 12: 'open' is not defined",
    "def f(x):\n    return x.__class__": "line 2, column 12: RASP-L has no attribute here",
    "import os": "line 1, column 1: RASP-L has functions and constants here, not import",
    "def f(x):\n    while x: pass": "assigns and returns, and this is while",
    "def f(x): return f(x)": "calls itself",
    "def f(x) return x": "line 1, column 10: this is no RASP-L",
    "def f(x): return cumsum(y)": "'y' is not defined",
    "def f(x): return sel_width(x)": "a selection is expected",
    "": "defines no function",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_rasp_l_is_refused_with_its_place(text):
    with pytest.raises(UsageError) as error:
        read_rasp_l(text, range(3), rows=4)
    assert WRONG[text] in str(error.value)
