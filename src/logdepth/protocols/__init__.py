"""Parallel algorithms written as protocols, for tasks that deserve better than their program step by step."""

from logdepth.protocols.prepared import Prepared
from logdepth.protocols.registry import PROTOCOLS, other_protocols_of, protocol_of

__all__ = ["PROTOCOLS", "Prepared", "other_protocols_of", "protocol_of"]
