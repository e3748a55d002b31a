import json
from pathlib import Path

import numpy as np
import pytest

from sutja.data.dataset import Dataset, Part
from sutja.reading.candidates import log_odds
from sutja.reading.detector import Detector
from sutja.training import reader
from sutja.training.reader import BUNDLED, CLASSES, calibrate, fitted, train_crops


def test_the_fit_finds_the_weights_that_made_the_answers() -> None:
    random = np.random.default_rng(0)
    crop, score = random.uniform(0.01, 0.99, (2, 20_000))
    odds = 0.7 * log_odds(crop) + 1.5 * log_odds(score) - 0.5
    right = random.random(20_000) < 1 / (1 + np.exp(-odds))
    found = fitted(crop, score, right)
    assert (found.crop, found.detector, found.bias) == pytest.approx((0.7, 1.5, -0.5), abs=0.1)


@pytest.mark.real_data
def test_calibration_is_written_into_the_detector_s_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CALIBRATION_PAGES", 15)
    for name in ("detector.onnx", "crops.onnx"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    calibrate(tmp_path, seed=0)
    card = Detector(content=(tmp_path / "detector.onnx").read_bytes()).card
    assert card == json.loads((tmp_path / "calibration.json").read_text())
    assert card["measured"]["pages"] == 15
    assert card["measured"]["right_of_sure"] > 0.9
    for kind in ("calibration", "presence"):
        assert card[kind]["crop"] > 0
        assert card[kind]["detector"] > 0


def test_a_round_goes_on_from_the_round_before(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(440) % 11).astype(np.uint8)
    images = random.integers(0, 60, (440, 28, 28), np.uint8)
    images[np.arange(440), 2 + 2 * labels] = 255  # what a crop shows is the height of a bright row
    part = Part(images, labels)
    data = Dataset("crops", part, part, CLASSES)
    train_crops(tmp_path / "one", data, seed=0, epochs=4, before=None)
    train_crops(tmp_path / "two", data, seed=0, epochs=1, before=tmp_path / "one")
    train_crops(tmp_path / "alone", data, seed=0, epochs=1, before=None)

    def first_loss(name: str) -> float:
        lines = (tmp_path / name / "history.csv").read_text().splitlines()
        return float(lines[1].split(",")[1])

    assert first_loss("two") < 0.7 * first_loss("alone")
    assert (tmp_path / "two" / "model.onnx").exists()
