"""Judging a classifier on labelled images: how often it is right, where it is wrong, and whether it knows."""

import os
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64, Integer

from sutja.classifier.classifier import AnyClassifier, Classifier, as_classifier
from sutja.data.dataset import Dataset, Part
from sutja.data.source import load
from sutja.errors import DataError, ModelError
from sutja.evaluation.shifts import over_shifts

CALIBRATION_BINS = 15


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others.

    Attributes:
        name: The class.
        precision: Share of the images named so that are so; 0 if none was named so.
        recall: Share of the images that are so that were named so.
        f1: Harmonic mean of the two.
        support: Number of images that are so.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Mistake:
    """An image that was named wrong: its place in the part that was judged, what it is, and what it was taken for."""

    index: int
    label: int
    predicted: int
    probability: float


@dataclass(frozen=True)
class CalibrationBin:
    """The images whose probability fell into one bin: how many, their mean probability, and the share named right."""

    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Report:
    """What judging a classifier gave; printing it gives a page of text.

    Attributes:
        dataset: What it was judged on.
        classes: The names of the classes.
        images: How many images.
        loss: Mean cross-entropy.
        accuracy: Share of images named right.
        interval: 95 % interval of the accuracy (Wilson, 1927).
        scores: One for each class.
        confusion: int64 `[k, k]`; row: what an image is, column: what it was taken for.
        calibration_error: Expected calibration error over 15 bins of equal width (Naeini and others, 2015): the mean
            distance between the probability that was given and the share that was right.
        calibration: The bins that hold images.
        mistakes: Every image named wrong, the most confident first.
    """

    dataset: str
    classes: tuple[str, ...]
    images: int
    loss: float
    accuracy: float
    interval: tuple[float, float]
    scores: tuple[ClassScore, ...]
    confusion: np.ndarray
    calibration_error: float
    calibration: tuple[CalibrationBin, ...]
    mistakes: tuple[Mistake, ...]

    def to_dict(self) -> dict[str, object]:
        """Everything but single bins and mistakes, ready for JSON."""
        return {
            "dataset": self.dataset,
            "images": self.images,
            "loss": self.loss,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "calibration_error": self.calibration_error,
            "classes": {
                score.name: {
                    "precision": score.precision,
                    "recall": score.recall,
                    "f1": score.f1,
                    "images": score.support,
                }
                for score in self.scores
            },
            "confusion": self.confusion.tolist(),
            "mistakes": len(self.mistakes),
        }

    def __str__(self) -> str:
        low, high = self.interval
        width = max(len("class"), *(len(name) for name in self.classes))
        lines = [
            f"{self.dataset}, {self.images:,} images",
            f"accuracy {self.accuracy:.2%}  (95 % interval {low:.2%} to {high:.2%})",
            f"loss {self.loss:.4f}   expected calibration error {self.calibration_error:.2%}",
            "",
            f"{'class':<{width}}  precision  recall      F1  images",
        ]
        lines += [
            f"{score.name:<{width}}  {score.precision:9.2%} {score.recall:7.2%} {score.f1:7.2%} {score.support:7,}"
            for score in self.scores
        ]
        return "\n".join([*lines, "", self._confusion_text(width), "", self._mistakes_text()])

    def _confusion_text(self, width: int) -> str:
        cells = [[f"{count}" if count else "·" for count in row] for row in self.confusion]
        cell = max(3, *(len(text) for row in cells for text in row))
        header = " ".join(f"{number:>{cell}}" for number in range(len(self.classes)))
        rows = [
            f"{name:<{width}}  " + " ".join(f"{text:>{cell}}" for text in row)
            for name, row in zip(self.classes, cells, strict=True)
        ]
        title = "confusion: a row is what an image is, a column what it was taken for"
        return "\n".join([title, " " * (width + 2) + header, *rows])

    def _mistakes_text(self) -> str:
        if not self.mistakes:
            return "no mistakes"
        shown = [
            f"#{mistake.index} {self.classes[mistake.label]} as {self.classes[mistake.predicted]}"
            f" ({mistake.probability:.0%})"
            for mistake in self.mistakes[:8]
        ]
        return f"{len(self.mistakes):,} mistakes, the most confident first: " + ", ".join(shown)


