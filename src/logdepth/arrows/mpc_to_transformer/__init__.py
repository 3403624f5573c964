"""T1: a raw MPC protocol becomes a program whose rows are machines, and so a transformer; a round is a shuffle."""

from logdepth.arrows.mpc_to_transformer.mixed import MixedTransformer, mixed_transformer
from logdepth.arrows.mpc_to_transformer.mpc_to_program import mpc_to_program
from logdepth.arrows.mpc_to_transformer.names import inbox_name, places_of, state_name
from logdepth.arrows.mpc_to_transformer.theorem import claim_for, routes_of, translate_program

__all__ = [
    "MixedTransformer",
    "claim_for",
    "inbox_name",
    "mixed_transformer",
    "mpc_to_program",
    "places_of",
    "routes_of",
    "state_name",
    "translate_program",
]
