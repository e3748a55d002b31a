"""The training loop: batches in, gradients, a step, and the next batch."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor, nn
from torch.nn import functional

from sutja.data.catalog import Frame
from sutja.data.dataset import Part
from sutja.errors import RunError
from sutja.models.registry import build
from sutja.training.history import Epoch
from sutja.training.optimizer import flatten, learning_rate, optimizer_for
from sutja.training.recipe import Precision, Recipe

Watch = Callable[[int, int, float, float], None]
"""Called now and then within an epoch with: steps done, steps in all, mean loss and accuracy so far."""

WATCH_EVERY = 20
JUDGED_AT_ONCE = 1000


@dataclass
class Learner:
    """A network, its optimizer, and how many epochs it has seen: all that a checkpoint holds.

    Attributes:
        network: Its parameters are views of `buffer`.
        optimizer: Over `buffer`.
        buffer: All parameters, float32 `[parameters]`.
        average: The running average of `buffer`, if the recipe keeps one.
        epoch: Epochs seen.
    """

    network: nn.Sequential
    optimizer: torch.optim.Optimizer
    buffer: nn.Parameter
    average: Tensor | None = None
    epoch: int = 0

    @classmethod
    def new(cls, recipe: Recipe, classes: int, seed: int) -> "Learner":
        """An untrained network, initialised from the seed."""
        with randomness(seed, 0):
            network = build(recipe.name, classes)
        buffer = flatten(network)
        average = buffer.detach().clone() if recipe.average else None
        return cls(network, optimizer_for(recipe, buffer), buffer, average)

    @contextmanager
    def averaged(self) -> Iterator[nn.Sequential]:
        """The network with its averaged weights, as long as the block lasts; as it is if there is no average."""
        if self.average is None:
            yield self.network
            return
        own = self.buffer.detach().clone()
        self.buffer.data.copy_(self.average)
        try:
            yield self.network
        finally:
            self.buffer.data.copy_(own)


def train_epoch(
    learner: Learner, recipe: Recipe, data: "Tensors", frame: Frame, seed: int, watch: Watch
) -> tuple[float, float]:
    """Show a network every training image once, in a new order, and let it learn from each batch.

    Order, augmentation and dropout depend on the seed and the number of the epoch only: an epoch that is repeated
    after an interruption ends with the same weights, bit for bit.

    Returns:
        Mean loss and accuracy over the images, as they were when each was learned from.

    Raises:
        RunError: the loss is no longer a number.
    """
    augment = recipe.augmentation.get(frame)
    batches = -(-len(data.labels) // recipe.batch_size)
    loss_sum, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
    learner.network.train()
    with randomness(seed, learner.epoch + 1) as random:
        order = torch.randperm(len(data.labels), generator=random)
        for step, batch in enumerate(torch.split(order, recipe.batch_size)):
            images, labels = as_input(data.images[batch]), data.labels[batch]
            if augment:
                images = augment(images, random)
            learner.optimizer.param_groups[0]["lr"] = learning_rate(
                recipe, learner.epoch * batches + step, recipe.epochs * batches
            )
            with precision(recipe.precision):
                logits = learner.network(images).float()
            loss = functional.cross_entropy(logits, labels, label_smoothing=recipe.label_smoothing)
            loss.backward()  # type: ignore[no-untyped-call]
            learner.optimizer.step()
            learner.buffer.grad.zero_()  # type: ignore[union-attr]
            if learner.average is not None:
                done = learner.epoch * batches + step + 1
                kept = min(recipe.average, done / (done + 10))  # the first steps soon forget the initial weights
                learner.average.lerp_(learner.buffer.detach(), 1 - kept)
            loss_sum += loss.detach() * len(labels)
            right += (logits.argmax(1) == labels).sum()
            if step % WATCH_EVERY == WATCH_EVERY - 1 or step == batches - 1:
                seen = min((step + 1) * recipe.batch_size, len(data.labels))
                mean = float(loss_sum) / seen
                if not np.isfinite(mean):
                    rate = learner.optimizer.param_groups[0]["lr"]
                    raise RunError(
                        f"the loss is {mean} at step {step + 1} of epoch {learner.epoch + 1}, with learning rate "
                        f"{rate:.2g}. Try a tenth of it (--learning-rate {recipe.learning_rate / 10:.2g})."
                    )
                watch(step + 1, batches, mean, int(right) / seen)
    learner.epoch += 1
    return float(loss_sum) / len(data.labels), int(right) / len(data.labels)


@torch.no_grad()
def judge(network: nn.Sequential, data: "Tensors", kind: Precision) -> tuple[float, float]:
    """Mean cross-entropy and accuracy of a network on images, without learning from them."""
    network.eval()
    loss, right = 0.0, 0
    parts = (torch.split(tensor, JUDGED_AT_ONCE) for tensor in (data.images, data.labels))
    for images, labels in zip(*parts, strict=True):
        with precision(kind):
            logits = network(as_input(images)).float()
        loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
        right += int((logits.argmax(1) == labels).sum())
    return loss / len(data.labels), right / len(data.labels)


def one_epoch(
    learner: Learner,
    recipe: Recipe,
    training: "Tensors",
    validation: "Tensors | None",
    frame: Frame,
    seed: int,
    watch: Watch,
) -> Epoch:
    """Train for one epoch, judge on the held-out images if there are any, and say what came of it."""
    start = time.perf_counter()
    loss, accuracy = train_epoch(learner, recipe, training, frame, seed, watch)
    held_out: tuple[float, float] | tuple[None, None] = (None, None)
    if validation:
        with learner.averaged() as network:
            held_out = judge(network, validation, recipe.precision)
    seconds = time.perf_counter() - start
    return Epoch(learner.epoch, loss, accuracy, held_out[0], held_out[1], seconds)


@dataclass(frozen=True)
class Tensors:
    """Images and labels in memory, as PyTorch takes them; one byte a pixel, so that a batch is one small gather."""

    images: UInt8[Tensor, "n 28 28"]
    labels: Int64[Tensor, "n"]

    @classmethod
    def of(cls, part: Part) -> "Tensors":
        """The images and labels of a part of a data set."""
        return cls(torch.from_numpy(part.images), torch.from_numpy(part.labels.astype(np.int64)))


def as_input(pixels: UInt8[Tensor, "n 28 28"]) -> Float[Tensor, "n 1 28 28"]:
    """Pixels as a network takes them: within 0 to 1, channels last, in which convolutions are fastest."""
    return pixels.unsqueeze(1).float().mul_(1 / 255).contiguous(memory_format=torch.channels_last)


def precision(kind: Precision) -> torch.autocast:
    """A context in which a network computes in that precision; its parameters stay float32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=kind == "bfloat16")


@contextmanager
def randomness(seed: int, epoch: int) -> Iterator[torch.Generator]:
    """Random numbers that depend on the seed and the epoch only; PyTorch's global state is put back afterwards."""
    ours, global_seed = np.random.SeedSequence((seed, epoch)).generate_state(2, np.uint64).tolist()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(global_seed)  # initial weights and dropout draw from the global state
        yield torch.Generator().manual_seed(ours)
