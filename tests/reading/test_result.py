import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sutja
from sutja.reading.overlay import DOUBTFUL, SURE, UNSURE, overlay
from sutja.reading.result import Box, Classification, Digit, Line, Reading

READING = Reading(
    "photo.jpg",
    300,
    200,
    (
        Line((Digit("2", 0.99, Box(10, 20, 30, 40), (("7", 0.004),)), Digit("3", 0.8, Box(60, 25, 20, 45)))),
        Line((Digit("4", 0.5, Box(10, 100, 30, 40)),)),
    ),
)


def test_the_text_has_a_line_for_each_line() -> None:
    assert str(READING) == READING.text == "23\n4"
    assert [digit.label for digit in READING.digits] == ["2", "3", "4"]


def test_a_line_is_as_sure_as_all_its_digits_and_as_large() -> None:
    line = READING.lines[0]
    assert line.confidence == pytest.approx(0.99 * 0.8)
    assert line.box == (10, 20, 70, 50)


def test_the_text_has_spaces_where_gaps_are_wide() -> None:
    digits = tuple(Digit(label, 0.9, Box(0, 0, 1, 1)) for label in "12345")
    line = Line(digits, spaces=(3, 4))
    assert line.text == line.to_dict()["text"] == "123 4 5"
    assert set(line.to_dict()) == {"text", "confidence", "box", "digits"}
    assert str(Reading("", 9, 9, (line, Line(digits)))) == "123 4 5\n12345"


def test_the_schema_is_that_of_the_documentation() -> None:
    assert json.loads(READING.to_json()) == {
        "picture": "photo.jpg",
        "width": 300,
        "height": 200,
        "text": "23\n4",
        "lines": [
            {
                "text": "23",
                "confidence": 0.792,
                "box": [10, 20, 70, 50],
                "digits": [
                    {"label": "2", "probability": 0.99, "box": [10, 20, 30, 40], "alternatives": [["7", 0.004]]},
                    {"label": "3", "probability": 0.8, "box": [60, 25, 20, 45], "alternatives": []},
                ],
            },
            {
                "text": "4",
                "confidence": 0.5,
                "box": [10, 100, 30, 40],
                "digits": [{"label": "4", "probability": 0.5, "box": [10, 100, 30, 40], "alternatives": []}],
            },
        ],
    }
    assert "\n" not in READING.to_json()


def test_boxes_know_their_sides() -> None:
    box = Box(10, 20, 30, 40)
    assert (box.right, box.bottom, box.centre) == (40, 60, (25, 40))
    assert box.joined(Box(0, 30, 5, 5)) == (0, 20, 40, 40)


def test_the_overlay_colours_by_confidence() -> None:
    image = READING.render(np.full((200, 300, 3), 255, np.uint8))
    pixels = np.asarray(image).reshape(-1, 3)
    for colour in (SURE, DOUBTFUL, UNSURE):
        assert (pixels == colour).all(axis=1).any()


@pytest.mark.parametrize("size", [(1, 1), (28, 28), (300, 200), (5000, 40)])
def test_overlays_fit_a_screen(size: tuple[int, int]) -> None:
    reading = Reading("", *size, (Line((Digit("1", 0.9, Box(0, 0, 1, 1)),)),))
    image = overlay(Image.new("RGB", size, "white"), reading)
    assert max(image.size) <= 1650


def test_a_classification_names_the_likeliest() -> None:
    answer = Classification("boot.jpg", (("Ankle boot", 0.9), ("Sneaker", 0.1)))
    assert (str(answer), answer.probability) == ("Ankle boot", 0.9)
    assert json.loads(answer.to_json())["ranking"] == [["Ankle boot", 0.9], ["Sneaker", 0.1]]


def test_samples_are_read_right() -> None:
    folder = Path(sutja.__file__).parent / "samples"
    texts = {path.name: sutja.read(path).text for path in sorted(folder.glob("*.png")) if path.stem != "marks"}
    assert texts == {
        "blackboard.png": "20268",
        "digit.png": "5",
        "row.png": "1234567890",
        "rows.png": "30941\n72685\n114",
    }
