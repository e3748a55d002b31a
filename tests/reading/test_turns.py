import numpy as np
import pytest

from sutja.pictures.decode import Sheet
from sutja.reading.result import Box
from sutja.reading.turns import TURNS, reduced, turned, turned_back


@pytest.mark.parametrize("degrees", TURNS)
def test_a_box_is_turned_back_to_where_its_pixels_came_from(degrees: int) -> None:
    grey = np.zeros((50, 80), np.uint8)
    grey[10:22, 30:37] = 255
    sheet = turned(Sheet(grey, 80, 50), degrees)
    rows, columns = np.flatnonzero(sheet.grey.any(axis=1)), np.flatnonzero(sheet.grey.any(axis=0))
    box = Box(int(columns[0]), int(rows[0]), len(columns), len(rows))
    assert turned_back(box, degrees, 80, 50) == Box(30, 10, 7, 12)
    assert (sheet.width, sheet.height) == sheet.grey.shape[::-1]


def test_turning_by_90_is_clockwise() -> None:
    grey = np.array([[1, 2], [3, 4]], np.uint8)
    assert turned(Sheet(grey, 2, 2), 90).grey.tolist() == [[3, 1], [4, 2]]


def test_reducing_keeps_small_pictures() -> None:
    grey = np.zeros((30, 90), np.uint8)
    assert reduced(grey, 90) is grey
    assert reduced(grey, 45).shape == (15, 45)
