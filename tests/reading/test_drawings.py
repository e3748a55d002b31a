from dataclasses import replace

import cv2
import numpy as np
import pytest

from sutja.reading.drawings import in_drawings, is_drawing, without_outlines
from sutja.reading.page_ink import PageInk
from sutja.reading.reader import read
from tests.reading.pictures import copies_of, middle_of, named_rings, rings


def eyes(outline: str, mouth: bool) -> np.ndarray:
    """The first two rings of a row within an outline, with something below them or without it."""
    picture = rings(2, height=300)
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
    places = named_rings(0, 1)
    places = replace(places, found=replace(places.found, centres=places.found.centres + np.float32(20)))
    assert in_drawings(PageInk.around(places, copies_of(picture))).tolist() == [drawn] * 2


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
    sure = replace(named_rings(0), crops=np.stack([face, face])[None])
    assert without_outlines(sure).label.tolist() == [0]
    assert without_outlines(replace(sure, probability=np.array([0.8]))).label.tolist() == []
