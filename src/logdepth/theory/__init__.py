"""What theory promises: `Claim`, and the theorems as functions, one file per theorem or family."""

from logdepth.theory.claim import Claim, Claims, Condition, compose

__all__ = ["Claim", "Claims", "Condition", "compose"]
