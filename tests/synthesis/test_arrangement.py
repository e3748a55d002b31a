from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from sutja.synthesis.arrangement import _number_in_cell, fill, others
from sutja.synthesis.page import compose
from sutja.synthesis.plane import Plane
from sutja.synthesis.rows import AFTER, BEFORE, SEPARATORS, Row, cents, hand_of, words, write_row
from sutja.synthesis.signs import LETTERS, LOOKALIKES, SIGNS
from sutja.synthesis.style import Style
from sutja.synthesis.writer import Digits, Sheet

STYLE = Style(width=300, height=200, digit=24, gap=0.2, variation=0)


def written(digits: Digits, seed: int = 0, **changes: object) -> tuple[Sheet, list[np.ndarray]]:
    style = Style(**{**STYLE.__dict__, **changes})
    sheet = Sheet.empty(Plane(style.width, style.height, style.angle))
    return sheet, fill(sheet, style, digits, np.random.default_rng(seed))


def test_the_marks_about_numbers_can_be_written() -> None:
    assert {*SEPARATORS, *(name for names in BEFORE + AFTER for name in names.split(", "))} <= set(SIGNS)


def test_a_row_goes_on_to_its_longest_and_not_beyond(digits: Digits) -> None:
    for longest in (1, 3, 5):
        sheet, random = Sheet.empty(Plane(300, 200)), np.random.default_rng(2)
        write_row(Row(sheet, STYLE, hand_of(STYLE, random), 0, 100.0), digits, random, longest)
        assert 1 <= len(sheet.written) <= longest


def test_gaps_are_as_wide_as_asked(digits: Digits) -> None:
    gaps = {}
    for gap in (-0.1, 0.3, 1.2):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(1)
        style = Style(width=900, height=100, digit=24, gap=gap, variation=0, foreign=1, pen=0.05)
        write_row(Row(sheet, style, hand_of(style, random), 0, 50.0), digits, random, 12)
        lefts = [(digit.box[0], digit.box[0] + digit.box[2]) for digit in sheet.written]
        gaps[gap] = np.mean([after[0] - before[1] for before, after in pairwise(lefts)]) / 24
    assert gaps == pytest.approx({gap: gap for gap in gaps}, abs=0.15)


def test_joined_digits_are_connected(digits: Digits) -> None:
    style = Style(width=900, height=100, digit=40, gap=0.2, variation=0, foreign=1, pen=0.08)
    pieces = {}
    for joined in (False, True):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(4)
        row = Row(sheet, style, replace(hand_of(style, random), joined=joined), 0, 50.0)
        while row.x < 800:
            row.advance(row.digit(digits, random) or 0, 0.2)
        pieces[joined] = cv2.connectedComponents((sheet.ink > 0.3).astype(np.uint8))[0] / len(sheet.written)
    assert pieces[True] < 0.8 * pieces[False]


@pytest.mark.parametrize("gap", [-0.1, 0.1, 0.2])
@pytest.mark.parametrize("close", [0.0, 0.15])
def test_close_digits_have_as_much_between_their_ink_as_the_hand_leaves(
    digits: Digits, gap: float, close: float
) -> None:
    sheet, random = Sheet.empty(Plane(2000, 100)), np.random.default_rng(4)
    style = Style(width=2000, height=100, digit=40, gap=gap, variation=0, foreign=0.5, pen=0.08)
    row, gaps = Row(sheet, style, replace(hand_of(style, random), close=close), 0, 50.0, 20.0), []
    for _ in range(40):
        before = sheet.ink.copy()
        row.advance(row.digit(digits, random) or 0, gap)
        ours, theirs = sheet.ink > np.maximum(before, 0.3), before > 0.3
        if theirs.any() and (ours & ~theirs).any():
            away = cv2.distanceTransform((~theirs).astype(np.uint8), cv2.DIST_L2, 5)
            gaps.append(float(away[ours & ~theirs].min()) / 40)
    assert len(gaps) > 30
    assert np.median(gaps) == pytest.approx(close, abs=0.05)


