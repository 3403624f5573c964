"""Several processes that train one network, a GPU each: torch's DistributedDataParallel, as torchrun starts it.

Every process draws the whole batch and takes its share, so the batches of a run do not depend on how many there are.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from logdepth.learn.samplers import Batch
from logdepth.numerics.errors import UsageError, Wording


@dataclass(frozen=True)
class Processes:
    """This process's number, and how many there are. With one, every method is the identity."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and reports."""
        return self.rank == 0

    def shared(self, network: nn.Module) -> Callable[[Tensor], Tensor]:
        """The network, its gradients averaged over the processes."""
        if self.size == 1:
            return network
        device = next(network.parameters()).device
        return DistributedDataParallel(network, device_ids=[device] if device.type == "cuda" else None)

    def share_of(self, batch: Batch) -> Batch:
        """The sequences of this process. Errors: UsageError if they cannot be shared evenly."""
        if self.size == 1:
            return batch
        if len(batch.inputs) % self.size:
            raise UsageError(
                Wording(f"{{batch}} must be a multiple of the {self.size} processes; got {len(batch.inputs)}.")
            )
        return Batch(*(part[self.rank :: self.size] for part in vars(batch).values()))

    def total(self, values: Tensor) -> Tensor:
        """The sum over all processes."""
        if self.size > 1:
            values = values.clone()
            distributed.all_reduce(values)
        return values

    def mean(self, values: Tensor) -> Tensor:
        return self.total(values) / self.size

    def agree(self, value: int, device: torch.device | None = None) -> int:
        """What the first process says."""
        if self.size == 1:
            return value
        held = torch.tensor([value], device=device)
        distributed.broadcast(held, 0)
        return int(held)


alone = Processes()


def count_started() -> int:
    """How many processes torchrun started, 1 if it started none."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def all_processes(device: torch.device) -> Iterator[Processes]:
    """The processes that torchrun started, this one alone if none did."""
    size = count_started()
    if size == 1:
        yield alone
        return
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(distributed.get_rank(), size)
        gc.collect()  # what is left of DistributedDataParallel holds threads; a process that ends before them aborts
        distributed.barrier()  # no process leaves while others may still call
    finally:
        distributed.destroy_process_group()
