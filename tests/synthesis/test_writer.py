from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from sutja.synthesis.glyphs import Stamp
from sutja.synthesis.hand import Hand
from sutja.synthesis.plane import Plane
from sutja.synthesis.rows import hand_of
from sutja.synthesis.style import Style
from sutja.synthesis.writer import Digits, Sheet

HAND = Hand(height=40, pen=0.1, slant=0, variation=0, foreign=0, darkness=0.9)


def square(left: int, top: int, side: int = 10) -> Stamp:
    return Stamp(np.ones((side, side), np.float32), left, top)


def test_ink_goes_where_the_stamp_says_and_as_dark() -> None:
    sheet = Sheet.empty(Plane(60, 40))
    assert sheet.put(square(20, 5), 0.8, 0) == (20, 5, 10, 10)
    expected = np.zeros((40, 60), np.float32)
    expected[5:15, 20:30] = 0.8
    assert sheet.ink == pytest.approx(expected)


@pytest.mark.parametrize(("left", "top"), [(0, 5), (-3, 5), (20, 0), (51, 5), (20, 35)])
def test_what_reaches_the_border_is_not_inked(left: int, top: int) -> None:
    sheet = Sheet.empty(Plane(60, 40))
    assert sheet.put(square(left, top), 1, 0) is None
    assert not sheet.ink.any()


def test_rows_do_not_meet_but_neighbours_in_a_row_may() -> None:
    sheet = Sheet.empty(Plane(60, 40))
    assert sheet.put(square(20, 10), 1, 0)
    assert sheet.put(square(25, 12), 1, 1) is None
    assert sheet.put(square(25, 12), 1, 0) == (25, 12, 10, 10)
    assert sheet.put(square(40, 20), 1, 1) == (40, 20, 10, 10)


def test_places_are_free_as_counted_pixels_say() -> None:
    random = np.random.default_rng(0)
    answers = []
    for _ in range(300):
        sheet, taken = Sheet.empty(Plane(50, 50)), []
        for row in range(2):
            left, top, side = (int(value) for value in random.integers((2, 2, 4), (30, 30, 15)))
            if sheet.put(square(left, top, side), 1, row):
                taken.append((row, left, top, side))
        left, top, side = (int(value) for value in random.integers((2, 2, 4), (30, 30, 15)))
        new = np.zeros((50, 50), bool)
        new[top : top + side, left : left + side] = True
        shares = [
            new[y : y + size, x : x + size].sum() / min(size**2, side**2) for row, x, y, size in taken if row != 1
        ]
        answers.append(sheet.free((left, top, side, side), 1))
        assert answers[-1] == all(share <= 0.04 for share in shares)
    assert {True, False} == set(answers)


@pytest.mark.parametrize("foreign", [0.0, 1.0])
@pytest.mark.parametrize("pen", [0.0, 0.1])
def test_a_digit_has_the_height_of_its_hand_and_stands_at_its_place(digits: Digits, foreign: float, pen: float) -> None:
    for seed in range(15):
        sheet, hand = Sheet.empty(Plane(200, 100)), Hand(40, pen, 0, 0, foreign, 1)
        width = sheet.write_digit(digits, hand, (60.0, 50.0), np.random.default_rng(seed), 3)
        [written] = sheet.written
        left, top, across, down = written.box
        assert width is not None
        assert written.line == 3
        assert across <= width + 7  # the pen adds to strokes of our own; an image's faint margin is room, but no ink
        assert 28 <= down <= 46
        assert left + across / 2 == pytest.approx(60 + width / 2, abs=4)
        assert top + down / 2 == pytest.approx(50, abs=5)


