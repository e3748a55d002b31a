import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutja.reading.lines import lines_of
from sutja.reading.result import Box, Digit


def page(rows: list[str], slope: float = 0.0, pitch: float = 60, leading: float = 100, seed: int = 0) -> list[Digit]:
    """Digits of 40×60 in rows that slope by `slope` degrees, a little uneven, in no order."""
    random = np.random.default_rng(seed)
    angle, digits = np.radians(slope), []
    for row, text in enumerate(rows):
        for column, label in enumerate(text):
            x = 100 + pitch * column * np.cos(angle) - leading * row * np.sin(angle) + random.normal(0, 2)
            y = 100 + pitch * column * np.sin(angle) + leading * row * np.cos(angle) + random.normal(0, 3)
            digits.append(Digit(label, 0.9, Box(round(x), round(y), 40, 60)))
    return [digits[i] for i in random.permutation(len(digits))]


@pytest.mark.parametrize("slope", [-40, -20, -8, 0, 8, 20, 40])
def test_a_sloping_row_is_one_line(slope: float) -> None:
    assert [line.text for line in lines_of(page(["237845"], slope))] == ["237845"]


@pytest.mark.parametrize("slope", [-10, -4, 0, 4, 10])
def test_rows_are_read_from_top_to_bottom(slope: float) -> None:
    rows = ["12345", "6879", "88888", "66666", "77777"]
    assert [line.text for line in lines_of(page(rows, slope))] == rows


def test_digits_below_each_other_are_lines_of_their_own() -> None:
    assert [line.text for line in lines_of(page(["1", "2", "3"]))] == ["1", "2", "3"]


def test_nothing_gives_no_lines() -> None:
    assert lines_of([]) == ()


@settings(max_examples=50, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 90)), max_size=30))
def test_no_digit_is_lost_or_doubled(places: list[tuple[int, int, int]]) -> None:
    digits = [Digit(str(i % 10), 0.5, Box(x, y, size, size)) for i, (x, y, size) in enumerate(places)]
    found = [id(digit) for line in lines_of(digits) for digit in line.digits]
    assert sorted(found) == sorted(map(id, digits))