def test_digits_far_apart_are_moved_together_by_no_hand(digits: Digits) -> None:
    boxes = []
    for close in (None, 0.0):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(4)
        style = Style(width=900, height=100, digit=40, gap=0.9, variation=0, foreign=1, pen=0.08)
        row = Row(sheet, style, replace(hand_of(style, random), close=close), 0, 50.0)
        while row.x < 800:
            row.advance(row.digit(digits, random) or 0, 0.9)
        boxes.append([digit.box for digit in sheet.written])
    assert boxes[0] == boxes[1]


def test_cents_are_two_small_digits_of_the_same_row_higher_up(digits: Digits) -> None:
    heights = []
    for seed in range(20):
        sheet, random = Sheet.empty(Plane(400, 100)), np.random.default_rng(seed)
        style = Style(width=400, height=100, digit=40, gap=0.2, variation=0, foreign=1, pen=0.08)
        row = Row(sheet, style, hand_of(style, random, 40), 3, 50.0, 20.0)
        row.advance(row.digit(digits, random) or 0, 0.2)
        cents(row, digits, random)
        assert [digit.line for digit in sheet.written] == [3, 3, 3]
        (_, top, _, tall), *small = (digit.box for digit in sheet.written)
        assert all(height < 0.95 * tall for _, _, _, height in small)
        heights.append(np.mean([y + height / 2 for _, y, _, height in small]) - top - tall / 2)
    assert np.mean(heights) < -1


def test_rows_fall_and_sag(digits: Digits) -> None:
    random = np.random.default_rng(0)
    style = Style(width=200, height=100, step=0.1, bend=0.05)
    row = Row(Sheet.empty(Plane(200, 100)), style, hand_of(style, random), 0, 50.0)
    heights = []
    for place in (0.0, 100.0, 200.0):
        row.x = place
        heights.append(row.y)
    assert heights == pytest.approx([40, 60, 60])


def test_tables_and_boxes_print_lines_around_their_digits(digits: Digits) -> None:
    sheet, lines = written(digits, arrangement="boxes")
    assert len(lines) % 4 == 0
    sides = np.array(lines).reshape(-1, 4, 2, 2)
    for digit in sheet.written:
        x, y = digit.box[0] + digit.box[2] / 2, digit.box[1] + digit.box[3] / 2
        low, high = sides.min(axis=(1, 2)), sides.max(axis=(1, 2))
        assert ((low < (x, y)) & ((x, y) < high)).all(axis=1).sum() == 1  # each in one box
    tables = [written(digits, seed, arrangement="table")[1] for seed in range(12)]
    assert 0 < sum(bool(lines) for lines in tables) < 12