def test_a_hand_may_write_small_0s_narrow_or_round(digits: Digits) -> None:
    zeros = Digits(digits.images[digits.labels == 0], digits.labels[digits.labels == 0])
    shapes = {}
    for zero in (1.0, 0.5):
        boxes = []
        for seed in range(40):
            sheet, hand = Sheet.empty(Plane(200, 100)), Hand(40, 0.08, 0, 0, 0, 1, zero=zero)
            sheet.write_digit(zeros, hand, (60.0, 50.0), np.random.default_rng(seed), 0)
            boxes += [written.box for written in sheet.written]
        _, top, across, down = np.array(boxes).T
        shapes[zero] = across / down
        assert np.median(down) == pytest.approx(40 * zero, abs=4)
        assert (top + down).max() < 76
        assert (top >= 50 - 40 * zero / 2 - 4).all()  # none above the middle of its row
    assert np.quantile(shapes[0.5], 0.9) > 1.2 * np.quantile(shapes[1.0], 0.9)
    assert np.quantile(shapes[0.5], 0.1) < 1.5 * np.quantile(shapes[1.0], 0.1)


def test_a_digit_on_a_turned_page_is_written_along_it(digits: Digits) -> None:
    sheet = Sheet.empty(Plane(200, 200, angle=np.pi / 2))
    sheet.write_digit(digits, HAND, (100.0, 60.0), np.random.default_rng(0), 0)
    [written] = sheet.written
    left, _, width, height = written.box
    assert left + width / 2 == pytest.approx(140, abs=6)  # 40 above the middle is 40 right of it
    assert width > height


def test_no_digit_is_written_where_there_is_no_room(digits: Digits) -> None:
    sheet = Sheet.empty(Plane(60, 60))
    assert sheet.write_digit(digits, HAND, (55.0, 30.0), np.random.default_rng(0), 0) is None
    assert sheet.written == []


def test_marks_keep_their_place_in_the_line() -> None:
    heights = {}
    for name in ("dot", "dash"):
        sheet = Sheet.empty(Plane(100, 100))
        assert sheet.write_sign(name, HAND, (40.0, 50.0), np.random.default_rng(0), 0, spelled=True)
        [sign] = sheet.signs
        assert (sign.name, sign.spelled) == (name, True)
        heights[name] = sign.box[1] + sign.box[3] / 2
    assert heights["dash"] == pytest.approx(50, abs=4)
    assert heights["dot"] == pytest.approx(69, abs=4)


def test_print_is_a_sign() -> None:
    sheet = Sheet.empty(Plane(200, 100))
    sheet.print_text("Total", 18, (100.0, 50.0), 0.9, np.random.default_rng(0), 1)
    [sign] = sheet.signs
    assert sign.name == "print"
    assert sheet.ink.sum() > 50


def test_hands_of_a_style_vary_about_it() -> None:
    hands = [hand_of(Style(digit=50, pen=0.1), np.random.default_rng(seed)) for seed in range(40)]
    assert np.mean([hand.height for hand in hands]) == pytest.approx(50, abs=2)
    assert len({hand.slant for hand in hands}) == 40
    assert hand_of(Style(), np.random.default_rng(0), 12.0).height == 12


