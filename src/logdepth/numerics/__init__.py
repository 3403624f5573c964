"""Words, formats and rounding: what a number of bits can carry, and the one error that users see."""
