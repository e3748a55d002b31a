"""The training loop: batches in, gradients, a step, and the next batch."""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from sutja.data.dataset import Part
from sutja.errors import RunError
from sutja.models.registry import build
from sutja.pictures.frame import Frame
from sutja.training.augment import Augmentation
from sutja.training.graph import Captured
from sutja.training.history import Epoch
from sutja.training.optimizer import Optimizer, learning_rate, optimizer_for
from sutja.training.recipe import Precision, Recipe
from sutja.training.team import ALONE, Team

Watch = Callable[[int, int, float, float], None]
"""Called now and then within an epoch with: steps done, steps in all, mean loss and accuracy so far."""

CPU = torch.device("cpu")
WATCH_EVERY, WATCH_EVERY_ON_CARD = 20, 100
"""Steps between two reports: a graphics card has to stop for each."""
AVERAGE_EVERY = 8
"""Steps between two updates of the running average, which costs as much memory traffic as a step of the optimizer."""
JUDGED_AT_ONCE = 1000


@dataclass
class Learner:
    """A network, its optimizer, and how many epochs it has seen.

    Attributes:
        network: What learns.
        optimizer: Over its parameters.
        average: The running average of its parameters in order, if the recipe keeps one.
        epoch: Epochs seen.
        captured: Its steps as CUDA graphs, which a checkpoint does not hold.
    """

    network: nn.Sequential
    optimizer: Optimizer
    average: list[Tensor] | None = None
    epoch: int = 0
    captured: dict[Hashable, Captured] = field(default_factory=dict, repr=False)

    @classmethod
    def new(cls, recipe: Recipe, classes: int, seed: int, device: torch.device = CPU) -> "Learner":
        """An untrained network, initialised from the seed."""
        with randomness(seed, 0, device):
            network = build(recipe.network or recipe.name, classes)
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
        average = copies(network) if recipe.average else None
        return cls(network, optimizer_for(recipe, list(network.parameters())), average)

    @contextmanager
    def averaged(self) -> Iterator[nn.Sequential]:
        """The network with its averaged weights, as long as the block lasts; as it is if there is no average."""
        if self.average is None:
            yield self.network
            return
        own = copies(self.network)
        put(self.network, self.average)
        try:
            yield self.network
        finally:
            put(self.network, own)


