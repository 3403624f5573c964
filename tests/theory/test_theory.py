"""Theory speaks of every task, and obeys the laws of bounds."""

import json
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.tasks import TASKS, make_task
from logdepth.theory import constant_rounds, k_hop, sequential_models, two_sum
from logdepth.theory.sources import CHEN_PENG_WU_2024

EVERY_TASK = pytest.mark.parametrize("name", TASKS)
SEQUENTIAL = {"RNN / state-space model", "kernel attention", "windowed attention", "blackboard"}


def at(name, letters=4, **parameters):
    """The claims at the task's defaults and 4 letters, with those of these parameters that it has, in their ranges."""
    known = {item.name: item for item in TASKS[name].describe()}
    inside = {
        key: min(max(value, known[key].low), known[key].high or value)
        for key, value in parameters.items()
        if key in known
    }
    if name == "sparse-averaging":
        inside["q"] = min(inside.get("q", 3), inside.get("n", 3))
    return make_task(name, inside | ({"alphabet": str(letters)} if own_letters(known) else {})).theory


def own_letters(known):
    """Whether the task takes any letters; those of an automaton are in its expression."""
    return "alphabet" in known and known["alphabet"].default != ""


def holding(claims):
    return [claim for claim in claims if claim.holds]


def of(claims, model, direction, exactness=None):
    return [
        claim
        for claim in claims
        if claim.model == model and claim.direction == direction and exactness in (None, claim.exactness)
    ]


def size(claims, model, direction, quantity):
    """The size that the first exact claim of this model and direction gives."""
    return next(claim.sizes[quantity] for claim in of(claims, model, direction, "exact") if quantity in claim.sizes)


@EVERY_TASK
def test_every_task_has_a_promise_for_transformers(name):
    assert of(at(name), "transformer", "upper")


@EVERY_TASK
def test_every_claim_is_json(name):
    for claim in at(name):
        assert json.loads(json.dumps(claim.as_json(), allow_nan=False)) == claim.as_json()


@EVERY_TASK
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_theory_speaks_of_the_smallest_sizes(name, n):
    for k in (0, 1, 2):
        assert holding(at(name, n=n, k=k, q=1, modulus=1, edges=1, letters=1))


@EVERY_TASK
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_exactly_the_transformers_without_layers_have_no_heads(name, n):
    for k in (0, 1, 2):
        for claim in of(at(name, n=n, k=k), "transformer", "upper", "exact"):
            assert ("layers" in claim.sizes) == ("heads" in claim.sizes)
            assert (claim.sizes.get("layers") == 0) == (claim.sizes.get("heads") == 0)


def assert_nothing_shrinks(tables, fields):
    """Every number in these fields of a claim is at least what it was in the table before."""
    for smaller, larger in pairwise(tables):
        for small, large in zip(smaller, larger, strict=True):
            assert (small.model, small.direction) == (large.model, large.direction)
            for name in fields:
                for quantity, amount in getattr(small, name).items():
                    assert isinstance(amount, str) or amount <= getattr(large, name)[quantity], (small, large)


@EVERY_TASK
def test_no_size_shrinks_as_n_grows(name):
    tables = [at(name, n=n) for n in (2, 3, 4, 5, 63, 64, 65, 1000, 2**16)]
    assert_nothing_shrinks(tables, ("sizes", "leading"))


@pytest.mark.parametrize("name", ["k-hop", "acausal-k-hop", "composition"])
def test_no_size_shrinks_as_k_grows(name):
    assert_nothing_shrinks([at(name, n=1000, k=k) for k in range(2, 70)], ("sizes",))


CORNERS = list(product((1, 2, 300), (0, 1, 2, 40), (1, 40), (1, 2, 60)))
DRAWN = np.random.default_rng(0).integers((1, 0, 1, 1), (301, 41, 41, 61), (60, 4)).tolist()


@EVERY_TASK
def test_what_suffices_is_at_least_what_is_needed(name):
    for n, k, q, letters in [*CORNERS, *DRAWN]:
        enough_is_no_less_than_needed(holding(at(name, n=n, k=k, q=min(q, n), letters=letters)))


