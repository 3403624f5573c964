"""Testing: a model against the exact answer of its task or its program, and the laws that every one of them obeys."""

from logdepth.verification.precision import fewest_mantissa_bits, telling_instances
from logdepth.verification.verify import Verification, verify
from logdepth.verification.verify_program import verify_program
from logdepth.verification.verify_protocol import verify_protocol

__all__ = ["Verification", "fewest_mantissa_bits", "telling_instances", "verify", "verify_program", "verify_protocol"]
