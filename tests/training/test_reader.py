import json
from pathlib import Path

import numpy as np
import pytest
from onnx import numpy_helper

from sutja.classifier.classifier import Classifier
from sutja.classifier.halves import whole
from sutja.classifier.session import session_of
from sutja.errors import RunError
from sutja.reading.detector import Detector
from sutja.training import calibration, context, detector, reader
from sutja.training.reader import BUNDLED, train_reader


@pytest.mark.real_data
def test_with_a_detector_there_crops_are_collected_learned_and_calibrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "PAGES", 15)
    monkeypatch.setattr(reader, "TEST_PAGES", 20)
    monkeypatch.setattr(reader, "CONTEXT_PAGES", 20)
    monkeypatch.setattr(context, "TEST_PAGES", 10)
    monkeypatch.setattr(reader, "RECIPE", reader.RECIPE.with_changes(epochs=12, average=0.9))
    before = (BUNDLED / "detector.onnx").read_bytes()
    (tmp_path / "detector.onnx").write_bytes(before)
    train_reader(tmp_path, pages=120)
    content = (tmp_path / "crops.onnx").read_bytes()
    assert len(content) < 0.6 * len((tmp_path / "crops" / "model.onnx").read_bytes())
    with np.load(tmp_path / "crops.npz") as crops:
        labels, named = crops["labels"], Classifier(content)(crops["images"]).argmax(axis=1)
    commonest = np.bincount(labels).max() / len(labels)
    assert np.mean(named == labels) > max(0.5, 2 * commonest), commonest
    card = Detector(content=(tmp_path / "detector.onnx").read_bytes()).card
    assert card["measured"]["pages"] == 15
    surroundings = (tmp_path / "context.npz").read_bytes()

    (tmp_path / "detector.onnx").write_bytes(before)  # what is there is kept: only the calibration is made again
    train_reader(tmp_path, pages=120)
    assert (tmp_path / "crops.onnx").read_bytes() == content
    assert (tmp_path / "context.npz").read_bytes() == surroundings
    assert Detector(content=(tmp_path / "detector.onnx").read_bytes()).card == card
    (tmp_path / "crops" / "model.onnx").unlink()
    with np.load(tmp_path / "crops.npz") as arrays:
        np.savez(tmp_path / "crops.npz", **{**arrays, "labels": 9 - arrays["labels"]})
    with pytest.raises(RunError, match="has begun with other crops"):
        train_reader(tmp_path, pages=120)
    with pytest.raises(RunError, match="holds a run with .*'pages': 120, 'epochs': 12, 'seed': 0"):
        train_reader(tmp_path, pages=120, seed=1)


@pytest.mark.real_data
def test_a_reader_learns_on_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PAGES", 15)
    monkeypatch.setattr(reader, "TEST_PAGES", 20)
    monkeypatch.setattr(reader, "CONTEXT_PAGES", 20)
    monkeypatch.setattr(context, "TEST_PAGES", 10)
    monkeypatch.setattr(detector, "BATCH", 2)
    train_reader(tmp_path, steps=4, pages=40, epochs=1, start=BUNDLED)
    ours, theirs = ((folder / "detector.onnx").read_bytes() for folder in (tmp_path, BUNDLED))
    evened = np.random.default_rng(0).standard_normal((1, 1, 64, 64)).astype(np.float32)
    scores = [
        session_of(whole(content).SerializeToString()).run(None, {"evened": evened})[0] for content in (ours, theirs)
    ]
    assert 0 < np.abs(scores[0] - scores[1]).max() < 0.2
    with np.load(tmp_path / "crops.npz") as crops:
        images, labels = crops["test_images"], crops["test_labels"]
    before, after = (Classifier.load(folder / "crops.onnx")(images) for folder in (BUNDLED, tmp_path))
    assert np.mean(after.argmax(axis=1) == labels) > 0.8
    assert np.abs(after - before).max() > 0
    first, last, mean = (
        {weight.name: numpy_helper.to_array(weight) for weight in whole(path.read_bytes()).graph.initializer}
        for path in (BUNDLED / "crops.onnx", tmp_path / "crops" / "model.onnx", tmp_path / "crops.onnx")
    )
    assert first.keys() == last.keys() == mean.keys()
    for name in mean:  # kept in half the bytes
        wanted = reader.KEPT * first[name] + (1 - reader.KEPT) * last[name]
        np.testing.assert_allclose(mean[name], wanted, rtol=1e-3, atol=1e-6, err_msg=name)
    assert json.loads((tmp_path / "crops" / "recipe.json").read_text())["start"] == str(BUNDLED / "crops.onnx")
    with pytest.raises(RunError, match="holds a run with .*'from':"):
        train_reader(tmp_path, steps=4, pages=40, epochs=1)
    with pytest.raises(RunError, match="nowhere/detector.onnx is not there. A reader to go on from is a folder with"):
        train_reader(tmp_path / "other", start=tmp_path / "nowhere")


@pytest.mark.real_data
def test_a_detector_learns_on_without_the_network_that_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PAGES", 15)
    monkeypatch.setattr(reader, "CONTEXT_PAGES", 20)
    monkeypatch.setattr(context, "TEST_PAGES", 10)
    monkeypatch.setattr(detector, "BATCH", 2)
    train_reader(tmp_path, steps=4, epochs=0, start=BUNDLED)
    assert (tmp_path / "crops.onnx").read_bytes() == (BUNDLED / "crops.onnx").read_bytes()
    ours, theirs = (Detector(content=(folder / "detector.onnx").read_bytes()) for folder in (tmp_path, BUNDLED))
    assert ours.card["steps"] == 4
    assert ours.card["calibration"] != theirs.card["calibration"]
    with pytest.raises(RunError, match="epochs must be above 0"):
        train_reader(tmp_path / "other", epochs=0)
