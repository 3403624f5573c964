"""The bits of a float: what Merrill and Sabharwal's circuits carry (arXiv 2207.00729, Appendix A, Definition 13)."""

from __future__ import annotations

from dataclasses import dataclass

from logdepth.circuits.floats import FloatFormat


@dataclass(frozen=True)
class FloatCodes:
    """A float as a number of p bits: from the lowest, the mantissa and its sign, the exponent and its sign.

    The paper says that both are whole numbers with a sign; we take sign and magnitude. A float has several codes, 0 for
    instance with each sign and exponent. All are read; the paper's f says which is written.
    """

    format: FloatFormat

    @property
    def bits(self) -> int:
        return self.format.bits

    def number(self, code: int) -> int:
        """The float of a code, in units: the paper's g."""
        mantissa = signed(code & (1 << self.format.mantissa) - 1, self.format.mantissa)
        exponent = signed(code >> self.format.mantissa, self.format.exponent)
        return mantissa << (exponent + self.format.largest_exponent)

    def code(self, number: int) -> int:
        """The code of the float that a number of units is cut off to: the paper's f."""
        form = self.format
        spare = max(0, abs(number).bit_length() + 1 - form.mantissa)
        mantissa, exponent = abs(number) >> spare, spare - form.largest_exponent
        if exponent > form.largest_exponent:
            mantissa, exponent = form.largest_mantissa, form.largest_exponent
        low = unsigned(mantissa if number >= 0 else -mantissa, form.mantissa)
        return low | unsigned(exponent, form.exponent) << form.mantissa


def signed(code: int, bits: int) -> int:
    size = code & (1 << (bits - 1)) - 1
    return -size if code >> (bits - 1) else size


def unsigned(number: int, bits: int) -> int:
    return abs(number) | (number < 0) << (bits - 1)
