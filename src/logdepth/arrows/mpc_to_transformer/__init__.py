"""T1: a raw MPC protocol becomes a program whose rows are machines, and so a transformer; a round is a shuffle."""

from logdepth.arrows.mpc_to_transformer.mpc_to_program import inbox_name, mpc_to_program, state_name, step_program
from logdepth.arrows.mpc_to_transformer.theorem import MPC_TO_TRANSFORMER, claim_for, translate

__all__ = [
    "MPC_TO_TRANSFORMER",
    "claim_for",
    "inbox_name",
    "mpc_to_program",
    "state_name",
    "step_program",
    "translate",
]
