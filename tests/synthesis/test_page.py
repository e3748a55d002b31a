from dataclasses import replace

import numpy as np
import pytest

from sutja.classifier.classifier import bundled
from sutja.pictures.frame import frame_digit
from sutja.synthesis.page import Page, compose, pages, visible, with_surroundings
from sutja.synthesis.plane import Plane
from sutja.synthesis.style import STYLES, Style, style_named
from sutja.synthesis.writer import Digits, Sheet, Sign, Written

SMALL = Style(width=200, height=140, digit=24)


def page_of(digits: Digits, seed: int = 0, **changes: object) -> Page:
    return compose(digits, replace(SMALL, **changes), np.random.default_rng(seed))  # type: ignore[arg-type]


def inside(page: Page, grown: int = 0) -> np.ndarray:
    """Which pixels lie in the box of a digit."""
    mask = np.zeros(page.picture.shape, bool)
    for digit in page.digits:
        left, top, width, height = (round(side) for side in digit.box)
        mask[max(0, top - grown) : top + height + grown, max(0, left - grown) : left + width + grown] = True
    return mask


def cut_out(page: Page, digit: Written) -> np.ndarray:
    left, top, width, height = (round(side) for side in digit.box)
    ink = page.ink[top : top + height, left : left + width]
    return np.asarray(np.rint(ink * 255), np.uint8)


def readable(source: list[Page]) -> float:
    """The share of digits that the classifier reads in the ink as their label says."""
    found = [(cut_out(page, digit), digit.label) for page in source for digit in page.digits]
    said = bundled("digits")(np.stack([frame_digit(ink) for ink, _ in found])).argmax(axis=1)
    return float(np.mean(said == [label for _, label in found]))


@pytest.mark.parametrize("style", [*STYLES, "any"])
def test_a_seed_gives_the_same_page_and_another_seed_another(digits: Digits, style: str) -> None:
    first, again, other = (next(pages(digits, style, seed)) for seed in (4, 4, 5))
    assert first.picture.tobytes() == again.picture.tobytes()
    assert (first.digits, first.signs) == (again.digits, again.signs)
    assert first.picture.tobytes() != other.picture.tobytes()


def test_pages_can_start_anywhere(digits: Digits) -> None:
    source = pages(digits, "clean", seed=9)
    _, second = next(source), next(source)
    assert (next(pages(digits, "clean", seed=9, start=1)).picture == second.picture).all()


def test_boxes_lie_in_the_picture_and_are_what_the_ink_fills(any_pages: list[Page]) -> None:
    written = 0
    for page in any_pages:
        height, width = page.picture.shape
        assert page.ink.shape == (height, width)
        for digit in page.digits:
            left, top, across, down = digit.box
            assert left >= 1
            assert top >= 1
            assert left + across <= width - 1
            assert top + down <= height - 1
            ink = cut_out(page, digit)
            border = (ink[0], ink[-1], ink[:, 0], ink[:, -1])
            assert min(side.max() for side in border) > 40  # each side touches ink: the box is no larger than needed
            written += 1
    assert written > 150


def test_nearly_all_ink_of_a_page_without_signs_is_in_the_boxes(digits: Digits) -> None:
    for style in STYLES:
        page = compose(digits, replace(style_named(style, np.random.default_rng(1)), signs=0), np.random.default_rng(1))
        assert page.signs == ()
        assert page.ink[inside(page)].sum() > 0.93 * page.ink.sum() > 0
        assert not page.ink[~inside(page, grown=2)].any()


def test_every_digit_is_labelled_and_its_picture_is_dark_where_its_ink_is(digits: Digits) -> None:
    page = page_of(digits, arrangement="boxes", digit=16.0, noise=0.0, blur=0.0, unevenness=0.0, contrast=150.0)
    assert len(page.digits) == len(page.to_dict()["digits"]) > 5  # type: ignore[arg-type]
    assert {digit.label for digit in page.digits} <= set(range(10))
    assert page.picture[page.ink > 0.8].mean() < page.picture[~inside(page, 3)].mean() - 90


def test_dark_pages_have_light_ink(digits: Digits) -> None:
    page = page_of(digits, dark=True)
    assert page.picture[page.ink > 0.8].mean() > page.picture[page.ink == 0].mean() + 90


def test_a_row_of_the_text_is_read_from_left_to_right(digits: Digits) -> None:
    for seed in range(6):
        page = page_of(digits, seed)
        rows = [[digit for digit in page.digits if digit.line == line] for line in range(12)]
        assert page.text.replace(" ", "") == "\n".join(
            "".join(str(digit.label) for digit in sorted(row, key=lambda digit: digit.box[0])) for row in rows if row
        )
        tops = [np.mean([digit.box[1] for digit in row]) for row in rows if row]
        assert tops == sorted(tops)


