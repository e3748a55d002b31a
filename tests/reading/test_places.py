import numpy as np
import pytest

from sutja.reading.places import MARGIN, Copy, Found, standing_out, without_grain


def page() -> tuple[Found, list[Copy]]:
    """Three upright strokes: dark, much fainter, and hardly to be seen."""
    grey = np.full((140, 260), 220, np.uint8)
    for left, level in ((58, 40), (128, 150), (198, 196)):
        grey[52:88, left : left + 6] = level
    centres = np.array([(left + 3, 70) for left in (58, 128, 198)], np.float32) - MARGIN
    found = Found(centres, np.full((3, 2), (10, 36), np.float32), np.array([0.9, 0.3, 0.3], np.float32))
    return found, [Copy(grey, (1.0, 1.0), np.zeros((2, 2), np.float32))]


def test_how_far_ink_stands_out_is_told_in_grey_levels() -> None:
    assert standing_out(*page()) == pytest.approx([180, 70, 24], abs=6)
    found, copies = page()
    assert len(standing_out(found.chosen(np.zeros(0, int)), copies)) == 0


def test_weak_places_much_fainter_than_strong_ones_are_grain() -> None:
    found, copies = page()
    assert len(without_grain(found, copies)) == 2
    scores = (([0.9, 0.3, 0.6], 3), ([0.3, 0.3, 0.3], 3), ([0.3, 0.9, 0.3], 3))  # beside faint ink only it is none
    for score, kept in scores:
        assert len(without_grain(Found(found.centres, found.sizes, np.array(score, np.float32)), copies)) == kept
