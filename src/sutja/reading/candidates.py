"""Naming what the detector found: each place is cropped and read by itself, and of several that overlap one stays."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, UInt8

from sutja.classifier.classifier import Classifier
from sutja.pictures.contrast import CROP, CROP_DIGIT, crop_of
from sutja.reading.detector import MARGIN, Copy, Found

NOT_A_DIGIT = 10
"""The crop classifier's class for what is no digit."""
OVERLAP = 0.55
"""Of two places that share more than this part of the smaller one's box, the less likely one is dropped."""
ALMOST_ZERO = 1e-4


@dataclass(frozen=True)
class Calibration:
    """How sure to be: the weights of a logistic regression on what detector and crop classifier say.

    Fitted on pages composed from held-out training digits (Platt, Probabilistic outputs for support vector machines,
    1999).

    Attributes:
        crop: Weight of the log-odds that the crop classifier gives the label.
        detector: Weight of the log-odds that the detector gives to any digit being there.
        bias: What is added.
    """

    crop: float = 1.0
    detector: float = 0.0
    bias: float = 0.0

    def __call__(self, crop: np.ndarray, detector: np.ndarray) -> np.ndarray:
        """Probabilities that the labels are right."""
        return 1 / (1 + np.exp(-(self.crop * log_odds(crop) + self.detector * log_odds(detector) + self.bias)))


@dataclass(frozen=True)
class Named:
    """Places with the likelihood of each digit.

    Attributes:
        found: The places.
        crops: uint8 `[n, 28, 28]`, what the classifier saw of each.
        answers: float64 `[n, 11]`, what it said: a probability for each digit, and that of none.
        label: int `[n]`, the likeliest digit by the classifier.
        probability: float64 `[n]`, calibrated, that this digit is there.
    """

    found: Found
    crops: UInt8[np.ndarray, "n 28 28"]
    answers: Float64[np.ndarray, "n 11"]
    label: np.ndarray
    probability: Float64[np.ndarray, "n"]

    def chosen(self, which: np.ndarray) -> "Named":
        """Some of the places."""
        return Named(
            self.found.chosen(which), self.crops[which], self.answers[which], self.label[which],
            self.probability[which],
        )  # fmt: skip


def named(found: Found, copies: list[Copy], classifier: Classifier, calibration: Calibration) -> Named:
    """Crop every place from the copy in which it was found, and name it."""
    crops = crops_of(found, copies)
    answers = np.asarray(classifier(crops), np.float64).reshape(-1, NOT_A_DIGIT + 1)
    label = answers[:, :NOT_A_DIGIT].argmax(axis=1)
    probability = calibration(answers[np.arange(len(label)), label], found.scores.max(axis=1, initial=0))
    return Named(found, crops, answers, label, probability)


def crops_of(found: Found, copies: list[Copy]) -> UInt8[np.ndarray, "n 28 28"]:
    """A crop for each place: of the copy in which its digit is nearest to the size that it has in a crop."""
    crops = np.zeros((len(found), CROP, CROP), np.uint8)
    for number in range(len(found)):
        size = float(found.sizes[number].max())
        copy = fitting(copies, size)
        scale = np.array(copy.scale)
        x, y = (found.centres[number] * scale + MARGIN).tolist()
        crops[number] = crop_of(copy.grey, (x, y), size * float(scale.mean()))
    return crops


def fitting(copies: list[Copy], size: float) -> Copy:
    """The copy from which a digit of that size is cropped: the smallest in which it is no smaller than in a crop."""
    for copy in reversed(copies):
        if size * copy.scale[1] >= CROP_DIGIT:
            return copy
    return copies[0]


def without_overlaps(named: Named) -> Named:
    """Of places that show the same thing, the likeliest: greedy non-maximum suppression."""
    order = np.argsort(-named.probability, kind="stable")
    left_top = named.found.centres - named.found.sizes / 2
    right_bottom = named.found.centres + named.found.sizes / 2
    area = named.found.sizes.prod(axis=1)
    kept: list[int] = []
    open_places = np.ones(len(order), bool)
    for number in order.tolist():
        if not open_places[number]:
            continue
        kept.append(number)
        shared = np.minimum(right_bottom, right_bottom[number]) - np.maximum(left_top, left_top[number])
        part = shared.clip(0).prod(axis=1) / np.minimum(area, area[number])
        open_places &= part <= OVERLAP
    return named.chosen(np.array(kept, int))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """ln(p / (1 - p)), bounded."""
    bounded = np.clip(probability, ALMOST_ZERO, 1 - ALMOST_ZERO)
    return np.asarray(np.log(bounded / (1 - bounded)))
