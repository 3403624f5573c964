"""A parallel program becomes a transformer: attention for the rounds of messages, ReLU layers for what rows compute.

lower → prune → share → fuse → schedule → allocate → emit
"""

from logdepth.arrows.program_to_transformer.lower import PROPAGATION
from logdepth.arrows.program_to_transformer.narrowest import WIDEST, carries, translate_narrowest, wider_format
from logdepth.arrows.program_to_transformer.row_numbers import COUNTED, FORMULAS, TABLE
from logdepth.arrows.program_to_transformer.translate import program_to_transformer, translate

__all__ = [
    "COUNTED",
    "FORMULAS",
    "PROPAGATION",
    "TABLE",
    "WIDEST",
    "carries",
    "program_to_transformer",
    "translate",
    "translate_narrowest",
    "wider_format",
]
