"""What theory promises: `Claim`, and the theorems as functions, one file per theorem or family."""

from logdepth.theory.claim import PRODUCT, QUANTITIES, STANDINGS, Claim, Claims, compose

__all__ = ["PRODUCT", "QUANTITIES", "STANDINGS", "Claim", "Claims", "compose"]
