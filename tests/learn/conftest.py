"""Runs so small that they take a second."""

import pytest

from logdepth.learn.plans.presets import plan_of

SMALL = {
    "n": 10,
    "most_hops": 2,
    "letters": 3,
    "width": 16,
    "depth": 1,
    "heads": 2,
    "dropout": 0.1,
    "batch": 4,
    "steps": 40,
    "warmup": 5,
    "lr": 1e-2,
    "checkpoint_every": 10,
    "log_every": 5,
}


@pytest.fixture(scope="session")
def small():
    """A plan with these settings changed."""
    return lambda **changes: plan_of(SMALL | changes)
