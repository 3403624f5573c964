"""Testing: a model against the exact answer of its task, and the laws that every task, program and model obeys."""

from logdepth.testing.precision import fewest_mantissa_bits
from logdepth.testing.verify import Verification, verify

__all__ = ["Verification", "fewest_mantissa_bits", "verify"]
