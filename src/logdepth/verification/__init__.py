"""Testing: a model against the exact answer of its task or its program, and the laws that every one of them obeys."""

from logdepth.verification.batches import outputs_of_batches
from logdepth.verification.budget import OutOfTime
from logdepth.verification.float_bits import FloatBits, fewest_float_bits, wrong_in_floats
from logdepth.verification.laws import Compared, LawBroken, compare_examples, decide_examples, refute_examples
from logdepth.verification.precision import fewest_mantissa_bits, telling_instances
from logdepth.verification.verification import Verification
from logdepth.verification.verify import verify
from logdepth.verification.verify_program import verify_program
from logdepth.verification.verify_protocol import fewest_protocol_bits, verify_protocol

__all__ = [
    "Compared",
    "FloatBits",
    "LawBroken",
    "OutOfTime",
    "Verification",
    "compare_examples",
    "decide_examples",
    "fewest_float_bits",
    "fewest_mantissa_bits",
    "fewest_protocol_bits",
    "outputs_of_batches",
    "refute_examples",
    "telling_instances",
    "verify",
    "verify_program",
    "verify_protocol",
    "wrong_in_floats",
]
