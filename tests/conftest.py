"""Test-suite settings: the same examples on every run, and one torch thread per worker."""

import os

from hypothesis import settings

# Two workers on two cores: more threads only fight. The variable is read when torch is first imported, by a test or by a command it starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")