def enough_is_no_less_than_needed(claims):
    plain = [claim for claim in claims if claim.exactness == "exact" and not (claim.provided or claim.conditional_on)]
    for needed in (claim for claim in plain if claim.direction == "lower"):
        for enough in of(plain, needed.model, "upper"):
            for quantity in needed.sizes.keys() & enough.sizes.keys():
                assert needed.sizes[quantity] <= enough.sizes[quantity], (needed, enough)


@given(n=st.integers(1, 10**9), k=st.integers(1, 60), letters=st.integers(1, 10**9))
def test_a_model_of_fewer_steps_is_above_the_threshold_of_the_bound_on_steps(n, k, letters):
    """One recurrent layer with a table of letters suffices; so where k layers are needed, its state is no small one."""
    enough = sequential_models.recurrent_over_small_alphabet(k, letters)
    needed = sequential_models.recurrent(n, k, letters)
    if needed.holds and enough.sizes["layers"] < needed.sizes["layers"]:
        assert enough.sizes["bits"] > needed.leading["bits"]


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (sequential_models.recurrent(10**6, 2, 4), False),  # 500,002 letters
        (sequential_models.recurrent(10**6, 2, 500_002), True),
        (sequential_models.recurrent(10**6, 2, 500_001), False),
        (sequential_models.recurrent(100, 16, 100), False),  # n/k⁶ is below 1
        (k_hop.k_hop_needs_log_depth(1000, 4, 7), True),
        (k_hop.k_hop_needs_log_depth(1000, 4, 6), False),
        (k_hop.k_hop_needs_log_depth(1000, 5, 100), False),  # k is odd
        (k_hop.k_hop_needs_log_depth(72, 4, 7), False),  # 73 tokens
        (k_hop.k_hop_needs_log_depth(73, 4, 7), True),
        (two_sum.two_sum_needs_a_layer(10, 2), False),  # every number completes itself
        (two_sum.two_sum_needs_a_layer(10, 3), True),
        (two_sum.three_sum_needs_a_layer(10, 1), False),
        (two_sum.three_sum_needs_a_layer(10, 2), True),
        (two_sum.three_sum_needs_a_layer(10, 3), False),
        (two_sum.three_sum_in_one_layer(10, 10), False),
        (two_sum.three_sum_in_one_layer(10, 11), True),
        (constant_rounds.at_least_one_layer(1), False),
        (constant_rounds.at_least_one_layer(2), True),
    ],
)
def test_a_claim_holds_where_its_conditions_do(claim, holds):
    assert claim.holds == holds
    assert claim.as_json()["holds"] == holds
    assert any(not condition.holds for condition in claim.conditions) != holds


@pytest.mark.parametrize(("name", "moduli"), [("2-sum", (1, 2)), ("3-sum", (1, 3))])
def test_answers_are_constant_just_where_no_layer_is_needed(name, moduli):
    for modulus in range(1, 9):
        task = make_task(name, {"n": 4, "modulus": modulus})
        answers = {tuple(set(task.solve(instance).tolist())) for instance in task.exhaustive(4)}
        needed = [
            claim for claim in holding(task.theory) if claim.sizes == {"layers": 1} and claim.direction == "lower"
        ]
        assert (answers == {(1,)}) == (modulus in moduli) == (not needed)


UNCONDITIONAL = [claim for claim in make_task("kin").theory if claim.source == CHEN_PENG_WU_2024]
"""Lower bounds beyond one layer that are proved without a conjecture: for decoders, by arXiv 2412.02975."""


def test_one_lower_bound_for_deep_transformers_rests_on_no_conjecture():
    (claim,) = UNCONDITIONAL
    assert claim.direction == "lower" and "a causal mask" in claim.provided and not claim.conditional_on


@EVERY_TASK
def test_what_rests_on_a_conjecture_names_it(name):
    claims = at(name)
    for claim in claims:
        if claim.model == "transformer" and claim.direction == "lower" and claim.exactness == "asymptotic":
            assert claim.conditional_on or claim in UNCONDITIONAL
    assert not any(claim.conditional_on for claim in claims if claim.direction == "upper")


