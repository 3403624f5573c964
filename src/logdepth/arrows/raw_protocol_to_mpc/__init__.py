"""A raw protocol becomes one of the MPC engine: every budget enforced, in one process or in many."""

from logdepth.arrows.raw_protocol_to_mpc.protocol import Moment, moments, raw_protocol_to_mpc, state_records
from logdepth.arrows.raw_protocol_to_mpc.theorem import RAW_PROTOCOL_TO_MPC

__all__ = ["RAW_PROTOCOL_TO_MPC", "Moment", "moments", "raw_protocol_to_mpc", "state_records"]
