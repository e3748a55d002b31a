"""Test-time augmentation: the mean of what a classifier says of an image and of its slightly moved copies.

A network's answer changes a little when an image moves by a pixel, and what it then gets wrong is not always the same.
The mean over some copies is right more often, for as many times the work (Krizhevsky, Sutskever and Hinton, ImageNet
classification with deep convolutional neural networks, 2012, section 4.1).
"""

import numpy as np
from jaxtyping import Float, UInt8

from sutja.classifier.classifier import AnyClassifier

STEPS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
"""Pixels down and to the right."""


def over_shifts(
    classifier: AnyClassifier, images: UInt8[np.ndarray, "n 28 28"], mirrored: bool
) -> Float[np.ndarray, "n k"]:
    """The mean probabilities over an image as it is and moved by one pixel in each of four directions.

    Args:
        classifier: From images to probabilities.
        images: With a dark ground, which is what comes in at the border.
        mirrored: Whether the mirror images of all five count too: of garments, not of digits.
    """
    height, width = images.shape[1:]
    wider = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    moved = [wider[:, 1 - down : 1 - down + height, 1 - right : 1 - right + width] for down, right in STEPS]
    copies = moved + [image[:, :, ::-1] for image in moved] if mirrored else moved
    answers = [np.asarray(classifier(np.ascontiguousarray(copy)), np.float64) for copy in copies]
    return np.asarray(np.mean(answers, axis=0))
