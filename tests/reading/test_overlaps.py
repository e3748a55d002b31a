from dataclasses import replace

import cv2
import numpy as np
import pytest

from sutja.reading.naming import Named
from sutja.reading.overlaps import borrowed_share, without_borrowed, without_overlaps
from sutja.reading.places import MARGIN, Copy
from tests.reading.pictures import named_places


def bars(*bars: tuple[tuple[int, int], tuple[int, int], int]) -> list[Copy]:
    """A picture with bars, from a point to another, so many pixels broad."""
    picture = np.full((200, 200), 220, np.uint8)
    for start, end, broad in bars:
        cv2.line(picture, start, end, 40, broad, cv2.LINE_AA)
    picture += np.random.default_rng(0).integers(0, 12, picture.shape, np.uint8)
    return [Copy(np.pad(picture, MARGIN, mode="edge"), (1.0, 1.0), np.zeros((1, 1), np.float32))]


def test_of_overlapping_places_the_surest_stays() -> None:
    places = named_places((50, 50, 20, 30, 0.7), (52, 51, 20, 30, 0.9), (90, 50, 20, 30, 0.6))
    assert without_overlaps(places, bars()).label.tolist() == [1, 2]


def test_a_part_of_a_digit_is_dropped_and_a_neighbour_is_not() -> None:
    loop, neighbour = (50, 42, 16, 14, 0.8), (66, 50, 14, 30, 0.8)
    assert without_overlaps(named_places((50, 50, 20, 30, 0.9), loop, neighbour), bars()).label.tolist() == [0, 2]


def kept_of(*places: tuple[float, float, float, float, float], labels: str = "") -> list[int]:
    """The numbers of the places that stay; all show a 5 but where labels are given."""
    named = named_places(*places)
    label = np.array([int(digit) for digit in labels or "5" * len(places)])
    kept = without_overlaps(replace(named, label=label), bars())
    return [int(np.flatnonzero((named.found.centres == centre).all(axis=1))[0]) for centre in kept.found.centres]


def test_a_place_that_was_dropped_drops_no_other() -> None:
    assert kept_of((50, 50, 20, 30, 0.9), (57, 50, 20, 30, 0.8), (66, 50, 20, 30, 0.7)) == [0, 2]


def test_another_digit_than_the_nearest_and_aside_of_it_is_one_of_its_own() -> None:
    wide, beside = (50, 50, 24, 30, 0.9), (58, 50, 12, 30, 0.6)
    assert kept_of(wide, beside, labels="91") == [0, 1]
    assert kept_of(wide, beside, labels="11") == [0]
    assert kept_of(wide, (54, 50, 12, 30, 0.6), labels="91") == [0]  # hardly aside
    assert kept_of(wide, (50, 58, 12, 14, 0.6), labels="90") == [0]  # below
    assert kept_of(wide, (58, 50, 12, 30, 0.4), labels="91") == [0]
    assert kept_of(wide, (74, 50, 22, 30, 0.8), (68, 50, 12, 30, 0.6), labels="911") == [0, 1]  # the nearest is a 1
    four = (64, 50, 20, 30, 0.9)
    assert kept_of((49, 50, 8, 30, 0.95), four, (57, 50, 18, 30, 0.8), labels="144") == [0, 1]  # the same 4 once more


def test_a_certain_place_clearly_beside_others_stays_for_all_that_a_wide_box_covers_it() -> None:
    wide = (50, 50, 40, 30, 1.0)  # its digit is on the left
    assert kept_of(wide, (66, 50, 18, 30, 0.97)) == [0, 1]
    assert kept_of(wide, (66, 50, 18, 30, 0.9)) == [0]
    assert kept_of(wide, (55, 50, 18, 30, 0.97)) == [0]  # in its middle
    assert kept_of(wide, (66, 50, 18, 16, 0.97)) == [0]  # half as high
    assert kept_of(wide, (80, 50, 18, 30, 0.98), (66, 50, 18, 30, 0.97)) == [0, 1, 2]
    assert kept_of(wide, (70, 50, 18, 30, 0.98), (66, 50, 18, 30, 0.97)) == [0, 1]


