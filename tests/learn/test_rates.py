"""Rates: intervals that hold the truth as often as they say, though the tokens of a sequence err together."""

import numpy as np
import pytest
from scipy.stats import binomtest

from logdepth.learn.evaluation.rates import more_errors, rate, sequences_for


@pytest.mark.parametrize("p", [0.01, 0.2, 0.7])
@pytest.mark.parametrize("concentration", [0.5, 10, 1e9])  # of a beta: all tokens together … independent
def test_the_interval_holds_the_truth_as_often_as_it_says(p, concentration):
    rng = np.random.default_rng(0)
    held, repeats = 0, 1000
    for _ in range(repeats):
        counted = rng.integers(60, 95, 100)
        chance = rng.beta(p * concentration, (1 - p) * concentration, 100)
        found = rate(rng.binomial(counted, chance), counted)
        held += found.low <= p <= found.high
    rare_and_together = p == 0.01 and concentration == 0.5  # about one sequence in 100 is wrong, as a whole
    assert (0.75 if rare_and_together else 0.91) <= held / repeats <= 0.975


def test_tokens_of_one_sequence_each_give_wilsons_interval():
    wrong = np.array([1] * 7 + [0] * 293)
    found, expected = rate(wrong, np.ones(300, int)), binomtest(7, 300).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=0.02)  # Student's t: a bit wider


@pytest.mark.parametrize("sequences", [1, 10, 300])
def test_without_any_error_sequences_count_and_not_tokens(sequences):
    counted = np.full(sequences, 94)
    none, all_wrong = rate(np.zeros(sequences, int), counted), rate(counted, counted)
    expected = binomtest(0, sequences).proportion_ci(method="wilson")
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(expected.high)
    assert (all_wrong.value, all_wrong.high) == (1, 1)
    assert all_wrong.low == pytest.approx(1 - expected.high)


def test_errors_of_one_sequence_say_less_than_errors_of_many():
    counted = np.full(100, 50)
    together, apart = np.zeros(100, int), np.zeros(100, int)
    together[0], apart[:50] = 50, 1
    assert rate(together, counted).value == rate(apart, counted).value
    assert rate(together, counted).high > 2 * rate(apart, counted).high


def test_what_nobody_was_asked_has_no_rate():
    found = rate(np.zeros(5, int), np.zeros(5, int))
    assert found.value is None
    assert (found.low, found.high) == (0, 1)


def test_equal_rates_everywhere_are_no_trouble():
    found = rate(np.full(10, 3), np.full(10, 6))
    assert found.low < 0.5 < found.high


def test_one_sequence_alone_says_next_to_nothing():
    found = rate(np.array([20]), np.array([90]))
    assert found.high - found.low > 0.6


# --- more errors on the same sequences ---


def test_the_interval_of_a_difference_covers_it():
    """Errors of a sequence come together, and those before and after are mostly the same ones."""
    generator = np.random.default_rng(0)
    held, narrower = 0, 0
    for _ in range(400):
        counted = generator.integers(20, 41, 50)
        hard = generator.beta(1, 4, 50)
        before = generator.binomial(counted, hard)
        wrong = before + generator.binomial(counted - before, 0.1)
        found = more_errors(wrong, before, counted)
        held += found.low <= 0.1 * 0.8 <= found.high  # the mean of the beta distribution is 1/5
        assert found.value == pytest.approx(rate(wrong, counted).value - rate(before, counted).value)
        narrower += found.high - found.low < rate(wrong, counted).high - rate(wrong, counted).low
    assert 0.92 <= held / 400 <= 0.98
    assert narrower == 400  # than if the sequences were not the same


def test_a_difference_without_evidence_is_not_sure():
    counted = np.full(50, 30)
    nothing = more_errors(counted // 2, counted // 2, counted)
    assert (nothing.value, nothing.high) == (0, rate(0 * counted, counted).high)
    assert nothing.low == -nothing.high
    one = more_errors(np.array([3]), np.array([1]), np.array([10]))
    assert (one.value, one.low, one.high) == (0.2, -0.8, 1)
    assert more_errors(np.zeros(3), np.zeros(3), np.zeros(3)) is None


@pytest.mark.parametrize("below", [0.02, 0.1, 0.5])
def test_the_least_number_of_sequences_is_the_least(below):
    least = sequences_for(below)
    assert rate(np.zeros(least), np.ones(least)).high < below <= rate(np.zeros(least - 1), np.ones(least - 1)).high
