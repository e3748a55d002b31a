import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sutja
from sutja.errors import PictureError
from sutja.pictures.frame import frame_digit, frame_garment, trimmed
from sutja.reading.classify import classify


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    weight = image.astype(float)
    rows, columns = (weight.sum(axis) @ np.arange(28) / weight.sum() for axis in (1, 0))
    return rows, columns


def test_a_digit_fills_the_box_and_has_its_mass_in_the_middle() -> None:
    ink = np.zeros((200, 300), np.uint8)
    ink[50:150, 100:120] = 255
    ink[140:150, 100:160] = 255
    frame = frame_digit(ink)
    assert frame.any(axis=1).sum() == 20
    assert centre_of_mass(frame) == pytest.approx((14, 14), abs=0.5)
    assert frame.max() == 255


@pytest.mark.real_data
def test_framing_an_image_of_mnist_gives_that_image() -> None:
    images = sutja.load("mnist").test.images[:500]
    again = np.stack([frame_digit(image) for image in images])
    difference = np.abs(again.astype(int) - images).mean(axis=(1, 2))
    assert np.mean(difference < 1) > 0.99


@settings(deadline=None)
@given(height=st.integers(1, 90), width=st.integers(1, 90), seed=st.integers(0, 999), share=st.floats(0, 1))
def test_any_ink_that_is_seen_gives_a_frame(height: int, width: int, seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    ink = random.integers(0, 256, (height, width), np.uint8) * (random.random((height, width)) < share).astype(np.uint8)
    frame = frame_digit(ink)
    assert ink.any() or not frame.any()
    assert frame.any() or ink.max() < 50
    if frame.any():
        rows, columns = np.flatnonzero(frame.any(axis=1)), np.flatnonzero(frame.any(axis=0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) < 20
        assert frame.max() == 255


def test_specks_far_apart_are_nothing_to_frame() -> None:
    ink = np.zeros((2000, 2000), np.uint8)
    ink[:3, :3] = ink[-3:, -3:] = 255
    assert not frame_digit(ink).any()
    with pytest.raises(PictureError, match="nothing but its ground"):
        classify(255 - ink, model="digits")


def test_the_aspect_ratio_is_kept() -> None:
    ink = np.full((30, 90), 255, np.uint8)
    rows, columns = frame_digit(ink).any(axis=1).sum(), frame_digit(ink).any(axis=0).sum()
    assert (rows, columns) == (7, 20)


def test_a_garment_fills_the_frame_and_keeps_its_shades() -> None:
    light = np.zeros((100, 100), np.uint8)
    light[10:90, 30:70] = 120
    frame = frame_garment(light)
    assert frame.shape == (28, 28)
    assert frame.any(axis=1).all()
    assert frame.any(axis=0).sum() == 14
    assert frame.max() == 120


def test_nothing_gives_an_empty_frame() -> None:
    empty = np.zeros((50, 40), np.uint8)
    assert trimmed(empty).shape == (0, 0)
    assert not frame_digit(empty).any()
    assert not frame_garment(empty).any()
