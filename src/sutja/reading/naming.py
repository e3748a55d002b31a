"""Naming what the detector found: each place is cropped and read by itself.

Two networks name a crop: one that has learned from crops, with whatever is beside the digit, and says also whether
it is one; and the classifier of digits that MNIST frames, for the piece of ink in the middle of the crop where that
stands free. Their answers are multiplied (a product of experts, Hinton, 2002). Where the first is sure by itself, that
is all; where it is not, it sees the place in a larger and in a smaller crop too.
"""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from jaxtyping import Bool, Float64, Int, UInt8

from sutja.classifier.classifier import AnyClassifier
from sutja.pictures.contrast import CROP, GROUND, bright, near_and_wide
from sutja.pictures.frame import frame_digit
from sutja.reading.places import OVERLAP, Copy, Found, place_of, shared_with

ALTERNATIVES = 3
"""Of each digit so many others are told, the next likeliest."""
NOT_A_DIGIT = 10
"""The crop classifier's class for what is no digit."""
ALMOST_ZERO = 1e-4
"""Probabilities count as no less where their logarithm is taken: no answer is beyond doubt."""
SECOND = 0.25
"""The weight of the second opinion beside the first, as an exponent."""
LEAST = 0.5
"""A place whose label is right with this probability is a digit."""
SURELY_ONE = 0.8
"""So is one that is some digit with this probability, however doubtful which: better a doubtful digit than a gap."""
LONE, LARGE = 0.4, 0.25
"""Where a picture would have no digit, its only thing is one if it is any with the first probability, and its longer
side is so much of the picture's shorter one: a picture of one thing is taken to have it read. It is the only thing if
nothing else is a digit with half that probability."""
SURE = 0.99
"""Where the first classifier gives its answer with this probability, nothing more is looked at."""
HOPELESS = 0.2
"""Nor where any digit is there with less: a cloth or a crumpled page has hundreds of such places."""
VIEWS = (0.9, 1.1)
"""What the first classifier is not so sure of, it is shown again in crops of so many times the size."""
BORDER = 4
"""Pixels at the border of a crop: a piece of ink that lies mostly there belongs to a neighbour."""
FULL, FAINT = 170, 70
"""In a crop so many grey levels above its ground are a pixel full of ink; from so many on it is counted as ink."""
STAINED = 70
"""From so much ink on, of 255, a pixel belongs to a piece of ink that is framed for the second opinion."""


@dataclass(frozen=True)
class Calibration:
    """How sure to be: the weights of a logistic regression on what detector and crop classifier say.

    Fitted on pages composed from held-out training digits (Platt, Probabilistic outputs for support vector machines,
    1999).

    Attributes:
        crop: Weight of the log-odds of what the crop shows: of the label, or of any digit.
        detector: Weight of the log-odds that the detector gives to any digit being there.
        bias: What is added.
    """

    crop: float = 1.0
    detector: float = 0.0
    bias: float = 0.0

    def __call__(self, crop: np.ndarray, detector: np.ndarray) -> np.ndarray:
        """Probabilities that what the crops are said to show is there."""
        return 1 / (1 + np.exp(-(self.crop * log_odds(crop) + self.detector * log_odds(detector) + self.bias)))


