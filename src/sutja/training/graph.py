"""CUDA graphs: steps of a training that a CUDA card repeats without waiting for Python."""

from collections.abc import Callable

import torch
from torch import Tensor

WARM_UP = 3
"""Eager calls before the capture: in the first ones libraries choose their kernels and take their memory."""

Function = Callable[..., tuple[Tensor, ...]]


class Captured:
    """A function whose kernels are captured as a CUDA graph, and from then on replayed.

    A step of a small network is hundreds of short kernels, and launching one from Python takes longer than the card
    needs to compute it. A replay launches all of them at once. It runs the same kernels at the same addresses: so the
    inputs are copied to where they lay at the capture, numbers as tensors, and the outputs are copied from there.
    What the function draws from the card's default generator is new in every call. The first call decides which shapes
    are captured; inputs of others, such as the smaller batch at the end of an epoch, are computed eagerly.

    Args:
        function: Of tensors on one card and of numbers. It returns tensors, and must not wait for the card.
        device: The card.

    Example:
        >>> step = Captured(learn, torch.device("cuda"))  # doctest: +SKIP
        >>> losses, logits, labels = step(batch, 0.001)  # doctest: +SKIP
    """

    def __init__(self, function: Function, device: torch.device) -> None:
        self.function, self.device = function, device
        self.calls = 0
        self.graph = torch.cuda.CUDAGraph()
        self.stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # PyTorch has no types there
        self.inputs: list[Tensor] = []
        self.outputs: tuple[Tensor, ...] = ()

    def __call__(self, *values: Tensor | float) -> tuple[Tensor, ...]:
        """What the function returns for these values."""
        tensors = [
            value if isinstance(value, Tensor) else torch.full((), value, device=self.device) for value in values
        ]
        self.inputs = self.inputs or [each.clone() for each in tensors]
        if [each.shape for each in tensors] != [each.shape for each in self.inputs]:
            return self.eager(tensors)
        self.calls += 1
        if self.calls <= WARM_UP:
            return self.eager(tensors)
        for ours, theirs in zip(self.inputs, tensors, strict=True):
            ours.copy_(theirs)
        if not self.outputs:
            with torch.cuda.graph(self.graph, stream=self.stream):
                self.outputs = self.function(*self.inputs)
        self.graph.replay()
        return tuple(each.clone() for each in self.outputs)

    def eager(self, tensors: list[Tensor]) -> tuple[Tensor, ...]:
        """Call the function, on the stream of the capture: gradients must have been made where they are captured.

        That stream first waits for whatever came before, and whatever comes after waits for it.
        """
        current = torch.cuda.current_stream(self.device)
        self.stream.wait_stream(current)
        with torch.cuda.stream(self.stream):
            outputs = self.function(*tensors)
        current.wait_stream(self.stream)
        return outputs
