"""The local engine: one process, all machines as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from logdepth.mpc.block import Block, Computed, Post, Received
from logdepth.mpc.checkpoints import carry_on, checkpoints
from logdepth.mpc.engine import Progress, Run, agree
from logdepth.mpc.parcels import collect
from logdepth.mpc.protocol import Protocol
from logdepth.mpc.records import Mail, Memory, check_memory, join
from logdepth.mpc.shards import Shard, read_shards, write_shard
from logdepth.numerics.counts import check_count

Watch = Callable[[int, int, Mail], None]
"""Called in every round with its number, the number of all rounds at most, and what is sent, before budgets are
checked."""


def run_locally(
    protocol: Protocol,
    memory: Memory,
    watch: Watch | None = None,
    blocks: int = 1,
    progress: Progress | None = None,
    digests: bool = False,
    resume: str | Path | None = None,
) -> Run:
    """Run all rounds from what the machines hold at first.

    blocks: compute in so many parts (see `Deal`), but in no more than there are machines. Steps that are local give the
    same for every number. digests: note the digest of every round's mail in its `Traffic`. resume: a
    folder for checkpoints (see `Checkpoints`), from which the run goes on if there is one of it, and which holds the
    result in the end.
    Errors: UsageError for fewer than 1 block, and for what is no memory; and those of `run_on` and `Checkpoints`.
    """
    check_memory(memory)
    blocks = check_count("blocks", blocks)
    machines = LocalMachines(protocol, min(blocks, protocol.machines), watch, digests)
    with checkpoints(resume, protocol, memory) as folder:
        return carry_on(machines, protocol, memory, progress, folder)


class LocalMachines:
    """All blocks in this process."""

    def __init__(self, protocol: Protocol, blocks: int, watch: Watch | None = None, digests: bool = False) -> None:
        self.protocol, self.watch, self.digests = protocol, watch, digests
        self.blocks = [Block(protocol, number, blocks) for number in range(blocks)]
        self.sent: list[list[Post]] = []  # from every block to every block

    def start(self, memory: Memory) -> Sequence[Computed]:
        keep_freed_memory()
        return [block.start(memory) for block in self.blocks]

    def compute(self, at: int, number: int) -> Sequence[Computed]:
        results = [block.compute(at) for block in self.blocks]
        computed, self.sent = [said for said, _ in results], [parts for _, parts in results]
        if self.watch is not None and self.protocol.sends(at) and agree(computed):
            posts = [post for parts in self.sent for post in parts]
            opened = [{kind: packets.open() for kind, packets in post.items()} for post in posts]
            self.watch(number, self.protocol.rounds, join(opened))
        return computed

    def deliver(self) -> Sequence[Received]:
        sent, self.sent = self.sent, []
        return [block.receive([parts[block.number] for parts in sent], self.digests) for block in self.blocks]

    def save(self, place: Path) -> Sequence[Shard]:
        return [write_shard(place, block.number, block.memory, block.mail) for block in self.blocks]

    def load(self, place: Path, shards: Sequence[Shard]) -> None:
        for block in self.blocks:
            block.restore(read_shards(place, shards, block.number, block.blocks, self.protocol))

    def verdicts(self, at: int) -> set[bool]:
        return set().union(*(block.verdicts(at) for block in self.blocks))

    def memory(self) -> Memory:
        memories = [block.memory for block in self.blocks]
        return dict(memories[0]) if len(memories) == 1 else collect(memories, self.blocks[0].deal)


def keep_freed_memory() -> None:
    """Let this process keep what arrays free, for the next ones: a tenth of the time of small rounds went to pages that
    were given back to the system and taken again.

    The C library of GNU does so from when the largest block that it may get by itself, 32 MiB, has been freed once;
    this one is never written to. Other libraries ignore it.
    """
    np.empty(2**25 - 2**16, dtype=np.uint8)
