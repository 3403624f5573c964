"""Regular expressions mean what Python's `re.fullmatch` says; what is not regular is refused with its column."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.automata import determinise, minimise, read_regex, regex_dfa
from logdepth.numerics.errors import CapacityExceeded, UsageError

WORDS = ["".join(letters) for size in range(7) for letters in product("abc", repeat=size)]
EXPRESSIONS = [
    "(a|b)*abb",
    "",
    "()",
    "a|",
    "(?:ab)+c?",
    "(?P<first>a)b*",
    "[ab]c",
    "[^ab]*",
    "[a-b]{2}",
    "a{2,}",
    "a{,2}b",
    "(ab|c){1,3}",
    "a*?b+?c??",
    ".b.",
    r"\w\w",
    r"[\w]",
    r"\W*",
    "((a*)*)*",
    "(|a)(|b)",
    "[a-]c",
    "[]a]*",
    r"a\.*",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_accepts_what_fullmatch_matches(text):
    dfa = regex_dfa(text, "abc.]-")
    for word in WORDS:
        assert dfa.accepts(word) == bool(re.fullmatch(text, word)), word


@pytest.mark.parametrize("text", [".*", r"\w*", r"\W*", r"\d*", r"[^\d]*", r"\s*", r"\S*", r"[\w-]*", r"[^a]*"])
def test_dots_and_classes_stand_for_the_same_letters_as_in_re(text):
    letters = "aé٣²_- \n\t\u2003\x1c"
    dfa = regex_dfa(text, letters)
    assert [dfa.accepts(letter) for letter in letters] == [bool(re.fullmatch(text, letter)) for letter in letters]


def test_repeating_the_empty_word_writes_out_nothing():
    assert len(regex_dfa("((((){1000}){1000}){1000}){1000}", "a")) == 2


PARTS = st.recursive(
    st.sampled_from(["a", "b", "c", "[ab]", "[^a]", "."]),
    lambda inner: st.one_of(
        st.builds(lambda x, y: f"{x}{y}", inner, inner),
        st.builds(lambda x, y: f"(?:{x}|{y})", inner, inner),
        st.builds(lambda x, sign: f"(?:{x}){sign}", inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}"])),
    ),
    max_leaves=6,
)


@given(text=PARTS)
@settings(max_examples=60, deadline=None)
def test_random_expressions_agree_with_fullmatch(text):
    nfa = read_regex(text, "abc")
    dfa, pattern = minimise(determinise(nfa)), re.compile(text)
    for word in WORDS[:400]:
        assert nfa.accepts(word) == dfa.accepts(word) == bool(pattern.fullmatch(word)), word


def test_letters_are_those_of_the_expression_in_order():
    assert regex_dfa("ba*c").letters == "abc"
    assert regex_dfa("ba*c", "cab").letters == "cab"


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("a(b", 2, "this ( is never closed"),
        ("a)b", 2, "closes no group"),
        ("*a", 1, "* repeats nothing"),
        ("a**", 3, "a repetition is repeated"),
        ("a*+", 3, "possessive"),
        ("[ab", 1, "this [ is never closed"),
        ("a{x}", 2, "a repetition is {2}"),
        ("a{3,1}", 2, "Exchange them"),
        ("[b-a]", 2, "a range goes upwards"),
        ("ab\\", 3, "a backslash ends the expression"),
        (r"(a)\1", 4, "backreference"),
        (r"(?P<x>a)(?P=x)", 9, "backreference"),
        ("x(?=a)", 2, "lookahead"),
        ("x(?!a)", 2, "negative lookahead"),
        ("(?<=a)x", 1, "lookbehind"),
        ("(?>a)", 1, "atomic"),
        ("^a", 1, "describes the whole text"),
        ("a$", 2, "describes the whole text"),
        (r"a\b", 2, "anchor"),
        (r"\q", 1, "there is no \\q"),
        ("a.", 2, "a dot stands for letters of the alphabet"),
        ("a[^b]", 2, "stands for letters of the alphabet"),
        (r"a\d", 2, "stands for letters of the alphabet"),
        ("(a{1000}){1000}", 10, "writes out 1,000,000 letters"),
        ("(" * 60 + "a" + ")" * 60, 51, "nested more than 50 deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_column(text, column, why):
    with pytest.raises(UsageError, match=re.escape(f"column {column}: ")) as caught:
        regex_dfa(text)
    assert why in str(caught.value)


def test_a_letter_outside_the_alphabet_is_refused():
    with pytest.raises(UsageError, match=r"column 3: letter 'c' is not in the alphabet 'ab'\. Give another alphabet\."):
        regex_dfa("abc", "ab")


@pytest.mark.parametrize("text", [r"[\d-a]", r"[0-\d]"])
def test_a_class_is_no_end_of_a_range_even_if_the_alphabet_has_one_letter_of_it(text):
    with pytest.raises(UsageError, match="column 2: a range is from one letter to another"):
        regex_dfa(text, "0a")


def test_an_expression_without_letters_needs_an_alphabet():
    with pytest.raises(UsageError, match=r"holds no letter.*Give alphabet\."):
        regex_dfa("()")
    assert regex_dfa("()", "a").accepts("") and not regex_dfa("()", "a").accepts("a")


def test_an_expression_whose_automaton_is_too_large_is_refused_before_it_is_built():
    with pytest.raises(CapacityExceeded, match=r"more than 2,000 states.*2\^"):
        regex_dfa("(a|b)*a" + "(a|b)" * 14)