@dataclass(frozen=True)
class Named:
    """Places with the likelihood of each digit.

    Attributes:
        found: The places.
        crops: uint8 `[n, 2, 28, 28]`, what the classifier saw of each: the place, and more around it.
        answers: float64 `[n, 11]`, a probability for each digit, and that of none, all opinions taken together.
        label: int `[n]`, the likeliest digit.
        probability: float64 `[n]`, calibrated, that this digit is there.
        presence: float64 `[n]`, calibrated, that any digit is there.
    """

    found: Found
    crops: UInt8[np.ndarray, "n 2 28 28"]
    answers: Float64[np.ndarray, "n 11"]
    label: np.ndarray
    probability: Float64[np.ndarray, "n"]
    presence: Float64[np.ndarray, "n"]

    def likely(self, side: int) -> Bool[np.ndarray, "n"]:
        """Which places are taken for digits, in a picture whose shorter side has so many pixels."""
        likely = np.asarray((self.probability >= LEAST) | (self.presence >= SURELY_ONE))
        if likely.any():
            return likely
        alone = (self.presence >= LONE / 2).sum() == 1
        return np.asarray(alone & (self.presence >= LONE) & (self.found.sizes.max(axis=1, initial=0) >= LARGE * side))

    @classmethod
    def joined(cls, *parts: "Named") -> "Named":
        """All of several."""
        arrays = zip(*((p.crops, p.answers, p.label, p.probability, p.presence) for p in parts), strict=True)
        return cls(Found.joined(*(part.found for part in parts)), *(np.concatenate(each) for each in arrays))

    def chosen(self, which: np.ndarray) -> "Named":
        """Some of the places."""
        return Named(
            self.found.chosen(which), self.crops[which], self.answers[which], self.label[which],
            self.probability[which], self.presence[which],
        )  # fmt: skip


@dataclass(frozen=True)
class Namer:
    """What names places: two classifiers, and how sure they may be.

    Attributes:
        crops: Names crops: ten digits and none.
        digits: Names digits in MNIST's frame.
        sure_of_label: How sure that a label is right.
        sure_of_presence: How sure that any digit is there.
    """

    crops: AnyClassifier
    digits: AnyClassifier
    sure_of_label: Calibration = Calibration()
    sure_of_presence: Calibration = Calibration()

    @classmethod
    def calibrated(cls, crops: AnyClassifier, digits: AnyClassifier, card: dict[str, Any]) -> "Namer":
        """One that is as sure as the card of the detector's file says."""
        return cls(crops, digits, Calibration(**card["calibration"]), Calibration(**card["presence"]))

    def __call__(self, found: Found, copies: list[Copy]) -> Named:
        """Crop every place, and name it."""
        crops = crops_of(found, copies)
        answers = np.asarray(self.crops(crops), np.float64).reshape(-1, NOT_A_DIGIT + 1)
        unsure = answers.max(axis=1, initial=0) < SURE
        unsure &= self.sure_of_presence(1 - answers[:, NOT_A_DIGIT], found.score) >= HOPELESS
        unsure &= ~hidden(found, answers)
        answers = self.seen_larger_and_smaller(answers, found, copies, np.flatnonzero(unsure))
        unsure &= answers.max(axis=1, initial=0) < SURE
        answers = with_second_opinion(answers, crops[:, 0], self.digits, unsure)
        label = answers[:, :NOT_A_DIGIT].argmax(axis=1)
        probability = self.sure_of_label(answers[np.arange(len(label)), label], found.score)
        presence = self.sure_of_presence(1 - answers[:, NOT_A_DIGIT], found.score)
        return Named(found, crops, answers, label, probability, presence)

    def seen_larger_and_smaller(
        self, answers: Float64[np.ndarray, "n 11"], found: Found, copies: list[Copy], unsure: Int[np.ndarray, "u"]
    ) -> Float64[np.ndarray, "n 11"]:
        """The answers; those of unsure places are the geometric mean with those to a larger and to a smaller crop."""
        if not len(unsure):
            return answers
        places = found.chosen(unsure)
        views = [self.crops(crops_of(replace(places, sizes=places.sizes * np.float32(by)), copies)) for by in VIEWS]
        logarithms = np.log(np.maximum([answers[unsure], *views], ALMOST_ZERO)).mean(axis=0)
        changed = answers.copy()
        changed[unsure] = np.exp(logarithms) / np.exp(logarithms).sum(axis=1, keepdims=True)
        return changed


