"""How few bits floats need: every format of fewer bits is wrong, and softmax as printed needs a far larger exponent."""

import numpy as np
import pytest

from logdepth import compile_task
from logdepth.circuits import FloatFormat
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task
from logdepth.verification import fewest_float_bits, wrong_in_floats


@pytest.fixture(scope="module")
def hops():
    model = compile_task(make_task("k-hop", n=6, k=1, alphabet=2))
    rng = np.random.default_rng(0)
    return model, [model.task.sample(rng) for _ in range(8)]


def test_a_format_of_the_fewest_bits_is_right_and_those_of_a_bit_less_are_wrong(hops):
    model, instances = hops
    found = fewest_float_bits(model, instances)
    bits = found.formats[0].bits
    assert {form.bits for form in found.formats} == {bits}
    assert found.tried == sum(range(1, bits - 2))  # of b bits, b - 3 formats
    assert all(not wrong_in_floats(model, instances, form) for form in found.formats)
    for exponent in range(2, bits - 2):
        assert wrong_in_floats(model, instances, FloatFormat(bits - 1 - exponent, exponent))


def test_softmax_as_printed_needs_an_exponent_for_its_largest_score(hops):
    """The bits that suffice with the largest score subtracted give wrong answers without."""
    model, instances = hops
    assert not wrong_in_floats(model, instances[:3], FloatFormat(12, 4))
    assert wrong_in_floats(model, instances[:3], FloatFormat(12, 4), stabilised=False)
    assert wrong_in_floats(model, instances[:3], FloatFormat(12, 11), stabilised=False)


def test_too_few_to_try_and_nothing_to_try_on(hops):
    model, instances = hops
    assert not fewest_float_bits(model, instances, at_most=6).formats
    with pytest.raises(UsageError, match="one instance or more"):
        fewest_float_bits(model, [])
