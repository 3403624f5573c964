"""An aggregate of letters has a value where one row at most is selected: the program refuses all other inputs."""

import json
import random
from itertools import product

import pytest

from logdepth import UsageError, compile_program, interpret, program_from_json
from logdepth.programs import NoAnswer
from logdepth.rasp import read_rasp

NUMBERS = ["indices", "length - indices", "indices + 1", "length - 1 - indices", "2 * indices", "0", "1"]
LETTERS = ["tokens", "tokens", '"a"']
SIGNS = ["==", "!=", "<", "<=", ">", ">="]
TEXTS = [text for size in range(1, 5) for text in product("abc", repeat=size)]

SIGNED = {
    "other letters": "select(tokens, tokens, !=)",
    "all letters but one that may not be there": "select(indices, indices + 1, !=)",
    "a less letter or the first": "select(tokens, tokens, <) or select(indices, 0, ==)",
    "not a less letter of the second row": "not (select(tokens, tokens, <) and select(indices, 1, ==))",
    "rows before mine": "select(indices, indices, <)",
    "all rows": "select(indices, indices, <) or select(indices, indices, >=)",
}

MIXED = {
    "my own row, where two of its conditions contradict each other": (
        '(select(tokens, "a", ==) and select(indices, indices, ==)) or select(tokens, tokens, >)'
    ),
    "one row, by an order of numbers that are the same in all rows": (
        "select(indices + 1, length - 1 - indices, ==) and select(1, length - indices, !=)"
    ),
}
"""Rows of these were once counted wrongly."""


def draw_selector(draw, depth=2):
    kind = draw.choice(["compare", "not", "and", "or"]) if depth else "compare"
    if kind == "compare":
        values = draw.choice([NUMBERS, LETTERS])
        return f"select({draw.choice(values)}, {draw.choice(values)}, {draw.choice(SIGNS)})"
    if kind == "not":
        return f"(not {draw_selector(draw, depth - 1)})"
    return f"({draw_selector(draw, depth - 1)} {kind} {draw_selector(draw, depth - 1)})"


def answer_of(program, text):
    """None where the program refuses the text."""
    try:
        return program.decode(interpret(program, program.encode(text)))["x"]
    except UsageError:
        return None


def value_of(program, text):
    """None where RASP has no value."""
    try:
        return program.source.evaluate(text)["x"]
    except NoAnswer:
        return None


def check(statement, causal=False, texts=TEXTS):
    program = read_rasp(f"x = {statement};", "abc", rows=4, causal=causal)
    for text in texts:
        assert answer_of(program, text) == value_of(program, text), (statement, text)


@pytest.mark.parametrize("selector", [*SIGNED.values(), *MIXED.values()], ids=[*SIGNED, *MIXED])
@pytest.mark.parametrize("default", ["0", '"a"'])
def test_a_program_refuses_several_letters_at_once_and_nothing_else(selector, default):
    check(f"aggregate({selector}, tokens, {default})")


@pytest.mark.parametrize(
    "selector",
    [
        "select(tokens, tokens, ==) or (not select(indices, indices, <))",
        "(select(indices, indices, ==) and select(tokens, tokens, !=)) or select(tokens, tokens, >)",
        "select(indices, indices, >)",
        "select(tokens, tokens, ==) and select(indices, indices, >)",
    ],
)
@pytest.mark.parametrize("value", ["tokens", "indices"])
def test_selectors_of_which_conditions_cancel_when_no_row_sees_a_later_one(selector, value):
    check(f"aggregate({selector}, {value})", causal=True)


@pytest.mark.parametrize("seed", range(20))
def test_random_selectors_of_letters_give_what_rasp_says_or_nothing(seed):
    draw = random.Random(seed)
    value = draw.choice(["tokens", '"a"', 'tokens if indices < 2 else "c"'])
    default = draw.choice(["0", '"a"', '"z"'])
    check(f"aggregate({draw_selector(draw)}, {value}, {default})", draw.random() < 0.3, draw.sample(TEXTS, 40))


@pytest.mark.parametrize("seed", range(10))
def test_random_selectors_are_counted_as_rasp_counts_them(seed):
    draw = random.Random(seed)
    check(f"selector_width({draw_selector(draw)})", draw.random() < 0.3, draw.sample(TEXTS, 40))


@pytest.mark.parametrize("selector", MIXED.values(), ids=MIXED)
def test_selectors_of_mixed_conditions_are_counted_as_rasp_counts_them(selector):
    check(f"selector_width({selector})")


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("select(tokens, tokens, !=)", r"column \"rows that 'x' reads .*\" holds 0\.\.1, but row 3 has 2"),
        ("select(tokens, tokens, <=)", r"row 1 adds 'x' up over 2 rows, and the program promises at most 1; give"),
    ],
)
def test_a_program_that_is_read_back_still_refuses_several_letters(selector, message):
    program = read_rasp(f"x = aggregate({selector}, tokens);", "abc", rows=3)
    again = program_from_json(json.loads(json.dumps(program.as_json())))
    with pytest.raises(UsageError, match=message):
        interpret(again, program.encode("aab"))


def test_the_count_that_is_only_checked_has_no_head_in_a_model():
    heads = {sign: compile_program(letters_by(sign)).measured.heads for sign in ("!=", "<=")}
    assert heads == {"!=": 2, "<=": 1}


def letters_by(sign):
    return read_rasp(f"x = aggregate(select(tokens, tokens, {sign}), tokens);", "abc", rows=4)
