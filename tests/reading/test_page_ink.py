from dataclasses import replace

import cv2
import numpy as np
import pytest

from sutja.reading.page_ink import PageInk, without_traces
from tests.reading.pictures import PITCH, copies_of, middle_of, named_rings, rings


def ink_of(picture: np.ndarray, *numbers: int) -> PageInk:
    """The ink of a picture in which these rings are digits."""
    return PageInk.around(named_rings(*numbers), copies_of(picture))


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_what_no_digit_explains_are_signs(light_on_dark: bool) -> None:
    picture = 255 - rings(5) if light_on_dark else rings(5)
    ink = ink_of(picture, 1, 3)
    assert ink.signs.sum() == 3
    assert ink.unexplained.sum() == pytest.approx(1.5 * ink.digits.sum(), rel=0.02)
    places = list(zip(*ink.somewhere_in_pieces, strict=True))
    assert len(places) == 3
    assert all(ink.unexplained[place] for place in places)
    assert not ink_of(picture, 0, 1, 2, 3, 4).signs.any()


@pytest.mark.parametrize(
    ("rows", "columns", "beyond"),
    [((20, 95), (16, 36), False), ((20, 95), (0, 20), True), ((0, 75), (16, 36), True), ((45, 120), (16, 36), True)],
)
def test_a_desk_beyond_the_paper_is_no_sign(rows: tuple[int, int], columns: tuple[int, int], beyond: bool) -> None:
    picture = rings(1, 120, 160)
    picture[slice(*rows), slice(*columns)] = 20
    assert ink_of(picture, 0).signs.any() != beyond


def test_a_frame_and_a_ruling_are_no_signs() -> None:
    framed, ruled = rings(5), rings(5)
    cv2.rectangle(framed, (30, 25), (245, 95), 20, 4, cv2.LINE_AA)
    ruled[74:84, 10:420] = 20
    for picture in (framed, ruled):
        assert not ink_of(picture, *range(5)).signs.any()


def test_on_a_ground_full_of_marks_nothing_is_a_sign() -> None:
    picture = rings(5)
    picture[:, ::4] = picture[:, 1::4] = 20
    ink = ink_of(picture, 1, 3)
    assert ink.textured
    assert not ink.signs.any()


def test_runs_end_where_a_gap_is_wider_than_their_reach() -> None:
    picture = rings(5)
    picture[:, middle_of(2)[0] - PITCH // 2 : middle_of(2)[0] + PITCH // 2] = 235  # a space in place of the third
    ink = ink_of(picture, 1, 3, 4)
    for reach, runs in ((0.3, 2), (1.3, 1)):
        numbers, count = ink.runs(reach)
        assert count == runs + 1
        own = ink.run_of_each(numbers)
        assert len(set(own.tolist())) == runs
        assert own[1] == own[2]
        assert own.min() > 0


def test_a_box_without_ink_belongs_to_no_run() -> None:
    ink = ink_of(rings(2), 0, 1, 9)
    assert (ink.run_of_each(ink.runs(0.3)[0]) > 0).tolist() == [True, True, False]


@pytest.mark.parametrize("light_on_dark", [False, True])
@pytest.mark.parametrize("apart", [0, 11])
def test_a_bar_that_fills_its_box_is_known_by_its_ink(apart: int, light_on_dark: bool) -> None:
    picture, (x, y) = rings(5), middle_of(2)
    picture[:, x - PITCH // 2 : x + PITCH // 2] = 235
    cv2.line(picture, (x - 11 + apart, y - 20), (x - 11 + apart, y + 20), 20, 6, cv2.LINE_AA)
    bar = named_rings(2)
    centres, sizes = np.array([(x - 11 + apart, y)], np.float32), np.array([[7, 44]], np.float32)
    bar = replace(bar, found=replace(bar.found, centres=centres, sizes=sizes))
    ink = PageInk.around(bar, copies_of(255 - picture if light_on_dark else picture))
    assert ink.signs.sum() == 4
    runs, count = ink.runs(0.3)
    [own] = ink.run_of_each(runs)
    assert (np.bincount(runs[ink.unexplained], minlength=count)[own] > 0) == (apart == 0)  # it touches a ring or none


@pytest.mark.parametrize(("faint", "probability", "kept"), [(True, 0.8, False), (True, 0.97, True), (False, 0.8, True)])
def test_what_is_far_fainter_than_the_digits_is_a_trace_unless_it_is_certain(
    faint: bool, probability: float, kept: bool
) -> None:
    picture = rings(4)
    if faint:
        right = np.s_[:, middle_of(3)[0] - PITCH // 2 :]
        picture[right] = 235 - (235 - picture[right]) // 12
    places = named_rings(0, 1, 3)
    places = replace(places, probability=np.array([1, 1, probability]))
    assert len(without_traces(places, copies_of(picture)).label) == 2 + kept


def test_where_all_is_faint_or_nothing_certain_all_of_it_stays() -> None:
    places = replace(named_rings(0, 1, 2), probability=np.array([1, 0.8, 0.6]))
    assert len(without_traces(places, copies_of(235 - (235 - rings(3)) // 12)).label) == 3
    picture = rings(3)
    picture[:, : middle_of(1)[0] - PITCH // 2] = 235
    unsure = replace(places, probability=np.full(3, 0.6))
    assert len(without_traces(unsure, copies_of(picture)).label) == 3
