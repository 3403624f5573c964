"""A number that tells one round of mail from another, whatever the number of blocks."""

from __future__ import annotations

import zlib

import numpy as np

from logdepth.mpc.records import Mail, Packets

ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
"""The constants of splitmix64 (Steele, Lea, Flood 2014)."""


def digest(mail: Mail) -> int:
    """The sum of a hash over all packets, modulo 2^64.

    The hash is of sender, receiver, the place among the packets of this pair, and every word. It is
    a sum, since the blocks of an engine each add their own part.
    """
    return sum(digest_of(kind, packets) for kind, packets in mail.items()) % 2**64


def digest_of(kind: str, packets: Packets) -> int:
    """`packets` are in the order of delivery."""
    if not len(packets):
        return 0
    begins = np.flatnonzero(
        np.r_[True, (np.diff(packets.destination) != 0) | (np.diff(packets.source) != 0)]
    )  # where the packets of one pair begin
    place = np.arange(len(packets)) - np.repeat(begins, np.diff(np.r_[begins, len(packets)]))
    state = np.full(len(packets), zlib.crc32(kind.encode()), dtype=np.uint64)
    for words in (packets.destination, packets.source, place):
        state = mix(state ^ words.astype(np.uint64))
    for name in sorted(packets.fields):
        state ^= np.uint64(zlib.crc32(name.encode()))
        for word in bits(packets.fields[name]).T:
            state = mix(state ^ word)
    return int(state.sum(dtype=np.uint64))


def bits(values: np.ndarray) -> np.ndarray:
    """The words of every record as (n, words) bit patterns; equal numbers of one sort have equal ones."""
    wide = values.astype(np.float64) + 0.0 if values.dtype.kind == "f" else values.astype(np.int64)  # -0.0 is 0.0
    return np.ascontiguousarray(wide).view(np.uint64).reshape(len(values), -1)


def mix(state: np.ndarray) -> np.ndarray:
    """One step of splitmix64, on every number."""
    state = state + ODD[0]
    state = (state ^ (state >> np.uint64(30))) * ODD[1]
    state = (state ^ (state >> np.uint64(27))) * ODD[2]
    return state ^ (state >> np.uint64(31))
