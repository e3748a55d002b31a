from dataclasses import replace

import numpy as np
import pytest

from sutja.reading.naming import Named
from sutja.reading.neighbours import with_gaps_filled, without_strays
from tests.reading.pictures import named_places

Place = tuple[float, float, float, float, float]
LEFT, RIGHT = (50.0, 50.0, 20.0, 30.0, 0.99), (102.0, 50.0, 20.0, 30.0, 0.9)


def places(*each: Place, label: int = 1, presence: float = 0.5) -> Named:
    """Places that all have this label, and are some digit with this probability."""
    named = named_places(*each)
    return replace(named, label=np.full(len(each), label), presence=np.full(len(each), presence))


@pytest.mark.parametrize(
    ("place", "presence", "fills"),
    [
        ((76, 50, 18, 30, 0.3), 0.4, True),
        ((76, 50, 18, 30, 0.3), 0.3, False),  # hardly a digit
        ((76, 50, 18, 18, 0.3), 0.4, False),  # too small: a dash
        ((76, 66, 18, 30, 0.3), 0.4, False),  # too low
        ((58, 50, 18, 30, 0.3), 0.4, False),  # on a digit
        ((130, 50, 18, 30, 0.3), 0.4, False),  # at the end
    ],
)
def test_a_gap_between_two_digits_is_filled(place: Place, presence: float, fills: bool) -> None:
    filled = with_gaps_filled(places(LEFT, RIGHT, label=8), places(place, label=5, presence=presence))
    assert filled.label.tolist() == ([8, 8, 5] if fills else [8, 8])


def test_a_gap_between_doubtful_digits_or_far_ones_stays() -> None:
    between = places((76, 50, 18, 30, 0.3))
    assert len(with_gaps_filled(places(LEFT, (102, 50, 20, 30, 0.7)), between).label) == 2
    assert len(with_gaps_filled(places(LEFT, (130, 50, 20, 30, 0.9)), between).label) == 2


@pytest.mark.parametrize(
    ("place", "label", "presence", "fills"),
    [
        ((76, 55, 18, 18, 0.1), 0, 0.2, True),
        ((76, 55, 18, 18, 0.1), 0, 0.05, False),
        ((76, 55, 18, 18, 0.1), 6, 0.2, False),  # no other digit is so small
        ((76, 57, 14, 14, 0.1), 0, 0.2, False),  # less than half as high: a ring
        ((76, 64, 18, 18, 0.1), 0, 0.2, False),  # too low
    ],
)
def test_a_small_0_fills_a_gap_between_certain_digits(place: Place, label: int, presence: float, fills: bool) -> None:
    small, certain = places(place, label=label, presence=presence), (*RIGHT[:4], 0.99)
    assert len(with_gaps_filled(places(LEFT, certain), small).label) == 2 + fills
    assert len(with_gaps_filled(places(LEFT, RIGHT), small).label) == 2


def test_what_fills_a_gap_has_ink_of_its_own() -> None:
    between = places((71, 50, 34, 30, 0.3))
    between.crops[0, 0, 5:23, 5:8] = 230  # within the box of the digit to the left
    assert len(with_gaps_filled(places(LEFT, RIGHT), between).label) == 2
    between.crops[0, 0, 5:23, 11:17] = 230
    assert len(with_gaps_filled(places(LEFT, RIGHT), between).label) == 3


def test_of_two_that_fill_a_gap_the_likelier_does() -> None:
    between = replace(places((76, 50, 18, 30, 0.3), (78, 50, 18, 30, 0.3)), presence=np.array([0.4, 0.6]))
    assert with_gaps_filled(places(LEFT, RIGHT), between).found.centres[2:, 0].tolist() == [78]


@pytest.mark.parametrize(
    ("place", "label", "stays"),
    [
        ((130, 50, 6, 34, 0.6), 1, False),  # a slash after the number
        ((20, 50, 6, 34, 0.6), 1, False),  # or before it
        ((130, 50, 6, 32, 0.6), 1, True),  # hardly higher than the digits: a 1
        ((130, 50, 6, 34, 0.8), 1, True),
        ((130, 50, 6, 34, 0.6), 7, True),
        ((117, 50, 6, 34, 0.6), 1, True),  # close by
        ((76, 50, 6, 34, 0.6), 1, True),  # between two
        ((76, 150, 6, 34, 0.6), 1, True),  # alone
        ((76, 150, 8, 12, 0.9), 5, False),  # small and alone: print
        ((76, 150, 8, 12, 0.96), 5, True),
        ((118, 44, 8, 12, 0.9), 5, True),  # raised cents
    ],
)
def test_doubtful_strokes_at_the_end_of_a_row_and_small_places_alone_go(place: Place, label: int, stays: bool) -> None:
    named = replace(places(LEFT, RIGHT, place), label=np.array([3, 4, label]))
    assert without_strays(named).label.tolist() == ([3, 4, label] if stays else [3, 4])


def test_where_nothing_is_certain_small_places_stay() -> None:
    assert len(without_strays(places((50, 50, 20, 30, 0.9), (150, 50, 8, 12, 0.9))).label) == 2
    assert len(without_strays(places()).label) == 0


@pytest.mark.parametrize(
    ("place", "label", "stays"),
    [
        ((180, 50, 14, 62, 0.9), 1, False),
        ((180, 50, 14, 62, 0.9), 7, True),
        ((180, 50, 14, 62, 0.96), 1, True),  # a tall 1 that is certain
        ((180, 50, 14, 50, 0.9), 1, True),  # hardly taller than the digit
        ((128, 50, 14, 62, 0.9), 1, True),  # close to it, as a digit of its number
        ((400, 50, 14, 62, 0.9), 1, False),
    ],
)
def test_a_pen_beside_a_number_is_none(place: Place, label: int, stays: bool) -> None:
    both = replace(places((100, 50, 30, 40, 0.99), place), label=np.array([3, label]))
    assert without_strays(both).label.tolist() == ([3, label] if stays else [3])
