import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

import sutja
from sutja.data.dataset import Dataset, Part
from sutja.errors import DataError, ModelError
from sutja.evaluation.page import page
from sutja.evaluation.report import Report, report, wilson_interval

CLASSES = ("a", "b", "c", "<d>")


@pytest.fixture(scope="module")
def judged() -> tuple[Report, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, 300)
    logits = random.normal(size=(300, 4)) + 2 * np.eye(4)[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return report("test", CLASSES, probabilities, labels), probabilities, labels


def test_figures_are_those_of_scikit_learn(judged: tuple[Report, np.ndarray, np.ndarray]) -> None:
    found, probabilities, labels = judged
    predicted = probabilities.argmax(1)
    assert found.accuracy == pytest.approx(accuracy_score(labels, predicted))
    assert found.loss == pytest.approx(log_loss(labels, probabilities))
    assert np.array_equal(found.confusion, confusion_matrix(labels, predicted))
    columns = precision_recall_fscore_support(labels, predicted)
    for place, score in enumerate(found.scores):
        expected = [float(column[place]) for column in columns]
        assert [score.precision, score.recall, score.f1, score.support] == pytest.approx(expected)


@pytest.mark.parametrize(("right", "total"), [(0, 5), (5, 5), (95, 100), (9950, 10000)])
def test_the_interval_is_wilson_s(right: int, total: int) -> None:
    expected = binomtest(right, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(right, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_the_calibration_error_is_the_mean_distance_over_bins(judged: tuple[Report, np.ndarray, np.ndarray]) -> None:
    found, probabilities, labels = judged
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    edges = np.linspace(0, 1, 16)
    expected = 0.0
    for low, high in pairwise(edges):
        inside = (confidence >= low) & (confidence < high)
        if inside.any():
            expected += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    assert found.calibration_error == pytest.approx(expected)


def test_an_honest_classifier_has_no_calibration_error() -> None:
    random = np.random.default_rng(0)
    share = random.uniform(0.5, 1, 40_000)
    labels = (random.random(40_000) >= share).astype(int)
    assert report("test", ("a", "b"), np.stack((share, 1 - share), 1), labels).calibration_error < 0.01


def test_mistakes_come_most_confident_first(judged: tuple[Report, np.ndarray, np.ndarray]) -> None:
    found, probabilities, labels = judged
    confidences = [mistake.probability for mistake in found.mistakes]
    assert confidences == sorted(confidences, reverse=True)
    assert len(found.mistakes) == int((probabilities.argmax(1) != labels).sum())
    for mistake in found.mistakes:
        assert labels[mistake.index] == mistake.label != mistake.predicted


def test_a_report_prints_and_goes_into_json(judged: tuple[Report, np.ndarray, np.ndarray]) -> None:
    found = judged[0]
    assert f"accuracy {found.accuracy:.2%}" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["images"] == 300


def test_the_page_is_self_contained_and_escaped(judged: tuple[Report, np.ndarray, np.ndarray]) -> None:
    document = page(judged[0], np.zeros((300, 28, 28), np.uint8), "a <b> & c", curves={"accuracy": {"training": [0.5]}})
    assert "a &lt;b&gt; &amp; c" in document
    assert "<d>" not in document
    assert document.count("<svg") == 2
    assert document.count("data:image/png;base64,") == min(40, len(judged[0].mistakes))
    assert "http" not in document.replace("http-equiv", "")


def test_a_page_without_mistakes_says_so() -> None:
    perfect = report("test", ("a", "b"), np.eye(2), np.array([0, 1]))
    assert not perfect.mistakes
    assert "<p>None.</p>" in page(perfect, np.zeros((2, 28, 28), np.uint8), "perfect")
    assert "no mistakes" in str(perfect)


def test_a_function_can_be_judged(digit_rows: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = digit_rows
    always_three = lambda batch: np.tile(np.eye(10)[3], (len(batch), 1))  # noqa: E731
    assert sutja.evaluate(always_three, Part(images, labels)).accuracy == pytest.approx(0.1)


def test_the_bundled_model_reads_digits_that_it_has_never_seen() -> None:
    assert sutja.evaluate("digits", "digits").accuracy > 0.9


def test_other_classes_are_refused() -> None:
    with pytest.raises(ModelError, match=r"tells apart T-shirt/top.*the data set has 0, 1"):
        sutja.evaluate("fashion", "digits")


def test_no_test_images_are_refused(tmp_path: Path) -> None:
    empty = Part(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    with pytest.raises(DataError, match="has no images"):
        sutja.evaluate("digits", Dataset("mine", empty, empty, tuple("0123456789")))
