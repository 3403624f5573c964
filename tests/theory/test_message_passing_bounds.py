"""The bound of Theorem 5.1 for messages of m numbers: it says where it says nothing."""

import pytest

from logdepth.theory import graphs


@pytest.mark.parametrize(("n", "numbers", "layers"), [(10_000, 1, 10.0), (10_000, 4, 5.0), (10**8, 100, 10.0)])
def test_layers_times_the_root_of_the_width_is_the_fourth_root_of_the_vertices(n, numbers, layers):
    claim = graphs.message_passing(n, numbers)
    assert claim.holds and claim.leading["layers"] == pytest.approx(layers)
    assert claim.exactness == "asymptotic" and claim.conditional_on is None


@pytest.mark.parametrize(("n", "numbers"), [(1, 1), (16, 4), (10_000, 100), (10_000, 128)])
def test_wide_messages_make_it_vacuous(n, numbers):
    claim = graphs.message_passing(n, numbers)
    assert not claim.holds and "below one layer" in claim.conditions[0].says
