"""Automata as transformers: every way gives the states that one step at a time gives, in the layers that it claims."""

from itertools import product

import numpy as np
import pytest

from logdepth import compile_task, make_task
from logdepth.automata import LANGUAGES, Dfa, write_table
from logdepth.numerics.errors import UsageError
from logdepth.runs import prepare, run_prepared

MOST = 6


def random_table(seed, states=6):
    rng = np.random.default_rng(seed)
    steps = rng.integers(0, states, (states, 2)).tolist()
    return write_table(Dfa("ab", tuple(map(tuple, steps)), 0, frozenset({1})))


def all_texts(letters, most):
    return {
        size: np.array(list(product(range(1, letters + 1), repeat=size)), dtype=np.int64) for size in range(1, most + 1)
    }


def wrong_answers(task, model, most=MOST):
    wrong = 0
    for texts in all_texts(len(task.letters), most).values():
        given = model.run({"token": texts})["answer"]
        wrong += sum(not np.array_equal(task.solve(text), answer) for text, answer in zip(texts, given, strict=True))
    return wrong


@pytest.mark.parametrize(("way", "states"), [("monoid", 3), ("maps", 6)])
@pytest.mark.parametrize("seed", range(4))
def test_the_states_of_random_automata_on_all_short_texts(seed, way, states):
    task = make_task("automaton", n=MOST, table=random_table(seed, states), answer="state", way=way)
    model = compile_task(task)
    assert wrong_answers(task, model) == 0
    assert model.measured.layers == 3 and model.measured.heads == 1


@pytest.mark.parametrize(
    ("regex", "way", "layers", "heads"),
    [
        ("(a|b)*abb", "window", 1, 2),
        ("(a|b)*a", "window", 0, 0),
        ("b*(ab*ab*)*", "count", 1, 1),
        ("b*ab*a[ab]*", "count", 1, 1),
        ("(aa)*b?(aa)*b?(aa)*|(aa)*", "compose", 3, 1),
        ("[abc]*ac*", "last", 1, 1),
        ("[ab]*a", "last", 0, 0),
        ("(ab)*", "sink", 2, 1),
        ("a*b*c*", "sink", 2, 1),
        ("(ac*b)*", "sink", 2, 1),
        ("(a|b)*abb", "fewest", 1, 2),
        ("(ab)*", "fewest", 2, 1),
        ("a*", "compose", 0, 0),
        ("a|b", "fewest", 1, 1),
    ],
)
def test_a_way_is_right_in_the_layers_that_it_claims(regex, way, layers, heads):
    task = make_task("automaton", n=MOST, regex=regex, way=way)
    model = compile_task(task)
    assert wrong_answers(task, model, 5) == 0
    assert (model.measured.layers, model.measured.heads) == (layers, heads)
    assert (model.claimed["layers"], model.claimed["heads"]) == (layers, heads)


def test_letters_that_are_no_powers_of_one_map_are_counted_apart():
    both = "letters abc; start 1; accept 1; 1 a 2; 2 a 1; 3 a 4; 4 a 3; 1 b 3; 3 b 1; 2 b 4; 4 b 2"  # Z2 × Z2
    task = make_task("automaton", n=MOST, table=f"{both}; 1 c 1; 2 c 2; 3 c 3; 4 c 4", answer="state", way="count")
    model = compile_task(task)
    assert wrong_answers(task, model, 5) == 0
    assert (model.measured.layers, model.measured.heads) == (1, 2)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 33])
def test_composing_takes_log_n_layers(n):
    for way in ("monoid", "maps"):
        task = make_task("automaton", n=n, regex="(ab)*", way=way)
        model, text = compile_task(task), np.array([1, 2] * n)[:n]
        assert model.measured.layers == (n - 1).bit_length() == model.claimed["layers"]
        assert np.array_equal(model.answer(text), task.solve(text))


def test_maps_of_q_states_take_2_q_plus_5_columns():
    task = make_task("automaton", n=100, table=random_table(1), answer="state", way="maps")
    moving = sum(set(row) != {state} for state, row in enumerate(task.running.steps))
    assert compile_task(task).measured.width <= 2 * moving + 5


def test_the_cheaper_composition_is_taken():
    for regex in ("(a|b)*abb", "(a|b)*a(a|b){3}"):
        size = {
            way: compile_task(make_task("automaton", n=64, regex=regex, way=way)).measured.parameters
            for way in ("monoid", "maps", "compose")
        }
        assert size["compose"] <= 1.5 * min(size["monoid"], size["maps"])


def test_the_word_problem_of_a5_at_1024_letters():
    task = make_task("language", of="a5", n=1024)
    model, rng = compile_task(task), np.random.default_rng(0)
    assert model.measured.layers == 10 and model.measured.width == 15 and model.dtype == "float32"
    texts = np.array([task.sample(rng, family, 1024) for family in ("random", "belongs", "one-off", "constant")])
    given = model.run({"token": texts})["answer"]
    assert all(np.array_equal(task.solve(text), answer) for text, answer in zip(texts, given, strict=True))
    assert given[1].sum() > 100  # the identity comes often


@pytest.mark.parametrize("name", [each.name for each in LANGUAGES.values() if len(each.letters) <= 5])
def test_a_language_on_all_short_texts(name):
    task = make_task("language", of=name, n=8)
    assert wrong_answers(task, compile_task(task), 8 if len(task.letters) == 2 else 5) == 0


@pytest.mark.parametrize("name", ["anbncn", "dyck-2", "a5", "parity", "formula"])
def test_machines_of_little_memory_give_the_same(name):
    task = make_task("language", of=name, n=60)
    text = task.sample(np.random.default_rng(1), "belongs", 60)
    assert np.array_equal(run_prepared(prepare(task, text, memory=160)).answer, task.solve(text))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"regex": "[^a]", "alphabet": "a"}, "accepts no text at all"),
        ({"regex": ""}, r"the expression is empty. Give regex or table\."),
        ({"regex": "(ab)*", "way": "count"}, "the order of its letters matters.*way='sink' does"),
        ({"regex": "(ab)*", "way": "last"}, "some letter neither"),
        ({"regex": "(ab)*", "way": "window"}, "no number of last letters"),
        ({"regex": "(a|b)*abb", "way": "sink"}, "outside of a state that no letter leaves"),
        ({"way": "sideways"}, "has no way 'sideways'"),
        ({"answer": "maybe"}, "answers no 'maybe'"),
        ({"table": "nowhere.txt"}, "nowhere.txt does not exist"),
        ({"table": "letters a; start 1", "regex": "a"}, "Leave out table or regex"),
        ({"table": "letters a; start 1", "alphabet": "a"}, "Leave out table or alphabet"),
        ({"regex": "(a|b)*a(a|b){9}", "way": "monoid"}, "more than 300 different maps"),
        ({"regex": "(a|b)*a(a|b){9}"}, "maps of more than 100.*way='window' does"),
    ],
)
def test_an_automaton_that_cannot_be_run_is_refused(parameters, message):
    with pytest.raises(UsageError, match=message):
        make_task("automaton", parameters)


def test_a_table_file_is_kept_whole_in_the_parameters(tmp_path):
    path = tmp_path / "even.txt"
    path.write_text("letters ab\nstart even\naccept even\neven a odd\neven b even\nodd a even\nodd b odd\n")
    task = make_task("automaton", table=str(path), answer="state")
    path.unlink()
    again = make_task("automaton", task.parameters)
    assert again == task
    assert again.present(again.solve(again.instance_of("aba")), again.instance_of("aba")) == ["odd", "odd", "even"]
