"""Processes that train together, one a GPU: what ``torchrun`` starts.

A step's sub-networks are spread over the processes, so that each runs networks of its own; gradients are summed in one
exchange of the buffer that holds them all. PyTorch's wrapper of a module (`DistributedDataParallel`) expects every
process to run the same module in the same order, which is what a supernet does not do.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, distributed


@dataclass(frozen=True)
class Ranks:
    """This process among the others."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and says how far it is."""
        return self.rank == 0

    def sum(self, values: Tensor) -> None:
        """The sum over all processes, in place."""
        if self.size > 1:
            distributed.all_reduce(values)

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            distributed.barrier()

    def same(self, value: float) -> float:
        """The first process's value, in all of them."""
        if self.size == 1:
            return value
        held = torch.tensor([value], dtype=torch.float64, device=self.device)
        distributed.broadcast(held, 0)
        return float(held)


@contextmanager
def joined(device: str | None = None) -> Iterator[Ranks]:
    """The processes of a launch by ``torchrun``, or this one alone.

    Parameters
    ----------
    device
        Such as ``cpu`` or ``cuda:1``; by default a GPU where there is one.
    """
    rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    name = device or (f"cuda:{local}" if torch.cuda.is_available() else "cpu")
    place = torch.device(name)
    if place.type == "cuda":
        torch.cuda.set_device(place)
    if size == 1:
        yield Ranks(device=place)
        return
    distributed.init_process_group("nccl" if place.type == "cuda" else "gloo")
    try:
        yield Ranks(rank, size, place)
    finally:
        distributed.destroy_process_group()
