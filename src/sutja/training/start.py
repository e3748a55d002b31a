"""Starting from what another model has learned, in place of random weights (fine-tuning)."""

import os
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sutja.classifier.card import Card
from sutja.classifier.classifier import BUNDLED, Classifier, model_file
from sutja.data.dataset import Dataset
from sutja.errors import RunError
from sutja.files import expanded
from sutja.models.blocks import Residual
from sutja.models.detector import Detector, twice
from sutja.training.loop import CPU, Learner, as_input, copies
from sutja.training.recipe import Recipe, find_recipe

GENTLER = {"rmsprop": 10, "adamw": 40, "muon": 200}
"""A model that goes on learning its classes from few images takes steps so many times smaller than its recipe's.
Muon's are as large for small gradients as for large ones: if they are not very small, it forgets what it knew."""
NEW_CLASSES = 10
"""So many times smaller are steps that must also learn classes from nothing."""
SEEN = 2000
"""So many training images are shown to a network to learn how far its layers' outputs spread."""


def card_of(source: str | os.PathLike[str]) -> Card:
    """What a model to start from says of itself.

    Raises:
        ModelError: it cannot be read.
    """
    return Classifier(*model_file(source)).card


def place_of(source: str | os.PathLike[str]) -> str:
    """A model to start from as a plan keeps it, for whichever folder the run is continued from."""
    return source if isinstance(source, str) and source in BUNDLED else str(expanded(source).resolve())


def tuned_recipe(card: Card, classes: tuple[str, ...]) -> Recipe:
    """The recipe for going on from a model with few images: that of the model, with small batches and gentle steps.

    Batch normalisation keeps its statistics, as those of a small batch would say little.

    Args:
        card: Of the model.
        classes: What is going to be told apart; steps are gentlest where the model knows all of them.
    """
    recipe = find_recipe(card.recipe)
    known = set(classes) <= set(card.classes)
    rate = recipe.learning_rate / (GENTLER[recipe.optimizer] if known else NEW_CLASSES)
    return replace(recipe, epochs=30, batch_size=10, learning_rate=rate, average=0.0, frozen_statistics=True)


@torch.no_grad()
def start_from(source: str, recipe: Recipe, learner: Learner, data: Dataset) -> None:
    """Give a learner the weights of a model file.

    In a model file batch normalisation is folded into the convolution right before it. Here it is unfolded: each gets
    the mean and the spread that its inputs have on the training images, and undoes them, so that the network says what
    the file says and can go on learning. Outputs for classes that the model does not know stay random.

    Args:
        source: A model file, a run folder, or a bundled name.
        recipe: That of the learner.
        learner: Untrained.
        data: What is going to be learned.

    Raises:
        RunError: the model is of another network.
        ModelError: it cannot be read.
    """
    content, origin = model_file(source)
    card = Classifier(content, origin).card
    other = recipe if card.recipe == recipe.name else find_recipe(card.recipe)
    if (other.network or other.name) != (recipe.network or recipe.name):
        raise RunError(
            f"{source} is a {card.recipe}, and this run trains a {recipe.name}. Train with --recipe {card.recipe}, or "
            "leave --recipe out."
        )
    device = next(learner.network.parameters()).device
    network = learner.network.to(CPU).eval()
    known, weights = {name: number for number, name in enumerate(card.classes)}, weights_in(content)
    values = as_input(torch.from_numpy(data.train.images[:SEEN]))
    fill(network, values, weights, [known.get(name) for name in data.classes])
    network.to(device)
    if learner.average is not None:
        learner.average = copies(network)


@torch.no_grad()
def detector_from(content: bytes, evened: Tensor) -> Detector:
    """A detector with the weights of a detector's file, as `start_from` gives them to a classifier.

    Args:
        content: Of the file.
        evened: float32 `[n, 1, h, w]`, pictures by which batch normalisation is unfolded.
    """
    network, weights = Detector().eval(), weights_in(content)

    def filled(layers: nn.Module, values: Tensor) -> Tensor:
        return fill(layers if isinstance(layers, nn.Sequential) else nn.Sequential(layers), values, weights, [])

    fine = filled(network.stem, evened)
    middle = filled(network.middle, fine)
    coarse = twice(filled(network.from_coarse, filled(network.coarse, middle)))
    middle = filled(network.joined_middle, functional.relu(middle + coarse))
    fine = filled(network.from_fine, fine) + twice(filled(network.from_middle, middle))
    filled(network.head, filled(network.joined_fine, functional.relu(fine)))
    return network


def fill(layers: nn.Sequential, values: Tensor, weights: "list[Weights]", rows: list[int | None]) -> Tensor:
    """Give layers the next weights, and take those away; what the layers then make of the values.

    Args:
        layers: In evaluation.
        values: Their input, by which batch normalisation is unfolded.
        weights: Of these layers and of those after them.
        rows: For each output of the last layer the row of the weights that it gets, or None.
    """
    bias = torch.zeros(1)
    for layer in layers:
        if isinstance(layer, Residual):
            values = functional.relu(values + fill(layer.body, values, weights, rows))
            continue
        if isinstance(layer, nn.BatchNorm2d):
            mean, variance = values.mean((0, 2, 3)), values.var((0, 2, 3), unbiased=False)
            spread = (variance + layer.eps).sqrt()
            folded = weights[0].operator != "BatchNormalization"
            scale, bias = (torch.ones(1), bias) if folded else weights.pop(0)[1:]
            for ours, theirs in (
                (layer.running_mean, mean), (layer.running_var, variance), (layer.weight, scale * spread),
                (layer.bias, scale * mean + bias),
            ):  # fmt: skip
                ours.copy_(theirs)  # type: ignore[union-attr]  # each has one
        elif isinstance(layer, nn.Conv2d):
            _, weight, bias = weights.pop(0)
            layer.weight.copy_(weight)
            if layer.bias is not None:
                layer.bias.copy_(bias)
        elif isinstance(layer, nn.Linear):
            _, weight, bias = weights.pop(0)
            for row, source_row in enumerate(range(len(weight)) if weights else rows):
                if source_row is not None:
                    layer.weight[row], layer.bias[row] = weight[source_row], bias[source_row]
        values = layer(values)
    return values


class Weights(NamedTuple):
    """A layer of a model file: the operator of ONNX that it is, what it multiplies with, and what it adds."""

    operator: str
    weight: Tensor
    bias: Tensor


def weights_in(content: bytes) -> list[Weights]:
    """The layers of a model file that have weights, in order."""
    from onnx import numpy_helper

    from sutja.classifier.halves import whole

    graph = whole(content).graph
    arrays = {weight.name: torch.from_numpy(np.array(numpy_helper.to_array(weight))) for weight in graph.initializer}
    layers = []
    for node in graph.node:
        ours = [arrays[name] for name in node.input[1:] if name in arrays]
        if node.op_type == "BatchNormalization":
            weight, bias, mean, variance = ours
            weight = weight / (variance + node.attribute[0].f).sqrt()
            ours = [weight, bias - mean * weight]
        if node.op_type in ("Conv", "Gemm", "BatchNormalization"):
            layers.append(Weights(node.op_type, ours[0], ours[1] if len(ours) == 2 else torch.zeros(1)))
    return layers
