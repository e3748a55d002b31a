"""From a model file to a `.keras` file that Keras loads without sutja."""

import os
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from sutja.classifier.card import Card
from sutja.classifier.classifier import Classifier, model_file
from sutja.classifier.halves import whole
from sutja.classifier.keras_model import CARD_NAME, SUFFIX, keras_for
from sutja.errors import ModelError
from sutja.files import replacing


def export_keras(source: str | os.PathLike[str], path: Path) -> None:
    """Write a model as a `.keras` file, which `keras.saving.load_model` opens; it is not compiled.

    Its weights are those of the ONNX file, where batch normalisation is folded into the convolutions. `dense` takes
    float32 `[n, 784]`, the others `[n, 28, 28, 1]`, all within 0 to 1. Out come probabilities `[n, k]`.

    Args:
        source: A model file, a run folder, or a bundled model.
        path: The file to write; its name ends with `.keras`.

    Raises:
        ModelError: the model cannot be loaded, takes more than single images or has a layer that cannot be exported,
            the name of the file ends otherwise, or Keras is not installed.
        SutjaError: the file cannot be written.
    """
    if path.suffix != SUFFIX:
        raise ModelError(f"{path} does not end with {SUFFIX}, by which Keras knows its files. Name it so.")
    content, origin = model_file(source)
    classifier = Classifier(content, origin)
    card = classifier.card
    if len(classifier.shape) > 2:
        raise ModelError(
            f"{origin} takes pairs of crops, as the reader makes them. Only models of single images go to Keras."
        )
    model = to_keras(whole(content), keras_for("the format keras"))
    with replacing(path) as temporary:
        model.save(temporary)
        add_card(temporary, card)


def add_card(path: Path, card: Card) -> None:
    """Put the card into a `.keras` file, so that sutja knows classes and frame when it opens it again."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(CARD_NAME, card.to_json())


def to_keras(model: onnx.ModelProto, keras: ModuleType) -> Any:
    """The Keras model that computes what one of sutja's ONNX models does, without its scaling of pixels.

    Raises:
        ModelError: an operator that is not among those that sutja writes.
    """
    scaling, nodes = model.graph.node[:3], model.graph.node[3:]
    if [node.op_type for node in scaling] != ["Cast", "Mul", "Reshape"]:
        raise ModelError("this model does not begin as sutja's do. Export it again.")
    flat = nodes[0].op_type == "Flatten"
    pixels = keras.Input((784,) if flat else (28, 28, 1))
    graph = _Translation(keras, model.graph)
    graph.values[scaling[-1].output[0]] = pixels
    for node in nodes:
        if node.output[0] not in graph.values:
            graph.add(node)
    return keras.Model(pixels, graph.values["probabilities"])


class _Translation:
    """The values of an ONNX graph, by name, while each becomes a value in Keras: channels last instead of first."""

    def __init__(self, keras: ModuleType, graph: onnx.GraphProto) -> None:
        self.keras = keras
        self.values: dict[str, Any] = {}
        self._nodes = graph.node
        self._arrays = {weight.name: np.array(numpy_helper.to_array(weight)) for weight in graph.initializer}
        self._flattened: dict[str, tuple[int, ...]] = {}

    def add(self, node: onnx.NodeProto) -> None:
        """Translate a node whose inputs are translated; an activation right after it becomes a part of its layer."""
        layers = self.keras.layers
        settings = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        values = [self.values[name] for name in node.input if name in self.values]
        match node.op_type:
            case "Gemm" | "Conv":
                self._add_weights(node, settings, values[0])
                return
            case "Flatten":
                self._flattened[node.output[0]] = tuple(values[0].shape[1:])
                result = values[0]
                if len(result.shape) > 2:
                    result = layers.Flatten(data_format="channels_last")(result)
            case "MaxPool":
                side = settings["kernel_shape"][0]
                result = layers.MaxPooling2D(side, data_format="channels_last")(values[0])
            case "BatchNormalization":
                layer = layers.BatchNormalization(epsilon=settings["epsilon"])
                result = layer(values[0])
                layer.set_weights([self._arrays[name] for name in node.input[1:]])
            case "GlobalAveragePool":
                result = layers.GlobalAveragePooling2D(data_format="channels_last")(values[0])
            case "Relu" | "Softmax":
                result = layers.Activation(node.op_type.lower())(values[0])
            case "Add":
                result = layers.Add()(values)
            case _:
                raise ModelError(f"the operator {node.op_type} cannot be exported to Keras yet.")
        self.values[node.output[0]] = result

    def _add_weights(self, node: onnx.NodeProto, settings: dict[str, Any], values: Any) -> None:
        """Translate a dense layer or a convolution with the activation that follows it."""
        weight, *biases = (self._arrays[name] for name in node.input[1:])
        bias = biases[0] if biases else np.zeros(len(weight), np.float32)
        following = [each for each in self._nodes if node.output[0] in each.input]
        joined = len(following) == 1 and following[0].op_type in ("Relu", "Softmax")
        activation = following[0].op_type.lower() if joined else None
        layers = self.keras.layers
        if node.op_type == "Gemm":
            layer, kernel = layers.Dense(len(bias), activation=activation), self._as_flattened(weight, node.input[0])
        else:
            side, stride, border = weight.shape[2], settings["strides"][0], settings["pads"][0]
            same = stride == 1 and side == 2 * border + 1
            if border and not same:  # with strides Keras's "same" adds less on one side than on the other
                values = layers.ZeroPadding2D(border, data_format="channels_last")(values)
            layer = layers.Conv2D(
                len(bias), side, stride, "same" if same else "valid", data_format="channels_last", activation=activation
            )
            kernel = weight.transpose(2, 3, 1, 0)
        self.values[node.output[0]] = result = layer(values)
        layer.set_weights([kernel, bias])
        if joined:
            self.values[following[0].output[0]] = result

    def _as_flattened(self, weight: np.ndarray, origin: str) -> np.ndarray:
        """The weights `[outputs, inputs]` of a dense layer as Keras has them: turned, inputs in its own order."""
        shape = self._flattened.get(origin, ())
        if len(shape) == 3:
            height, width, channels = shape
            weight = weight.reshape(-1, channels, height, width).transpose(0, 2, 3, 1).reshape(len(weight), -1)
        return weight.T
