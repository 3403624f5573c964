"""Automata as values: minimal ones, those that guess, their monoids, and their tables."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.automata import (
    LANGUAGES,
    WAYS,
    Dfa,
    Nfa,
    cyclic,
    decision_tables,
    draw_accepted,
    minimal_dfa,
    minimise,
    outside_of_a_sink,
    read_table,
    regex_dfa,
    shortcoming,
    smallest_action,
    transition_monoid,
    window,
    with_fewest_layers,
    write_table,
)
from logdepth.numerics.errors import UsageError

WORDS = ["".join(letters) for size in range(8) for letters in product("ab", repeat=size)]


def random_dfa(seed, states=5, letters="ab"):
    rng = np.random.default_rng(seed)
    steps = rng.integers(0, states, (states, len(letters))).tolist()
    accepting = frozenset(np.flatnonzero(rng.random(states) < 0.5).tolist())
    return Dfa(letters, tuple(map(tuple, steps)), 0, accepting)


@pytest.mark.parametrize("seed", range(20))
def test_the_least_automaton_accepts_the_same_words_and_is_least(seed):
    dfa = random_dfa(seed)
    least = minimise(dfa)
    assert [least.accepts(word) for word in WORDS] == [dfa.accepts(word) for word in WORDS]
    futures = {tuple(dfa.accepts(word + more) for more in WORDS[:63]) for word in WORDS[:63]}
    assert len(least) == len(futures)  # Myhill and Nerode
    assert minimise(least) == least


@pytest.mark.parametrize("seed", range(10))
def test_an_automaton_that_guesses_is_made_one_that_does_not(seed):
    rng = np.random.default_rng(seed)
    steps = tuple(tuple(frozenset(np.flatnonzero(rng.random(4) < 0.3).tolist()) for _ in "ab") for _ in range(4))
    nfa = Nfa("ab", steps, frozenset([0, 1]), frozenset([3]))
    dfa = minimal_dfa(nfa)
    assert [dfa.accepts(word) for word in WORDS] == [nfa.accepts(word) for word in WORDS]


@pytest.mark.parametrize("seed", range(6))
def test_products_of_the_monoid_are_maps_of_words(seed):
    dfa = random_dfa(seed, states=3)
    monoid = transition_monoid(dfa)
    for word in WORDS:
        element = 0
        for letter in word:
            element = monoid.products[element, monoid.letters["ab".index(letter)]]
        ends = [Dfa("ab", dfa.steps, start, frozenset()).trace(word)[-1] if word else start for start in range(3)]
        assert monoid.maps[element].tolist() == ends
    found = {tuple(monoid.maps[e]) for e in range(len(monoid))}
    assert len(found) == len(monoid)
    i, j, k = np.ix_(*[np.arange(len(monoid))] * 3)
    assert np.array_equal(monoid.products[monoid.products[i, j], k], monoid.products[i, monoid.products[j, k]])


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.name)
def test_the_automaton_of_a_language_agrees_with_plain_python(language):
    rng = np.random.default_rng(0)
    for size in (1, 2, 3, 8, 12):
        for word in ("".join(rng.choice(list(language.letters), size)), language.draw(rng, size)):
            assert len(word) == size and len(language.belongs(word)) == size
            if language.dfa is not None:
                assert language.belongs(word) == [state in language.dfa.accepting for state in language.dfa.trace(word)]


@pytest.mark.parametrize("language", [each for each in LANGUAGES.values() if each.dfa], ids=lambda each: each.name)
def test_a_regular_language_is_of_its_kind(language):
    monoid = transition_monoid(language.dfa)
    kind = {
        "commutative": monoid.is_commutative,
        "star-free": monoid.is_aperiodic,
        "solvable": monoid.is_solvable and not monoid.is_aperiodic,
        "NC¹-complete": not monoid.is_solvable,
    }
    assert kind[language.kind]


def test_the_group_of_even_permutations_of_five_points_is_not_solvable_and_that_of_three_points_is():
    assert not transition_monoid(LANGUAGES["a5"].dfa).is_solvable
    assert transition_monoid(LANGUAGES["s3"].dfa).is_solvable
    assert len(transition_monoid(LANGUAGES["a5"].dfa)) == 60


def test_a_monoid_that_is_too_large_is_not_listed():
    assert transition_monoid(random_dfa(0, states=12), most=50) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("(a|b)*abb", 3), ("(a|b)*", 0), ("(a|b)*a", 1), ("(ab)*", None), ("a*", None), ("b", 2), ("a|b", 2)],
)
def test_the_window_is_the_number_of_last_letters_that_decide(text, length):
    assert window(regex_dfa(text, "ab")) == length


def test_ways_run_the_automata_that_they_are_for():
    ways = {text: with_fewest_layers(regex_dfa(text, "ab")) for text in ("(a|b)*abb", "(b*ab*ab*)*", "[ab]*a", "(ab)*")}
    assert ways == {"(a|b)*abb": "window", "(b*ab*ab*)*": "count", "[ab]*a": "last", "(ab)*": "sink"}
    assert all(shortcoming(regex_dfa(text, "ab"), way) is None for text, way in ways.items())
    assert {way for way in WAYS if shortcoming(regex_dfa("(ab)*"), way)} == {"last", "count", "window"}
    assert with_fewest_layers(LANGUAGES["s3"].dfa) == "compose"


@pytest.mark.parametrize(("name", "points"), [("a5", 5), ("s3", 3), ("mod-7", 7), ("ends-abb", 4), ("parity", 2)])
def test_the_smallest_action_has_the_same_monoid(name, points):
    dfa = LANGUAGES[name].dfa
    action = smallest_action(dfa)
    assert len(action.dfa) == points
    assert len(transition_monoid(action.dfa)) == len(transition_monoid(dfa))
    rng = np.random.default_rng(0)
    for word in (rng.integers(0, len(dfa.letters), 9).tolist() for _ in range(20)):
        assert action.dfa.trace_numbers(word) == [action.blocks[state] for state in dfa.trace_numbers(word)]


def test_images_decide_the_state():
    action = smallest_action(LANGUAGES["a5"].dfa)
    for ends in (action.ends, [(images, int(end == 0)) for images, end in action.ends]):
        tables = decision_tables(ends)
        for images, value in ends:
            code = 0
            for table, image in zip(tables, images, strict=True):
                code = table[code][image]
            assert code == value
    assert max(map(len, tables)) <= 4  # where only the identity counts, few beginnings differ


def test_outside_of_its_sink_the_automaton_of_bounded_brackets_is_a_circle():
    alive = outside_of_a_sink(LANGUAGES["dyck-1-depth-4"].dfa)
    assert alive.turns and len(alive.simpler) == 5
    assert transition_monoid(alive.simpler).is_group


def test_the_powers_of_one_map_make_counters_with_a_threshold():
    at_least_two = transition_monoid(regex_dfa("b*ab*a[ab]*"))
    powers = cyclic(at_least_two)
    assert powers.index == 2 and powers.period == 1 and [powers.fold(count) for count in range(5)] == [0, 1, 2, 2, 2]


@given(seed=st.integers(0, 10**6), size=st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_a_drawn_word_is_accepted(seed, size):
    dfa = regex_dfa("(a|b)*abb|(aa)*")
    word = draw_accepted(dfa, np.random.default_rng(seed), size)
    if word is None:
        assert size in (1,)
    else:
        assert dfa.accepts("".join("ab"[letter] for letter in word))


@pytest.mark.parametrize("seed", range(5))
def test_a_table_comes_back(seed):
    dfa = random_dfa(seed, letters=" ;#")
    again = read_table(write_table(dfa))
    assert minimise(again) == minimise(dfa) and again.letters == " ;#"


TABLE = """
# the number of a is even
letters ab
start even     # the first state
accept even
even a odd; even b even
odd a even
odd b odd
"""


def test_a_table_is_read_with_the_names_of_its_states():
    dfa = read_table(TABLE)
    assert dfa.names == ("even", "odd")
    assert minimise(dfa) == regex_dfa("(b*ab*a)*b*")
    assert [dfa.name_of(state) for state in dfa.trace("aba")] == ["odd", "odd", "even"]


def test_a_table_of_an_automaton_that_guesses():
    dfa = read_table("nfa; letters ab; start 1; accept 3; 1 a 1; 1 b 1; 1 a 2; 2 b 3")
    assert dfa == regex_dfa("(a|b)*ab")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it names no letters"),
        ("letters a", "it names no first state"),
        ("letters ab; start 1; 1 a 1", "state '1' has no step for letter 'b'"),
        ("letters a\nstart 1\n1 a 1\n  1 a 2", "line 4, column 3: state '1' has two steps for letter 'a'"),
        ("letters a; start 1 2; 1 a 1", "line 1, column 20: a second first state"),
        ("letters a; start 1; 1 c 1", "line 1, column 21: the step by 'c'"),
        ("letters a; start 1; 1 ab 1", "line 1, column 23: 'ab' is no single letter"),
        ("letters aa; start 1", "line 1, column 9: letter 'a' comes twice"),
        ("nfa; letters a; start 1; accept 1 2; 1 a 1", "line 1, column 35: no step leads to or from state '2'"),
        ("letters a; letters b", "line 1, column 12: letters are named a second time"),
        ("letters a\nwhat", "line 2, column 1: 'what' is no line such as"),
        ("letters ab;" + "".join(f"{i} a {i + 1};" for i in range(2001)) + "start 0", "2,002 states"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_place(text, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        read_table(text)


def test_every_blank_but_those_between_words_can_be_a_letter_of_a_table():
    letters = "a\u00a0\u2028\x0b"
    dfa = read_table(f"letters {letters}; start 1; " + "; ".join(f"1 {letter} 1" for letter in letters))
    assert dfa.letters == letters
    assert read_table(write_table(dfa)) == dfa