@dataclass(frozen=True)
class Step:
    """What is done with one batch.

    Attributes:
        learner: What learns.
        recipe: How.
        data: The training images.
        augment: How they are changed first, if they are.
        random: Where these changes come from.
        team: The processes that learn from each batch together.
    """

    learner: Learner
    recipe: Recipe
    data: "Tensors"
    augment: Augmentation | None
    random: torch.Generator
    team: Team = ALONE

    def __call__(self, batch: Tensor, rate: float | Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict, compare, and move the weights against the gradient.

        Args:
            batch: Which images: int64 `[n]`.
            rate: The learning rate.

        Returns:
            The sum of the losses, the logits, and the labels of this process's share of the batch.
        """
        learner, recipe = self.learner, self.recipe
        ours = self.team.share(batch)
        pixels, truth = as_input(self.data.images.index_select(0, ours)), self.data.labels.index_select(0, ours)
        if self.augment:
            pixels = self.augment(pixels, self.random)
        with precision(recipe.precision, pixels.device):
            logits = learner.network(pixels)
        losses = functional.cross_entropy(
            logits.float(), truth, label_smoothing=recipe.label_smoothing, reduction="sum"
        )
        learner.optimizer.zero_grad()
        (losses / len(batch)).backward()  # type: ignore[no-untyped-call]  # PyTorch has no types there
        self.team.add_up(learner.optimizer.gradients())
        learner.optimizer.step(rate)
        return losses.detach(), logits.detach(), truth

    def captured(self) -> Callable[[Tensor, float], tuple[Tensor, ...]]:
        """This step as a CUDA graph, the same one in all epochs; itself where there is no card, or several train."""
        device, graphs = self.data.labels.device, self.learner.captured
        if device.type != "cuda" or self.team.size > 1:
            return self
        key = (self.augment, id(self.recipe), id(self.data))  # the graph keeps both alive
        if key not in graphs:
            graphs[key] = Captured(self, device)
        return graphs[key]


def train_epoch(
    learner: Learner, recipe: Recipe, data: "Tensors", frame: Frame, seed: int, watch: Watch, team: Team = ALONE
) -> tuple[float, float]:
    """Show a network every training image once, in a new order, and let it learn from each batch.

    Order, augmentation and dropout depend on the seed and the number of the epoch only: an epoch that is repeated
    after an interruption ends with the same weights, on the processor bit for bit, on a card up to rounding.

    Returns:
        Mean loss and accuracy over the images, as they were when each was learned from.

    Raises:
        RunError: the loss is no longer a number.
    """
    augment = recipe.augmentation.get(frame) if learner.epoch < recipe.epochs - recipe.plain else None
    count, device = len(data.labels), data.labels.device
    batches = -(-count // recipe.batch_size)
    watch_every = WATCH_EVERY if device == CPU else WATCH_EVERY_ON_CARD
    totals = torch.zeros(2, device=device)  # the sum of the losses, and how many were named right
    recent: list[tuple[Tensor, ...]] = []  # since they were last added up: losses, logits, labels
    learner.network.train()
    if recipe.frozen_statistics:
        for layer in learner.network.modules():
            layer.train(not isinstance(layer, nn.BatchNorm2d))
    with randomness(seed, learner.epoch + 1, device) as (ordering, augmenting):
        order = torch.randperm(count, generator=ordering).to(device)
        if team.rank:  # each process changes its images in its own way
            augmenting.manual_seed(augmenting.initial_seed() + team.rank)
        learn = Step(learner, recipe, data, augment, augmenting, team).captured()
        for step, batch in enumerate(torch.split(order, recipe.batch_size)):
            done = learner.epoch * batches + step
            rate = learning_rate(recipe, done, recipe.epochs * batches)
            recent.append(learn(batch, rate))
            if learner.average and done % AVERAGE_EVERY == 0:
                kept = min(recipe.average**AVERAGE_EVERY, done / (done + 10))  # the first steps soon forget the start
                torch._foreach_lerp_(learner.average, parameters_of(learner.network), 1 - kept)
            if step % watch_every == watch_every - 1 or step == batches - 1:
                totals += sums_of(recent)
                recent.clear()
                team.add_up(whole := [totals.clone()])
                seen = min((step + 1) * recipe.batch_size, count)
                loss, accuracy = (value / seen for value in whole[0].tolist())
                if not (np.isfinite(loss) and is_finite(learner.network)):
                    what = "weights are no numbers any more" if np.isfinite(loss) else f"loss is {loss}"
                    raise RunError(
                        f"the {what} at step {step + 1} of epoch {learner.epoch + 1}, with learning rate {rate:.2g}. "
                        f"Try a tenth of it (--learning-rate {recipe.learning_rate / 10:.2g})."
                    )
                watch(step + 1, batches, loss, accuracy)
    learner.epoch += 1
    return loss, accuracy


def sums_of(steps: list[tuple[Tensor, ...]]) -> Float[Tensor, "2"]:
    """Of the losses, logits and labels of some steps: the sum of the losses, and how many images were named right."""
    losses, logits, labels = zip(*steps, strict=True)
    return torch.stack((torch.stack(losses).sum(), (torch.cat(logits).argmax(1) == torch.cat(labels)).sum()))


@torch.no_grad()
def judge(network: nn.Module, data: "Tensors", kind: Precision) -> tuple[float, float]:
    """Mean cross-entropy and accuracy of a network on images, without learning from them."""
    network.eval()
    loss, right = 0.0, 0
    parts = (torch.split(tensor, JUDGED_AT_ONCE) for tensor in data)
    for images, labels in zip(*parts, strict=True):
        with precision(kind, labels.device):
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
    team: Team = ALONE,
) -> Epoch:
    """Train for one epoch, judge on the held-out images if there are any, and say what came of it."""
    start = time.perf_counter()
    loss, accuracy = train_epoch(learner, recipe, training, frame, seed, watch, team)
    held_out: tuple[float, float] | tuple[None, None] = (None, None)
    if validation:
        with learner.averaged() as network:
            held_out = judge(network, validation, recipe.precision)
    seconds = time.perf_counter() - start
    return Epoch(learner.epoch, loss, accuracy, held_out[0], held_out[1], seconds)


class Tensors(NamedTuple):
    """Images and labels in memory, as PyTorch takes them; one byte a pixel, so that a batch is one small gather.

    Attributes:
        images: uint8 `[n, 28, 28]`.
        labels: int64 `[n]`.
    """

    images: Tensor
    labels: Tensor

    @classmethod
    def of(cls, part: Part, device: torch.device = CPU) -> "Tensors":
        """The images and labels of a part of a data set, on a device."""
        images, labels = torch.from_numpy(part.images), torch.from_numpy(part.labels.astype(np.int64))
        return cls(images.to(device), labels.to(device))


def parameters_of(network: nn.Module) -> list[Tensor]:
    """The parameters in order, without their history."""
    return [parameter.detach() for parameter in network.parameters()]


def copies(network: nn.Module) -> list[Tensor]:
    """Copies of the parameters, in order."""
    return [parameter.clone() for parameter in parameters_of(network)]


def put(network: nn.Module, values: list[Tensor]) -> None:
    """Give the parameters these values."""
    torch._foreach_copy_(parameters_of(network), values)


def is_finite(network: nn.Module) -> bool:
    """Whether all parameters are numbers that can be computed with."""
    return bool(torch.stack([parameter.sum().isfinite() for parameter in parameters_of(network)]).all())


def as_input(pixels: UInt8[Tensor, "n *c 28 28"]) -> Float[Tensor, "n d 28 28"]:
    """Pixels as a network takes them: within 0 to 1, channels last, in which convolutions are fastest."""
    images = pixels.reshape(len(pixels), -1, *pixels.shape[-2:])
    return images.float().mul_(1 / 255).contiguous(memory_format=torch.channels_last)


def precision(kind: Precision, device: torch.device = CPU) -> torch.autocast:
    """A context in which a network computes in that precision; its parameters stay float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=kind == "bfloat16")


@contextmanager
def randomness(seed: int, epoch: int, device: torch.device = CPU) -> Iterator[tuple[torch.Generator, torch.Generator]]:
    """Random numbers that depend on the seed and the epoch only; PyTorch's own go on afterwards as if not used.

    Yields:
        What the order of the images is drawn from, and what their changes are drawn from: on a CUDA card that is a
        generator of its own. On other devices both are the same.
    """
    ours, global_seed = np.random.SeedSequence((seed, epoch)).generate_state(2, np.uint64).tolist()
    cards = [torch.cuda.current_device()] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cards):
        ordering = torch.Generator().manual_seed(ours)
        torch.default_generator.manual_seed(global_seed)  # initial weights and dropout draw from it
        yield ordering, torch.cuda.default_generators[cards[0]].manual_seed(global_seed) if cards else ordering
