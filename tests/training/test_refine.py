import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from sutja.classifier.classifier import Classifier
from sutja.classifier.export import to_onnx
from sutja.data.dataset import Part
from sutja.data.source import load
from sutja.errors import RunError
from sutja.reading.detector import Detector
from sutja.reading.naming import NOT_A_DIGIT
from sutja.synthesis.folder import digits_of
from sutja.training import context, reader, refine
from sutja.training.crops import LETTER, crops_from
from sutja.training.loop import as_input
from sutja.training.reader import BUNDLED

CROPS = (BUNDLED / "crops.onnx").read_bytes()


@pytest.fixture(scope="module")
def part() -> Part:
    """Crops of a few composed pages, of which every 8 is said to be none."""
    found = crops_from(Detector(), digits_of(load("digits"), "train"), 0, range(50), 1.0)
    return Part(found.images, np.where(found.labels == 8, NOT_A_DIGIT, found.labels).astype(np.uint8))


def test_a_network_of_crops_is_that_of_its_file(part: Part) -> None:
    network = refine.network_in(CROPS, part.images)
    with torch.no_grad():
        own = torch.softmax(network(as_input(torch.from_numpy(part.images))), 1).numpy()
    assert own == pytest.approx(Classifier(CROPS)(part.images), abs=1e-3)


def test_what_is_none_is_learned_and_names_stay(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BATCH", 64), ("RISING", 1), ("LEARNING_RATE", 1e-3)):
        monkeypatch.setattr(refine, name, value)
    before = Classifier(CROPS)(part.images)
    eights = (part.labels == NOT_A_DIGIT) & (before.argmax(axis=1) == 8)
    others = (part.labels != NOT_A_DIGIT) & (before.max(axis=1) > 0.99)
    assert min(eights.sum(), others.sum() / 10) > 10
    repeated = Part(np.tile(part.images, (8, 1, 1, 1)), np.tile(part.labels, 8))
    network = refine.refined(CROPS, repeated)
    after = Classifier(to_onnx(network, Classifier(CROPS).card).SerializeToString())(part.images)
    assert np.mean(after[eights].argmax(axis=1) == NOT_A_DIGIT) > 0.8
    assert np.mean(after[others].argmax(axis=1) == before[others].argmax(axis=1)) > 0.97


def test_targets_keep_names_and_all_that_was_said_of_letters() -> None:
    logits = torch.randn((4, 11), generator=torch.Generator().manual_seed(0))
    said = torch.softmax(logits, 1)
    targets = refine.targets_of(logits, np.array([3, NOT_A_DIGIT, LETTER, 0], np.uint8))
    assert targets[1].tolist() == [*[0] * 10, 1]
    assert targets[2].tolist() == pytest.approx(said[2].tolist())
    for row in (0, 3):
        digits = said[row, :NOT_A_DIGIT]
        assert targets[row].tolist() == pytest.approx([*(digits / digits.sum()).tolist(), 0])


def test_what_is_mistaken_is_counted(part: Part) -> None:
    classifier = Classifier(CROPS)
    none = classifier(part.images).argmax(axis=1) == NOT_A_DIGIT
    assert 0 < none.sum() < len(none)
    few, many = sorted((none.sum(), (~none).sum()))
    assert few < many == (~none).sum()
    agreed = Part(part.images, np.where(none, NOT_A_DIGIT, 3).astype(np.uint8))
    assert refine.mistaken(classifier, agreed) == f"of {many} digits 0 are held for none, of {few} others 0 for digits"
    letters = Part(part.images, np.where(none, 3, LETTER).astype(np.uint8))
    others = (
        f"of {none.sum()} digits {none.sum()} are held for none, of {(~none).sum()} others {(~none).sum()} for digits"
    )
    assert refine.mistaken(classifier, letters) == others


@pytest.mark.real_data
def test_the_command_leaves_three_files_and_goes_on_from_its_crops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reader, "TEST_PAGES", 5)
    monkeypatch.setattr(refine, "CONTEXT_PAGES", 20)
    monkeypatch.setattr(context, "TEST_PAGES", 10)
    monkeypatch.setattr("sys.argv", ["refine", "--out", str(tmp_path), "--pages", "40"])
    refine.main()
    made = {name: (tmp_path / name).read_bytes() for name in (*reader.NAMES, "context.npz")}
    assert made["crops.onnx"] != CROPS
    assert abs(len(made["crops.onnx"]) - len(CROPS)) < 100
    assert made["detector.onnx"] == (BUNDLED / "detector.onnx").read_bytes()

    def none(*_: object) -> None:
        raise AssertionError("the crops are there already")

    forbidden: Callable[..., None] = none
    monkeypatch.setattr(reader, "collected", forbidden)
    (tmp_path / "crops.onnx").unlink()
    refine.main()
    assert {name: (tmp_path / name).read_bytes() for name in made} == made
    said = capsys.readouterr().err
    assert "loss" in said
    assert re.search(r"before: of ([\d,]+) digits .*\nnow: of \1 digits", said)
    for name in reader.NAMES:
        (tmp_path / "other" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "other" / name).write_bytes(made[name])
    monkeypatch.setattr("sys.argv", ["refine", "--out", str(tmp_path), "--pages", "40", "--from", f"{tmp_path}/other"])
    with pytest.raises(RunError, match="holds a run with .*'from':"):
        refine.main()
