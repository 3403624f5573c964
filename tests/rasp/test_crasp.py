"""C-RASP, compiled, against counting on paper; and what is refused, with line and column."""

import random

import pytest

from logdepth import UsageError, compile_program
from logdepth.rasp import read_crasp

MAJORITY = "a := #[j<=i] Q_a; b := #[j<=i] Q_b(j); majority(i) := b(i) < a(i);"
ABC = """a := #[j <= i] Q_a;  b := #[j <= i] Q_b;  c := #[j <= i] Q_c;
         late := #[j <= i] (Q_a and 0 < b + c) or (Q_b ∧ 0 < c);     // a letter after one that follows it
         bad := #[j <= i] ((Q_a and 0 < b + c) or (Q_b and 0 < c));
         word := a == b and b = c and bad ≤ 0;"""
PROGRAMS = {
    "majority": (MAJORITY, lambda t: t.count("a") > t.count("b"), (1, 2)),
    "anbncn": (
        ABC.replace("late := #[j <= i] (Q_a and 0 < b + c) or (Q_b ∧ 0 < c);", ""),
        lambda t: t == "a" * (len(t) // 3) + "b" * (len(t) // 3) + "c" * (len(t) // 3),
        (2, 3),
    ),
    "choice": ("a := #[j<=i] Q_a; b := #[j<=i] Q_b; m := max(a, 2) - (a < b ? min(a, b) : 0) == 2;", None, (1, 2)),
}


def words(letters, rng):
    yield from ("abc", "aabbcc", "aabbc", "acb", "ba")
    for _ in range(40):
        yield "".join(rng.choices(letters, k=rng.randint(1, 12)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_counting_programs_agree_with_counting_on_paper(name):
    text, judge, (layers, heads) = PROGRAMS[name]
    program = read_crasp(text, rows=12)
    model = compile_program(program)
    assert (model.measured.layers, model.measured.heads) <= (layers, heads)
    for word in words(program.input_letters["tokens"], random.Random(0)):
        if set(word) - set(program.input_letters["tokens"]):
            continue
        [exact] = program.source.evaluate(word).values()
        assert [*program.decode(model.run(program.encode(word))).values()] == [exact]
        if judge is not None:
            assert exact == [judge(word[: end + 1]) for end in range(len(word))]


WRONG = {
    "a := #[j <= i] Q_a": "line 1, column 19: ';' is expected",
    "a := Q_a;\nb := a + 1;": "line 2, column 6: a count is expected, and this is a truth value",
    "b := #[j <= i] c;": "column 16: 'c' is not defined before this line",
    "a := #[j <= i] a;": "'a' is not defined before this line",
    "a := Q_a; a := Q_b;": "'a' is defined before",
    "a = Q_a;": "':=' is expected",
    "a := $;": "C-RASP has no '$'",
    "": "defines no",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_crasp_is_refused_with_its_place(text):
    with pytest.raises(UsageError) as error:
        read_crasp(text, rows=4)
    assert WRONG[text] in str(error.value)
