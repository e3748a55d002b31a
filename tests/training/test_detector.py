from pathlib import Path

import numpy as np
import pytest
import torch

import sutja
from sutja.synthesis.writer import Digits
from sutja.training import detector
from sutja.training.detector import HELD_OUT, Student, held_out_digits, train_detector, training_digits

STEPS = 4


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = Digits(*sutja.load("digits").train)
    monkeypatch.setattr(detector, "training_digits", lambda: digits)
    monkeypatch.setattr(detector, "BATCH", 2)
    monkeypatch.setattr(detector, "SAVE_EVERY", 2)


@pytest.mark.usefixtures("short")
def test_a_detector_that_was_interrupted_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train_detector(tmp_path / "whole", STEPS, workers=0).state_dict()
    learn = Student.learn

    def interrupted(student: Student, batch: list[torch.Tensor], steps: int) -> torch.Tensor:
        if student.step == 3:
            raise KeyboardInterrupt
        return learn(student, batch, steps)

    with monkeypatch.context() as patch:
        patch.setattr(Student, "learn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_detector(tmp_path / "cut", STEPS, workers=0)
    went_on = train_detector(tmp_path / "cut", STEPS, workers=0).state_dict()
    other = train_detector(tmp_path / "other", STEPS, seed=1, workers=0).state_dict()
    assert all(torch.equal(value, went_on[name]) for name, value in whole.items())
    assert not all(torch.equal(value, other[name]) for name, value in whole.items())


@pytest.mark.real_data
def test_what_is_held_out_is_not_learned_from() -> None:
    learned, held_out, whole = training_digits(), held_out_digits(), sutja.load("mnist").train
    assert (len(learned.labels), len(held_out.labels)) == (len(whole.labels) - HELD_OUT, HELD_OUT)
    np.testing.assert_array_equal(np.concatenate([learned.images, held_out.images]), whole.images)
    test = {image.tobytes() for image in sutja.load("mnist").test.images}
    assert not test & {image.tobytes() for image in (*learned.images, *held_out.images)}