def hidden(found: Found, answers: Float64[np.ndarray, "n 11"]) -> Bool[np.ndarray, "n"]:
    """Which places are not sure, and show the same digit as a sure one whose box theirs mostly shares.

    Such a place is dropped later for the sure one. Two 1s may share boxes, and so stay.
    """
    label = answers[:, :NOT_A_DIGIT].argmax(axis=1)
    sure = (answers[:, :NOT_A_DIGIT].max(axis=1, initial=0) >= SURE) & (label != 1)
    covered = np.zeros(len(found), bool)
    for number in np.flatnonzero(~sure).tolist():
        same = sure & (label == label[number])
        covered[number] = (shared_with(number, found.centres, found.sizes)[same] > OVERLAP).any()
    return covered


def with_second_opinion(
    answers: Float64[np.ndarray, "n 11"],
    crops: UInt8[np.ndarray, "n 28 28"],
    digits: AnyClassifier,
    asked: Bool[np.ndarray, "n"],
) -> Float64[np.ndarray, "n 11"]:
    """The answers with the digits' shares as both classifiers see them, where the middle of a crop stands free.

    What the first is sure of, a digit or none, is not asked about again: that would cost more than finding the digits.
    """
    frames = [middle_piece(crop) if ask else None for crop, ask in zip(crops, asked.tolist(), strict=True)]
    free = np.array([number for number, frame in enumerate(frames) if frame is not None], int)
    if not len(free):
        return answers
    others = digits(np.stack([frame for frame in frames if frame is not None]))
    own = answers[free, :NOT_A_DIGIT]
    mixed = own * np.maximum(others.astype(np.float64), 1e-3) ** SECOND
    changed = answers.copy()
    changed[free, :NOT_A_DIGIT] = mixed * (own.sum(axis=1) / np.maximum(mixed.sum(axis=1), 1e-12))[:, None]
    return changed


def middle_piece(crop: UInt8[np.ndarray, "28 28"]) -> UInt8[np.ndarray, "28 28"] | None:
    """The pieces of ink in the middle of a crop, framed as MNIST does; None where they run out of it, or are none."""
    ink = np.clip((crop.astype(np.float32) - GROUND) * np.float32(255 / FULL), 0, 255)
    ink[ink < STAINED] = 0
    count, numbers = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    inner = numbers[BORDER:-BORDER, BORDER:-BORDER]
    whole, inside = (np.bincount(part.ravel(), minlength=count) for part in (numbers, inner))
    kept = (inside > whole / 2) & (whole > 4)
    kept[0] = False
    mask = kept[numbers]
    if not mask.any() or mask[[0, -1]].any() or mask[:, [0, -1]].any():
        return None
    return frame_digit(np.where(mask, ink, 0).astype(np.uint8))


def crops_of(found: Found, copies: list[Copy]) -> UInt8[np.ndarray, "n 2 28 28"]:
    """Two crops for each place, near and wide, of the copy that fits it."""
    patches = np.zeros((len(found), 2, CROP, CROP), np.uint8)
    for number in range(len(found)):
        patches[number] = near_and_wide(*place_of(found, number, copies))
    return bright(patches) if len(patches) else patches


def own_names(named: Named) -> list[list[tuple[str, float]]]:
    """For each place its digit with the calibrated probability, and the next likeliest with what is left."""
    names = []
    for row, probability in zip(named.answers[:, :NOT_A_DIGIT], named.probability, strict=True):
        order = np.argsort(-row, kind="stable")[: 1 + ALTERNATIVES]
        others = np.minimum(row[order[1:]] * ((1 - probability) / max(1e-9, 1 - row[order[0]])), probability)
        names.append([(str(order[0]), float(probability))])
        names[-1] += [(str(label), float(share)) for label, share in zip(order[1:], others, strict=True)]
    return names


def log_odds(probability: np.ndarray) -> np.ndarray:
    """ln(p / (1 - p)), bounded."""
    bounded = np.clip(probability, ALMOST_ZERO, 1 - ALMOST_ZERO)
    return np.asarray(np.log(bounded / (1 - bounded)))
