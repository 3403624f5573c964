"""How numbers are computed: exact products, and torch without what its user has set it to."""

from logdepth.arithmetic.products import product
from logdepth.arithmetic.undisturbed import undisturbed

__all__ = ["product", "undisturbed"]
