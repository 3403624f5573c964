"""Numbers travel bit for bit, in exactly as many bits as their form declares."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logdepth.messages import NOTHING, Bits, Form, floats, joined, numbers
from logdepth.numerics.errors import UsageError

SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1.5], dtype=np.float32)


def test_floats_travel_bit_for_bit():
    form = Form((floats("x", (7,), "float32"),))
    message = form.pack({"x": SPECIAL})
    assert len(message) == form.bits == 7 * 32
    assert form.unpack(message)["x"].tobytes() == SPECIAL.tobytes()


@given(st.integers(0, 63).flatmap(lambda w: st.tuples(st.just(w), st.lists(st.integers(0, 2**w - 1), max_size=9))))
def test_numbers_travel_in_their_width(case):
    width, given_numbers = case
    form = Form((numbers("n", (len(given_numbers),), width),))
    message = form.pack({"n": np.array(given_numbers, dtype=np.int64)})
    assert str(message) == "".join(f"{n:0{width}b}" if width else "" for n in given_numbers)
    assert form.unpack(message)["n"].tolist() == given_numbers


def test_a_form_is_its_fields_one_after_another():
    form = Form((numbers("top", (), 3), floats("sums", (2, 2), "float64"), numbers("flags", (5,), 1)))
    values = {"top": np.array(5), "sums": np.array([[1.5, -2], [np.pi, 0]]), "flags": np.array([1, 0, 0, 1, 1])}
    message = form.pack(values)
    assert len(message) == form.bits == 3 + 4 * 64 + 5
    assert str(message[:3]) == "101" and str(message[-5:]) == "10011"
    for name, found in form.unpack(message).items():
        assert np.array_equal(found, values[name]), name


@given(st.lists(st.booleans(), max_size=50), st.integers(1, 60))
def test_pieces_of_a_message_make_it_whole_again(values, most):
    message = Bits(np.array(values, dtype=bool))
    pieces = message.split(most)
    assert joined(pieces) == message and len(pieces) == -(-len(message) // most)
    assert all(len(piece) == most for piece in pieces[:-1])


def test_bits_are_a_value():
    values = np.array([1, 0, 1])
    bits = Bits(values)
    values[0] = 0
    assert str(bits) == "101" and bits + NOTHING == bits and {bits: 1}[Bits([1, 0, 1])] == 1 and bits != "101"
    with pytest.raises(ValueError, match="read-only"):
        bits.values[0] = False


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda: Bits([0, 2]), "bits are a sequence of zeros and ones; got [0, 2]."),
        (lambda: Bits([[0, 1]]), "bits are a sequence of zeros and ones; got [[0, 1]]."),
        (lambda: floats("x", (), "float16"), "floats of a message are float32 or float64; got 'float16'."),
        (lambda: numbers("n", (), 64), "whole numbers of a message have up to 63 bits; got 64."),
        (lambda: Form((numbers("n", (), 1), numbers("n", (), 2))), "have names of their own; got n, n."),
        (lambda: Form((numbers("n", (), 2),)).pack({"n": np.array(4)}), "'n' of a message is whole numbers of 2 bits"),
        (lambda: Form((numbers("n", (), 2),)).pack({"n": np.array(-1)}), "0 to 3; got -1."),
        (lambda: Form((numbers("n", (), 2),)).pack({"n": np.array(1.0)}), "0 to 3; got 1.0."),
        (lambda: Form((numbers("n", (2,), 2),)).pack({"n": np.array([1])}), "has shape (2,); got (1,)."),
        (lambda: Form((numbers("n", (), 2),)).pack({"m": np.array(1)}), "a message of this form has n; got m."),
        (lambda: Form((floats("x", (), "float32"),)).pack({"x": np.array(1.0)}), "is float32; got float64."),
        (lambda: Form((numbers("n", (), 2),)).unpack(Bits([1])), "a message of this form has 2 bits; got 1."),
    ],
    ids=lambda case: case[:24] if isinstance(case, str) else "",
)
def test_what_does_not_fit_a_message_is_refused(attempt, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        attempt()
