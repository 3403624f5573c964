"""Forms: sums in one pass are sums one after the other."""

import numpy as np

from logdepth.gadgets import ONE, START, Affine, combine


def test_forms_that_are_combined_at_once_are_their_sum() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        terms = [
            (Affine({cell: int(w) for cell in (ONE, START) if (w := rng.integers(-2, 3))}), int(rng.integers(-2, 3)))
            for _ in range(5)
        ]
        expected = Affine()
        for form, factor in terms:
            expected = expected + form * factor
        found = combine(terms)
        assert list(found.weights.items()) == list(expected.weights.items())  # in one order, so that weights stay