@pytest.mark.parametrize("foreign", [0.0, 1.0])
@pytest.mark.parametrize(("one", "breadths"), [("bar", (0.0, 0.3)), ("leaning", (0.15, 0.5))])
def test_a_straight_hand_writes_its_1s_as_bars_and_other_digits_as_ever(
    digits: Digits, one: Literal["bar", "leaning"], breadths: tuple[float, float], foreign: float
) -> None:
    ones, others = [], 0
    for seed in range(120):
        sheet, other = Sheet.empty(Plane(200, 100)), Sheet.empty(Plane(200, 100))
        straight = Hand(40, 0.1, 0, 0, foreign, 0.9, one=one)
        for page, hand in ((sheet, straight), (other, replace(straight, one="any"))):
            page.write_digit(digits, hand, (60.0, 50.0), np.random.default_rng(seed), 0)
        [written], [usual] = sheet.written, other.written
        assert written.label == usual.label
        assert (usual.image is None) == (foreign == 1)
        assert usual.image is None or digits.labels[usual.image] == usual.label
        assert written.image == (None if written.label == 1 else usual.image)
        if written.label == 1:
            ones.append(written.box[2] / written.box[3])
        else:
            others += bool((sheet.ink == other.ink).all())
    assert len(ones) > 3
    assert breadths[0] < min(ones) <= max(ones) < breadths[1]
    assert others == 120 - len(ones)


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_a_flagged_hand_writes_its_1s_with_a_flag(digits: Digits, foreign: float) -> None:
    ones = []
    for seed in range(120):
        sheet = Sheet.empty(Plane(200, 100))
        sheet.write_digit(
            digits, Hand(40, 0.06, 0, 0, foreign, 0.9, one="flag"), (60.0, 50.0), np.random.default_rng(seed), 0
        )
        [written] = sheet.written
        if written.label == 1:
            left, top, width, height = (int(length) for length in written.box)
            upper, lower = np.split(sheet.ink[top : top + height, left : left + width], [int(0.55 * height)])
            ones.append(upper.sum() / lower.sum())
            assert written.image is None
    assert len(ones) > 3
    assert np.mean(ones) > 1.5  # a bar has as much ink above as below


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_a_hand_of_small_0s_writes_them_between_the_middle_and_the_foot_of_its_row(
    digits: Digits, foreign: float
) -> None:
    ends = []
    for seed in range(200):
        sheet, other = Sheet.empty(Plane(200, 100)), Sheet.empty(Plane(200, 100))
        usual = Hand(40, 0.06, 0, 0, foreign, 0.9)
        for page, hand in ((sheet, replace(usual, zero=0.5)), (other, usual)):
            page.write_digit(digits, hand, (60.0, 50.0), np.random.default_rng(seed), 0)
        [small], [whole] = sheet.written, other.written
        assert small.label == whole.label
        if small.label == 0:
            assert small.box[3] < 0.65 * whole.box[3]
            ends.append((small.box[1] - whole.box[1], small.box[1] + small.box[3] - whole.box[1] - whole.box[3]))
        else:
            assert (sheet.ink == other.ink).all()
    starts, feet = zip(*ends, strict=True)
    assert min(starts) > 5
    assert max(feet) < 3


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_a_narrow_hand_writes_digits_as_high_and_half_as_wide(digits: Digits, foreign: float) -> None:
    ratios = []
    for seed in range(40):
        usual = Hand(60, 0.06, 0, 0, foreign, 0.9)
        sheets = [Sheet.empty(Plane(200, 120)) for _ in range(2)]
        for sheet, hand in zip(sheets, (usual, replace(usual, breadth=0.5)), strict=True):
            sheet.write_digit(digits, hand, (100.0, 60.0), np.random.default_rng(seed), 0, ahead=False)
        [[wide], [narrow]] = (sheet.written for sheet in sheets)
        assert narrow.label == wide.label
        assert narrow.box[3] == pytest.approx(wide.box[3], abs=3)
        ratios.append(narrow.box[2] / wide.box[2])
    assert 0.5 < np.median(ratios) < 0.65  # the pen is as broad


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_a_hand_may_write_the_digit_before_once_more(digits: Digits, foreign: float) -> None:
    def labels(repeats: float) -> list[int]:
        hand, random = Hand(40, 0.1, 0, 0, foreign, 0.9, repeats=repeats), np.random.default_rng(0)
        sheet = Sheet.empty(Plane(3000, 100))
        for x in range(20, 2900, 60):
            sheet.write_digit(digits, hand, (float(x), 50.0), random, 0)
        return [digit.label for digit in sheet.written]

    assert len(set(labels(1.0))) == 1
    same = [np.mean(np.diff(labels(repeats)) == 0) for repeats in (0.0, 0.6)]
    assert same[0] < 0.3
    assert 0.4 < same[1] < 0.9


def test_an_image_of_a_label_is_drawn_where_there_is_one(digits: Digits) -> None:
    random = np.random.default_rng(0)
    assert {int(digits.labels[digits.drawn(random, label)]) for label in [7] * 20} == {7}
    only = Digits(digits.images[digits.labels == 3], digits.labels[digits.labels == 3])
    assert only.labels[only.drawn(random, 7)] == 3


