import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks.reading import digit_pictures, photographs
from PIL import Image
from sklearn.linear_model import LogisticRegression

import sutja
from sutja.classifier.classifier import Classifier
from sutja.errors import ModelError, PictureError
from sutja.pictures.decode import Sheet
from sutja.pictures.frame import frame_digit
from sutja.reading.classify import classify
from sutja.reading.detector import MOST_FOUND
from sutja.reading.many import read_all
from sutja.reading.naming import Named, own_names
from sutja.reading.places import Found
from sutja.reading.reader import METHODS, box_of, read, read_table, stages_of
from sutja.reading.result import Box, Reading
from sutja.synthesis.strokes import digit_strokes, drawn
from tests.reading.pictures import on_paper, put, row_of, sheet, written

TEXT = "3140592687"


def framed(text: str, seed: int = 0) -> np.ndarray:
    """Digits drawn from strokes, framed as MNIST has them: uint8 `[n, 28, 28]`."""
    random = np.random.default_rng(seed)
    return np.stack([frame_digit(drawn(digit_strokes(int(label), random), 60, 6)) for label in text])


@pytest.fixture(scope="module")
def row() -> tuple[np.ndarray, str]:
    """A row of ten digits as ink, and its text."""
    return row_of(framed(TEXT, seed=1)), TEXT


TREATMENTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "dark on light": on_paper,
    "light on dark": lambda ink: 255 - on_paper(ink),
    "faint": lambda ink: on_paper(ink, darkness=0.25),
    "dim": lambda ink: on_paper(ink, ground=110),
    "large": lambda ink: cv2.resize(on_paper(ink), None, fx=3, fy=3),
    "small": lambda ink: cv2.resize(on_paper(ink), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "blurred": lambda ink: cv2.GaussianBlur(on_paper(ink), (0, 0), 2),
    "no margin": lambda ink: on_paper(ink, margin=1),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_row_is_read_however_it_looks(treatment: str, method: str, row: tuple[np.ndarray, str]) -> None:
    ink, text = row
    assert read(TREATMENTS[treatment](ink), method=method).text == text


def test_several_rows_are_lines() -> None:
    rows = "25803", "46980", "35729"
    ink = np.concatenate([np.pad(row_of(framed(text)), ((0, 30), (0, 0))) for text in rows])
    assert read(on_paper(ink)).text == "\n".join(rows)


def test_boxes_are_where_the_ink_is(row: tuple[np.ndarray, str]) -> None:
    ink, _ = row
    picture = cv2.resize(on_paper(ink), None, fx=4, fy=4)
    reading = read(picture)
    assert (reading.width, reading.height) == picture.shape[::-1]
    inside = np.zeros(picture.shape, bool)
    for digit in reading.digits:
        assert digit.box.right <= reading.width
        assert digit.box.bottom <= reading.height
        inside[digit.box.y : digit.box.bottom, digit.box.x : digit.box.right] = True
    strong = cv2.resize(np.pad(ink, 40), None, fx=4, fy=4) > 200
    assert (strong & ~inside).sum() < 0.01 * strong.sum()
    rows, columns = strong.any(axis=1), strong.any(axis=0)
    assert inside.sum() < 1.4 * rows.sum() * columns.sum()


def sloping_row() -> np.ndarray:
    """A row of seven digits that falls by 26 degrees."""
    level = cv2.copyMakeBorder(written("4870447", height=60, pitch=70), 130, 130, 60, 60, cv2.BORDER_REPLICATE)
    middle = level.shape[1] / 2, level.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, -26, 1.0)
    return np.asarray(cv2.warpAffine(level, turn, level.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_boxes_of_a_sloping_page_are_around_its_ink() -> None:
    picture = sloping_row()
    stages = stages_of(picture)
    assert stages.slope == pytest.approx(np.radians(26), abs=0.03)
    reading = stages.reading("")
    assert reading.text == "4870447"
    _, _, pieces, _ = cv2.connectedComponentsWithStats((picture < 150).astype(np.uint8))
    inks = sorted((Box(*piece[:4].tolist()) for piece in pieces[1:] if piece[4] > 50), key=lambda box: box.x)
    for digit, ink in zip(reading.digits, inks, strict=True):
        across = min(digit.box.right, ink.right) - max(digit.box.x, ink.x)
        down = min(digit.box.bottom, ink.bottom) - max(digit.box.y, ink.y)
        shared = max(0, across) * max(0, down)
        assert shared > 0.6 * (digit.box.width * digit.box.height + ink.width * ink.height - shared)


def test_boxes_of_a_turned_photo_are_in_the_picture_as_shown(row: tuple[np.ndarray, str], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = np.rot90(on_paper(row[0]))
    Image.fromarray(lying).save(tmp_path / "photo.jpg", exif=exif, quality=95)
    reading = read(tmp_path / "photo.jpg")
    assert reading.text == row[1]
    assert reading.width > reading.height
    assert reading.picture == str(tmp_path / "photo.jpg")
    as_shown = read(on_paper(row[0]))
    for box, other in zip(reading.digits, as_shown.digits, strict=True):
        assert np.allclose(box.box, other.box, atol=4)


def test_small_digits_on_a_large_page_that_lies_on_its_side_are_turned() -> None:
    page = sheet(1200, 1600)
    rows = "2753", "4925", "7352", "5274"
    for number, text in enumerate(rows):
        put(page, np.pad(row_of(framed(text), size=15), 2), 300, 300 + 60 * number)
    assert read(np.rot90(page), rotate="auto").text == "\n".join(rows)


def test_many_pictures_at_once_are_read_as_each_alone(row: tuple[np.ndarray, str], tmp_path: Path) -> None:
    """In a process of its own, as models that are loaded already hide who loads them."""
    Image.fromarray(on_paper(row[0])).save(tmp_path / "row.png")
    script = (
        "import sys, sutja, warnings\n"
        "readings = list(sutja.read_all([sys.argv[1]] * 6, workers=6))\n"
        "alone = sutja.read(sys.argv[1])\n"
        "assert ('ignore', None, Warning, None, 0) not in warnings.filters\n"
        "assert all([d.probability for d in one.digits] == [d.probability for d in alone.digits] for one in readings)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "row.png"], check=True, timeout=120)


def test_pictures_are_taken_as_they_are_read(row: tuple[np.ndarray, str]) -> None:
    taken = []

    def camera() -> Iterator[np.ndarray]:
        for number in range(9):
            taken.append(number)
            yield on_paper(row[0])

    first = next(read_all(camera(), workers=2))
    assert isinstance(first, Reading)
    assert first.text == row[1]
    assert len(taken) <= 3


def test_any_callable_can_be_the_classifier(digit_rows: tuple[np.ndarray, np.ndarray]) -> None:
    written, truth = digit_rows
    chosen = [3, 11, 20, 25, 34, 43, 50, 60, 66, 75]
    images, labels = sutja.load("digits").train
    model = LogisticRegression(max_iter=300).fit(images.reshape(-1, 784) / 255, labels)
    reading = read(
        on_paper(row_of(written[chosen])),
        model=lambda batch: model.predict_proba(batch.reshape(-1, 784) / 255),
        method="components",
    )
    matches = sum(ours == theirs for ours, theirs in zip(reading.text, map(str, truth[chosen]), strict=True))
    assert matches >= 8


def test_a_classifier_that_answers_otherwise_is_refused(row: tuple[np.ndarray, str]) -> None:
    with pytest.raises(ModelError, match=r"the classifier gave \[10\] for 10 images"):
        read(on_paper(row[0]), model=lambda batch: np.zeros(len(batch)))


@pytest.mark.parametrize(
    "picture", [np.full((50, 60), 255, np.uint8), np.zeros((1, 1), np.uint8), np.full((3, 500), 9, np.uint8)]
)
def test_an_empty_picture_has_no_text(picture: np.ndarray) -> None:
    reading = read(picture)
    assert (reading.text, reading.lines) == ("", ())


def test_an_unknown_method_gives_those_there_are() -> None:
    with pytest.raises(PictureError, match="unknown method 'component'. Did you mean 'components'"):
        read(np.zeros((5, 5), np.uint8), method="component")
    with pytest.raises(PictureError, match="unknown method"):
        read_all([], method="component")


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (3000, 4), (4, 3000)])
def test_a_strip_is_a_table_of_nothing(shape: tuple[int, int]) -> None:
    assert read_table(np.full(shape, 255, np.uint8)).rows == ()


def test_boxes_of_cells_are_those_of_their_digits() -> None:
    page = np.full((2999, 4000), 255, np.uint8)
    page[2500:2999, 1997:2062] = 0
    (digit,), table = read(page).digits, read_table(page)
    assert [cell.box for row in table.rows for cell in row if cell] == [digit.box]


def test_no_alternative_is_likelier_than_the_label() -> None:
    answers = np.zeros((1, 11))
    answers[0, [4, 9, 10]] = 0.45, 0.40, 0.15
    place = Found(np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32), np.zeros(1, np.float32))
    crops = np.zeros((1, 2, 28, 28), np.uint8)
    (names,) = own_names(Named(place, crops, answers, np.array([4]), np.array([0.41]), np.ones(1)))
    assert names[0] == ("4", 0.41)
    assert max(share for _, share in names[1:]) <= 0.41


def test_the_box_of_a_cell_on_a_sloping_page_is_that_of_its_line() -> None:
    stages = stages_of(sloping_row())
    (line,) = stages.reading("").lines
    cells = [cell for row in read_table(sloping_row()).rows for cell in row if cell]
    assert stages.slope != 0
    assert "".join(cell.text for cell in cells) == line.text.replace(" ", "")
    assert reduce(Box.joined, (cell.box for cell in cells)) == line.box


def test_twenty_thousand_specks_take_bounded_work() -> None:
    picture = np.full((2000, 2000), 255, np.uint8)
    places = np.random.default_rng(0).integers(0, 1998, (20_000, 2))
    for y, x in places:
        picture[y : y + 2, x : x + 3] = 0
    stages = stages_of(picture)
    assert stages.places is not None
    assert 0 < len(stages.places.found) <= MOST_FOUND
    assert len(stages.digits) < 20  # none of them is a digit


def test_a_reduced_box_is_enlarged_within_the_picture() -> None:
    whole, reduced = Sheet(np.zeros((100, 100), np.uint8), 100, 100), Sheet(np.zeros((100, 100), np.uint8), 200, 199)
    assert box_of(np.array((25.0, 40.0)), np.array((30, 40)), whole) == (10, 20, 30, 40)
    assert box_of(np.array((95.0, 95.0)), np.array((10, 10)), reduced) == (180, 179, 20, 20)


def test_the_pictures_of_the_chapter_are_read_right(shared_pictures: Path) -> None:
    for name, text in (("4.png", "4"), ("nums.png", "2351"), ("t_nums2.png", "23456789")):
        assert read(shared_pictures / name).text == text


def test_photographs_are_read_right(shared_pictures: Path) -> None:
    for name, picture, text in photographs():
        assert read(picture).text == text, name


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "least"), [("hwd-1000", 0.98), ("nsysu-digits", 0.95)])
def test_digits_by_other_hands_are_read(name: str, least: float, shared_pictures: Path) -> None:
    right = [read(picture).text == text for _, picture, text in digit_pictures(name)]
    assert np.mean(right) >= least


@pytest.mark.real_data
def test_garments_in_pictures_are_named() -> None:
    images, labels = sutja.load("fashion-mnist").test
    classifier = Classifier.load("fashion")
    right = 0
    for image, label in zip(images[:200], labels[:200], strict=True):
        shop = 250 - cv2.resize(image, (280, 280), interpolation=cv2.INTER_CUBIC).astype(int) * 0.9
        picture = np.pad(shop.clip(0, 255).astype(np.uint8), 60, constant_values=250)
        right += classify(picture, classifier).label == classifier.classes[label]
    assert right >= 160
    assert classify(picture).label in classifier.classes


def test_one_digit_is_classified_too() -> None:
    answer = classify(on_paper(row_of(framed("5"))), "digits")
    assert answer.label == "5"
    assert len(answer.ranking) == 10


def test_an_empty_picture_shows_no_garment() -> None:
    with pytest.raises(PictureError, match="the picture shows nothing but its ground"):
        classify(np.full((50, 50), 200, np.uint8))
