import cv2
import numpy as np
import pytest

from sutja.pictures.decode import Sheet
from sutja.reading.result import Box, Digit, Line
from sutja.reading.turns import TURNS, best_turn, levelled, reduced, slope_of, turned, turned_back, unlevelled


@pytest.mark.parametrize("degrees", TURNS)
def test_a_box_is_turned_back_to_where_its_pixels_came_from(degrees: int) -> None:
    grey = np.zeros((50, 80), np.uint8)
    grey[10:22, 30:37] = 255
    sheet = turned(Sheet(grey, 80, 50), degrees)
    rows, columns = np.flatnonzero(sheet.grey.any(axis=1)), np.flatnonzero(sheet.grey.any(axis=0))
    box = Box(int(columns[0]), int(rows[0]), len(columns), len(rows))
    assert turned_back(box, degrees, 80, 50) == Box(30, 10, 7, 12)
    assert (sheet.width, sheet.height) == sheet.grey.shape[::-1]


@pytest.mark.parametrize("angle", [-0.6, -0.2, 0.3, 0.7])
def test_a_box_of_the_levelled_picture_is_around_what_is_in_it(angle: float) -> None:
    grey = np.zeros((300, 400), np.uint8)
    cv2.ellipse(grey, (150, 120), (40, 12), np.degrees(angle), 0, 360, 255, -1)
    level = levelled(Sheet(grey, 800, 600), angle)
    inked = Box(*(2 * side for side in cv2.boundingRect((level.grey > 127).astype(np.uint8))))
    assert inked.height < 60
    box = unlevelled(inked, angle, 800, 600)
    expected = [2 * side for side in cv2.boundingRect((grey > 127).astype(np.uint8))]
    assert box == pytest.approx(expected, abs=8)


def test_a_box_beside_the_picture_is_none_and_one_at_its_border_is_cut() -> None:
    level = levelled(Sheet(np.zeros((300, 400), np.uint8), 400, 300), 0.5)
    assert unlevelled(Box(0, 0, 10, 10), 0.5, 400, 300) is None
    boxes = [
        unlevelled(Box(x, y, 40, 30), 0.5, 400, 300)
        for x in range(0, level.width, 15)
        for y in range(0, level.height, 15)
    ]
    inside = [box for box in boxes if box is not None]
    assert len(inside) > 100
    assert all(0 <= box.x < box.right <= 400 and 0 <= box.y < box.bottom <= 300 for box in inside)
    assert min(box.width for box in inside) < 30


def test_rows_that_slope_are_measured() -> None:
    def row(fall: float, count: int) -> Line:
        return Line(tuple(Digit("1", 1.0, Box(30 * n, 100 + round(30 * n * fall), 20, 40)) for n in range(count)))

    assert slope_of((row(0.3, 8), row(0.3, 5), row(-2, 2))) == pytest.approx(np.arctan(0.3), abs=0.02)
    assert slope_of((row(0.3, 2),)) == 0


def test_a_larger_copy_is_tried_where_no_turn_is_legible() -> None:
    grey = np.zeros((1000, 1600), np.uint8)
    tried = []

    def legibility(trial: Sheet) -> float:
        tried.append(max(trial.grey.shape))
        height, _ = trial.grey.shape
        return float(tried[-1] > 640 and height > 1000)

    assert best_turn(Sheet(grey, 1600, 1000), legibility) in (90, 270)
    assert tried == [640] * 4 + [1600] * 4


def test_turning_by_90_is_clockwise() -> None:
    grey = np.array([[1, 2], [3, 4]], np.uint8)
    assert turned(Sheet(grey, 2, 2), 90).grey.tolist() == [[3, 1], [4, 2]]


def test_reducing_keeps_small_pictures() -> None:
    grey = np.zeros((30, 90), np.uint8)
    assert reduced(grey, 90) is grey
    assert reduced(grey, 45).shape == (15, 45)
