"""Training the detector on composed pages, the first step of `sutja.training.reader`."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Subset

from sutja.data.source import load
from sutja.errors import RunError
from sutja.files import replacing
from sutja.models.detector import CLASSES, Detector
from sutja.synthesis.writer import Digits
from sutja.training.composed import Patches
from sutja.training.graph import Captured
from sutja.training.loop import CPU, precision
from sutja.training.optimizer import Muon, restore_state, state_arrays
from sutja.training.recipe import Precision, pays_in_bfloat16
from sutja.training.start import detector_from

BATCH = 16
STEPS = 16_000
LEARNING_RATE = 1e-2
GENTLER = 3
"""A detector that goes on from another takes steps so many times smaller."""
WEIGHT_DECAY = 0.02
WARM_UP = 300
AVERAGE = 0.999
"""How much of the running average of the weights is kept at each step; it is what is exported."""
SAVE_EVERY = 500
SHOWN = 64
"""So many patches are shown to a detector that goes on, to learn how far its layers' outputs spread."""
HELD_OUT = 5000
"""The last training images of MNIST are kept for choosing and calibrating."""


def training_digits() -> Digits:
    """MNIST's training images but the last, which are held out."""
    part = load("mnist").train
    return Digits(part.images[:-HELD_OUT], part.labels[:-HELD_OUT])


def held_out_digits() -> Digits:
    """The held-out training images."""
    part = load("mnist").train
    return Digits(part.images[-HELD_OUT:], part.labels[-HELD_OUT:])