def test_a_hand_that_writes_close_stays_in_boxes(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = []
    for close in (None, 0.0):
        monkeypatch.setattr(
            "sutja.synthesis.arrangement.hand_of", lambda *given, close=close: replace(hand_of(*given), close=close)
        )
        sheets = [written(digits, seed, arrangement="boxes", foreign=1)[0] for seed in range(10)]
        boxes.append([digit.box for sheet in sheets for digit in sheet.written])
    assert len(boxes[0]) > 50
    assert boxes[0] == boxes[1]


def test_a_hand_that_writes_close_begins_each_number_in_its_cell(digits: Digits) -> None:
    within = []
    for seed in range(20):
        sheet, random = Sheet.empty(Plane(300, 100)), np.random.default_rng(seed)
        row = Row(sheet, STYLE, replace(hand_of(STYLE, random), close=0.0, foreign=1), 0, 50.0, 20.0)
        _number_in_cell(row, digits, random, 80.0)
        within += [after.box[0] - before.box[0] - before.box[2] for before, after in pairwise(sheet.written)]
        count, end = len(sheet.written), sheet.written[-1].box[0] + sheet.written[-1].box[2]
        row.x = end + 8
        _number_in_cell(row, digits, random, 200.0)
        assert sheet.written[count].box[0] >= end + 6
    assert np.median(within) < 2


def test_a_word_is_spelled_unless_all_of_its_letters_look_like_digits() -> None:
    spelled = []
    for seed in range(60):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(seed)
        words(Row(sheet, STYLE, hand_of(STYLE, random), 0, 50.0, 10.0), random)
        names = {sign.name for sign in sheet.signs}
        assert names
        assert names <= set(LETTERS)
        assert {sign.spelled for sign in sheet.signs} == {not names <= LOOKALIKES}
        spelled.append(not names <= LOOKALIKES)
        lefts = [sign.box[0] for sign in sheet.signs]
        assert lefts == sorted(lefts)
    assert 0.7 < np.mean(spelled) < 1


def test_words_stand_beside_numbers(digits: Digits) -> None:
    before = after = 0
    for seed in range(40):
        sheet, random = Sheet.empty(Plane(1600, 100)), np.random.default_rng(seed)
        style = replace(STYLE, signs=0.7, foreign=1.0)
        write_row(Row(sheet, style, hand_of(style, random), 0, 50.0), digits, random, 4)
        letters = [sign.box[0] for sign in sheet.signs if sign.name in LETTERS and sign.spelled]
        numbers = [digit.box[0] for digit in sheet.written]
        before += any(left < min(numbers) for left in letters)
        after += any(left > max(numbers) for left in letters)
    assert before > 5
    assert after > 5


def test_parentheses_have_a_number_between_them_and_are_labelled(digits: Digits) -> None:
    closed = 0
    for seed in range(60):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(seed)
        style = Style(width=900, height=100, digit=24, gap=0.2, signs=1.0)
        write_row(Row(sheet, style, hand_of(style, random), 0, 50.0), digits, random, 6)
        found = {sign.name: sign for sign in sheet.signs if "parenthesis" in sign.name}
        assert all(sign.spelled for sign in found.values())
        if len(found) == 2:
            left, right = (found[f"{side} parenthesis"].box for side in ("left", "right"))
            between = [digit for digit in sheet.written if left[0] < digit.box[0] < right[0]]
            closed += 1 <= len(between) < 5
    assert closed >= 10


def test_some_rows_have_one_sign_at_their_gaps_as_dates_do(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sutja.synthesis.rows.DATES", 1.0)
    for name in ("WORDED", "BRACKETED"):
        monkeypatch.setattr(f"sutja.synthesis.rows.{name}", 0.0)
    for seed in range(20):
        sheet, random = Sheet.empty(Plane(900, 100)), np.random.default_rng(seed)
        style = Style(width=900, height=100, digit=24, gap=0.2, signs=0.2)
        write_row(Row(sheet, style, hand_of(style, random), 0, 50.0), digits, random, 12)
        first, last = sheet.written[0].box[0], sheet.written[-1].box[0]
        assert len({sign.name for sign in sheet.signs if first < sign.box[0] < last}) <= 1


def test_of_letters_that_all_look_like_digits_nothing_says_what_they_are() -> None:
    alone = 0
    for seed in range(300):
        sheet, random = Sheet.empty(Plane(600, 100)), np.random.default_rng(seed)
        row = Row(sheet, STYLE, hand_of(STYLE, random), 0, 50.0, 10.0)
        words(row, random, 11.0)  # room for one letter
        [sign] = sheet.signs
        assert sign.spelled == (sign.name not in LOOKALIKES)
        alone += not sign.spelled
    assert alone > 3


def test_numbers_of_a_table_stay_in_their_cells(digits: Digits) -> None:
    for seed in range(40):
        page = compose(
            digits,
            replace(STYLE, arrangement="table", signs=0.0, angle=0.0, variation=0.0),
            np.random.default_rng(seed),
        )
        boxes = np.array([digit.box for digit in page.digits]).reshape(-1, 4)
        low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        shared = (np.minimum(high[:, None], high) - np.maximum(low[:, None], low)).clip(0).prod(axis=2)
        np.fill_diagonal(shared, 0)
        assert (shared <= 0.4 * np.minimum.outer(boxes[:, 2:].prod(axis=1), boxes[:, 2:].prod(axis=1))).all(), seed


def test_signs_that_stand_alone_are_no_lookalikes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sutja.synthesis.rows.made_up_word", lambda random: "nana")
    sheet = Sheet.empty(Plane(600, 600))
    others(sheet, STYLE, np.random.default_rng(0), 40)
    assert len(sheet.signs) > 10
    assert not [sign for sign in sheet.signs if not sign.spelled and sign.name in LOOKALIKES]
