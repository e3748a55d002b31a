"""`read`: from a picture to the numbers written in it. `classify`: what a single thing in a picture is."""

import os
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

from sutja.classifier.classifier import AnyClassifier, Classifier, as_classifier
from sutja.errors import ModelError, PictureError, unknown_name
from sutja.pictures.decode import Picture, grey_levels
from sutja.pictures.frame import frame_digit, frame_garment
from sutja.pictures.ink import ink_of
from sutja.reading.components import cut_out, find_digits
from sutja.reading.lines import lines_of
from sutja.reading.result import Box, Classification, Digit, Reading

METHODS = ("components",)
LONGEST_SIDE = 2000
"""A larger picture is read at this size: no digit that a person would write needs more."""
ALTERNATIVES = 3
FAINTEST_GARMENT = 12


def read(
    picture: Picture,
    model: "AnyClassifier | str | os.PathLike[str]" = "digits",
    method: str = "components",
) -> Reading:
    """Read the numbers written in a picture.

    Dark ink on a light ground or light on dark, uneven light, one digit, a row, several rows: all by itself.

    Args:
        picture: A path, a Pillow image, or an array; see `sutja.pictures.decode`.
        model: A bundled model, a model file, a run folder, or any callable from uint8 `[n, 28, 28]` to probabilities.
        method: How digits are found: "components".

    Returns:
        The reading. It is empty when there is nothing to read, which is no error.

    Raises:
        PictureError: the picture cannot be read, or the method is unknown.
        ModelError: the model cannot be loaded.

    Example:
        >>> canvas = np.full((60, 40), 255, np.uint8)
        >>> canvas[10:50, 18:23] = 0
        >>> str(read(canvas))
        '1'
    """
    if method not in METHODS:
        raise PictureError(unknown_name("method", method, METHODS))
    classifier = as_classifier(model)
    grey = grey_levels(picture)
    small, scale = reduced(grey)
    ink = ink_of(small)
    pieces, numbers = find_digits(ink)
    frames = [frame_digit(cut_out(piece, ink, numbers)) for piece in pieces]
    labelled = label_all(classifier, frames)
    boxes = [enlarged(piece.box, scale, grey.shape) for piece in pieces]
    digits = [Digit(*answer[0], box, tuple(answer[1:])) for answer, box in zip(labelled, boxes, strict=True)]
    return Reading(name_of(picture), grey.shape[1], grey.shape[0], lines_of(digits))


def classify(picture: Picture, model: "AnyClassifier | str | os.PathLike[str]" = "fashion") -> Classification:
    """Name the single thing in a picture, framed as the model has learned to see it.

    Args:
        picture: A path, a Pillow image, or an array.
        model: "fashion" for a garment, "digits" for one digit, or any model.

    Raises:
        PictureError: the picture cannot be read, or shows nothing but its ground.
        ModelError: the model cannot be loaded.
    """
    classifier = as_classifier(model)
    small, _ = reduced(grey_levels(picture))
    garment = isinstance(classifier, Classifier) and classifier.card.frame == "garment"
    frame = frame_garment(shades_of(small)) if garment else frame_digit(ink_of(small))
    if not frame.any():
        raise PictureError(f"{name_of(picture) or 'the picture'} shows nothing but its ground. Check the picture.")
    (ranking,) = label_all(classifier, [frame], alternatives=len(class_names(classifier, 10)))
    return Classification(name_of(picture), tuple(ranking))


def label_all(
    classifier: AnyClassifier, frames: list[UInt8[np.ndarray, "28 28"]], alternatives: int = ALTERNATIVES
) -> list[list[tuple[str, float]]]:
    """For each frame the likeliest classes with their probabilities, the likeliest first.

    Raises:
        ModelError: the classifier gives something else than a row of probabilities for each frame.
    """
    if not frames:
        return []
    probabilities = np.asarray(classifier(np.stack(frames)), np.float64)
    if probabilities.ndim != 2 or len(probabilities) != len(frames):
        raise ModelError(
            f"the classifier gave {list(probabilities.shape)} for {len(frames)} images. "
            "Expected a row of probabilities for each."
        )
    names = class_names(classifier, probabilities.shape[1])
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, : 1 + alternatives]
    return [[(names[i], float(row[i])) for i in order] for row, order in zip(probabilities, best, strict=True)]


def class_names(classifier: AnyClassifier, count: int) -> tuple[str, ...]:
    """The names that a classifier gives its classes; numbers from 0 if it gives none."""
    return classifier.classes if isinstance(classifier, Classifier) else tuple(map(str, range(count)))


def shades_of(grey: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """A garment in its shades on an empty ground, as in Fashion-MNIST: there a light ground was turned to black.

    The ground is the median along the border of the picture. What hardly differs from it becomes 0.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = float(np.median(border))
    level, ceiling = grey.astype(np.float32), 255 - ground
    shades = (ground - level) * (255 / ground) if ground >= 128 else (level - ground) * (255 / ceiling)
    return np.where(np.abs(level - ground) < FAINTEST_GARMENT, 0, np.clip(shades, 0, 255)).astype(np.uint8)


def reduced(grey: UInt8[np.ndarray, "h w"]) -> tuple[UInt8[np.ndarray, "a b"], float]:
    """The picture at a size to work on, and by how much a length there must be multiplied to be one in the picture."""
    scale = max(1.0, max(grey.shape) / LONGEST_SIDE)
    if scale == 1:
        return grey, 1.0
    size = tuple(max(1, round(side / scale)) for side in grey.shape[::-1])
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA), scale


def enlarged(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    """A box of the reduced picture in pixels of the whole one, inside it."""
    left, top = int(box.x * scale), int(box.y * scale)
    right, bottom = min(round(box.right * scale), shape[1]), min(round(box.bottom * scale), shape[0])
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def name_of(picture: Picture) -> str:
    """The path of a picture as it was given; empty when it is no file."""
    if isinstance(picture, Image.Image | np.ndarray):
        return ""
    return str(Path(picture))
