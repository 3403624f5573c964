"""Inputs of circuits in files: every form, and every line that is none."""

import numpy as np
import pytest

from logdepth.circuits import Circuit, CircuitBuilder, symmetric
from logdepth.circuits.formats import read_inputs, write_rows
from logdepth.numerics.errors import UsageError

MAJORITY = symmetric(3, lambda ones: ones > 1)
BITS = [[0, 1, 1], [1, 0, 0]]


def of_columns() -> Circuit:
    return CircuitBuilder(["a[1].0", "a[1].1", "b[1].0", "a[2].0", "a[2].1", "b[2].0"]).finish({"out": 0})


@pytest.mark.parametrize("text", ["011\n100", "0 1 1\r\n\r\n1 0 0\r\n", "\ufeff0,1,1\n1,0,0\n", "0\t1\t1\n1;0;0\n"])
def test_bits_are_read_however_they_are_parted(tmp_path, text):
    (tmp_path / "x").write_text(text)
    inputs = read_inputs(MAJORITY, tmp_path / "x")
    assert (inputs.bits.tolist(), inputs.table) == (BITS, False)


def test_named_inputs_stand_in_any_order(tmp_path):
    (tmp_path / "x").write_text("x3,x1,x2\n1,0,1\n0,1,0\n")
    assert read_inputs(MAJORITY, tmp_path / "x").bits.tolist() == BITS


def test_named_columns_are_one_table(tmp_path):
    (tmp_path / "x").write_text("b;a\n1;2\n0;3\n")
    inputs = read_inputs(of_columns(), tmp_path / "x")
    assert (inputs.bits.tolist(), inputs.table) == ([[0, 1, 1, 1, 1, 0]], True)


def test_many_rows_come_back_as_they_were_written(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2, (1000, 3))
    for mark in " ,\t":
        (tmp_path / "x").write_bytes(write_rows(bits, mark))
        assert np.array_equal(read_inputs(MAJORITY, tmp_path / "x").bits, bits)


REFUSALS = {
    "011\n01\n": "line 2 of .* has 2 bits; the circuit takes 3",
    "011\n012\n": "line 2 of .* has '2'",
    "x1,x2,x3\n011\n\n0x1\n": "line 4 of .* has 'x'",
    "x1,x2,y3\n011\n": "begins with 'x1,x2,y3'. Known: x1, x2, x3.",
    "\n": "holds no bits",
    "x1,x2,x3\n": "holds no bits",
    "x1,x1,x2\n011\n": "name all 3 inputs",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_what_is_no_input_is_refused_with_its_line(tmp_path, text):
    (tmp_path / "x").write_text(text)
    with pytest.raises(UsageError, match=REFUSALS[text]):
        read_inputs(MAJORITY, tmp_path / "x")


@pytest.mark.parametrize("row", ["1;x", "1", "1;4", "-1;1", "1;2\n1;1\n1;1"])
def test_a_table_that_does_not_fit_is_refused(tmp_path, row):
    (tmp_path / "x").write_text(f"b;a\n{row}\n")
    with pytest.raises(UsageError):
        read_inputs(of_columns(), tmp_path / "x")
