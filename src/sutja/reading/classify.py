"""`classify`: the one thing in a picture; and the names that a classifier of one's own gives what the reader found."""

import os

import numpy as np
from jaxtyping import UInt8

from sutja.classifier.classifier import AnyClassifier, Classifier, as_classifier
from sutja.errors import ModelError, PictureError
from sutja.pictures.decode import Picture, Sheet, sheet_of
from sutja.pictures.frame import frame_digit, framed
from sutja.pictures.ink import ink_of
from sutja.reading.naming import ALTERNATIVES, Named
from sutja.reading.result import Classification, name_of

MOST_CLASSES = 256
"""`classify` tells so many, all of most models."""
LONGEST_SIDE = 2000
"""A larger picture is looked at in this size."""
NEARBY = 0.15
"""For a classifier of one's own, a digit is cut out with this share of its size around it."""


def classify(picture: Picture, model: "AnyClassifier | str | os.PathLike[str]" = "fashion") -> Classification:
    """Name the single thing in a picture, framed as the model has learned to see it.

    Args:
        picture: A path, the content of a file, a Pillow image, or an array.
        model: "fashion" for a garment, "digits" for one digit, or any model.

    Raises:
        PictureError: the picture cannot be read, or shows nothing but its ground.
        ModelError: the model cannot be loaded.
    """
    classifier = as_classifier(model)
    small = sheet_of(picture, LONGEST_SIDE).grey
    frame = framed(small, classifier.card.frame if isinstance(classifier, Classifier) else "digit")
    if not frame.any():
        raise PictureError(f"{name_of(picture) or 'the picture'} shows nothing but its ground. Check the picture.")
    (ranking,) = label_all(classifier, [frame], alternatives=MOST_CLASSES)
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


def frames_of(sheet: Sheet, kept: Named) -> list[UInt8[np.ndarray, "28 28"]]:
    """Each place framed as MNIST frames its digits, for a classifier that has learned from those."""
    frames = []
    for (x, y), (width, height) in zip(kept.found.centres, kept.found.sizes, strict=True):
        middle, half = np.array([x, y]), np.array([width, height]) / 2 + NEARBY * max(width, height)
        limit = np.array(sheet.grey.shape[::-1])
        left, top = np.clip(middle - half, 0, limit - 1).astype(int)
        right, bottom = np.clip(middle + half + 1, (left + 1, top + 1), limit).astype(int)
        part = sheet.grey[top:bottom, left:right]
        frames.append(frame_digit(ink_of(np.ascontiguousarray(part))))
    return frames


def class_names(classifier: AnyClassifier, count: int) -> tuple[str, ...]:
    """The names that a classifier gives its classes; numbers from 0 if it gives none."""
    return classifier.classes if isinstance(classifier, Classifier) else tuple(map(str, range(count)))