def test_the_rows_of_scattered_pages_are_numbered_from_the_top(digits: Digits) -> None:
    """Their numbers were once those of the order of writing."""
    several = 0
    for seed in range(12):
        page = page_of(digits, seed, arrangement="scatter", digit=14.0)
        lines = sorted({digit.line for digit in page.digits})
        middles = [
            np.mean([digit.box[1] + digit.box[3] / 2 for digit in page.digits if digit.line == line]) for line in lines
        ]
        assert lines == list(range(len(lines)))
        assert middles == sorted(middles)
        assert [len(row.replace(" ", "")) for row in page.text.split("\n") if row] == [
            sum(digit.line == line for digit in page.digits) for line in lines
        ]
        several += len(lines) > 2
    assert several > 3


def test_a_wide_gap_is_a_space() -> None:
    boxes = [(10.0, 10.0, 8.0, 12.0), (20.0, 10.0, 8.0, 12.0), (60.0, 10.0, 8.0, 12.0)]
    row = tuple(Written(label, box, 0) for label, box in zip((3, 1, 4), boxes, strict=True))
    blank = np.zeros((40, 90))
    page = Page(blank.astype(np.uint8), blank.astype(np.float32), (*row, Written(5, (9.0, 25.0, 8.0, 12.0), 2)), ())
    assert page.text == "31 4\n5"


def test_what_a_label_file_says_is_complete() -> None:
    blank = np.zeros((40, 90))
    digit = Written(7, (10.0, 11.0, 8.0, 12.0), 3, visible=False)
    assert Page(blank.astype(np.uint8), blank.astype(np.float32), (digit,), ()).to_dict() == {
        "width": 90,
        "height": 40,
        "text": "7",
        "digits": [{"label": "7", "line": 3, "visible": False, "box": [10, 11, 8, 12]}],
        "signs": [],
    }


def test_an_empty_page_has_no_digits(digits: Digits) -> None:
    empty = [page_of(digits, seed, arrangement="empty") for seed in range(8)]
    assert all(page.digits == () and page.text == "" for page in empty)
    assert any(page.signs for page in empty)


def test_a_single_digit_is_alone(digits: Digits) -> None:
    for seed in range(8):
        assert len(page_of(digits, seed, arrangement="single", digit=60.0).digits) == 1


def test_a_digit_that_noise_or_faintness_hides_is_not_visible(digits: Digits) -> None:
    seen = page_of(digits)
    assert seen.digits
    assert all(digit.visible for digit in seen.digits)
    for hidden in (page_of(digits, contrast=3.0), page_of(digits, noise=120.0, contrast=30.0)):
        assert hidden.digits
        assert not any(digit.visible for digit in hidden.digits)


def test_only_the_digit_that_is_covered_is_hidden(digits: Digits) -> None:
    page = page_of(digits, seed=2)
    covered, *others = page.digits
    left, top, width, height = (round(side) for side in covered.box)
    picture = page.picture.copy()
    picture[top - 2 : top + height + 2, left - 2 : left + width + 2] = 200
    assert not visible(covered, picture, page.ink)
    elsewhere = [digit for digit in others if digit.line != covered.line]
    assert elsewhere
    assert all(visible(digit, picture, page.ink) for digit in elsewhere)


def readable_pages(digits: Digits, style: str, pen: float, count: int) -> list[Page]:
    """Pages on which digits neither touch nor are turned, so that each can be cut out."""
    upright = replace(style_named(style, np.random.default_rng(3)), angle=0.0, gap=0.4, pen=pen)
    return [compose(digits, upright, np.random.default_rng(seed)) for seed in range(count)]


def test_a_desk_at_the_border_hides_nothing_that_is_written() -> None:
    bare, covering, left_out = np.full((140, 200), 200, np.float32), 0, 0
    for seed in range(30):
        sheet = Sheet.empty(Plane(200, 140))
        sheet.written.append(Written(3, (150.0, 40.0, 20.0, 30.0), 0))
        sheet.signs.append(Sign("dash", (20.0, 60.0, 15.0, 8.0)))
        changed = np.abs(with_surroundings(bare, sheet, np.random.default_rng(seed)) - bare) > 4
        assert not changed[40:70, 150:170].any()
        assert not changed[60:68, 20:35].any()
        covering, left_out = covering + bool(changed.any()), left_out + (not changed.any())
    assert covering
    assert left_out


def test_digits_can_be_read_as_their_labels_say(digits: Digits) -> None:
    # Of 8×8 pixels once: more of them are misread than of MNIST's, below. By chance it would be a tenth.
    assert readable(readable_pages(digits, "clean", 0.0, 8)) >= 0.85


@pytest.mark.real_data
@pytest.mark.parametrize("pen", [0.0, 0.08])
@pytest.mark.parametrize("style", ["clean", "photo"])
def test_digits_of_mnist_can_be_read_as_their_labels_say(style: str, pen: float, mnist: Digits) -> None:
    assert readable(readable_pages(mnist, style, pen, 2)) >= 0.97
