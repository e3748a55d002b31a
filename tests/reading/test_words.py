from dataclasses import replace

import cv2
import numpy as np
import pytest

from sutja.reading import reader
from sutja.reading.naming import Named
from sutja.reading.places import MARGIN, Copy, Found
from sutja.reading.reader import read
from sutja.reading.words import is_drawing, spelled, without_letters, without_traces
from tests.reading.pictures import sheet, written

HEIGHT, PITCH = 40, 38


def signs(count: int, height: int = 120, width: int = 700, grey: int = 235) -> np.ndarray:
    """A row of rings, such as an o and a 0 may both be."""
    picture = np.full((height, width), grey, np.uint8)
    for number in range(count):
        cv2.ellipse(picture, middle_of(number), (14, HEIGHT // 2), 0, 0, 360, 20, 4, cv2.LINE_AA)
    return picture


def middle_of(number: int) -> tuple[int, int]:
    return 60 + PITCH * number, 60


def named(*numbers: int) -> Named:
    """These signs of the row, taken for digits."""
    centres = np.array([middle_of(number) for number in numbers], np.float32).reshape(-1, 2)
    count = len(centres)
    found = Found(centres, np.full((count, 2), (32, 44), np.float32), np.ones(count, np.float32))
    answers, sure = np.full((count, 11), 1 / 11), np.ones(count)
    return Named(found, np.zeros((count, 2, 28, 28), np.uint8), answers, np.zeros(count, int), sure, sure)


def doubtful(places: Named) -> Named:
    """These places, none of them quite sure: of a few signs a sure digit is no letter."""
    return replace(places, probability=np.full(len(places.label), 0.97))


def copies(picture: np.ndarray) -> list[Copy]:
    return [Copy(np.pad(picture, MARGIN, mode="edge"), (1.0, 1.0), np.zeros((1, 1), np.float32))]


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_what_stands_in_a_word_is_a_letter(light_on_dark: bool) -> None:
    picture = 255 - signs(5) if light_on_dark else signs(5)
    assert spelled(doubtful(named(1, 3)), copies(picture)).all()
    assert not spelled(named(0, 1, 2, 3, 4), copies(picture)).any()


@pytest.mark.parametrize(("others", "probability", "letters"), [(3, 1.0, False), (3, 0.97, True), (12, 1.0, True)])
def test_a_short_number_beside_a_currency_stays_where_it_is_certain(
    others: int, probability: float, letters: bool
) -> None:
    picture = signs(others + 1, width=900)
    number = replace(named(others), probability=np.array([probability]))
    assert spelled(number, copies(picture)).tolist() == [letters]


@pytest.mark.parametrize(
    ("rows", "columns", "beyond"),
    [((20, 95), (16, 36), False), ((20, 95), (0, 36), True), ((0, 75), (16, 36), True), ((45, 120), (16, 36), True)],
)
def test_a_desk_beyond_the_paper_is_no_word(rows: tuple[int, int], columns: tuple[int, int], beyond: bool) -> None:
    picture = signs(1, 120, 160)
    picture[slice(*rows), slice(*columns)] = 20
    [letter] = spelled(doubtful(named(0)), copies(picture))
    assert letter != beyond


@pytest.mark.parametrize(("signs_in_all", "letter"), [(16, True), (9, False)])
def test_on_a_page_of_text_a_wider_gap_parts_no_word(signs_in_all: int, letter: bool) -> None:
    picture = signs(signs_in_all, width=900)
    after = middle_of(0)[0] + PITCH // 2
    apart = np.hstack([picture[:, :after], np.full((120, 11), 235, np.uint8), picture[:, after:]])
    assert spelled(named(0), copies(apart)).tolist() == [letter]


def test_a_number_beside_a_word_stays() -> None:
    picture = signs(13)
    left = middle_of(6)[0] - PITCH // 2
    picture[:, left : left + PITCH] = 235  # a space in place of the seventh sign
    assert spelled(doubtful(named(1, *range(7, 13))), copies(picture)).tolist() == [True, *[False] * 6]


@pytest.mark.parametrize(("words", "probability", "letter"), [(14, 0.97, True), (14, 0.99, False), (7, 0.97, False)])
def test_on_a_page_of_text_a_run_in_doubt_is_letters(words: int, probability: float, letter: bool) -> None:
    picture = signs(words + 2, width=900)
    picture[:, middle_of(0)[0] + PITCH // 2 : middle_of(1)[0] + PITCH // 2] = 235  # a space after the first sign
    alone = replace(named(0), probability=np.array([probability]))
    assert spelled(alone, copies(picture)).tolist() == [letter]


def test_a_currency_before_a_number_and_a_frame_around_it_are_no_words() -> None:
    assert not spelled(named(1, 2), copies(signs(3))).any()
    framed = signs(5)
    cv2.rectangle(framed, (30, 25), (245, 95), 20, 4, cv2.LINE_AA)
    assert not spelled(named(*range(5)), copies(framed)).any()


@pytest.mark.parametrize(("probability", "letters"), [(1.0, False), (0.9, True)])
def test_on_a_page_of_words_a_sign_in_a_sure_number_is_a_sign(probability: float, letters: bool) -> None:
    picture = signs(20, width=900)
    picture[:, middle_of(5)[0] - PITCH // 2 : middle_of(5)[0] + PITCH // 2] = 235  # a space in place of the sixth sign
    number = replace(named(*range(1, 5), 19), probability=np.full(5, probability))
    assert spelled(number, copies(picture)).tolist() == [*[letters] * 4, True]


@pytest.mark.parametrize("light_on_dark", [False, True])
@pytest.mark.parametrize("apart", [0, 11])
def test_a_bar_that_fills_its_box_is_known_by_its_ink(apart: int, light_on_dark: bool) -> None:
    picture, (x, y) = signs(5), middle_of(2)
    picture[:, x - PITCH // 2 : x + PITCH // 2] = 235
    cv2.line(picture, (x - 11 + apart, y - 20), (x - 11 + apart, y + 20), 20, 6, cv2.LINE_AA)
    bar = named(2)
    found = replace(
        bar.found, centres=np.array([(x - 11 + apart, y)], np.float32), sizes=np.array([[7, 44]], np.float32)
    )
    bar = doubtful(replace(bar, found=found))
    assert spelled(bar, copies(255 - picture if light_on_dark else picture)).tolist() == [not apart]


@pytest.mark.parametrize(("faint", "probability", "kept"), [(True, 0.8, False), (True, 0.97, True), (False, 0.8, True)])
def test_what_is_far_fainter_than_the_digits_is_a_trace_unless_it_is_certain(
    faint: bool, probability: float, kept: bool
) -> None:
    picture = signs(4)
    if faint:
        right = np.s_[:, middle_of(3)[0] - PITCH // 2 :]
        picture[right] = 235 - (235 - picture[right]) // 12
    places = named(0, 1, 3)
    places = replace(places, probability=np.array([1, 1, probability]))
    assert len(without_traces(places, copies(picture)).label) == 2 + kept


def test_where_all_is_faint_or_nothing_certain_all_of_it_stays() -> None:
    places = replace(named(0, 1, 2), probability=np.array([1, 0.8, 0.6]))
    assert len(without_traces(places, copies(235 - (235 - signs(3)) // 12)).label) == 3
    picture = signs(3)
    picture[:, : middle_of(1)[0] - PITCH // 2] = 235
    unsure = replace(places, probability=np.full(3, 0.6))
    assert len(without_traces(unsure, copies(picture)).label) == 3


def test_a_sign_or_two_make_no_word_of_a_page_of_digits() -> None:
    assert not spelled(named(*range(10)), copies(signs(12))).any()


def test_on_a_ground_full_of_marks_nothing_is_said() -> None:
    picture = signs(5)
    picture[:, ::4] = 20
    picture[:, 1::4] = 20
    assert not spelled(named(1, 3), copies(picture)).any()


def test_without_digits_there_is_nothing_to_leave_out() -> None:
    assert len(without_letters(named(), copies(signs(0))).label) == 0


def test_printed_words_beside_a_handwritten_number_give_hardly_a_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    number = written("2083", height=40, pitch=44, seed=1)
    picture = sheet(420, max(620, number.shape[1] + 20))
    picture[290 : 290 + len(number), 10 : 10 + number.shape[1]] = number
    for row, text in enumerate(("Sixty Silly Oranges", "quick Boys go home", "the lazy dog over")):
        cv2.putText(picture, text, (20, 60 + 80 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 30, 3, cv2.LINE_AA)
    lines = [line.text for line in read(picture).lines]
    with monkeypatch.context() as patch:
        patch.setattr(reader, "without_letters", lambda kept, copies: kept)
        before = sum(len(line.text) for line in read(picture).lines)
    assert "2083" in lines
    assert sum(map(len, lines)) - 4 < 0.5 * (before - 4)


def eyes(outline: str, mouth: bool) -> np.ndarray:
    """The first two signs of a row within an outline, with something below them or without it."""
    picture = signs(2, height=300)
    (left, top), (right, _) = middle_of(0), middle_of(1)
    centre = (left + right) // 2, top + 20
    if outline == "round":
        cv2.ellipse(picture, centre, (58, 70), 0, 0, 360, 20, 3, cv2.LINE_AA)
    else:
        corners = cv2.boxPoints((centre, (116.0, 140.0), 8.0 if outline == "turned" else 0.0))
        cv2.polylines(picture, [corners.astype(np.int32)], True, 20, 3, cv2.LINE_AA)
    if mouth:
        cv2.ellipse(picture, (centre[0], top + 40), (26, 12), 0, 15, 165, 20, 3, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(
    ("outline", "mouth", "drawn"),
    [("round", True, True), ("round", False, False), ("square", True, False), ("turned", True, False)],
)
def test_the_eyes_of_a_face_are_no_digits_and_a_circled_number_is_one(outline: str, mouth: bool, drawn: bool) -> None:
    picture = np.pad(eyes(outline, mouth), ((20, 0), (20, 0)), mode="edge")
    places = named(0, 1)
    places = replace(places, found=replace(places.found, centres=places.found.centres + np.float32(20)))
    assert spelled(places, copies(picture)).tolist() == [drawn] * 2


def test_a_drawn_face_gives_no_digit() -> None:
    picture = np.full((480, 640), 236, np.uint8)
    cv2.circle(picture, (320, 240), 150, 40, 6, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 265), (75, 50), 0, 15, 165, 40, 6, cv2.LINE_AA)
    for x in (270, 370):
        cv2.circle(picture, (x, 190), 21, 40, 6, cv2.LINE_AA)
    assert str(read(picture)) == ""


def test_a_round_outline_with_something_in_it_is_a_drawing_and_a_0_is_none() -> None:
    ring, face, oval, pair = (np.full((28, 28), 40, np.uint8) for _ in range(4))
    for crop in (ring, face):
        cv2.circle(crop, (13, 13), 9, 230, 1, cv2.LINE_AA)
    face[10:13, 11] = face[10:13, 16] = 230
    cv2.ellipse(oval, (13, 13), (6, 9), 0, 0, 360, 230, 2, cv2.LINE_AA)
    pair[4:24, 10] = pair[4:24, 17] = 230
    assert [is_drawing(crop) for crop in (ring, face, oval, pair)] == [False, True, False, False]
    assert without_letters(replace(named(0), crops=np.stack([face, face])[None]), copies(signs(1))).label.tolist() == [
        0
    ]
    doubtful = replace(named(0), crops=np.stack([face, face])[None], probability=np.array([0.8]))
    assert without_letters(doubtful, copies(signs(1))).label.tolist() == []


def test_a_ruling_under_a_row_is_no_word() -> None:
    picture = signs(5)
    picture[74:84, 10:420] = 20
    assert not spelled(named(*range(5)), copies(picture)).any()
