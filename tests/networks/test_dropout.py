"""Dropout: the distribution that it says, gradients of what was kept, nothing outside of training."""

import pytest
import torch

from logdepth.networks.dropout import drop


@pytest.mark.parametrize("probability", [0.1, 0.5])
def test_entries_are_dropped_independently_and_the_mean_is_kept(probability):
    torch.manual_seed(0)
    x = torch.ones(400, 1001)
    y = drop(x, probability, True)
    kept = y != 0
    assert torch.allclose(y[kept], torch.tensor(1 / (1 - probability)), rtol=1e-4)
    assert abs(y.mean() - 1) < 0.01
    assert abs(kept.float().mean() - (1 - probability)) < 0.002
    for lag in (1, 2, 3, 4):  # neighbours come from one draw of the generator
        both = (kept[:, lag:] & kept[:, :-lag]).float().mean()
        assert abs(both - (1 - probability) ** 2) < 0.004


def test_gradients_pass_where_entries_were_kept():
    torch.manual_seed(0)
    x = torch.randn(7, 5, requires_grad=True)
    y = drop(x, 0.3, True)
    y.sum().backward()
    assert torch.allclose(x.grad * x, y)


def test_outside_of_training_nothing_is_drawn():
    x = torch.randn(3)
    state = torch.get_rng_state()
    assert drop(x, 0.5, False) is x and drop(x, 0.0, True) is x
    assert torch.equal(torch.get_rng_state(), state)


def test_it_depends_on_the_seed():
    def draw(seed):
        torch.manual_seed(seed)
        return drop(torch.ones(50), 0.5, True)

    assert torch.equal(draw(1), draw(1)) and not torch.equal(draw(1), draw(2))