def evaluate(
    model: AnyClassifier | str | os.PathLike[str],
    dataset: Dataset | Part | str | os.PathLike[str],
    shifts: bool = False,
) -> Report:
    """Judge a model on the test part of a data set, or on any images with labels.

    Args:
        model: A callable from uint8 `[n, 28, 28]` to probabilities `[n, k]`, a model file, a run folder, or the name
            of a bundled model.
        dataset: A data set, its name or folder, or a `Part`.
        shifts: Whether the model looks at each image in five places, and at mirrored garments too: see
            `sutja.evaluation.shifts`. Say so where you give such a figure.

    Raises:
        ModelError: the model cannot be loaded, or tells other classes apart than the data set has.
        DataError: the data set cannot be loaded, or has no test images.

    Example:
        >>> evaluate("digits", "digits").accuracy > 0.9
        True
    """
    classifier = as_classifier(model)
    if isinstance(dataset, str | os.PathLike):
        dataset = load(dataset, classifier.card.frame if isinstance(classifier, Classifier) else "digit")
    if isinstance(dataset, Part):
        name, part, classes = "given images", dataset, None
        frame = classifier.card.frame if isinstance(classifier, Classifier) else "digit"
    else:
        name, part, classes, frame = f"{dataset.name}, test part", dataset.test, dataset.classes, dataset.frame
    if not len(part.labels):
        raise DataError(f"{name} has no images. Add pictures: one in five of each class is used for testing.")
    given = over_shifts(classifier, part.images, frame == "garment") if shifts else classifier(part.images)
    probabilities = np.asarray(given, np.float64)
    if classes is None:
        classes = _classes_of(classifier, probabilities.shape[1])
    _check_classes(classifier, classes, probabilities)
    return report(f"{name}, with shifts" if shifts else name, classes, probabilities, part.labels.astype(np.int64))


def report(
    name: str,
    classes: tuple[str, ...],
    probabilities: Float[np.ndarray, "n k"],
    labels: Integer[np.ndarray, "n"],
) -> Report:
    """Compare probabilities with the labels they should have given."""
    predicted = probabilities.argmax(1)
    given = probabilities[np.arange(len(labels)), labels]
    confidence = probabilities.max(1)
    right = predicted == labels
    confusion = confusion_matrix(labels, predicted, len(classes))
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    bins = calibration_bins(confidence, right)
    return Report(
        dataset=name,
        classes=classes,
        images=len(labels),
        loss=float(-np.log(np.clip(given, 1e-12, 1)).mean()),
        accuracy=float(right.mean()),
        interval=wilson_interval(int(right.sum()), len(labels)),
        scores=class_scores(confusion, classes),
        confusion=confusion,
        calibration_error=sum(group.count * abs(group.confidence - group.accuracy) for group in bins) / len(labels),
        calibration=bins,
        mistakes=tuple(Mistake(int(i), int(labels[i]), int(predicted[i]), float(confidence[i])) for i in wrong),
    )


def confusion_matrix(
    labels: Integer[np.ndarray, "n"], predicted: Integer[np.ndarray, "n"], classes: int
) -> Int64[np.ndarray, "k k"]:
    """Counts of images by what they are (row) and what they were taken for (column)."""
    counts = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def class_scores(confusion: Int64[np.ndarray, "k k"], classes: tuple[str, ...]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of each class, from a confusion matrix."""
    right, named, support = confusion.diagonal(), confusion.sum(0), confusion.sum(1)
    precision, recall = right / np.maximum(named, 1), right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(named + support, 1)
    rows = zip(classes, precision.tolist(), recall.tolist(), f1.tolist(), support.tolist(), strict=True)
    return tuple(ClassScore(*row) for row in rows)


def calibration_bins(
    confidence: Float[np.ndarray, "n"], right: np.ndarray, bins: int = CALIBRATION_BINS
) -> tuple[CalibrationBin, ...]:
    """Sort images into bins of equal width by the probability of their answer; empty bins are left out."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        CalibrationBin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for inside in (place == number for number in range(bins))
        if inside.any()
    )


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, which unlike the usual one stays within 0 to 1 (Wilson, 1927).

    Example:
        >>> [round(bound, 4) for bound in wilson_interval(9950, 10000)]
        [0.9934, 0.9962]
    """
    z = 1.959964
    share, widening = right / total, z * z / total
    middle = (share + widening / 2) / (1 + widening)
    half = z * np.sqrt(share * (1 - share) / total + widening / (4 * total)) / (1 + widening)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _classes_of(classifier: AnyClassifier, count: int) -> tuple[str, ...]:
    return classifier.classes if isinstance(classifier, Classifier) else tuple(map(str, range(count)))


def _check_classes(classifier: AnyClassifier, classes: tuple[str, ...], probabilities: np.ndarray) -> None:
    theirs = _classes_of(classifier, probabilities.shape[1])
    named = isinstance(classifier, Classifier) and classifier.card.dataset is not None
    if len(theirs) != len(classes) or (named and theirs != classes):
        raise ModelError(
            f"the model tells apart {', '.join(theirs)}; the data set has {', '.join(classes)}. "
            "Judge it on the data that it was trained for."
        )
