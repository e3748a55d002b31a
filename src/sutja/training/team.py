"""Several processes that learn from each batch together, as `torchrun` starts them (data parallelism).

Each process learns from its share of a batch; their gradients are added up, so that all take the step that one
process would take with the whole batch. They talk through `torch.distributed`: gloo between processors, nccl between
CUDA cards.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from sutja.errors import RunError


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

    def normalise_together(self, network: nn.Module) -> None:
        """Let batch normalisation see the whole batch, not only this process's share of it."""
        if self.size > 1:
            for layer in network.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.__class__ = JointBatchNorm

    def agreed(self, text: str) -> str:
        """What the first process says, for all; nobody goes on before it has said so."""
        if self.size == 1:
            return text
        said = [text]
        distributed.broadcast_object_list(said)
        return said[0]


ALONE = Team()


class JointBatchNorm(nn.BatchNorm2d):
    """Batch normalisation by the mean and variance of what all processes have of a batch.

    PyTorch's own, `SyncBatchNorm`, is for graphics cards only.
    """

    def forward(self, values: Tensor) -> Tensor:
        """The values normalised; as ever when the network is only judged."""
        if not self.training:
            return functional.batch_norm(
                values, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        wide = values.float()
        count = wide.new_full((self.num_features,), wide.numel() / self.num_features)
        sums = torch.stack((wide.sum((0, 2, 3)), wide.square().sum((0, 2, 3)), count))
        total, squares, count = Summed.apply(sums)  # type: ignore[no-untyped-call]  # PyTorch has no types there
        mean = total / count
        variance = squares / count - mean.square()
        self.follow(mean.detach(), (variance * count / (count - 1)).detach())
        factor = self.weight / (variance + self.eps).sqrt()
        normalised: Tensor = (wide - mean[:, None, None]) * factor[:, None, None] + self.bias[:, None, None]
        return normalised.to(values.dtype)

    @torch.no_grad()
    def follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running mean and variance, as PyTorch does."""
        for running, value in ((self.running_mean, mean), (self.running_var, variance)):
            running.lerp_(value, self.momentum)  # type: ignore[union-attr, arg-type]  # ours have both


class Summed(torch.autograd.Function):
    """The sum of a tensor over all processes; so is its gradient, since every process's loss depends on it."""

    @staticmethod
    def forward(_: Any, values: Tensor) -> Tensor:
        """The sum."""
        return added_up(values)

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        """The sum of the gradients."""
        return added_up(gradient)


def added_up(values: Tensor) -> Tensor:
    """The sum of a tensor over all processes."""
    total = values.detach().clone()
    distributed.all_reduce(total)
    return total


@contextmanager
def assembled(device: torch.device) -> Iterator[Team]:
    """The team of this process as long as the block lasts: what `torchrun` has set in the environment, else one."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield ALONE
        return
    if device.type == "cuda":
        number, cards = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
        if number >= cards:
            raise RunError(
                f"process {number + 1} of this machine needs a CUDA card of its own, and there are {cards}. "
                f"Use --nproc-per-node {cards}, or --device cpu."
            )
        torch.cuda.set_device(number)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
