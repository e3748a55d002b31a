from xml.etree import ElementTree

import numpy as np
import pytest

from sutja.evaluation.drawing import calibration_drawing, confusion_table, curve_drawing, picture, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.91, 0.992, [0.92, 0.94, 0.96, 0.98]),
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (1, 10, [2, 4, 6, 8, 10]),
        (1, 2, [1.0, 1.2, 1.4, 1.6, 1.8, 2.0]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[0.5], [0.9, 0.95, 0.97], [1.0, 1.0], [2.3, 0.4, 0.1]])
def test_curves_are_well_formed_and_inside(values: list[float]) -> None:
    root = ElementTree.fromstring(curve_drawing({"training": values, "validation": [], "a<b": values}, "loss"))  # noqa: S314
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    dots = list(root.iter("circle"))
    assert len(dots) == 2 * len(values)
    for dot in dots:
        assert 0 < float(dot.attrib["cx"]) < width
        assert 0 < float(dot.attrib["cy"]) < height
    assert [text.text for text in root.iter("text")][-2:] == ["epoch", "loss"]


def test_higher_values_lie_higher() -> None:
    root = ElementTree.fromstring(curve_drawing({"training": [0.2, 0.8]}, "accuracy"))  # noqa: S314
    first, second = (float(dot.attrib["cy"]) for dot in root.iter("circle"))
    assert second < first


def test_calibration_leaves_out_empty_groups() -> None:
    root = ElementTree.fromstring(calibration_drawing([(0.1, 0.0, 0), (0.5, 0.4, 10), (0.95, 0.97, 90)]))  # noqa: S314
    titles = [title.text for title in root.iter("title")]
    assert titles == ["10 answers: 50.0% sure, 40.0% right", "90 answers: 95.0% sure, 97.0% right"]


def test_the_confusion_table_holds_every_count() -> None:
    root = ElementTree.fromstring(confusion_table(np.array([[8, 2], [0, 1234]]), ["a<", "b"]))  # noqa: S314
    assert [cell.text for cell in root.iter("td")] == ["8", "2", None, "1,234"]
    styles = [cell.attrib["style"] for cell in root.iter("td")]
    assert styles[1] == "background:rgba(234,88,12,0.85)"


def test_pictures_carry_their_bytes() -> None:
    text = picture(np.zeros((28, 28), np.uint8), 'a "3"')
    assert text.startswith('<img alt="a &quot;3&quot;" src="data:image/png;base64,iVBOR')
