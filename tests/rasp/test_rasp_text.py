"""RASP text, compiled, against plain Python and against the evaluator; and what is refused, with line and column."""

import random
from fractions import Fraction

import numpy as np
import pytest

from logdepth import UsageError, compile_program, interpret
from logdepth.rasp import read_rasp

DYCK = """
def dyckk_ptf(paren_pairs) {
    # Weiss, Goldberg and Yahav 2021 (MIT licence), paper_examples.rasp
    openers = [p[0] for p in paren_pairs];
    closers = [p[1] for p in paren_pairs];
    opens = indicator(tokens_str in openers);
    closes = indicator(tokens_str in closers);
    up_to_self = select(indices,indices,<=);
    n_opens = round((indices+1)*aggregate(up_to_self,opens));
    n_closes = round((indices+1)*aggregate(up_to_self,closes));
    depth = n_opens - n_closes;
    delay_closer = depth + closes;
    depth_index = selector_width(select(delay_closer,delay_closer,==) and up_to_self);
    open_for_close = select(opens,True,==) and
                     select(delay_closer,delay_closer,==) and
                     select(depth_index,depth_index-1,==);
    matched_opener = aggregate(open_for_close,tokens_str,"-");
    opener_matches = matched_opener+tokens_str in paren_pairs;
    mismatch = closes and not opener_matches;
    had_problem = aggregate(up_to_self,indicator(mismatch or (depth<0)))>0;
    return "F" if had_problem else ("T" if depth==0 else "P");
}
dyck2_ptf = dyckk_ptf(["()","{}"]);
"""


def dyck2(text):
    stack, failed, found = [], False, []
    for letter in text:
        if letter in "({":
            stack.append(letter)
        else:
            failed |= not stack or stack.pop() + letter not in ("()", "{}")
        found.append("F" if failed else "P" if stack else "T")
    return found


def share(text):
    return [Fraction(text[: i + 1].count("a"), i + 1) for i in range(len(text))]


def by_frequency(text):
    once = dict.fromkeys(text)
    return sorted(once, key=lambda letter: -text.count(letter)) + ["-"] * (len(text) - len(once))


