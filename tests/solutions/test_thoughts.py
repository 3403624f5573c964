"""One layer that thinks aloud: every thought is the automaton's next state, and it thinks one thought a letter."""

from itertools import product

import numpy as np
import pytest

from logdepth import compile_program
from logdepth.automata import LANGUAGES, regex_dfa
from logdepth.numerics.errors import UsageError
from logdepth.solutions import think, thinking_program


@pytest.mark.parametrize("regex", ["(a|b)*abb", "(ab)*", "b*(ab*ab*)*"])
def test_the_thoughts_about_all_short_texts_are_the_states_of_the_automaton(regex):
    dfa, n = regex_dfa(regex), 4
    model = compile_program(thinking_program(dfa, n))
    assert (model.measured.layers, model.measured.heads) == (1, 1)
    for size in range(1, n + 1):
        for text in product((1, 2), repeat=size):
            states = [state + 1 for state in dfa.trace_numbers(letter - 1 for letter in text)]
            assert think(model.transformer, text).tolist() == states


def test_every_thought_is_right_by_itself():
    """Also after a thought that no automaton would have: what follows depends on state, place and text alone."""
    dfa, n, rng = LANGUAGES["a5"].dfa, 12, np.random.default_rng(0)
    model = compile_program(thinking_program(dfa, n))
    assert (model.measured.layers, model.measured.heads) == (1, 1)
    for _ in range(20):
        text = rng.integers(1, 61, n)
        state, read = rng.integers(1, 61, n), rng.integers(0, n, n)
        columns = {
            "token": np.concatenate([text, np.zeros(n, dtype=int)]),
            "state": np.concatenate([np.zeros(n, dtype=int), state]),
            "read": np.concatenate([np.zeros(n, dtype=int), read]),
        }
        expected = [dfa.steps[s - 1][text[r] - 1] + 1 for s, r in zip(state, read, strict=True)]
        assert model.run(columns)["state"][n:].tolist() == expected


def test_the_word_problem_of_a5_in_one_layer():
    language, rng = LANGUAGES["a5"], np.random.default_rng(0)
    model = compile_program(thinking_program(language.dfa, 40))
    word = language.draw(rng, 40)
    thoughts = think(model.transformer, [language.letters.index(letter) + 1 for letter in word])
    assert [state - 1 in language.dfa.accepting for state in thoughts] == language.belongs(word)


def test_generate_ends_where_it_is_told():
    model = compile_program(thinking_program(regex_dfa("(a|b)*abb"), 10))
    prompt = {"token": "abb", "state": [0] * 3, "read": [0] * 3}
    assert model.generate(prompt, ends=["state"])["state"].tolist() == [0, 0, 0, 2, 3, 4]
    assert model.generate(prompt)["state"].tolist() == [0, 0, 0]  # a thought has no letter, and 0 is none


def test_a_text_without_room_for_its_thoughts_is_refused():
    model = compile_program(thinking_program(regex_dfa("a*b"), 3))
    assert len(think(model.transformer, [1, 1, 2])) == 3
    for text in ([1] * 4, [], [[1]]):
        with pytest.raises(UsageError, match="one text of 1 to 3 letters"):
            think(model.transformer, text)
