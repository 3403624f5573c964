"""Parallel algorithms written as protocols, for tasks that deserve better than their program step by step."""

from logdepth.protocols.prepared import Prepared
from logdepth.protocols.registry import OTHER_PROTOCOLS, PROTOCOLS, protocol_of

__all__ = ["OTHER_PROTOCOLS", "PROTOCOLS", "Prepared", "protocol_of"]
