"""What theory promises: `Claim`, the theorems as functions (one file per theorem or family), and `theory` of a task."""

from logdepth.bounds.claim import Claim
from logdepth.bounds.theory import theory

__all__ = ["Claim", "theory"]
