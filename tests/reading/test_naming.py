from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sutja.reading.detector import fused, scales_of
from sutja.reading.naming import Calibration, Namer, crops_of, hidden, log_odds
from sutja.reading.places import MARGIN, Copy, Found, fitting
from tests.reading.pictures import named_places


def test_a_picture_s_only_thing_is_a_digit_even_if_in_doubt() -> None:
    def likely(*presences: float, probability: float = 0.3, size: float = 30) -> list[bool]:
        places = named_places(*((50 * number, 50, 20, size, probability) for number in range(len(presences))))
        return [bool(which) for which in replace(places, presence=np.array(presences)).likely(100)]

    assert likely(0.4) == [True]
    assert likely(0.4, 0.1) == [True, False]
    assert likely(0.25) == [False]  # hardly any digit at all
    assert likely(0.4, 0.2) == [False, False]  # not the only thing
    assert likely(0.4, size=20) == [False]  # a speck somewhere
    assert likely(0.4, 0.9) == [False, True]  # where there are digits, what is in doubt is none
    assert likely(0.4, probability=0.6) == [True]


def test_calibration_is_a_logistic_regression() -> None:
    crop, detector = np.array([0.2, 0.9, 1.0]), np.array([0.5, 0.3, 1.0])
    probability = Calibration(1.0, 0.0, 0.0)(crop, detector)
    assert probability[:2] == pytest.approx(crop[:2])
    assert probability[2] < 1
    shifted = Calibration(0.5, 0.25, -1.0)(crop, detector)
    assert log_odds(shifted)[:2] == pytest.approx(0.5 * log_odds(crop[:2]) + 0.25 * log_odds(detector[:2]) - 1)


def test_every_size_of_digit_is_within_the_network_s_range() -> None:
    for shape in ((28, 28), (480, 640), (1600, 1200), (60, 1500)):
        scales = scales_of(shape)
        assert all(a == 2 * b for a, b in pairwise(scales))
        largest = min(shape)
        for size in np.geomspace(12, largest, 20):
            seen = sum(10 <= size * scale <= 72 for scale in scales)
            assert seen >= (2 if 20 <= size <= largest / 2 else 1), (shape, size)


def test_a_digit_is_cropped_from_the_smallest_copy_that_shows_it_well() -> None:
    empty = np.zeros((8, 8), np.uint8)
    copies = [Copy(empty, (scale, scale), np.zeros((2, 2), np.float32)) for scale in (1.0, 0.5, 0.25)]
    assert [fitting(copies, size).scale[0] for size in (10, 30, 40, 80, 500)] == [1.0, 1.0, 0.5, 0.25, 0.25]


def test_a_place_is_cropped_near_and_wide() -> None:
    grey = np.full((140, 200), 230, np.uint8)
    for left in (48, 96, 144):
        grey[52:88, left : left + 8] = 30
    copies = [Copy(grey, (1.0, 1.0), np.zeros((2, 2), np.float32))]
    middle = np.array([(100 - MARGIN, 70 - MARGIN)], np.float32)
    found = Found(middle, np.array([(8, 36)], np.float32), np.zeros(1, np.float32))
    ((near, wide),) = crops_of(found, copies)
    strokes = [int((np.diff(np.r_[False, crop[14] > 120].astype(int)) == 1).sum()) for crop in (near, wide)]
    assert strokes == [1, 3]
    assert [(crop > 120).any(axis=1).sum() for crop in (near, wide)] == [18, pytest.approx(6, abs=1)]


def test_finds_of_one_thing_become_one_place() -> None:
    scores = np.array([0.9, 0.3, 0.5], np.float32)
    centres = np.array([(50, 50), (53, 50), (90, 50)], np.float32)
    sizes = np.array([(20, 30), (20, 34), (20, 30)], np.float32)
    found = fused(Found(centres, sizes, scores))
    assert found.centres.tolist() == [pytest.approx([50.75, 50]), [90, 50]]
    assert found.sizes[0].tolist() == pytest.approx([20, 31])
    assert found.score.tolist() == pytest.approx([0.9, 0.5])


def test_nothing_found_is_nothing_fused() -> None:
    nothing = np.zeros((0, 2), np.float32)
    assert len(fused(Found(nothing, nothing, np.zeros(0, np.float32)))) == 0


def test_what_is_not_sure_is_looked_at_in_larger_and_smaller_crops_too() -> None:
    asked: list[int] = []
    replies = iter(([[0.995, 0.005], [0.6, 0.4]], [[0.2, 0.8]], [[0.1, 0.9]]))

    def crops(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        answers = np.zeros((len(images), 11))
        answers[:, [3, 5]] = next(replies)
        return answers

    def digits(images: np.ndarray) -> np.ndarray:
        raise AssertionError("no ink stands in the middle of an empty page")

    centres, sizes = np.array([(30, 30), (70, 30)], np.float32), np.full((2, 2), 20, np.float32)
    found = Found(centres, sizes, np.full(2, 0.9, np.float32))
    empty = Copy(np.full((90, 120), 230, np.uint8), (1.0, 1.0), np.zeros((2, 2), np.float32))
    named = Namer(crops, digits)(found, [empty])
    assert asked == [2, 1, 1]
    assert named.label.tolist() == [3, 5]
    assert named.answers[0, 3] == 0.995
    mean = np.cbrt([0.6 * 0.2 * 0.1, 0.4 * 0.8 * 0.9])
    assert named.answers[1, [3, 5]] == pytest.approx(mean / mean.sum(), abs=1e-3)


def test_a_place_about_a_sure_digit_that_shows_the_same_is_not_looked_at_again() -> None:
    answers = np.zeros((6, 11))
    answers[np.arange(6), [7, 7, 7, 4, 1, 1]] = 0.995, 0.6, 0.6, 0.6, 0.995, 0.6
    centres = np.array([(30, 30), (33, 30), (50, 30), (33, 30), (90, 30), (93, 30)], np.float32)
    sizes = np.array([(20, 30), (24, 34), (20, 30), (20, 30), (12, 30), (12, 30)], np.float32)
    found = Found(centres, sizes, np.full(6, 0.9, np.float32))
    # The third is another digit's place, the fourth another digit, and two 1s may stand so close.
    assert hidden(found, answers).tolist() == [False, True, False, False, False, False]


def test_a_place_where_hardly_any_digit_is_is_looked_at_once() -> None:
    asked = []

    def crops(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        answers = np.zeros((len(images), 11))
        answers[:, [3, 10]] = 0.05, 0.95
        return answers

    def digits(images: np.ndarray) -> np.ndarray:
        raise AssertionError("what is no digit is not named")

    found = Found(np.full((1, 2), 30, np.float32), np.full((1, 2), 20, np.float32), np.full(1, 0.5, np.float32))
    copy = Copy(np.full((90, 120), 230, np.uint8), (1.0, 1.0), np.zeros((2, 2), np.float32))
    assert Namer(crops, digits)(found, [copy]).presence == pytest.approx([0.05])
    assert asked == [1]
    Namer(crops, digits, sure_of_presence=Calibration(1.0, 1.0, 3.0))(found, [copy])  # here it could be one
    assert asked == [1, 1, 1, 1]
