from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutja.reading.lines import lines_of, spaces_in
from sutja.reading.result import Box, Digit


def page(rows: list[str], slope: float = 0.0, pitch: float = 60, leading: float = 100, seed: int = 0) -> list[Digit]:
    """Digits of 40×60 in rows that slope by `slope` degrees, a little uneven, in no order."""
    random = np.random.default_rng(seed)
    angle, digits = np.radians(slope), []
    for row, text in enumerate(rows):
        for column, label in enumerate(text):
            x = 100 + pitch * column * np.cos(angle) - leading * row * np.sin(angle) + random.normal(0, 2)
            y = 100 + pitch * column * np.sin(angle) + leading * row * np.cos(angle) + random.normal(0, 3)
            digits.append(Digit(label, 0.9, Box(round(x), round(y), 40, 60)))
    return [digits[i] for i in random.permutation(len(digits))]


@pytest.mark.parametrize("slope", [-40, -20, -8, 0, 8, 20, 40])
def test_a_sloping_row_is_one_line(slope: float) -> None:
    assert [line.text for line in lines_of(page(["237845"], slope))] == ["237845"]


def test_a_short_row_goes_on_over_a_wide_gap_as_those_above_and_below_do() -> None:
    rows, digits = ["6010987 234495", "4776482 15434", "782 873492", "628471 87354", "987247 51800"], []
    for row, text in enumerate(rows):
        left, right = text.split()
        sides = (left, 100, 100 + 130 * row, 0.07 if len(left) > 3 else -0.06), (right, 1060, 167 + 130 * row, 0.03)
        for side, x, y, slope in sides:
            places = x + 60 * np.arange(len(side))
            digits += [
                Digit(label, 0.9, Box(int(at), round(y + slope * (at - x)), 40, 60))
                for label, at in zip(side, places, strict=True)
            ]
    assert [line.text for line in lines_of(digits)] == rows
    alone = [digit for digit in digits if 300 < digit.box.y < 450]
    assert {line.text for line in lines_of(alone)} != {"782 873492"}


@pytest.mark.parametrize("slope", [-10, -4, 0, 4, 10])
def test_rows_are_read_from_top_to_bottom(slope: float) -> None:
    rows = ["12345", "6879", "88888", "66666", "77777"]
    assert [line.text for line in lines_of(page(rows, slope))] == rows


def test_digits_below_each_other_are_lines_of_their_own() -> None:
    assert [line.text for line in lines_of(page(["1", "2", "3"]))] == ["1", "2", "3"]


@dataclass(frozen=True)
class Layout:
    """Rows of handwriting; lengths in heights of the digits, angles in degrees, a range where they are drawn."""

    rows: tuple[int, int] = (2, 7)
    digits: tuple[int, int] = (4, 10)
    pitch: tuple[float, float] = (1.0, 1.5)
    leading: tuple[float, float] = (1.5, 2.5)
    slope: tuple[float, float] = (0, 0)  # of the page
    fan: tuple[float, float] = (0, 0)  # by which each row slopes otherwise than the page
    bend: tuple[float, float] = (0, 0)  # by which the direction of a row changes from its start to its end
    uneven: float = 0.4  # of the heights of the digits
    gap: tuple[float, float] = (0, 0)  # more room than usual before every third digit, which is a column if over 1.5
    strays: int = 0

    def page(self, seed: int) -> tuple[list[Digit], list[str]]:
        """Digits in no order, their labels numbers from 0 on in reading order, and the right text of the lines."""
        random = np.random.default_rng(seed)
        height, pitch, leading = random.uniform(30, 90), random.uniform(*self.pitch), random.uniform(*self.leading)
        slope, bend = np.radians(random.uniform(*self.slope)), np.radians(random.uniform(*self.bend))
        digits: list[Digit] = []
        texts, down = [], np.array([-np.sin(slope), np.cos(slope)]) * leading * height
        count, fan, gap = int(random.integers(*self.digits, endpoint=True)), 0.0, random.uniform(*self.gap)
        start = np.array([1000.0, 1000.0])
        for _ in range(random.integers(*self.rows, endpoint=True)):
            before, fan = fan, np.radians(random.uniform(*self.fan))
            start = start + down * (1 + max(0.0, np.tan(before) - np.tan(fan)) * pitch * count / leading)
            place, text = start.copy(), ""
            for i in range(count):
                text += (" " if i and i % 3 == 0 and gap > 1.5 else "") + f"<{len(digits)}>"
                tall = height * (1 + np.clip(random.normal(0, self.uneven / 2), -self.uneven, self.uneven))
                wide = tall * (random.uniform(0.15, 0.3) if random.random() < 0.15 else random.uniform(0.4, 0.8))
                x, y = place + height * np.array([random.normal(0, 0.03), random.uniform(-0.12, 0.12)]) - (wide / 2, 0)
                box = Box(round(x), round(y - tall / 2), round(wide) + 1, round(tall) + 1)
                digits.append(Digit(f"<{len(digits)}>", 0.9, box))
                step = pitch * random.uniform(0.95, 1.05) + (gap if i % 3 == 2 else 0)
                angle = slope + fan + bend * ((i + 0.5) / max(count - 1, 1) - 0.5)
                place += height * step * np.array([np.cos(angle), np.sin(angle)])
            texts.append(text)
        for _ in range(self.strays):
            near = digits[random.integers(len(digits))].box
            x, y = np.array([near.x, near.y]) + random.normal(0, height, 2)
            digits.append(Digit(".", 0.4, Box(round(x), round(y), 1 + round(0.2 * height), 1 + round(0.2 * height))))
        return [digits[i] for i in random.permutation(len(digits))], texts


