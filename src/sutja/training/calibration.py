"""How sure the reader may be, fitted on pages that are composed from held-out digits."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from sutja.classifier.classifier import Classifier, bundled
from sutja.files import write_bytes, write_text
from sutja.reading.detector import Detector
from sutja.reading.naming import LEAST, NOT_A_DIGIT, SURELY_ONE, Calibration, Namer, log_odds
from sutja.reading.overlaps import without_overlaps
from sutja.synthesis.page import compose
from sutja.synthesis.style import any_style
from sutja.training.crops import UNCLEAR, truth_of
from sutja.training.detector import held_out_digits

PAGES = 1_200
FIRST_GUESS = Calibration(1.0, 1.0, 0.0)
"""For choosing the places on which the calibration is then fitted."""


class Judged(NamedTuple):
    """What the reader makes of pages from held-out digits; arrays of a value for each place that it would give.

    Attributes:
        crop: The probability that the two classifiers give the label.
        shown: That they give any digit.
        score: That the detector gives any digit.
        right: Whether the label is right.
        digit: Whether there is a digit.
        written: How many visible digits there were to find.
    """

    crop: np.ndarray
    shown: np.ndarray
    score: np.ndarray
    right: np.ndarray
    digit: np.ndarray
    written: int


def calibrate(out: Path, seed: int) -> None:
    """Fit how sure the reader may be on pages from held-out digits, and write it into the detector's file."""
    detector = Detector(content=(out / "detector.onnx").read_bytes())
    namer = Namer(Classifier.load(out / "crops.onnx"), bundled("digits"), FIRST_GUESS, FIRST_GUESS)
    found = judged(detector, namer, seed + 2, PAGES)
    calibration = fitted(found.crop, found.score, found.right)
    presence = fitted(found.shown, found.score, found.digit)
    probability = calibration(found.crop, found.score)
    given = (probability >= LEAST) | (presence(found.shown, found.score) >= SURELY_ONE)
    sure = given & (probability >= 0.95)
    facts = {
        "pages": PAGES, "digits": found.written, "given": int(given.sum()),
        "right": int(found.right[given].sum()), "sure": int(sure.sum()),
        "right_of_sure": round(float(found.right[sure].mean()), 5),
    }  # fmt: skip
    content = onnx.load(out / "detector.onnx")
    card = {
        **detector.card, "calibration": asdict(calibration), "presence": asdict(presence), "measured": facts,
    }  # fmt: skip
    onnx.helper.set_model_props(content, {"sutja": json.dumps(card)})
    write_bytes(out / "detector.onnx", content.SerializeToString(deterministic=True))
    write_text(out / "calibration.json", json.dumps(card, indent=2) + "\n")
    sys.stderr.write(f"{json.dumps(card)}\n")


def fitted(crop: np.ndarray, score: np.ndarray, right: np.ndarray) -> Calibration:
    """The logistic regression of what is right on what the classifiers and the detector say."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=100).fit(np.stack([log_odds(crop), log_odds(score)], 1), right)
    (weights,), (bias,) = model.coef_, model.intercept_
    return Calibration(*(round(float(value), 4) for value in (*weights, bias)))


def judged(detector: Detector, namer: Namer, seed: int, count: int) -> Judged:
    """What the reader makes of pages from held-out digits."""
    source, rows, written = held_out_digits(), [], 0
    for number in range(count):
        random = np.random.default_rng((seed, 78, number))
        width, height = (int(side) for side in np.exp(random.uniform(np.log(100), np.log(640), 2)))
        page = compose(source, any_style(random, width, height), random)
        found, copies = detector(page.picture)
        places = namer(found, copies)
        places = without_overlaps(places.chosen(places.presence >= 0.2), copies)
        truth = truth_of(page, places.found)
        written += sum(digit.visible for digit in page.digits)
        answers = places.answers[np.arange(len(truth)), places.label]
        shown, score = 1 - places.answers[:, NOT_A_DIGIT], places.found.score
        rows.append(np.stack([answers, shown, score, truth == places.label, truth != NOT_A_DIGIT], 1)[truth != UNCLEAR])
    crop, shown, score, right, digit = np.concatenate(rows).T
    return Judged(crop, shown, score, right.astype(bool), digit.astype(bool), written)