@pytest.mark.parametrize("lean", [-12, 0, 12])
@pytest.mark.parametrize("height", [40, 100])
def test_the_edges_of_a_broad_stroke_are_one_1_and_two_1s_are_two(height: int, lean: int) -> None:
    def kept(*strokes: tuple[int, int], places: tuple[int, int]) -> int:
        """Strokes: where and how broad. Places: where."""
        scale, slope = height / 100, lean * height // 100
        copies = bars(*(((at + slope, 50), (at - slope, 50 + height), broad) for at, broad in strokes))
        found = [(at, 50 + height / 2, 7 * scale, height, 0.9 - 0.1 * number) for number, at in enumerate(places)]
        return len(without_overlaps(named_places(*found), copies).label)

    step = max(5, height // 9)
    assert kept((60, 2), (60 + step, 2), places=(60, 60 + step)) == 2
    assert kept((60 + step // 2, step + 3), places=(60, 60 + step)) == 1
    assert kept((60, 2), places=(60, 60 + step)) == 1
    assert kept((60, 2), (60 + height // 3, 2), places=(60, 60 + height // 3)) == 2


@pytest.mark.parametrize("lean", [-20, 20])
def test_of_1s_that_lean_alike_each_with_a_stroke_stays(lean: int) -> None:
    def kept(*strokes: int, bent: int = 0) -> int:
        """Strokes: where. Bent: how far the upper half of each turns away."""
        ink = [((at + lean, 60), (at - lean, 140), 4) for at in strokes]
        ink += [((at + lean, 60), (at + lean - bent, 75), 4) for at in strokes if bent]
        places = named_places((90, 100, 46, 84, 0.9), (106, 100, 46, 84, 0.8))
        return len(without_overlaps(replace(places, label=np.array([1, 1])), bars(*ink)).label)

    assert kept(90, 106) == 2
    assert kept(98) == 1
    assert kept(90) == 1
    assert kept(98, bent=20) == 1  # a flag is no stroke


def test_around_one_broad_stroke_there_is_one_box() -> None:
    kept = without_overlaps(named_places((60, 100, 6, 80, 0.9), (69, 100, 6, 80, 0.8)), bars(((65, 60), (65, 140), 13)))
    assert kept.found.centres.tolist() == [[64.5, 100]]
    assert kept.found.sizes.tolist() == [[15, 80]]


def test_a_doubtful_place_needs_ink_of_its_own() -> None:
    broad, beside = (50, 50, 14, 60, 1.0), (65, 50, 26, 66, 0.6)
    named = named_places(broad, beside)
    column = round((50 - 65) * 18 / 66 + 13.5)
    named.crops[1, 0, 5:23, column - 1 : column + 2] = 230  # the broad stroke, as it lies in the crop beside it
    assert without_borrowed(named).label.tolist() == [0]
    named.crops[1, 0, 5:23, 15] = 230  # a stroke of its own
    assert without_borrowed(named).label.tolist() == [0, 1]
    named.crops[1, 0, 5:23, 15] = 0
    sure = replace(named, probability=np.array([1.0, 0.97]))
    assert without_borrowed(sure).label.tolist() == [0, 1]


@pytest.mark.parametrize(("at", "probability", "stays"), [(68, 0.9, True), (68, 0.8, False), (62, 0.9, False)])
def test_a_nearly_certain_place_clearly_beside_others_needs_none(at: float, probability: float, stays: bool) -> None:
    named = named_places((50, 50, 40, 60, 1.0), (at, 50, 12, 60, probability))
    named.crops[1, 0, 5:23, 12:14] = 230  # a stroke within the wide box
    assert without_borrowed(named).label.tolist() == [0, 1][: 1 + stays]


def held(named: Named, boxes: np.ndarray) -> np.ndarray:
    """Which pixels of the first place's crop lie in some boxes, half a pixel wide and high at least to both sides."""
    centres, sizes = named.found.centres, named.found.sizes
    pixels = (np.arange(28) - 13.5) * sizes[0].max() / 18
    inside = np.zeros((28, 28), bool)
    for centre, sides in zip(centres[boxes] - centres[0], sizes[boxes], strict=True):
        across, down = np.maximum(sides / 2, sizes[0].max() / 36)[:, None] >= np.abs(pixels[:, None] - centre).T
        inside |= down[:, None] & across[None]
    return inside


def test_ink_is_borrowed_from_the_boxes_that_hold_it() -> None:
    random = np.random.default_rng(0)
    for _ in range(30):
        middles, sides = random.uniform(0, 150, (12, 2)), random.uniform(8, 60, (12, 2))
        named = named_places(*map(tuple, np.column_stack([middles, sides, random.random(12)])))
        named.crops[:] = random.integers(0, 256, named.crops.shape)
        others = random.random(12) < 0.5
        others[0] = False
        ink = (named.crops[0, 0] >= 110) & held(named, np.array([0]))
        share = (ink & held(named, np.flatnonzero(others))).sum() / ink.sum()
        assert borrowed_share(named, 0, others) == pytest.approx(share, abs=0.01)
