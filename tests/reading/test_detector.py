import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks.confidence import places_of
from benchmarks.reading import Tally, composed
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import sutja
from sutja.errors import PictureError
from sutja.reading.detector import MOST_FOUND, STRIDE, bundled_detector, faint_and_alone
from sutja.reading.explain import account, explain
from sutja.reading.many import read_all
from sutja.reading.places import MARGIN, Found
from sutja.reading.reader import METHODS, MOST_DIGITS, read, read_table, stages_of
from sutja.reading.turns import TURNS
from sutja.synthesis.page import compose
from sutja.synthesis.signs import LETTERS, LOOKALIKES, sign_strokes
from sutja.synthesis.strokes import digit_strokes, drawn
from sutja.synthesis.style import Style, any_style, style_named
from sutja.synthesis.writer import Digits
from sutja.training.crops import UNCLEAR, truth_of
from tests.reading.pictures import put, sheet, written

SAMPLES = Path(sutja.__file__).parent / "samples"


def test_the_two_models_are_small() -> None:
    folder = Path(sutja.__file__).parent / "classifier" / "bundled"
    assert sum((folder / f"{name}.onnx").stat().st_size for name in ("detector", "crops", "digits")) < 4_000_000


def test_a_peak_lies_in_the_middle_of_its_digit() -> None:
    picture = written("7")
    found, copies = bundled_detector()(picture)
    (x, y), (width, height) = found.centres[0], found.sizes[0]
    rows, columns = np.nonzero(picture < 160)
    assert abs(x - (columns.min() + columns.max() + 1) / 2) < 4
    assert abs(y - (rows.min() + rows.max() + 1) / 2) < 4
    assert (width, height) == pytest.approx((np.ptp(columns) + 1, np.ptp(rows) + 1), rel=0.25)
    assert found.score[0] == found.score.max() > 0.5
    for copy in copies:
        assert copy.heat.shape == (copy.grey.shape[0] // STRIDE, copy.grey.shape[1] // STRIDE)
        assert copy.grey.shape[0] % 16 == copy.grey.shape[1] % 16 == 0
        assert copy.grey.shape[0] >= 2 * MARGIN


@pytest.mark.parametrize(
    ("place", "alone"),
    [
        ((130, 100, 20, 30, 0.18), False),
        ((130, 100, 20, 30, 0.25), False),
        ((150, 100, 20, 30, 0.18), True),  # too far
        ((150, 100, 20, 30, 0.25), False),
        ((130, 100, 40, 60, 0.18), True),  # too large
        ((230, 100, 20, 30, 0.18), True),  # beside one that is not strong
    ],
)
def test_a_faint_place_counts_beside_a_strong_one_only(
    place: tuple[float, float, float, float, float], alone: bool
) -> None:
    values = np.array([(100, 100, 20, 30, 0.9), (210, 100, 20, 30, 0.4), place], np.float32)
    found = Found(values[:, :2], values[:, 2:4], values[:, 4])
    assert faint_and_alone(found).tolist() == [False, False, alone]
    assert faint_and_alone(found.chosen(np.array([2]))).tolist() == [place[4] < 0.2]


@pytest.mark.parametrize("scale", [0.35, 1.0, 3.0, 9.0])
def test_digits_of_any_size_are_read(scale: float) -> None:
    picture = cv2.resize(written("30825", seed=1), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert read(picture).text == "30825"


def test_touching_digits_are_read_where_components_fail() -> None:
    picture = written("2083", pitch=33, seed=3)
    assert read(picture).text == "2083"
    assert read(picture, method="components").text != "2083"


def test_rulings_are_no_digits() -> None:
    picture = written("4096", seed=2)
    picture[:, 30::26] = 120
    picture[22::26] = 120
    assert read(picture).text == "4096"


def letters() -> np.ndarray:
    random, canvas = np.random.default_rng(5), sheet(300, 500)
    plain = [name for name in LETTERS if name not in LOOKALIKES]
    for row in range(4):
        for column in range(9):
            mask = drawn(sign_strokes(str(random.choice(plain)), random), 40, 4)
            put(canvas, mask, 20 + column * 50, 20 + row * 70)
    return canvas


def noise(deviation: float) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.clip(random.normal(128, deviation, (300, 400)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "picture", [letters(), sheet(), noise(3), noise(60)], ids=["letters", "empty", "grain", "noise"]
)
def test_what_is_no_digit_gives_none(picture: np.ndarray) -> None:
    assert read(picture).text == ""


def test_separators_never_turn_into_digits() -> None:
    picture, random = written("12345", pitch=70, seed=4), np.random.default_rng(0)
    for number, name in enumerate(("dot", "comma", "dash")):
        strokes = sign_strokes(name, random)
        top = 40 + round(48 * float(min(points[:, 1].min() for points in strokes)))
        put(picture, drawn(strokes, 48, 5), 40 + 70 * (number + 1) - 20, top)
    assert read(picture).text == "12345"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read(degrees: int) -> None:
    rows = np.asarray(Image.open(SAMPLES / "rows.png").convert("L"))
    lying = np.ascontiguousarray(np.rot90(rows, degrees // 90))  # counterclockwise; to be turned back clockwise
    reading = read(lying, rotate="auto")
    assert reading.text == read(rows).text
    assert (reading.width, reading.height) == lying.shape[::-1]
    inked = np.zeros(lying.shape, bool)
    for digit in reading.digits:
        inked[digit.box.y : digit.box.bottom, digit.box.x : digit.box.right] = True
    assert lying[inked].mean() < lying[~inked].mean()
    assert read(lying, rotate=degrees).text == reading.text


def test_rotating_by_anything_else_is_refused() -> None:
    with pytest.raises(PictureError, match="cannot rotate by 45"):
        read(sheet(), rotate=45)


def test_ten_thousand_digits_take_bounded_work() -> None:
    mask = drawn(digit_strokes(8, np.random.default_rng(0)), 12, 1.5)
    tile = sheet(16, 16)
    put(tile, mask, 2, 2)
    stages = stages_of(np.tile(tile, (100, 100)))
    assert stages.places is not None
    assert len(stages.places.found) == MOST_FOUND
    assert 0.8 * MOST_DIGITS < len(stages.digits) <= MOST_DIGITS


@settings(max_examples=50, deadline=None)
@given(
    height=st.integers(1, 150), width=st.integers(1, 150), seed=st.integers(0, 9999), kind=st.integers(0, 4),
    turn=st.sampled_from(TURNS), method=st.sampled_from(METHODS),
)  # fmt: skip
def test_any_picture_is_read_and_boxes_stay_inside(
    height: int, width: int, seed: int, kind: int, turn: int, method: str
) -> None:
    random = np.random.default_rng(seed)
    if kind == 3:
        page = compose(Digits(*sutja.load("digits").train), any_style(random, max(64, width), max(64, height)), random)
        picture = page.picture[:height, :width]
    elif kind == 4:  # larger than it is read at, and sloping
        page = compose(Digits(*sutja.load("digits").train), style_named("slanted", random), random)
        height, width = 1100 + height, 1700 + width
        picture = cv2.resize(page.picture, (width, height))
    else:
        picture = random.integers(0, 256, (height, width), np.uint8)
        if kind:
            picture = cv2.blur(picture, (kind * 6 + 1,) * 2).reshape(height, width)
    found, _ = bundled_detector()(picture)
    assert ((found.centres >= 0) & (found.centres < (width, height))).all()
    for digit in read(picture, method=method, rotate=turn).digits:
        assert 0 <= digit.box.x < digit.box.right <= width
        assert 0 <= digit.box.y < digit.box.bottom <= height
        assert 0 <= digit.probability <= 1
        assert digit.label in "0123456789"


def test_many_pictures_are_read_in_order_and_a_bad_one_stops_none(tmp_path: Path) -> None:
    names = [SAMPLES / "digit.png", tmp_path / "none.png", SAMPLES / "row.png"]
    first, second, third = read_all(names)
    assert (str(first), str(third)) == ("5", "1234567890")
    assert isinstance(second, PictureError)
    assert first.to_dict() == read(names[0]).to_dict()  # type: ignore[union-attr]


def test_every_stage_can_be_looked_at(tmp_path: Path) -> None:
    stages = stages_of(SAMPLES / "rows.png")
    shown = explain(stages)
    assert list(shown) == ["1-grey", "2-evened", "3-heat", "4-places", "5-crops", "6-digits"]
    assert all(min(image.size) > 50 for image in shown.values())
    assert f"kept {len(stages.digits)} digits" in account(stages)
    pieces = stages_of(SAMPLES / "rows.png", method="components")
    assert list(explain(pieces)) == ["1-grey", "2-ink", "3-digits"]


def test_a_table_is_read_with_its_empty_cells() -> None:
    random, canvas = np.random.default_rng(7), sheet(330, 460)
    for y in range(15, 330, 100):
        cv2.line(canvas, (15, y), (435, y), 90, 2)
    for x in range(15, 460, 140):
        cv2.line(canvas, (x, 15), (x, 315), 90, 2)
    cells = {(0, 0): "17", (0, 2): "4", (1, 1): "85", (2, 0): "62", (2, 2): "90"}
    for (row, column), text in cells.items():
        for number, label in enumerate(text):
            mask = drawn(digit_strokes(int(label), random), 46, 4)
            put(canvas, mask, 15 + 140 * column + 25 + number * 48, 15 + 100 * row + 27)
    assert read_table(canvas).to_csv() == "17,,4\n,85,\n62,,90\n"
    large = cv2.resize(canvas, None, fx=5, fy=5, interpolation=cv2.INTER_LINEAR)
    table = read_table(large)
    assert table.to_csv() == "17,,4\n,85,\n62,,90\n"
    assert table.rows[2][2] is not None
    assert table.rows[2][2].box.x > 5 * 15 + 5 * 280
    sideways = read_table(np.ascontiguousarray(np.rot90(canvas)), rotate=90)
    assert sideways.to_csv() == table.to_csv()
    assert sideways.rows[2][0] is not None
    right, down = sideways.rows[2][0].box.centre  # below at the left of the upright page: at the right end here
    assert right > 215
    assert down > 320


def test_doubtful_digits_are_marked_or_left_out() -> None:
    reading = read(written("618", seed=6))
    assert reading.doubted(0.0) == reading
    assert reading.doubted(1.0).text == "???"
    assert reading.doubted(1.0, drop=True).text == ""
    assert json.loads(reading.doubted(1.0).to_json())["text"] == "???"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("style", "least"),
    [("clean", 0.85), ("touching", 0.6), ("photo", 0.75), ("ruled", 0.8), ("dark", 0.8), ("tiny", 0.75)],
)
def test_composed_pages_of_unseen_digits_are_read(style: str, least: float) -> None:
    tally = Tally()
    for name, picture, text in composed(style, 8):
        tally.add(name, text, read(picture).text)
    assert tally.right / tally.lines >= least


@pytest.mark.real_data
def test_what_is_sure_is_right() -> None:
    digits = Digits(*sutja.load("mnist").test)
    sure = right = 0
    for seed in range(12):
        random = np.random.default_rng(seed)
        page = compose(digits, Style(noise=4.0, unevenness=0.3, signs=0.3, gap=0.25), random)
        found = read(page.picture).digits
        truth = truth_of(page, places_of(found))  # not clear where a letter O stands, or a b that looks like a 6
        given = (truth != UNCLEAR) & np.array([digit.probability >= 0.95 for digit in found])
        sure += given.sum()
        right += (given & (truth == [int(digit.label) for digit in found])).sum()
    assert sure > 300
    assert right / sure >= 0.98
