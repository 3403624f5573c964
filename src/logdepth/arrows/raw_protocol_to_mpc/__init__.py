"""A raw protocol becomes one of the MPC engine: every budget enforced, in one process or in many."""

from logdepth.arrows.raw_protocol_to_mpc.protocol import Moment, moments, raw_protocol_to_mpc, state_records

__all__ = ["Moment", "moments", "raw_protocol_to_mpc", "state_records"]