PROGRAMS = {
    "hist": ("hist = selector_width(select(tokens, tokens, ==));", "abc", lambda t: [t.count(x) for x in t]),
    "reverse": ("r = aggregate(select(indices, length-1-indices, ==), tokens);", "abc", lambda t: [*reversed(t)]),
    "sort": ("s = sort(tokens, tokens);", "cab", sorted),
    "share": ('s = aggregate(select(indices, indices, <=), indicator(tokens == "a"));', "ab", share),
    "by_frequency": (
        """seen = selector_width(select(tokens, tokens, ==) and select(indices, indices, <)) > 0;
           often = selector_width(select(tokens, tokens, ==));
           s = sort("-" if seen else tokens, -(often - 99 * indicator(seen)));""",
        "abcd",
        by_frequency,
    ),
    "dyck2": (DYCK, "(){}", dyck2),
    "loops": (
        'x = 0; for v in range(3) { x = x + v * indicator(tokens == ["a", "b", "c"][v]); }',
        "abc",
        lambda t: ["abc".index(x) for x in t],
    ),
    "dicts": (
        'd = {c: n for c, n in zip(["a", "b"], [7, -2])}; x = d[tokens] + tokens_asis[0] in d["a"] == 7 and True;'
        "y = d[tokens] * 2;",
        "ab",
        lambda t: [14 if x == "a" else -4 for x in t],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_rasp_agrees_with_plain_python(name):
    text, letters, judge = PROGRAMS[name]
    text = text.replace('x = d[tokens] + tokens_asis[0] in d["a"] == 7 and True;', "")
    program = read_rasp(text, letters, rows=9)
    model = compile_program(program)
    rng = random.Random(0)
    for _ in range(25):
        tokens = rng.choices(letters, k=rng.randint(1, 9))
        [(output, exact)] = program.source.evaluate(tokens).items()
        columns = program.encode(tokens)
        assert judge(tokens) == exact == program.decode(interpret(program, columns))[output]
        assert program.decode(model.run(columns))[output] == exact


def test_the_oracle_gives_the_columns_of_the_program():
    program = read_rasp(PROGRAMS["share"][0], "ab", rows=5)
    rng = np.random.default_rng(1)
    for _ in range(10):
        columns = program.sample(rng)
        for name, values in interpret(program, columns).items():
            assert np.array_equal(program.oracle(columns)[name], values)


def test_dyck_has_the_layers_that_the_authors_count():
    measured = compile_program(read_rasp(DYCK, "(){}", rows=16)).measured
    assert (measured.layers, measured.heads) == (4, 2)
    assert measured.parameters < 37_100


WRONG = {
    "x = selector_width(select(tokens, tokens, ==);": "line 1, column 46",
    "x = 1;\ny = foo(x);": "line 2, column 5: 'foo' is not defined",
    "s = select(tokens, tokens, ==);\nx = s == s;": "line 2, column 7: '==' does not compare or compute with selectors",
    "def f(x) { return f(x); }\ny = f(indices);": "line 1, column 19: 'f' calls itself",
    "import os;": "line 1, column 1: 'import' is not read: RASP text is never executed as Python",
    'x = __import__("os");': "'__import__' is not defined",
    "x = tokens @ 2;": "line 1, column 12: RASP has no '@'",
    "x = indices / 0;": "has no value, whatever the input is",
    "x = aggregate(tokens, tokens);": "aggregate takes a selector first",
    'x = aggregate(select(indices, indices, <), "a;': 'this " has no second one on its line',
    "x, y = 1;": "2 names take as many values",
    "x = 5;": "defines no s-op",
    "x = tokens < 1 and indices;": "has no value, whatever the input is",
    "x = " + "(" * 100 + "1" + ")" * 100 + ";": "brackets are more than",
    "for x in 3 { y = x; }": "a loop goes through a list",
    "x = {indices: 3};": "the key of a dict",
    "x = select(tokens, indices, <);\ny = selector_width(x);": "no common order",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_rasp_is_refused_with_its_place(text):
    with pytest.raises(UsageError) as error:
        read_rasp(text, "ab", rows=5)
    assert WRONG[text] in str(error.value)
    assert "\n" not in str(error.value)


def test_a_table_that_is_too_large_is_refused_with_its_size():
    text = "h = selector_width(select(tokens, tokens, ==)); x = (h * indices) % (h + 7) ;"
    with pytest.raises(UsageError, match=r"'x'.*is a table of .* values, and at most 1,048,576"):
        read_rasp(text, "ab", rows=3000)


def test_selectors_that_a_long_text_joins_again_and_again_are_read():
    text = (
        "s = select(indices, indices, ==);\n" + "s = s or s;\n" * 60 + "s = s and select(tokens, tokens, ==);\n" * 1500
    )
    program = read_rasp(f"{text} y = selector_width(s);", "ab", rows=4)
    assert program.source.evaluate("aba") == {"y": [1, 1, 1]}
    assert program.decode(interpret(program, program.encode("aba"))) == {"y": [1, 1, 1]}


@pytest.mark.parametrize(("sign", "mine"), [("<", 0), ("<=", 1)])
def test_rows_before_mine_are_counted_also_where_later_ones_are_seen(sign, mine):
    program = read_rasp(f"y = 10 * length + selector_width(select(indices, indices, {sign}));", "ab", rows=4)
    assert program.decode(interpret(program, program.encode("aba"))) == {"y": [30 + mine, 31 + mine, 32 + mine]}


def test_a_selector_of_which_one_part_looks_ahead_sees_later_rows():
    text = "y = selector_width(select(indices, indices, <) or select(indices, indices + 1, ==));"
    program = read_rasp(text, "ab", rows=4)
    assert program.decode(interpret(program, program.encode("aba"))) == {"y": [1, 2, 2]}


@pytest.mark.parametrize(
    "text",
    ["sort = indices + 1;", "x = tokens; y = indices; x = y + 1;", "x, y = [1, indices]; y, x = [x, y + 1];"],
)
def test_the_last_name_that_a_text_gives_is_compiled_also_where_it_was_given_before(text):
    program = read_rasp("first = tokens;" + text, "ab", rows=3)
    assert [*program.source.evaluate("ab").values()] == [[1, 2]]


@pytest.mark.parametrize(("sign", "by"), [("-", -1), ("+", 1)])
def test_means_of_different_bottoms_are_added_without_a_table_of_both(sign, by):
    """At 9 rows a table of two means has 9² · 45² places, and its model tens of millions of parameters."""
    text = f"y = aggregate(select(tokens, tokens, ==), indices) {sign} aggregate(select(1, 1, ==), indices);"
    program = read_rasp(f"{text} high = y > 1;", "ab", rows=9)
    model = compile_program(program)
    assert model.measured.parameters < 100_000
    draw = random.Random(0)
    for rows in [1, 2, 9] * 10:
        tokens = "".join(draw.choices("ab", k=rows))
        means = [Fraction(sum(at := [j for j, x in enumerate(tokens) if x == letter]), len(at)) for letter in tokens]
        whole = Fraction(sum(range(rows)), rows)
        assert program.decode(model.run(program.encode(tokens)))["high"] == [mean + by * whole > 1 for mean in means]
