"""A trained model in use: pixels in, probabilities out."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from jaxtyping import Float32, UInt8

from sutja.classifier.card import KEY, Card
from sutja.classifier.keras_model import OLD_SUFFIXES, SUFFIX, KerasNetwork, card_of, is_keras_model, open_keras_file
from sutja.classifier.session import LOADING, session_of
from sutja.data.dataset import as_images
from sutja.errors import ModelError, unknown_name
from sutja.files import expanded

BUNDLED = ("digits", "fashion")
"""The models that the package carries, by the names under which they load."""
AT_ONCE = 512

AnyClassifier = Callable[[np.ndarray], np.ndarray]
"""Anything from uint8 `[n, 28, 28]` to probabilities `[n, k]`, as our `Classifier`; or a Keras model, made to be so."""


@dataclass(frozen=True)
class Prediction:
    """What a classifier says about one image.

    Attributes:
        label: The likeliest class, as a number.
        name: Its name.
        probabilities: float32 `[k]`, one for each class, adding up to 1.
    """

    label: int
    name: str
    probabilities: np.ndarray

    @property
    def probability(self) -> float:
        """That of the likeliest class."""
        return float(self.probabilities[self.label])


class Classifier:
    """A model file in use: sutja's own, run by ONNX Runtime, or one of Keras.

    Calling it turns images into probabilities. It keeps the file's card as `card`, and the shape
    of what it takes for one image as `shape`.

    Args:
        content: The bytes of an ONNX file that sutja exported.
        origin: What to call it in an error.
        threads: How many cores it may use; 0 for all.

    Example:
        >>> classifier = Classifier.load("digits")
        >>> classifier(np.zeros((2, 28, 28), np.uint8)).shape
        (2, 10)
    """

    def __init__(self, content: bytes, origin: str = "the model", threads: int = 0) -> None:
        try:
            session = session_of(content, threads)
        except Exception as error:  # ONNX Runtime's exceptions share no base but this
            raise ModelError(f"{origin} is no ONNX model, or is damaged. Export it again.") from error
        text = session.get_modelmeta().custom_metadata_map.get(KEY)
        inputs = [(value.name, value.type) for value in session.get_inputs()]
        if text is None or inputs != [("pixels", "tensor(uint8)")]:
            raise ModelError(f"{origin} is an ONNX model, but not one of sutja's. Use a model.onnx from a run folder.")
        self.card = Card.from_json(text, origin)
        self.shape = tuple(session.get_inputs()[0].shape[1:])
        self._network: AnyClassifier = lambda pixels: session.run(None, {"pixels": pixels})[0]

    @classmethod
    def of(cls, network: AnyClassifier, card: Card) -> "Classifier":
        """A classifier around anything that answers as ours do, with a card that describes it."""
        classifier = cls.__new__(cls)
        classifier._network, classifier.card, classifier.shape = network, card, (28, 28)
        return classifier

    @classmethod
    def load(cls, source: str | os.PathLike[str]) -> "Classifier":
        """Load a model.

        Args:
            source: A model file, a run folder (its `model.onnx`), or a bundled model: "digits" or "fashion". A file
                whose name ends with `.keras` may be anybody's, if it takes images of 28×28 pixels within 0 to 1: see
                `sutja.classifier.keras_model`. That needs the extra `keras`.

        Raises:
            ModelError: missing, damaged, not one of ours, or Keras is needed and not installed.
        """
        if isinstance(source, str) and source in BUNDLED:
            return bundled(source)
        path = expanded(source)
        if path.suffix == SUFFIX and not path.is_dir():
            return cls.of(*open_keras_file(path))
        if path.suffix in OLD_SUFFIXES and path.is_file():
            raise ModelError(
                f"{path} is in Keras's older format, which may run code when it is opened. "
                "If you trust it, load it in Keras and save it as .keras."
            )
        return cls(*model_file(source))

    @property
    def classes(self) -> tuple[str, ...]:
        """The name of each output."""
        return self.card.classes

    def __call__(self, images: UInt8[np.ndarray, "..."]) -> Float32[np.ndarray, "n k"]:
        """Probabilities of images, as they were loaded: uint8 `[n, 28, 28]`, 0 to 255.

        Raises:
            DataError: another type or shape.
        """
        images = as_images(images, self.shape)
        parts = [images[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE)]
        rows = [self._network(part) for part in parts]
        return np.concatenate(rows) if rows else np.zeros((0, len(self.classes)), np.float32)

    def predict(self, image: UInt8[np.ndarray, "28 28"]) -> Prediction:
        """What the model says about one image."""
        (probabilities,) = self(image)
        label = int(probabilities.argmax())
        return Prediction(label, self.classes[label], probabilities)


def model_file(source: str | os.PathLike[str]) -> tuple[bytes, str]:
    """The bytes of a model file, and what to call it in an error.

    Args:
        source: A file, a run folder (its `model.onnx`), or a bundled model.

    Raises:
        ModelError: there is none, or it cannot be read.
    """
    if isinstance(source, str) and source in BUNDLED:
        return files("sutja.classifier").joinpath("bundled", f"{source}.onnx").read_bytes(), source
    path = expanded(source)
    if path.is_dir():
        path /= "model.onnx"
    try:
        return path.read_bytes(), str(path)
    except FileNotFoundError as error:
        if isinstance(source, str) and os.sep not in source and not path.suffix:
            raise ModelError(f"{unknown_name('model', source, BUNDLED)} A file or a run folder works too.") from error
        raise ModelError(
            f"{path} does not exist. Name a model file, a run folder, or one of {', '.join(BUNDLED)}."
        ) from error
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}.") from error


def bundled(name: str, threads: int = 0) -> Classifier:
    """A model that the package carries, loaded once a process for each number of threads."""
    with LOADING:
        return _bundled(name, threads)


@cache
def _bundled(name: str, threads: int) -> Classifier:
    return Classifier(files("sutja.classifier").joinpath("bundled", f"{name}.onnx").read_bytes(), name, threads)


def as_classifier(model: "AnyClassifier | str | os.PathLike[str]") -> AnyClassifier:
    """A Keras model made to answer as ours do, another callable as it is; anything else is loaded."""
    if is_keras_model(model):
        network = KerasNetwork(model, "the Keras model")
        return Classifier.of(network, card_of(network, model))
    return model if callable(model) else Classifier.load(model)
