"""Arrows: theorems that construct, one folder each, with its plan and its claim.

`registry` has them all; it is not imported here, so that a room can use one arrow without the others.
"""

from logdepth.arrows.arrow import Arrow, Computation, Example, Made, MadeProtocol, MadeTransformer, Ran
from logdepth.arrows.models import name_of
from logdepth.arrows.way import Way

__all__ = ["Arrow", "Computation", "Example", "Made", "MadeProtocol", "MadeTransformer", "Ran", "Way", "name_of"]
