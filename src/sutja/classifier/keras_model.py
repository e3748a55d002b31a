"""Keras models in use: somebody else's `.keras` file, or a model in memory, made to answer as ours do.

Nothing here imports PyTorch or Keras before a Keras model is really given.
"""

import os
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from sutja.classifier.card import Card
from sutja.errors import ModelError

SUFFIX = ".keras"
OLD_SUFFIXES = (".h5", ".hdf5")
CARD_NAME = "sutja.json"
"""Under this name lies the card in a `.keras` file that sutja exported; Keras passes over it."""
SHAPES = ((784,), (28, 28), (28, 28, 1), (1, 28, 28))
"""What a Keras model may take of one image."""
NEARLY = 1e-2
"""Rows that miss a sum of 1 by less than this are probabilities: models may compute in 16 bits."""
LARGE_PIXELS = 0.1
"""A Rescaling layer with a smaller factor is meant for pixels of 0 to 255."""


class KerasNetwork:
    """A Keras model as a network of ours: uint8 `[n, 28, 28]` in, float32 probabilities `[n, k]` out.

    Pixels are divided by 255 before, as the model has learned with; unless it has a Rescaling layer that does it. What
    comes out is judged from a few images: rows that add up to 1 are taken as they are, other numbers within 0 to 1 (of
    sigmoids) are divided by their sum, and anything else goes through softmax.

    Args:
        model: A built Keras model of one input, `[n, 784]`, `[n, 28, 28]`, `[n, 28, 28, 1]` or `[n, 1, 28, 28]`, and
            one output `[n, k]`.
        origin: What to call it in an error.

    Raises:
        ModelError: the model has another form.
    """

    def __init__(self, model: Any, origin: str) -> None:
        self._model = model
        self._shape = input_shape(model, origin)
        self._scale = np.float32(1 if expects_whole_pixels(model) else 255)
        answers = self._answers(some_images())
        if answers.ndim != 2 or answers.shape[1] < 2:
            raise ModelError(
                f"{origin} gives {list(answers.shape)} for {len(some_images())} images. "
                "Expected one row for each, with a number for each class."
            )
        if not np.isfinite(answers).all():
            raise ModelError(f"{origin} gives numbers that are not finite. Train it again, with a lower learning rate.")
        self.outputs = answers.shape[1]
        self._shares = bool((answers >= 0).all() and (answers <= 1 + NEARLY).all())
        self._sums_to_one = self._shares and bool((np.abs(answers.sum(1) - 1) < NEARLY).all())

    def __call__(self, images: UInt8[np.ndarray, "n 28 28"]) -> Float32[np.ndarray, "n k"]:
        """Probabilities of images."""
        answers = self._answers(images)
        if self._sums_to_one:
            return answers
        if not self._shares:
            answers = np.exp(answers - answers.max(axis=1, keepdims=True))
        sums = np.maximum(answers.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return np.asarray(answers / sums, np.float32)

    def _answers(self, images: UInt8[np.ndarray, "n 28 28"]) -> Float32[np.ndarray, "..."]:
        """What the model itself gives."""
        pixels = images.reshape(-1, *self._shape).astype(np.float32) / self._scale
        return np.asarray(self._model.predict_on_batch(pixels), np.float32)


def open_keras_file(path: Path) -> tuple[KerasNetwork, Card]:
    """The model of a `.keras` file, and its card: the one that sutja put into it, or one that says little.

    Loaded in Keras's safe mode, in which no code out of the file is run.

    Raises:
        ModelError: no such file, damaged, of another form than expected, or Keras is not installed.
    """
    text = None
    try:
        with zipfile.ZipFile(path) as archive:
            if CARD_NAME in archive.namelist():
                text = archive.read(CARD_NAME).decode()
    except FileNotFoundError as error:
        raise ModelError(f"{path} does not exist. Name a model file or a run folder.") from error
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}.") from error
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is no Keras model, or is damaged. Save it again with `model.save`.") from error
    keras = keras_for(str(path))
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception as error:  # Keras's errors share no base but this
        reason = " ".join(str(error).split()).split(". ")[0].rstrip(".")
        raise ModelError(
            f"Keras cannot load {path}: {reason}. It may be damaged, or have layers that are not Keras's own."
        ) from error
    network = KerasNetwork(model, str(path))
    card = Card.from_json(text, str(path)) if text is not None else card_of(network, model)
    if len(card.classes) != network.outputs:
        raise ModelError(
            f"{path} names {len(card.classes)} classes and tells apart {network.outputs}. Export it again."
        )
    return network, card


def card_of(network: KerasNetwork, model: Any) -> Card:
    """The card of a model that has none: classes are numbered, pictures framed as digits."""
    return Card(tuple(map(str, range(network.outputs))), "digit", "keras", None, None, None, model.count_params())


def keras_for(origin: str) -> ModuleType:
    """Keras; on PyTorch if that is installed and `KERAS_BACKEND` names nothing else.

    Raises:
        ModelError: Keras or what it computes with is not installed.
    """
    if "keras" not in sys.modules and find_spec("torch"):
        os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        import keras
    except ImportError as error:
        raise ModelError(
            f"{origin} needs Keras, and {error.name or 'a part of it'} is not installed. "
            'Install it, in the folder of sutja: pip install ".[keras]"'
        ) from error
    module: ModuleType = keras
    return module


def is_keras_model(thing: object) -> bool:
    """Whether this is a model of Keras with known inputs; Keras need not be installed to ask."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(thing, keras.Model) and bool(getattr(thing, "inputs", None))


def input_shape(model: Any, origin: str) -> tuple[int, ...]:
    """The shape of one image as the model takes it.

    Raises:
        ModelError: not one of `SHAPES`.
    """
    shapes = [tuple(each.shape[1:]) for each in getattr(model, "inputs", None) or ()]
    if len(shapes) != 1 or shapes[0] not in SHAPES:
        found = " and ".join(str(["n", *shape]).replace("'", "") for shape in shapes) or "nothing"
        raise ModelError(
            f"{origin} takes {found}. "
            "Expected images as [n, 784], [n, 28, 28] or [n, 28, 28, 1], float32 within 0 to 1."
        )
    return shapes[0]


def expects_whole_pixels(model: Any) -> bool:
    """Whether the model scales pixels of 0 to 255 itself: it has a Rescaling layer with a small factor."""
    keras = sys.modules["keras"]
    layers = (layer for layer in inner_layers(model) if isinstance(layer, keras.layers.Rescaling))
    return any(float(np.max(np.abs(layer.scale))) < LARGE_PIXELS for layer in layers)


def inner_layers(model: Any) -> Iterator[Any]:
    """The layers of a model, and those of the models among them."""
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from inner_layers(layer)


def some_images() -> UInt8[np.ndarray, "n 28 28"]:
    """Images that show what kind of numbers a model gives: an empty one, a full one, and noise."""
    noise = np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)
    return np.concatenate((np.zeros((1, 28, 28), np.uint8), np.full((1, 28, 28), 255, np.uint8), noise))
