from dataclasses import replace

import numpy as np
import pytest

from sutja.reading.naming import NOT_A_DIGIT
from sutja.reading.places import Found
from sutja.synthesis.page import Page
from sutja.synthesis.writer import Sign, Written
from sutja.training.crops import UNCLEAR, about, joint_share, truth_of, upright_strokes


def page() -> Page:
    empty = np.zeros((200, 200))
    digits = (
        Written(4, (40, 40, 20, 30), 0),
        Written(9, (64, 40, 20, 30), 0),
        Written(2, (120, 40, 20, 30), 0, visible=False),
    )
    return Page(
        empty.astype(np.uint8),
        empty.astype(np.float32),
        digits,
        (Sign("O", (40, 120, 20, 30)), Sign("o", (80, 120, 20, 20), spelled=True)),
    )


def found(*boxes: tuple[float, float, float, float]) -> Found:
    """Places as boxes: left, top, width, height."""
    values = np.array(boxes, np.float32)
    n = len(values)
    return Found(values[:, :2] + values[:, 2:] / 2, values[:, 2:], np.zeros(n, np.float32))


@pytest.mark.parametrize(
    ("box", "truth"),
    [
        ((40, 40, 20, 30), 4),
        ((42, 41, 20, 30), 4),
        ((64, 38, 22, 32), 9),
        ((52, 40, 20, 30), NOT_A_DIGIT),  # half of two digits
        ((57, 40, 20, 30), UNCLEAR),  # nearer to the second
        ((40, 40, 20, 14), UNCLEAR),  # a large part
        ((44, 56, 8, 10), NOT_A_DIGIT),  # a small one
        ((40, 40, 44, 30), NOT_A_DIGIT),  # both
        ((34, 36, 48, 38), NOT_A_DIGIT),  # nearly both
        ((38, 38, 32, 34), 4),  # one, and a part of the other
        ((120, 40, 20, 30), UNCLEAR),  # nobody could see it
        ((40, 120, 20, 30), UNCLEAR),  # an O like a 0
        ((80, 120, 20, 20), NOT_A_DIGIT),  # in a word
        ((150, 150, 20, 30), NOT_A_DIGIT),
    ],
)
def test_what_a_place_shows(box: tuple[float, float, float, float], truth: int) -> None:
    assert truth_of(page(), found(box)).tolist() == [truth]


@pytest.mark.parametrize(
    ("box", "truth"),
    [
        ((40, 40, 20, 40), 1),
        ((46, 40, 20, 40), 1),
        ((40, 40, 24, 40), UNCLEAR),  # nearer to the first
        ((40, 40, 26, 40), NOT_A_DIGIT),  # both: it shares three quarters with either
    ],
)
def test_what_a_place_about_two_slanted_1s_shows(box: tuple[float, float, float, float], truth: int) -> None:
    eleven = replace(page(), digits=(Written(1, (40, 40, 20, 40), 0), Written(1, (46, 40, 20, 40), 0)), signs=())
    assert truth_of(eleven, found(box)).tolist() == [truth]


def test_two_strokes_beside_each_other_are_no_upright_stroke() -> None:
    crops = np.zeros((4, 28, 28), np.uint8)
    crops[0, 4:24, 13:15] = 255
    crops[1, :, 13:15] = 255  # a rule runs through it
    crops[2, 4:24, [10, 11, 15, 16]] = 255
    crops[3, 8:20, 8:20] = 255
    assert upright_strokes(crops).tolist() == [True, False, False, False]


def test_the_joint_share_is_that_of_areas_for_square_boxes() -> None:
    boxes = np.array([(0.0, 0, 10, 10), (5, 0, 10, 10), (20, 20, 10, 10)])
    assert joint_share(boxes, (0, 0, 10, 10)) == pytest.approx([1, 50 / 150, 0])


def test_a_thin_box_beside_its_place_still_shares_it() -> None:
    (share,) = joint_share(np.array([(13.0, 0, 3, 30)]), (10, 0, 3, 30))
    assert share > 0.5


def test_places_about_a_page_lie_on_its_digits_and_signs() -> None:
    places = about(page(), np.random.default_rng(0))
    truth = truth_of(page(), places)
    assert {4, 9} <= set(truth.tolist())
    assert len(places) >= 4