def loss_of(outputs: Tensor, heat: Tensor, sizes: Tensor, sized: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """The focal loss of the heat maps, and the mean error of offsets and sizes, both a digit.

    Penalty-reduced focal loss (Zhou, Wang and Krähenbühl, Objects as points, 2019, equation 1): a place near a middle
    is no middle, but is hardly blamed for saying so.
    """
    logits = outputs[:, :CLASSES]
    yes, no = functional.logsigmoid(logits), functional.logsigmoid(-logits)
    surely = logits.sigmoid()
    middle = (heat == 1).float()
    found = yes * (1 - surely) ** 2 * middle
    rejected = no * surely**2 * (1 - heat) ** 4
    count = middle.sum().clamp(min=1)
    detection = -((found + rejected) * weight[:, None]).sum() / count
    errors = (functional.smooth_l1_loss(outputs[:, CLASSES:], sizes, reduction="none", beta=0.1)).sum(1)
    return detection, (errors * sized).sum() / sized.sum().clamp(min=1)


@dataclass
class Student:
    """A detector that learns, and the running average of its weights."""

    network: Detector
    optimizer: Muon
    average: dict[str, Tensor]
    device: torch.device
    computed_in: Precision = "float32"
    highest: float = LEARNING_RATE
    step: int = 0

    @classmethod
    def new(cls, seed: int, device: torch.device = CPU, start: Detector | None = None) -> "Student":
        """A detector that has learned nothing yet, or one that goes on from what another has."""
        torch.manual_seed(seed)
        network = start or Detector()
        network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
        optimizer = Muon(list(network.parameters()), WEIGHT_DECAY)
        average = {name: value.clone() for name, value in network.state_dict().items()}
        rate = LEARNING_RATE if start is None else LEARNING_RATE / GENTLER
        return cls(network, optimizer, average, device, "bfloat16" if pays_in_bfloat16(device) else "float32", rate)

    @cached_property
    def captured(self) -> Callable[..., tuple[Tensor, ...]]:
        """`update`, on a CUDA card as a CUDA graph."""
        return Captured(self.update, self.device) if self.device.type == "cuda" else self.update

    def update(self, rate: float | Tensor, pictures: Tensor, *answers: Tensor) -> tuple[Tensor, ...]:
        """Predict, compare, and move the weights against the gradient; the two parts of the loss."""
        with precision(self.computed_in, self.device):
            outputs = self.network(pictures.contiguous(memory_format=torch.channels_last))
        detection, size = loss_of(outputs.float(), *answers)
        self.optimizer.zero_grad()
        (detection + 2 * size).backward()  # type: ignore[no-untyped-call]  # PyTorch has no types there
        self.optimizer.step(rate)
        return detection.detach(), size.detach()

    def learn(self, batch: list[Tensor], steps: int) -> Tensor:
        """One step of so many; float32 `[2]`: the two parts of its loss."""
        self.network.train()
        rate = self.highest * learning_rate(self.step, steps)
        losses = self.captured(rate, *(part.to(self.device) for part in batch))
        self.step += 1
        kept = min(AVERAGE, self.step / (self.step + 10))
        pairs = [(self.average[name], value) for name, value in self.network.state_dict().items()]
        ours, theirs = zip(*[pair for pair in pairs if pair[0].is_floating_point()], strict=True)
        torch._foreach_lerp_(ours, theirs, 1 - kept)
        return torch.stack(losses)

    def save(self, path: Path) -> None:
        """Write everything that is needed to go on."""
        content = {
            "network": self.network.state_dict(),
            "optimizer": state_arrays(self.optimizer),
            "average": self.average,
            "step": self.step,
        }
        with replacing(path) as temporary:
            torch.save(content, temporary)

    def restore(self, path: Path) -> None:
        """Go on from a file that `save` wrote; no code in it is run.

        Raises:
            RunError: an earlier version of sutja wrote it, with another optimizer.
        """
        content = torch.load(path, map_location=self.device, weights_only=True)
        try:
            restore_state(self.optimizer, content["optimizer"])
        except KeyError as error:
            raise RunError(f"{path} was written by an earlier version. Train again in another folder.") from error
        self.network.load_state_dict(content["network"])
        self.average, self.step = content["average"], content["step"]

    def averaged(self) -> Detector:
        """A detector with the averaged weights, on the processor."""
        network = Detector()
        network.load_state_dict(self.average)
        return network.eval()


def learning_rate(step: int, steps: int) -> float:
    """The share of the highest rate: up in a straight line at first, then down along half a cosine."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    done = min(1.0, (step - WARM_UP) / max(1, steps - WARM_UP))
    return 0.5 + 0.5 * float(np.cos(np.pi * done)) + 1e-4


def train_detector(
    out: Path,
    steps: int = STEPS,
    seed: int = 0,
    workers: int | None = None,
    device: torch.device = CPU,
    start: bytes | None = None,
) -> Detector:
    """Train a detector, or go on with it where the folder holds a checkpoint.

    Args:
        out: The run's folder, for `checkpoint.pt`.
        steps: Batches of 16 patches.
        seed: The same seed gives the same patches and initial weights.
        workers: Processes that compose pages; by default one a core if a card learns from them, else one for two
            cores, and two at least.
        device: Where it is trained.
        start: A detector's file to go on from, with smaller steps; by default it learns from nothing.
    """
    if workers is None:
        cores = torch.get_num_threads()
        workers = max(2, cores // 2) if device == CPU else cores
    out.mkdir(parents=True, exist_ok=True)
    patches, checkpoint = Patches(training_digits(), seed, steps * BATCH), out / "checkpoint.pt"
    before = None if start is None else detector_from(start, torch.stack([patches[n][0] for n in range(SHOWN)]))
    student = Student.new(seed, device, before)
    if checkpoint.exists():
        student.restore(checkpoint)
    left = Subset(patches, range(student.step * BATCH, steps * BATCH))
    losses, since = [], time.perf_counter()
    with cores_left_by(workers):
        for batch in DataLoader(left, BATCH, num_workers=workers, prefetch_factor=2 if workers else None):
            losses.append(student.learn(batch, steps))
            if student.step % 100 == 0:
                detection, size = torch.stack(losses).mean(0).tolist()
                speed = len(losses) * BATCH / (time.perf_counter() - since)
                done = f"step {student.step} of {steps}  detection {detection:.3f}  size {size:.4f}"
                sys.stderr.write(f"{done}  {speed:.0f} patches/s\n")
                losses, since = [], time.perf_counter()
            if student.step % SAVE_EVERY == 0 or student.step == steps:
                student.save(checkpoint)
    return student.averaged()


@contextmanager
def cores_left_by(workers: int) -> Iterator[None]:
    """PyTorch with a thread for each core that no worker needs, one at least.

    Threads wait for each other at every step, and long where a worker has the core of one of them: on 2 cores one
    thread beside two workers learned from 157 patches a second, two from 105 (when pages were plainer).
    """
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before - workers))
    try:
        yield
    finally:
        torch.set_num_threads(before)
