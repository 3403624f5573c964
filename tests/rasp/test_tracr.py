"""Tracr's objects, recognised by the names of their classes: here by stand-ins, since Tracr is no dependency.

`benchmarks/tracr.py` runs Tracr's own programs and test cases.
"""

import operator
import random
from enum import Enum
from fractions import Fraction
from types import SimpleNamespace

import pytest

from logdepth import UsageError, compile_program
from logdepth.rasp import from_tracr


def kind(name, *fields):
    """A class of this name with these fields."""

    def __init__(self, *values):
        self.__dict__.update(zip(fields, values, strict=True))

    return type(name, (SimpleNamespace,), {"__init__": __init__})


Tokens, Indices, Length = kind("TokensType"), kind("IndicesType"), kind("LengthType")
Map, SequenceMap = kind("Map", "f", "inner"), kind("SequenceMap", "f", "fst", "snd")
Linear = kind("LinearSequenceMap", "fst", "snd", "fst_fac", "snd_fac")
Full, Width = kind("Full", "fill"), kind("SelectorWidth", "selector")
Select, Aggregate = kind("Select", "keys", "queries", "predicate"), kind("Aggregate", "selector", "sop", "default")
And, Or, Not = kind("SelectorAnd", "fst", "snd"), kind("SelectorOr", "fst", "snd"), kind("SelectorNot", "inner")
Comparison = Enum("Comparison", ["EQ", "LT", "LEQ", "GT", "GEQ", "NEQ", "TRUE", "FALSE"])

TOKENS, INDICES = Tokens(), Indices()


def means(values, default=None):
    return Fraction(sum(values), len(values)) if values else default


def up_to(values):
    return [means(values[: i + 1]) for i in range(len(values))]


MEANS = Aggregate(Select(INDICES, INDICES, Comparison.LEQ), TOKENS, None)
PROGRAMS = {
    "hist": (Width(Select(TOKENS, TOKENS, Comparison.EQ)), "abc", lambda t: [t.count(x) for x in t]),
    "shift": (
        Aggregate(Select(INDICES, INDICES, lambda k, q: q == k + 2), TOKENS, None),
        "abc",
        lambda t: ([None, None, *t])[: len(t)],
    ),
    "balance": (
        Linear(
            Aggregate(Select(INDICES, INDICES, Comparison.LEQ), Map(lambda t: t == "(", TOKENS), 0),
            Aggregate(Select(INDICES, INDICES, Comparison.LEQ), Map(lambda t: t == ")", TOKENS), 0),
            1,
            -1,
        ),
        "()",
        lambda t: [Fraction(t[: i + 1].count("(") - t[: i + 1].count(")"), i + 1) for i in range(len(t))],
    ),
    "sort by floats": (
        Aggregate(
            Select(
                Width(
                    Select(
                        SequenceMap(lambda x, i: x + 1 * i / 8, TOKENS, INDICES),
                        SequenceMap(lambda x, i: x + 1 * i / 8, TOKENS, INDICES),
                        Comparison.LT,
                    )
                ),
                INDICES,
                Comparison.EQ,
            ),
            TOKENS,
            None,
        ),
        [1, 2, 3],
        sorted,
    ),
    "mean of the others": (
        Aggregate(Not(Select(TOKENS, TOKENS, Comparison.EQ)), INDICES, None),
        "ab",
        lambda t: [means([j for j, y in enumerate(t) if y != x]) for x in t],
    ),
    "any predicate": (
        Width(Or(Select(TOKENS, INDICES, lambda k, q: (k + q) % 3 == 1), Select(INDICES, TOKENS, Comparison.GT))),
        [0, 1, 4],
        lambda t: [sum((k + i) % 3 == 1 or j > q for j, k in enumerate(t)) for i, q in enumerate(t)],
    ),
    "threshold of a mean": (
        Map(lambda m: m > 0.3, Aggregate(Select(TOKENS, TOKENS, Comparison.TRUE), TOKENS, None)),
        [0, 1],
        lambda t: [10 * sum(t) > 3 * len(t)] * len(t),
    ),
    "any predicate of means": (
        Width(Select(MEANS, MEANS, lambda k, q: round(7 * k) % 3 == round(5 * q) % 2)),
        [0, 1, 2],
        lambda t: [sum(round(7 * k) % 3 == round(5 * q) % 2 for k in up_to(t)) for q in up_to(t)],
    ),
    "any function of means": (
        SequenceMap(lambda m, x: str(round(9 * m) % 4 + x), MEANS, TOKENS),
        [0, 1, 2],
        lambda t: [str(round(9 * m) % 4 + x) for m, x in zip(up_to(t), t, strict=True)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_objects_of_tracr_agree_with_plain_python(name):
    sop, vocabulary, judge = PROGRAMS[name]
    program = from_tracr(sop, vocabulary, rows=8, name=name)
    model = compile_program(program)
    rng = random.Random(2)
    for _ in range(20):
        tokens = rng.choices([*vocabulary], k=rng.randint(1, 8))
        assert program.source.evaluate(tokens)[name] == judge(tokens)
        assert program.decode(model.run(program.encode(tokens)))[name] == judge(tokens)


def test_causal_objects_count_up_to_mine():
    program = from_tracr(Width(Select(TOKENS, TOKENS, Comparison.TRUE)), "ab", rows=4, causal=True)
    model = compile_program(program)
    assert [*program.decode(model.run(program.encode("abba"))).values()] == [[1, 2, 3, 4]]
    assert model.measured.layers == 0


def test_what_is_no_s_op_is_refused():
    constant = kind("ConstantSOp", "value")([1, 2])
    with pytest.raises(UsageError, match="a ConstantSOp holds the answer of one input"):
        from_tracr(constant, "ab", rows=3)
    with pytest.raises(UsageError, match="is a selector"):
        from_tracr(Select(TOKENS, TOKENS, Comparison.EQ), "ab", rows=3)
    with pytest.raises(UsageError, match="distinct"):
        from_tracr(TOKENS, "aba", rows=3)
    with pytest.raises(UsageError, match="has no value, whatever"):
        from_tracr(Map(lambda x: operator.truediv(x, 0), INDICES), "ab", rows=3)


def made_of_itself():
    sop = Map(abs, INDICES)
    sop.inner = sop
    return sop


def deep(levels):
    sop = INDICES
    for _ in range(levels):
        sop = Map(lambda x: x + 1, sop)
    return sop


@pytest.mark.parametrize(
    ("sop", "why"),
    [
        (made_of_itself(), "a Map is made of itself"),
        (deep(2000), "too deep inside one another"),
        (Map(lambda x: int("seven"), INDICES), "raises ValueError: invalid literal"),
        (Width(Select(TOKENS, TOKENS, lambda key: key)), "has no value, whatever.*TypeError"),
        (Width(Select(TOKENS, TOKENS, 5)), "has no value, whatever.*not callable"),
        ({}, "got none"),
        ("hist", "a str is no s-op or selector"),
        (type("SelectorWidth", (), {"annotations": property(abs)}), "the class SelectorWidth is no s-op or selector"),
    ],
)
def test_objects_without_meaning_are_refused_with_the_reason(sop, why):
    with pytest.raises(UsageError, match=why):
        from_tracr(sop, "ab", rows=3)
