"""What theory promises: `Claim`, and the theorems as functions, one file per theorem or family."""

from logdepth.theory.claim import PRODUCT, QUANTITIES, Claim, Claims, compose

__all__ = ["PRODUCT", "QUANTITIES", "Claim", "Claims", "compose"]
