import csv
import io
import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutja.reading.result import Box, Digit
from sutja.reading.ruling import grid_of
from sutja.reading.table import Table, table_of

HEIGHT = 30
ROW = 62
COLUMN = 130
MARKS = [["12", "", "7"], ["", "345", "60"], ["8", "9", ""], ["71", "20", "3"], ["5", "11", "998"]]


def view(slope: float = 0.0, perspective: float = 0.0, width: float = 800, height: float = 700) -> np.ndarray:
    """How a sheet is photographed: the corners turned about the middle, the upper two drawn together."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    cosine, sine = np.cos(np.radians(slope)), np.sin(np.radians(slope))
    middle = np.array([width, height]) / 2
    turned = (corners - middle) @ np.array([[cosine, sine], [-sine, cosine]]) + middle
    turned[0] += (perspective * width, 0)
    turned[1] += (-perspective * width, perspective * height)
    return cv2.getPerspectiveTransform(corners, turned.astype(np.float32))


def seen(points: object, camera: np.ndarray) -> np.ndarray:
    return cv2.perspectiveTransform(np.asarray(points, np.float32).reshape(-1, 1, 2), camera).reshape(-1, 2)


def digits_of(
    texts: list[list[str]],
    camera: np.ndarray,
    align: str = "left",
    column: int = COLUMN,
    row: int = ROW,
    pitch: int = 23,
) -> list[Digit]:
    """Digits of 16×30 of a table whose corner is at (130, 130), in no order."""
    digits = []
    for down, line in enumerate(texts):
        for across, text in enumerate(line):
            room = column - 30 - pitch * (len(text) - 1) - 16
            start = 130 + across * column + 15 + {"left": 0, "right": room, "centre": room / 2}[align]
            for number, label in enumerate(text):
                x, y = seen([(start + pitch * number + 8, 130 + (down + 0.5) * row)], camera)[0]
                digits.append(Digit(label, 0.9, Box(round(x - 8), round(y - HEIGHT / 2), 16, HEIGHT)))
    return [digits[i] for i in np.random.default_rng(0).permutation(len(digits))]


def ruled(
    xs: list[float], ys: list[float], camera: np.ndarray, ground: int = 200, contrast: int = 120, noise: float = 0.0
) -> np.ndarray:
    """A sheet with rules down at `xs` and across at `ys`, under light that falls from one corner."""
    strokes = np.zeros((700, 800), np.uint8)
    left, right = (min(xs), max(xs)) if len(xs) > 1 else (20, 780)
    top, bottom = (min(ys), max(ys)) if len(ys) > 1 else (20, 680)
    lines = [((x, top), (x, bottom)) for x in xs] + [((left, y), (right, y)) for y in ys]
    for line in lines:
        start, stop = np.round(seen(line, camera)).astype(int).tolist()
        cv2.line(strokes, start, stop, 255, 2, cv2.LINE_AA)
    down, across = np.mgrid[0:700, 0:800] / 800
    light = ground - 40 * (down + across - 0.8) - contrast * (strokes / 255)
    grain = np.random.default_rng(1).normal(0, noise, light.shape)
    return np.asarray(np.clip(light + grain, 0, 255), np.uint8)


def with_ink(grey: np.ndarray, digits: list[Digit]) -> np.ndarray:
    """The sheet with each digit drawn in its box."""
    grey = grey.copy()
    for box in (digit.box for digit in digits):
        cv2.rectangle(grey, (box.x + 1, box.y + 1), (box.right - 3, box.bottom - 3), 40, 3)
    return grey


def frame(rows: int, columns: int) -> tuple[list[float], list[float]]:
    return [130.0 + COLUMN * i for i in range(columns + 1)], [130.0 + ROW * i for i in range(rows + 1)]


def texts_of(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.to_csv())))


CAMERAS = {
    "level": view(),
    "up": view(-5),
    "down": view(5),
    "steep": view(9),
    "perspective": view(2, 0.05),
}


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
@pytest.mark.parametrize(("contrast", "noise"), [(120, 0), (20, 6), (-50, 3)], ids=["dark", "faint", "light"])
def test_a_ruled_table_is_read_with_its_empty_cells(camera: np.ndarray, contrast: int, noise: float) -> None:
    digits = digits_of(MARKS, camera)
    grey = with_ink(ruled(*frame(5, 3), camera, contrast=contrast, noise=noise), digits)
    assert texts_of(table_of(digits, grey)) == MARKS


def test_empty_rows_and_columns_of_a_ruling_are_kept() -> None:
    texts = [["1", "", "23", ""], *[["", "", "", ""]] * 3, ["", "", "7", ""], *[["", "", "", ""]] * 2]
    digits = digits_of(texts, view())
    assert texts_of(table_of(digits, ruled(*frame(7, 4), view()))) == texts


def test_a_ruling_without_digits_is_an_empty_form() -> None:
    table = table_of([], ruled(*frame(4, 3), view(3), noise=2))
    assert table.to_csv() == ",,\n" * 4


def test_digits_outside_of_the_ruling_are_not_in_the_table() -> None:
    outside = [
        Digit("4", 0.9, Box(x, y, 16, 30)) for x, y in [(40, 60), (100, 200), (530, 200), (200, 448), (700, 640)]
    ]
    digits = digits_of(MARKS, view())
    table = table_of([*digits, *outside], ruled(*frame(5, 3), view()))
    assert texts_of(table) == MARKS
    assert sorted(digit.box for digit in table.outside) == sorted(digit.box for digit in outside)
    picture = ruled(*frame(5, 3), view())
    moved = table_of([*digits, *outside], picture, shown=lambda box: box._replace(x=box.x + 5))
    assert [digit.box.x for digit in moved.outside] == [digit.box.x + 5 for digit in table.outside]
    assert [digit["label"] for digit in json.loads(json.dumps(table.to_dict()))["outside"]] == ["4"] * 5


def test_the_box_of_a_cell_holds_its_digits_however_these_are_shown() -> None:
    def around(box: Box) -> Box:  # as of a page turned back: a box needs a larger one around it
        return Box(box.x - 4, box.y - 4, box.width + 8, box.height + 8)

    digits = [Digit("1", 0.9, Box(10, 10, 20, 30)), Digit("2", 0.9, Box(34, 10, 20, 30))]
    ((cell,),) = table_of(digits, shown=around).rows
    assert cell is not None
    assert (cell.text, cell.box) == ("12", Box(6, 6, 52, 38))


def test_a_table_without_outer_rules_has_its_outer_cells() -> None:
    digits = digits_of(MARKS, view(3))
    strokes = ruled([], [], view())
    for line in [((130 + COLUMN * i, 135), (130 + COLUMN * i, 130 + 5 * ROW)) for i in (1, 2)] + [
        ((135, 130 + ROW * i), (130 + 3 * COLUMN, 130 + ROW * i)) for i in range(1, 5)
    ]:
        start, stop = np.round(seen(line, view(3))).astype(int).tolist()
        cv2.line(strokes, start, stop, 60, 2, cv2.LINE_AA)
    assert texts_of(table_of(digits, strokes)) == MARKS


def test_rules_that_digits_break_are_whole() -> None:
    camera = view(2)
    digits = digits_of(MARKS, camera)
    grey = ruled(*frame(5, 3), camera)
    blank = ruled([], [], camera)
    grey[:, 300:320] = blank[:, 300:320]
    grey[210:235] = blank[210:235]
    assert texts_of(table_of(digits, grey)) == MARKS


@pytest.mark.parametrize("align", ["left", "right", "centre"])
@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
def test_an_unruled_table_has_its_columns_by_alignment(align: str, camera: np.ndarray) -> None:
    assert texts_of(table_of(digits_of(MARKS, camera, align, column=150))) == MARKS


def test_lined_paper_has_no_columns_of_its_own() -> None:
    digits = digits_of(MARKS, view(4))
    grey = ruled([100.0], [20.0 + ROW * i for i in range(11)], view(4))
    assert grid_of(grey, np.array([digit.box for digit in digits], float)) is None
    assert texts_of(table_of(digits, grey)) == MARKS


def test_squared_paper_has_one_digit_a_square() -> None:
    texts = [["012", "7"], ["334", "56"], ["21", "90"]]
    digits = digits_of(texts, view(), column=5 * 38, row=38, pitch=38)
    lines = [130.0 + 4 + 38 * i for i in range(-3, 15)]
    assert texts_of(table_of(digits, ruled(lines, [y - 4 for y in lines], view()))) == texts


def test_a_form_of_one_box_per_digit_is_one_number() -> None:
    digits = digits_of([["0012"]], view(), column=300, pitch=40)
    boxes = ruled([133.0 + 40 * i for i in range(5)], [135.0, 185.0], view())
    assert texts_of(table_of(digits, boxes)) == [["0012"]]


def test_a_single_column() -> None:
    texts = [["1"], ["23"], ["456"], ["7"]]
    assert texts_of(table_of(digits_of(texts, view(5), "right"))) == texts


def test_a_single_number() -> None:
    assert table_of(digits_of([["407"]], view())).to_csv() == "407\n"


def test_nothing_is_an_empty_table() -> None:
    assert table_of([]) == table_of([], np.full((300, 400), 255, np.uint8)) == Table(())
    assert Table(()).to_csv() == ""


def test_a_cell_knows_its_place_confidence_and_box() -> None:
    digits = [Digit("1", 0.9, Box(10, 10, 20, 30)), Digit("2", 0.5, Box(34, 12, 20, 30))]
    table = table_of([*digits, Digit("3", 0.8, Box(200, 10, 20, 30))])
    (cell,) = table.doubtful(0.6)
    assert (cell.row, cell.column, cell.text, cell.box) == (0, 0, "12", Box(10, 10, 44, 32))
    assert cell.confidence == pytest.approx(0.45)
    assert [each.text for each in table.doubtful(1.0)] == ["12", "3"]
    assert table.doubtful(0.1) == ()


def test_a_table_is_rows_of_cells_for_json() -> None:
    table = table_of(digits_of([["1", "2"], ["", "3"]], view()))
    cells = json.loads(json.dumps(table.to_dict()))["rows"]
    assert [[cell and cell["text"] for cell in row] for row in cells] == [["1", "2"], [None, "3"]]
    assert cells[1][1]["confidence"] == 0.9
    assert cells[1][1]["box"] == list(table.doubtful(1)[-1].box)


@settings(max_examples=10, deadline=None)
@given(data=st.data(), slope=st.floats(-9, 9), perspective=st.floats(0, 0.04))
def test_any_ruled_table_comes_back(data: st.DataObject, slope: float, perspective: float) -> None:
    columns = data.draw(st.integers(2, 4))
    cell = st.text("0123456789", max_size=3)
    texts = data.draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=2, max_size=6))
    camera = view(slope, perspective)
    digits = digits_of(texts, camera, pitch=30)
    if digits:
        assert texts_of(table_of(digits, ruled(*frame(len(texts), columns), camera, noise=3))) == texts


@settings(max_examples=50, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 90)), max_size=30))
def test_no_digit_is_lost_or_doubled_without_a_ruling(places: list[tuple[int, int, int]]) -> None:
    digits = [Digit(str(i % 10), 0.5, Box(x, y, size, size)) for i, (x, y, size) in enumerate(places)]
    table = table_of(digits)
    assert sorted("".join(text for row in texts_of(table) for text in row)) == sorted(digit.label for digit in digits)
    assert len({len(row) for row in table.rows}) <= 1