LAYOUTS = {
    "level": Layout(),
    "close": Layout(leading=(1.3, 1.4), uneven=0.15),
    "far apart": Layout(pitch=(1.8, 2.2)),
    "grid": Layout(digits=(5, 5), rows=(2, 10), pitch=(1.35, 1.35), leading=(1.35, 1.35), uneven=0.2),
    "grid of wide boxes": Layout(digits=(3, 6), pitch=(2.0, 2.0), leading=(1.4, 2.0)),
    "a column": Layout(digits=(1, 1), uneven=0.15),
    "pairs": Layout(digits=(2, 2)),
    "one row, uphill": Layout(rows=(1, 1), slope=(-45, -20), digits=(2, 10)),
    "one row, downhill": Layout(rows=(1, 1), slope=(20, 45), digits=(2, 10)),
    "one steep row, far apart": Layout(rows=(1, 1), slope=(35, 45), pitch=(1.5, 2.0)),
    "sloping": Layout(slope=(-30, 30), leading=(1.7, 2.5)),
    "steep": Layout(slope=(30, 42), digits=(5, 10), leading=(1.8, 2.5)),
    "each row slopes otherwise": Layout(slope=(-15, 15), fan=(-12, 12)),
    "opposite slopes": Layout(rows=(2, 2), fan=(-35, 35)),
    "hills": Layout(bend=(15, 50), digits=(5, 10), leading=(1.6, 2.5)),
    "valleys": Layout(bend=(-50, -15), digits=(5, 10), leading=(1.6, 2.5)),
    "columns": Layout(gap=(2, 6), digits=(4, 9), slope=(-5, 5), leading=(1.6, 2.5)),
    "columns of one digit": Layout(gap=(2, 6), pitch=(1, 1.1), digits=(4, 4), leading=(1.6, 2.5)),
    "separators": Layout(gap=(0.4, 0.55), digits=(6, 9), pitch=(1.0, 1.3)),
    "strays": Layout(strays=4),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_lines_are_read_as_a_person_would(name: str) -> None:
    """Of 12 random pages of each kind at most one may be wrong in any line, space or order."""
    wrong = []
    for seed in range(12):
        digits, texts = LAYOUTS[name].page(seed)
        found = [line.text for line in lines_of(digits)]
        if [text for text in found if text.strip(" .")] != texts:
            wrong.append((seed, found))
    assert len(wrong) <= 1, wrong


def test_digits_far_apart_that_happen_to_step_down_are_no_row() -> None:
    whole = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        boxes = [Box(int(random.uniform(0, 500)), 45 * row + int(random.normal(0, 2)), 20, 30) for row in range(8)]
        digits = [Digit(str(row), 1.0, box) for row, box in enumerate(boxes)]
        whole += [line.text for line in lines_of(digits)] == list("01234567")
    assert whole >= 12, whole


@pytest.mark.parametrize("seed", range(5))
def test_a_row_of_large_digits_between_rows_of_small_ones(seed: int) -> None:
    random = np.random.default_rng(seed)
    digits = []
    for row, (y, height, pitch) in enumerate([(0, 30, 36), (75, 80, 90), (150, 30, 36)]):
        for i in range(6):
            tall = round(height * random.uniform(0.8, 1.2))
            digits.append(Digit(str(row), 0.9, Box(i * pitch, y - tall // 2, round(0.6 * height), tall)))
    assert [line.text for line in lines_of(digits)] == ["000000", "111111", "222222"]


def test_two_thousand_digits_stand_in_their_rows() -> None:
    rows = ["1234567890" * 4] * 50
    assert [line.text for line in lines_of(page(rows))] == rows


def test_numbers_far_apart_on_one_row_are_one_line_with_a_space() -> None:
    places = {"1": 0, "2": 40, "3": 80, "4": 240, "5": 280}
    (line,) = lines_of([Digit(label, 0.9, Box(x, 0, 30, 50)) for label, x in places.items()])
    assert (line.text, line.spaces) == ("123 45", (3,))


@pytest.mark.parametrize("pitch", [30, 45, 60, 80, 100])
@pytest.mark.parametrize("count", [2, 3, 10])
def test_digits_evenly_apart_have_no_spaces(pitch: int, count: int) -> None:
    row = [Digit("8", 0.9, Box(pitch * i, 0, 25, 50)) for i in range(count)]
    assert [line.text for line in lines_of(row)] == ["8" * count]


@pytest.mark.parametrize(
    ("gaps", "usual", "spaces"),
    [
        ([0.3, 0.3, 1.4, 0.3], 1.0, (3,)),
        ([0.3, 0.3, 1.2, 0.3], 1.0, ()),  # not wider than 1.3 heights
        ([0.8, 0.8, 1.5, 0.8], 1.0, ()),  # a separator among digits that stand apart
        ([1.5, 1.4, 1.6, 1.5], 1.0, ()),  # boxes of a form
        ([3.0, 2.9, 3.1, 3.0], 1.0, (1, 2, 3, 4)),  # columns of one digit
        ([1.5], 0.3, (1,)),  # "1 2" where digits of one number stand close
        ([1.5], 1.4, ()),  # "12" on a page of boxes
        ([], 1.0, ()),
    ],
)
def test_a_space_is_a_gap_that_is_wide_for_its_row(gaps: list[float], usual: float, spaces: tuple[int, ...]) -> None:
    assert spaces_in(np.array(gaps, float), usual) == spaces


def test_a_row_beside_another_is_read_by_its_height() -> None:
    left = [Digit("1", 0.9, Box(40 * i, 100, 30, 50)) for i in range(3)]
    right = [Digit("2", 0.9, Box(300 + 40 * i, 30, 30, 50)) for i in range(3)]
    assert [line.text for line in lines_of(left + right)] == ["222", "111"]


def test_digits_at_one_place_do_not_join_in_a_ring() -> None:
    """Equal boxes once linked two digits to the same neighbour, and rows never ended."""
    digits = [Digit(str(i), 0.9, Box(0, 0, 2 + i // 2, 2 + i // 2)) for i in range(3)]
    assert sorted("".join(line.text for line in lines_of(digits))) == ["0", "1", "2"]


def test_the_order_of_detection_does_not_matter() -> None:
    digits, texts = LAYOUTS["hills"].page(3)
    assert [line.text for line in lines_of(digits)] == [line.text for line in lines_of(digits[::-1])] == texts


def test_nothing_gives_no_lines() -> None:
    assert lines_of([]) == ()


@settings(max_examples=50, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 90)), max_size=30))
def test_no_digit_is_lost_or_doubled(places: list[tuple[int, int, int]]) -> None:
    digits = [Digit(str(i % 10), 0.5, Box(x, y, size, size)) for i, (x, y, size) in enumerate(places)]
    found = [id(digit) for line in lines_of(digits) for digit in line.digits]
    assert sorted(found) == sorted(map(id, digits))
