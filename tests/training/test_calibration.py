import json
from pathlib import Path

import numpy as np
import pytest

from sutja.reading.detector import Detector
from sutja.reading.naming import log_odds
from sutja.training import calibration
from sutja.training.calibration import calibrate, fitted
from sutja.training.reader import BUNDLED


def test_the_fit_finds_the_weights_that_made_the_answers() -> None:
    random = np.random.default_rng(0)
    crop, score = random.uniform(0.01, 0.99, (2, 20_000))
    odds = 0.7 * log_odds(crop) + 1.5 * log_odds(score) - 0.5
    right = random.random(20_000) < 1 / (1 + np.exp(-odds))
    found = fitted(crop, score, right)
    assert (found.crop, found.detector, found.bias) == pytest.approx((0.7, 1.5, -0.5), abs=0.1)


@pytest.mark.real_data
def test_calibration_is_written_into_the_detector_s_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PAGES", 15)
    for name in ("detector.onnx", "crops.onnx"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    calibrate(tmp_path, seed=0)
    card = Detector(content=(tmp_path / "detector.onnx").read_bytes()).card
    assert card == json.loads((tmp_path / "calibration.json").read_text())
    assert card["measured"]["pages"] == 15
    assert card["measured"]["right_of_sure"] > 0.9
    for kind in ("calibration", "presence"):
        assert card[kind]["crop"] > 0
