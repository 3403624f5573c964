"""Test-suite settings: the same examples on every run, and one torch thread per worker."""

import os

from hypothesis import settings

# Two workers on two cores: more threads only fight. Torch reads this when a test, or a command it starts, imports it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")
