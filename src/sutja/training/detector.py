"""Training the detector on composed pages: `python -m sutja.training.detector --out runs/detector`."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Subset

from sutja.data.source import load
from sutja.files import replacing
from sutja.models.detector import CLASSES, Detector
from sutja.synthesis.writer import Digits
from sutja.training.composed import Patches
from sutja.training.loop import precision
from sutja.training.recipe import Precision, pays_in_bfloat16

BATCH = 16
STEPS = 16_000
LEARNING_RATE = 2.5e-3
WARM_UP = 300
AVERAGE = 0.999
"""How much of the running average of the weights is kept at each step; it is what is exported."""
SAVE_EVERY = 500
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
    optimizer: torch.optim.AdamW
    average: dict[str, Tensor]
    computed_in: Precision = "float32"
    step: int = 0

    @classmethod
    def new(cls, seed: int) -> "Student":
        """An untrained detector."""
        torch.manual_seed(seed)
        network = Detector().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
        optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.02, fused=True)
        average = {name: value.clone() for name, value in network.state_dict().items()}
        return cls(network, optimizer, average, "bfloat16" if pays_in_bfloat16() else "float32")

    def learn(self, batch: list[Tensor], steps: int) -> tuple[float, float]:
        """One step; the two parts of its loss."""
        rate = learning_rate(self.step, steps)
        self.optimizer.param_groups[0]["lr"] = rate
        self.network.train()
        pictures, *answers = batch
        with precision(self.computed_in):
            outputs = self.network(pictures.contiguous(memory_format=torch.channels_last))
        detection, size = loss_of(outputs.float(), *answers)
        self.optimizer.zero_grad()
        (detection + 2 * size).backward()  # type: ignore[no-untyped-call]  # PyTorch has no types there
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimizer.step()
        self.step += 1
        kept = min(AVERAGE, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - kept)
        return float(detection.detach()), float(size.detach())

    def save(self, path: Path) -> None:
        """Write everything that is needed to go on."""
        content = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
        }
        with replacing(path) as temporary:
            torch.save(content, temporary)

    def restore(self, path: Path) -> None:
        """Go on from a file that `save` wrote; no code in it is run."""
        content = torch.load(path, weights_only=True)
        self.network.load_state_dict(content["network"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.average, self.step = content["average"], content["step"]

    def averaged(self) -> Detector:
        """A detector with the averaged weights."""
        network = Detector()
        network.load_state_dict(self.average)
        return network.eval()


def learning_rate(step: int, steps: int) -> float:
    """Up in a straight line at first, then down along half a cosine."""
    if step < WARM_UP:
        return LEARNING_RATE * (step + 1) / WARM_UP
    done = min(1.0, (step - WARM_UP) / max(1, steps - WARM_UP))
    return LEARNING_RATE * (0.5 + 0.5 * float(np.cos(np.pi * done))) + 1e-6


def train_detector(out: Path, steps: int = STEPS, seed: int = 0, workers: int = 2) -> Detector:
    """Train a detector, or go on with it where the folder holds a checkpoint.

    Args:
        out: The run's folder: `checkpoint.pt` and `log.txt`.
        steps: Batches of 16 patches.
        seed: The same seed gives the same patches and initial weights.
        workers: Processes that compose pages.
    """
    out.mkdir(parents=True, exist_ok=True)
    student, checkpoint = Student.new(seed), out / "checkpoint.pt"
    if checkpoint.exists():
        student.restore(checkpoint)
    patches = Patches(training_digits(), seed, steps * BATCH)
    left = Subset(patches, range(student.step * BATCH, steps * BATCH))
    losses, start = [], time.perf_counter()
    with cores_left_by(workers):
        for batch in DataLoader(left, BATCH, num_workers=workers, prefetch_factor=4 if workers else None):
            losses.append(student.learn(batch, steps))
            if student.step % 100 == 0:
                detection, size = np.mean(losses, axis=0)
                speed = len(losses) * BATCH / (time.perf_counter() - start)
                done = f"step {student.step} of {steps}  detection {detection:.3f}  size {size:.4f}"
                sys.stderr.write(f"{done}  {speed:.0f} patches/s\n")
                losses, start = [], time.perf_counter()
            if student.step % SAVE_EVERY == 0 or student.step == steps:
                student.save(checkpoint)
    return student.averaged()


@contextmanager
def cores_left_by(workers: int) -> Iterator[None]:
    """PyTorch with a thread for each core that no worker needs, one at least.

    Threads wait for each other at every step, and long where a worker has the core of one of them: on 2 cores one
    thread beside two workers learns from 157 patches a second, two from 105.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before - workers))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def main() -> None:
    """Train, or go on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/detector"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    train_detector(arguments.out, arguments.steps, arguments.seed)


if __name__ == "__main__":
    main()
