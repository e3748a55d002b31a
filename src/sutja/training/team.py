"""Several processes that learn from each batch together, as `torchrun` starts them (data parallelism).

Each process learns from its share of a batch; their gradients are added up, so that all take the step that one
process would take with the whole batch. They talk through `torch.distributed`: gloo between processors, nccl between
CUDA cards.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


@dataclass(frozen=True)
class Team:
    """The processes that train together; a single process is a team of one.

    Attributes:
        rank: The number of this process, from 0. The first one writes files and shows progress.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def share(self, batch: Tensor) -> Tensor:
        """The part of a batch that this process learns from."""
        return batch[self.rank :: self.size]

    def add_up(self, tensors: list[Tensor]) -> None:
        """Replace tensors by their sums over all processes."""
        if self.size == 1 or not tensors:
            return
        joined = torch.cat([tensor.reshape(-1) for tensor in tensors])
        distributed.all_reduce(joined)
        for tensor, part in zip(tensors, torch.split(joined, [tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def agreed(self, text: str) -> str:
        """What the first process says, for all; nobody goes on before it has said so."""
        if self.size == 1:
            return text
        said = [text]
        distributed.broadcast_object_list(said)
        return said[0]


ALONE = Team()


@contextmanager
def assembled(device: torch.device) -> Iterator[Team]:
    """The team of this process as long as the block lasts: what `torchrun` has set in the environment, else one."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))  # each process has a card of its own
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
