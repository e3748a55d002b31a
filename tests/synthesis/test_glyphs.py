import numpy as np
import pytest

from sutja.synthesis.glyphs import (
    FIELD,
    MARGIN,
    Stamp,
    edge_field,
    enlargement,
    field_stamp,
    middle_field,
    size_of,
    stroke_stamp,
)
from sutja.synthesis.writer import box_of


def upright_bar() -> np.ndarray:
    """A stroke 20 high and 4 wide: in its field, 60 high and 12 wide."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    return image


def middle_of(stamp: Stamp) -> tuple[float, float]:
    """The centre of the ink, counted from the picture's corner."""
    y, x = np.mgrid[0 : stamp.mask.shape[0], 0 : stamp.mask.shape[1]] + 0.5
    mass = stamp.mask.sum()
    return stamp.left + float((x * stamp.mask).sum() / mass), stamp.top + float((y * stamp.mask).sum() / mass)


def test_an_edge_field_is_the_distance_to_the_nearest_pixel_of_the_other_kind() -> None:
    field = edge_field(upright_bar())
    assert field.shape == (FIELD + 2 * MARGIN, 12 + 2 * MARGIN)
    bar = np.zeros(field.shape, bool)
    bar[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    inside = field > 0  # the bar, with its corners rounded and hardly larger or smaller
    assert (inside != bar).sum() < 0.15 * bar.sum()
    places = np.argwhere(np.ones(field.shape))
    kinds = inside.ravel()
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)).reshape(len(places), -1)
    nearest = np.where(kinds, apart[:, ~kinds].min(axis=1), -apart[:, kinds].min(axis=1)).reshape(field.shape)
    assert field == pytest.approx(nearest, rel=0.06, abs=0.1)  # OpenCV's distances are good to some percent


def test_a_middle_field_is_the_distance_to_the_middle_line() -> None:
    field = middle_field(upright_bar())[MARGIN + 12 : -MARGIN - 12]  # far from the ends, where crests lead to corners
    from_middle = np.abs(np.arange(field.shape[1]) - (field.shape[1] - 1) / 2)
    assert np.abs(field - field[:, ::-1]).max() < 0.01
    assert field == pytest.approx(-np.broadcast_to(from_middle, field.shape), abs=2.5)


@pytest.mark.parametrize("pen", [3.0, 6.0, 11.0])
def test_a_middle_field_gives_strokes_as_thick_as_the_pen(pen: float) -> None:
    stamp = field_stamp(middle_field(upright_bar()), np.eye(2) * 90, (50.0, 70.0), pen)
    middle = stamp.mask[70 - stamp.top - 15 : 70 - stamp.top + 15]
    assert middle.sum(axis=1) == pytest.approx(pen, abs=2.1)


@pytest.mark.parametrize("height", [12.0, 40.0, 150.0])
def test_an_edge_field_gives_the_stroke_of_the_image_at_any_size(height: float) -> None:
    stamp = field_stamp(edge_field(upright_bar()), np.eye(2) * height, (61.3, 90.8), 0)
    box = box_of(stamp)
    assert box is not None
    assert box[2:] == pytest.approx((height / 5, height), abs=2)
    assert middle_of(stamp) == pytest.approx((61.8, 91.3), abs=0.6)


def test_a_turned_stamp_lies_on_its_side() -> None:
    turned = field_stamp(edge_field(upright_bar()), np.array([[0.0, -60], [60, 0]]), (50.0, 50.0), 0)
    box = box_of(turned)
    assert box is not None
    assert box[2:] == pytest.approx((60, 12), abs=2)


def test_strokes_come_to_lie_about_their_middle() -> None:
    strokes = [np.array([[0.0, 0.5], [1.0, 0.5]], np.float32)]
    stamp = stroke_stamp(strokes, np.eye(2) * 50, (40.2, 30.7), 6)
    assert middle_of(stamp) == pytest.approx((40.2, 30.7), abs=0.6)
    box = box_of(stamp)
    assert box is not None
    assert box[2:] == pytest.approx((56, 6), abs=2)


def test_a_box_holds_what_is_strong_and_nothing_has_none() -> None:
    mask = np.zeros((9, 9), np.float32)
    assert box_of(Stamp(mask, 5, 5)) is None
    mask[2:4, 3:8], mask[0, 0] = 0.9, 0.2
    assert box_of(Stamp(mask, 10, 20)) == (13, 22, 5, 2)


def test_sizes_and_enlargements_are_in_units_of_the_digit() -> None:
    assert size_of(edge_field(upright_bar())) == pytest.approx((0.2, 1))
    assert enlargement(np.array([[0.0, -3], [3, 0]])) == pytest.approx(3)