def test_some_hands_of_a_style_with_habits_are_narrow_or_broad() -> None:
    breadths = [hand_of(Style(habits=0.5), np.random.default_rng(seed)).breadth for seed in range(200)]
    assert 0.4 < np.mean(np.array(breadths) != 1) < 0.6
    assert 0.45 < min(breadths) < 0.6
    assert 1.1 < max(breadths) < 1.3
    assert hand_of(Style(), np.random.default_rng(0)).breadth == 1


def test_some_hands_of_a_style_write_every_1_as_a_bar_or_with_a_flag() -> None:
    style = Style(straight=0.25, flagged=0.4)
    ones = [hand_of(style, np.random.default_rng(seed)).one for seed in range(200)]
    for bar in ("bar", "leaning"):
        assert 0.06 < np.mean([one == bar for one in ones]) < 0.2
    assert 0.3 < np.mean([one == "flag" for one in ones]) < 0.5
    assert hand_of(Style(), np.random.default_rng(0)).one == "any"


def test_some_hands_of_a_style_with_habits_write_small_0s() -> None:
    heights = [hand_of(Style(habits=0.5), np.random.default_rng(seed)).zero for seed in range(200)]
    assert 0.4 < np.mean(np.array(heights) < 1) < 0.6
    assert min(heights) >= 0.45
    assert hand_of(Style(), np.random.default_rng(0)).zero == 1


def test_some_hands_of_a_style_with_habits_write_close() -> None:
    hands = [hand_of(Style(habits=0.2), np.random.default_rng(seed)) for seed in range(200)]
    assert 0.3 < np.mean([hand.close is not None for hand in hands if hand.ones == 0]) < 0.5
    assert hand_of(Style(), np.random.default_rng(0)).close is None


def test_some_hands_of_a_style_with_habits_write_many_1s() -> None:
    hands = [hand_of(Style(habits=0.2), np.random.default_rng(seed)) for seed in range(200)]
    many = [hand for hand in hands if hand.ones > 0]
    assert 0.15 < len(many) / len(hands) < 0.35
    assert all(hand.close is not None for hand in many)
    assert hand_of(Style(), np.random.default_rng(0)).ones == 0


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_a_hand_of_many_1s_writes_them(digits: Digits, foreign: float) -> None:
    hand, random = Hand(40, 0.1, 0, 0, foreign, 0.9, ones=0.6), np.random.default_rng(0)
    sheet = Sheet.empty(Plane(3000, 100))
    for x in range(20, 2900, 60):
        sheet.write_digit(digits, hand, (float(x), 50.0), random, 0)
    assert 0.5 < np.mean([digit.label == 1 for digit in sheet.written]) < 0.85


def test_the_same_digit_once_more_is_often_written_alike(digits: Digits) -> None:
    hand, random = Hand(40, 0.1, 0, 0, 0, 0.9, repeats=1.0), np.random.default_rng(0)
    sheet = Sheet.empty(Plane(3000, 100))
    for x in range(20, 2900, 60):
        sheet.write_digit(digits, hand, (float(x), 50.0), random, 0)
    assert 0.3 < np.mean(np.diff([digit.image for digit in sheet.written]) == 0) < 0.7


def test_slanted_1s_of_a_hand_that_writes_close_share_much_of_their_breadth(digits: Digits) -> None:
    steps = []
    for seed in range(20):
        sheet, random = Sheet.empty(Plane(400, 100)), np.random.default_rng(seed)
        hand = Hand(40, 0.08, 0.45, 0, 0, 0.9, close=0.05, one="bar", ones=1.0)
        for x in (60.0, 84.0):
            sheet.write_digit(digits, hand, (x, 50.0), random, 0, near=True)
        one, other = sheet.written
        steps.append((other.box[0] - one.box[0]) / 40)
    assert min(steps) > 0.14
    assert np.median(steps) < 0.3
