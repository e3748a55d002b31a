"""From a trained PyTorch network to a model file.

Written with ONNX's own node builder rather than PyTorch's exporter: our networks are a handful of layer types, so that
this is short, takes milliseconds instead of seconds, folds batch normalisation into the convolutions, and gives the
same bytes for the same weights.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from sutja.classifier.card import KEY, Card
from sutja.errors import ModelError
from sutja.files import write_bytes
from sutja.models.blocks import Residual, channels_of
from sutja.models.detector import CLASSES, OUTPUTS, Detector

OPSET = 17
PLAIN: dict[type[nn.Module], str] = {
    nn.ReLU: "Relu",
    nn.Flatten: "Flatten",
    nn.AdaptiveAvgPool2d: "GlobalAveragePool",
}
"""Layers without weights or settings, and the operators of ONNX that they are."""


def export(network: nn.Sequential, card: Card, path: Path) -> None:
    """Write a network as a model file: uint8 pixels `[n, 28, 28]` in, float32 probabilities `[n, k]` out.

    Scaling to 0–1 and softmax become part of the graph, so that whoever runs it feeds raw pixels.

    Raises:
        ModelError: the network has a layer that cannot be exported.
        SutjaError: the file cannot be written.
    """
    write_bytes(path, to_onnx(network, card).SerializeToString(deterministic=True))


def to_onnx(network: nn.Sequential, card: Card) -> onnx.ModelProto:
    """The ONNX model of a network, checked by ONNX's own checker."""
    graph = _Graph()
    channels = channels_of(network)
    shape = [28, 28] if channels == 1 else [channels, 28, 28]
    values = graph.add("Cast", "pixels", to=TensorProto.FLOAT)
    values = graph.add("Mul", values, graph.constant(np.float32(1 / 255)))
    values = graph.add("Reshape", values, graph.constant(np.array([-1, channels, 28, 28])))
    values = graph.layers(network, values)
    graph.add("Softmax", values, output="probabilities", axis=1)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sutja",
            [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", *shape])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(card.classes)])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
        producer_name="sutja",
    )
    helper.set_model_props(model, {KEY: card.to_json()})
    onnx.checker.check_model(model)
    return model


def detector_to_onnx(network: Detector, card: dict[str, Any]) -> onnx.ModelProto:
    """The ONNX model of a detector: evened grey levels `[1, 1, h, w]` in, sides multiples of 16.

    Out come `scores` float32 `[10, h / 4, w / 4]`, how likely the middle of a digit of each class is at each place, and
    `shapes` `[4, h / 4, w / 4]`, its offset and the logarithms of its width and height.
    """
    graph = _Graph()
    fine = graph.layers(network.stem, "evened")
    middle = graph.layers(network.middle, fine)
    coarse = graph.twice(graph.layer(network.from_coarse, graph.layers(network.coarse, middle)))
    middle = graph.layers(network.joined_middle, graph.add("Relu", graph.add("Add", middle, coarse)))
    fine = graph.add("Add", graph.layer(network.from_fine, fine), graph.twice(graph.layer(network.from_middle, middle)))
    outputs = graph.layer(network.head, graph.layers(network.joined_fine, graph.add("Relu", fine)))
    first = graph.constant(np.array([0]))
    outputs = graph.add("Squeeze", outputs, first)
    logits = graph.add("Slice", outputs, first, graph.constant(np.array([CLASSES])), first)
    graph.add("Sigmoid", logits, output="scores")
    graph.add(
        "Slice",
        outputs,
        graph.constant(np.array([CLASSES])),
        graph.constant(np.array([OUTPUTS])),
        first,
        output="shapes",
    )
    floats = TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sutja-detector",
            [helper.make_tensor_value_info("evened", floats, [1, 1, "h", "w"])],
            [
                helper.make_tensor_value_info("scores", floats, [CLASSES, "p", "q"]),
                helper.make_tensor_value_info("shapes", floats, [OUTPUTS - CLASSES, "p", "q"]),
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
        producer_name="sutja",
    )
    helper.set_model_props(model, {KEY: json.dumps(card)})
    onnx.checker.check_model(model)
    return model


def folded(network: nn.Sequential) -> list[nn.Module]:
    """The layers of a network in use, each batch normalisation folded into the convolution before it."""
    layers: list[nn.Module] = []
    for layer in deepcopy(network).cpu().eval():
        if isinstance(layer, nn.BatchNorm2d) and layers and isinstance(layers[-1], nn.Conv2d):
            layers[-1] = fuse_conv_bn_eval(layers[-1], layer)
        else:
            layers.append(layer)
    return layers


class _Graph:
    """The nodes and weights of an ONNX graph while it is built."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, values: np.ndarray | np.generic) -> str:
        """Add a weight and return its name."""
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def layers(self, network: nn.Sequential, values: str) -> str:
        """Add the nodes of layers that follow each other and return the name of the last one's output."""
        for layer in folded(network):
            if isinstance(layer, Residual):
                values = self.add("Relu", self.add("Add", values, self.layers(layer.body, values)))
            else:
                values = self.layer(layer, values)
        return values

    def twice(self, values: str) -> str:
        """Add a node that repeats each value in a square of four."""
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.add(
            "Resize",
            values,
            "",
            scales,
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def layer(self, layer: nn.Module, values: str) -> str:
        """Add the nodes of one layer and return the name of their output."""
        match layer:
            case nn.Linear():
                return self.add("Gemm", values, *self.weights_of(layer), transB=1)
            case nn.Conv2d():
                pads = [*map(int, layer.padding), *map(int, layer.padding)]
                strides = list(layer.stride)
                return self.add("Conv", values, *self.weights_of(layer), pads=pads, strides=strides)
            case nn.BatchNorm2d():
                return self.add("BatchNormalization", values, *self.statistics_of(layer), epsilon=layer.eps)
            case nn.MaxPool2d():
                side = layer.kernel_size
                return self.add("MaxPool", values, kernel_shape=[side, side], strides=[side, side])
            case nn.ReLU() | nn.Flatten() | nn.AdaptiveAvgPool2d():
                return self.add(PLAIN[type(layer)], values)
            case nn.Dropout():
                return values
        raise ModelError(
            f"a layer of type {type(layer).__name__} cannot be exported yet. Add it to sutja.classifier.export."
        )

    def statistics_of(self, layer: nn.BatchNorm2d) -> list[str]:
        """Add what a batch normalisation multiplies with, adds, subtracts and divides by, and return the names."""
        tensors = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
        return [self.constant(tensor.detach().numpy()) for tensor in tensors if tensor is not None]

    def weights_of(self, layer: nn.Linear | nn.Conv2d) -> list[str]:
        """Add the weights and the bias of a layer and return their names."""
        tensors = [layer.weight] if layer.bias is None else [layer.weight, layer.bias]
        return [self.constant(tensor.detach().contiguous().numpy()) for tensor in tensors]
