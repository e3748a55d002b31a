import numpy as np

from sutja.reading.components import (
    Piece,
    connected,
    cut_out,
    find_digits,
    typical_height,
    with_fragments_joined,
    without_frames,
    without_margins,
)
from sutja.reading.result import Box


def ink_with(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """Full ink in boxes x, y, width, height on an empty sheet."""
    ink = np.zeros((200, 400), np.uint8)
    for x, y, width, height in boxes:
        ink[y : y + height, x : x + width] = 255
    return ink


def found(*boxes: tuple[int, int, int, int]) -> list[tuple[int, ...]]:
    pieces, _ = find_digits(ink_with(*boxes))
    return sorted(tuple(piece.box) for piece in pieces)


STROKE, OTHER = (50, 60, 8, 60), (120, 60, 8, 60)


def piece(*box: int) -> Piece:
    return Piece((1,), Box(*box), box[2] * box[3])


def test_separate_strokes_are_separate_pieces() -> None:
    assert found(STROKE, OTHER) == [STROKE, OTHER]


def test_pixels_that_touch_at_a_corner_are_connected() -> None:
    pieces, numbers = connected(np.eye(20, dtype=np.uint8) * 255)
    assert [tuple(p.box) for p in pieces] == [(0, 0, 20, 20)]
    assert numbers.max() == 1


def test_specks_dots_and_dashes_are_dropped() -> None:
    assert found(STROKE, OTHER, (90, 116, 4, 4), (160, 88, 30, 6), (200, 20, 2, 1)) == [STROKE, OTHER]


def test_a_ruling_is_dropped() -> None:
    assert found(STROKE, OTHER, (10, 140, 380, 2)) == [STROKE, OTHER]


def test_a_printed_box_around_a_digit_is_dropped() -> None:
    frame = [(40, 40, 60, 3), (40, 137, 60, 3), (40, 40, 3, 100), (97, 40, 3, 100)]
    assert found(STROKE, OTHER, *frame) == [STROKE, OTHER]


def test_a_round_digit_with_a_speck_inside_stays() -> None:
    ring = [(40, 40, 60, 8), (40, 112, 60, 8), (40, 40, 8, 80), (92, 40, 8, 80)]
    assert found(*ring, (68, 78, 4, 4)) == [(40, 40, 60, 80)]


def test_the_hat_of_a_five_joins_its_body() -> None:
    body, hat = (50, 60, 30, 60), (55, 50, 30, 6)
    assert found(body, hat) == [(50, 50, 35, 70)]


def test_a_broken_stroke_is_joined_but_two_rows_are_not() -> None:
    pieces = [piece(50, 60, 8, 40), piece(52, 103, 8, 20)]
    assert len(with_fragments_joined(pieces, 60)) == 1
    rows = [piece(50, 20, 8, 60), piece(50, 90, 8, 60)]
    assert len(with_fragments_joined(rows, 60)) == 2


def test_what_runs_into_two_sides_of_the_picture_is_dropped_unless_it_is_all_there_is() -> None:
    corner, inside, low = piece(0, 0, 90, 5), piece(50, 50, 10, 40), piece(100, 60, 10, 140)
    assert without_margins([corner, inside, low], (200, 400)) == [inside, low]
    assert without_margins([corner], (200, 400)) == [corner]


def test_the_typical_height_is_not_that_of_specks() -> None:
    digits = [piece(20 * number, 10, 10, 60) for number in range(5)]
    specks = [piece(3 * number, 100, 2, 2) for number in range(100)]
    assert typical_height(digits + specks) == 60


def test_frames_need_something_inside() -> None:
    assert without_frames([piece(0, 0, 50, 50)]) == [piece(0, 0, 50, 50)]


def test_a_cut_out_holds_one_piece_alone() -> None:
    ink = ink_with(STROKE)
    ink[60:120, 60:62] = 255  # a neighbour within reach of the box
    ink[70:80, 44:49] = 120
    pieces, numbers = find_digits(ink)
    for each in pieces:
        own = cut_out(each, ink, numbers)
        assert own.shape == (each.box.height, each.box.width)
        assert (own > 0).sum() == each.pixels


def test_nothing_gives_nothing() -> None:
    assert found() == []