@pytest.mark.parametrize(("k", "layers"), list(enumerate([0, 2, 3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7])))
def test_k_hop_takes_two_layers_and_one_per_doubling(k, layers):
    claims = at("k-hop", n=100, k=k)
    assert size(claims, "transformer", "upper", "layers") == layers
    assert size(claims, "transformer", "upper", "heads") == min(k, 1)


def test_a_thousand_hops_take_twelve_layers():
    assert size(at("k-hop", n=2000, k=1000), "transformer", "upper", "layers") == 12


def test_one_hop_is_induction_heads():
    assert at("k-hop", k=1, n=77, letters=9) == at("induction-heads", n=77, letters=9)


def test_sequential_models_need_k_layers_for_k_hops():
    bounds = ("blackboard", "recurrent", "kernel_attention", "windowed_attention")
    claims = [getattr(sequential_models, bound)(10**9, 10, 10**9) for bound in bounds]
    assert {claim.model for claim in claims} == SEQUENTIAL
    for claim in claims:
        assert list(claim.sizes.values()) == [10]
        assert list(claim.leading.values()) == [1000.0]
        assert claim.holds
    assert sequential_models.chain_of_thought(10**9, 10, 10**9).sizes == {"tokens": 9}


def test_induction_heads_by_hand():
    claims = at("induction-heads", n=100, letters=62)
    assert size(claims, "transformer", "upper", "layers") == 2
    assert of(claims, "one-layer transformer", "lower")[0].leading == {"heads × width × precision_bits": 100}
    assert size(claims, "RNN / state-space model", "lower", "bits") == 49  # ⌊99/2⌋ < 62 - 2
    assert size(at("induction-heads", n=100), "RNN / state-space model", "lower", "bits") == 2  # 4 letters
    assert size(at("induction-heads", n=100), "RNN / state-space model", "upper", "bits") == 15  # 5 letters of 3 bits


def test_two_letters_are_too_few_for_index():
    assert of(at("induction-heads", letters=3), "one-layer transformer", "lower")[0].holds
    assert not of(at("induction-heads", letters=2), "one-layer transformer", "lower")[0].holds


def test_composition_takes_one_layer_per_doubling():
    layers = [size(at("composition", k=k), "transformer", "upper", "layers") for k in (0, 1, 2, 3, 4, 5, 16, 17)]
    assert layers == [0, 0, 1, 2, 2, 3, 4, 5]


def test_list_ranking_takes_one_layer_per_doubling():
    layers = [size(at("list-ranking", n=n), "transformer", "upper", "layers") for n in (1, 2, 3, 4, 5, 6, 64, 65, 66)]
    assert layers == [0, 0, 1, 2, 2, 3, 6, 6, 7]


def test_bounded_memory_by_hand():
    assert size(at("2-sum", n=1000, modulus=10000), "RNN / state-space model", "lower", "bits") == 999
    assert size(at("2-sum", n=1000, modulus=101), "RNN / state-space model", "lower", "bits") == 100
    assert size(at("sparse-averaging", n=64, q=3), "RNN / state-space model", "lower", "bits") == 62
    assert size(at("prefix-sum", n=2000, high=1), "RNN / state-space model", "upper", "bits") == 11
    assert size(at("broadcast", high=15), "RNN / state-space model", "upper", "bits") == 4
    assert size(at("edge-existence", n=10, edges=1000), "RNN / state-space model", "lower", "bits") == 45
    assert size(at("acausal-k-hop", letters=16), "RNN / state-space model", "upper", "bits") == 90


@pytest.mark.parametrize(
    "name", ["1-vs-2-cycle", "connectivity", "components", "spanning-forest", "cycle-check", "diameter", "reachability"]
)
def test_connectivity_and_its_kin_need_log_depth_if_the_conjecture_holds(name):
    claims = at(name, n=64)
    (needed,) = [claim for claim in of(claims, "transformer", "lower") if claim.leading]
    assert (needed.sizes, needed.leading) == ({"layers": "Ω(log n)"}, {"layers": 6.0})
    assert needed.conditional_on == "1-vs-2-cycle conjecture"
    assert of(claims, "MPC", "lower")[0].conditional_on == "1-vs-2-cycle conjecture"
    assert of(claims, "transformer", "upper")[0].leading["layers"] == 6.0
