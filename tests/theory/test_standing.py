"""How a claim stands for the parameters of a task: exact, asymptotic, conditional or vacuous."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from logdepth.refuters import REFUTERS
from logdepth.refuters.alike_nearby import FAMILIES as NEARBY
from logdepth.refuters.index_families import FAMILIES
from logdepth.tasks import TASKS, make_task
from logdepth.theory import STANDINGS, local_messages, one_layer, sequential_models
from logdepth.theory.claim import MODELS, Claim, Condition
from logdepth.theory.logarithm import ceil_log2

EXACT = Claim(model="transformer", direction="lower", exactness="exact", sizes={"layers": 2}, source="a paper")
GROWTH = replace(EXACT, exactness="asymptotic", sizes={"layers": "Ω(log k)"}, leading={"layers": 4.0})


@pytest.mark.parametrize(
    ("claim", "standing", "silence"),
    [
        (EXACT, "exact", ()),
        (GROWTH, "asymptotic", ()),
        (replace(GROWTH, conditional_on="a conjecture"), "conditional", ()),
        (replace(EXACT, conditional_on="a conjecture"), "conditional", ()),
        (replace(EXACT, sizes={"layers": 0}), "vacuous", ("it comes to 0 here",)),
        (replace(EXACT, sizes={"layers": 0}, direction="upper"), "exact", ()),
        (replace(EXACT, sizes={"layers": 0, "heads": 1}), "exact", ()),
        (replace(GROWTH, leading={"layers": 0.5}), "vacuous", ("its leading term is 0.5 here",)),
        (replace(GROWTH, leading={"layers": 1.0}), "asymptotic", ()),
        (replace(GROWTH, leading={}), "asymptotic", ()),
        (
            replace(GROWTH, conditional_on="a conjecture", conditions=(Condition("k is even", False),)),
            "vacuous",
            ("needs: k is even",),
        ),
        (replace(EXACT, conditions=(Condition("k is even", True),)), "exact", ()),
    ],
)
def test_a_claim_stands_as_what_it_rests_on_allows(claim, standing, silence):
    assert (claim.standing, claim.silence) == (standing, silence)
    assert claim.standing in STANDINGS


@pytest.mark.parametrize("name", TASKS)
def test_a_claim_that_says_nothing_says_why_and_only_then(name):
    most = next(item.high for item in TASKS[name].describe() if item.name == "n") or 60
    for parameters in ({}, {"n": 3}, {"n": min(60, most)}):
        for claim in make_task(name, parameters).theory:
            assert (claim.standing == "vacuous") == bool(claim.silence) >= (not claim.holds)
            assert claim.conditional_on is None or claim.standing in ("conditional", "vacuous")


def bound(task, model, quantity, exactness="exact"):
    """The number of a lower bound, 0 where it is vacuous."""
    found = [
        claim
        for claim in task.theory
        if (claim.model, claim.direction, claim.exactness) == (model, "lower", exactness) and quantity in claim.sizes
    ]
    assert len(found) == 1
    return 0 if found[0].silence else found[0].sizes[quantity]


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("induction-heads", [{"n": n, "alphabet": letters} for n in (1, 2, 7, 40) for letters in ("2", "3", "9")]),
        ("k-hop", [{"n": n, "k": 1, "alphabet": "4"} for n in (1, 9, 100)]),
        ("acausal-k-hop", [{"n": n, "k": 1, "alphabet": letters} for n in (2, 9, 60) for letters in ("3", "4", "20")]),
        ("3-sum", [{"n": n, "modulus": modulus} for n in (1, 5, 26) for modulus in (1, 8, 14, 15, 61, 152)]),
    ],
)
def test_one_layer_carries_the_bits_of_its_index_family(name, sizes):
    """The bound is the T of the family by which the refuter finds counterexamples."""
    for parameters in sizes:
        task = make_task(name, parameters)
        assert bound(task, "one-layer transformer", "bits") == max(0, FAMILIES[type(task)](task).bits)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("2-sum", [{"n": n, "modulus": modulus} for n in (1, 2, 3) for modulus in range(1, 7)]),
        ("3-sum", [{"n": 3, "modulus": modulus} for modulus in (2, 5, 8, 9)]),
        ("induction-heads", [{"n": n, "alphabet": letters} for n in (3, 4, 5) for letters in "123"]),
        ("recall", [{"n": n, "keys": keys, "values": 3} for n in (1, 2) for keys in (1, 2)]),
    ],
)
def test_one_pass_needs_no_more_bits_than_first_parts_have_futures(name, sizes):
    """By brute force: two first parts of one length are told apart by what may follow, if the last answer differs."""
    for parameters in sizes:
        task = make_task(name, parameters)
        futures = defaultdict(lambda: defaultdict(list))
        for instance in task.exhaustive(task.n):
            answer = task.solve(instance)[-1]
            for cut in range(len(instance)):
                futures[cut][tuple(instance[:cut])].append((*instance[cut:], answer))
        most = max(len({frozenset(future) for future in parts.values()}) for parts in futures.values())
        assert bound(task, "RNN / state-space model", "bits") <= ceil_log2(most)


@pytest.mark.parametrize("answer", ["accepted", "state"])
@pytest.mark.parametrize("regex", ["a+", "(a|b)*a", "a*b", "(aa)*", "(ab)*", "ab|b", "(a|b)(a|b)", "(a|b)*abb"])
def test_an_automaton_needs_a_state_for_every_future_and_no_more(regex, answer):
    """a+ says yes at every letter: its states differ before the first letter alone, and nothing is to be kept."""
    states = len(make_task("automaton", n=2, regex=regex).automaton)
    task = make_task("automaton", n=2 * states - 2, regex=regex, answer=answer)
    letters = range(1, len(task.letters) + 1)
    futures = {
        b"".join(
            task.solve(np.array(first + rest))[len(first) :].tobytes() for rest in product(letters, repeat=states - 1)
        )
        for length in range(states)
        for first in product(letters, repeat=length)
    }
    assert bound(task, "RNN / state-space model", "bits") == ceil_log2(len(futures))


@pytest.mark.parametrize("name", ["connectivity", "components", "1-vs-2-cycle", "cycle-check", "induction-heads"])
@pytest.mark.parametrize("n", [5, 6, 8, 9, 12, 15])
def test_a_graph_network_of_fewer_layers_has_two_instances_that_look_alike(name, n):
    """And at the bound there are none of this kind."""
    task = make_task(name, {"n": n})
    layers = bound(task, "GNN / CONGEST", "layers")
    assert layers == 0 or NEARBY[type(task)](task, layers - 1) is not None
    assert NEARBY[type(task)](task, layers) is None


def test_layers_that_local_messages_need_by_hand():
    assert local_messages.tell_cycles_apart(8).sizes == {"layers": 2}
    assert local_messages.tell_cycles_apart(5).silence == ("needs: at least 6 vertices",)
    assert local_messages.tell_cycle_from_path(9).sizes == {"layers": 4}
    assert local_messages.read_back_in_text(10, 2).sizes == {"layers": 9}
    assert one_layer.three_sum_bits(26, 152).sizes == {"bits": 24}  # T = 24: M = 6 T + 8


@pytest.mark.parametrize(
    ("name", "enough", "too_small", "model", "why"),
    [
        ("sparse-averaging", {"n": 9, "q": 4}, {"n": 8, "q": 4}, "one-layer transformer", "n of at least 2q + 1 = 9"),
        ("connectivity", {"n": 9, "edges": 14}, {"n": 9, "edges": 13}, "RNN / state-space model", "room for 14 edges"),
        ("cycle-check", {"n": 9, "edges": 9}, {"n": 9, "edges": 8}, "RNN / state-space model", "room for 9 edges"),
        ("composition", {"n": 65, "k": 2}, {"n": 64, "k": 2}, "RNN / state-space model", "n/k⁶ above 1"),
    ],
)
def test_parameters_that_a_proof_needs_are_conditions(name, enough, too_small, model, why):
    def silence(parameters):
        return [
            "".join(claim.silence)
            for claim in make_task(name, parameters).theory
            if (claim.model, claim.direction) == (model, "lower")
        ]

    assert not any(silence(enough))
    assert any(why in said for said in silence(too_small))


def test_every_refuter_shows_a_bound_of_every_task_that_it_is_about():
    for refuter in REFUTERS.values():
        if not refuter.claim_model:  # none of theory's claims speaks of its model
            continue
        assert refuter.claim_model in MODELS
        for kind in refuter.tasks:
            task = kind(**({"k": 1} if kind.name in ("k-hop", "acausal-k-hop") else {}))
            assert any(
                (claim.model, claim.direction, claim.exactness) == (refuter.claim_model, "lower", "exact")
                for claim in task.theory
            )


def test_messages_below_the_threshold_do_not_exist_at_real_sizes():
    """n = 10⁶ and k = 8: n/k⁶ is 3.8 bits, and at k = 11 less than one."""
    assert round(sequential_models.chasing_threshold(10**6, 8), 1) == 3.8
    assert sequential_models.recurrent(10**6, 8, 10**6).standing == "asymptotic"
    assert sequential_models.recurrent(10**6, 11, 10**6).silence == (
        "needs: n/k⁶ above 1 (below, no message is small enough)",
    )
