from dataclasses import replace

import cv2
import numpy as np
import pytest

from sutja.reading import reader
from sutja.reading.context import (
    NEAR,
    VALUES,
    Perceptron,
    bundled_context,
    described,
    row_of,
    run_of_signs,
    without_letters,
)
from sutja.reading.naming import log_odds
from sutja.reading.page_ink import PageInk
from sutja.reading.reader import read
from sutja.synthesis.signs import sign_strokes
from sutja.synthesis.strokes import drawn, extent
from tests.reading.pictures import PITCH, copies_of, middle_of, named_rings, put, rings, sheet, written


def saying(probability: float, inputs: int = VALUES) -> Perceptron:
    """A perceptron that says the same of everything."""
    return Perceptron((np.zeros((inputs, 1), np.float32),), (log_odds(np.array([probability])).astype(np.float32),))


def test_a_perceptron_is_layers_with_rectifiers_between_them_and_reads_what_it_writes() -> None:
    random = np.random.default_rng(0)
    weights = tuple(random.normal(size=shape).astype(np.float32) for shape in ((3, 4), (4, 2), (2, 1)))
    biases = tuple(random.normal(size=size).astype(np.float32) for size in (4, 2, 1))
    values = random.normal(size=(5, 3)).astype(np.float32)
    first = np.maximum(values @ weights[0] + biases[0], 0)
    second = np.maximum(first @ weights[1] + biases[1], 0)
    wanted = 1 / (1 + np.exp(-(second @ weights[2] + biases[2])[:, 0]))
    perceptron = Perceptron(weights, biases)
    np.testing.assert_allclose(perceptron(values), wanted, rtol=1e-5)
    np.testing.assert_array_equal(Perceptron.load(perceptron.to_bytes())(values), perceptron(values))


def test_a_run_says_how_much_of_its_ink_no_digit_explains_and_how_likely_its_digits_are() -> None:
    picture = rings(6)
    picture[:, middle_of(2)[0] - PITCH // 2 : middle_of(2)[0] + PITCH // 2] = 235  # a space in place of the third
    odds = np.array([4.0, 1.0, 3.0])
    ink = PageInk.around(named_rings(0, 3, 4), copies_of(picture))
    share, pieces, digits, median, mean, least = run_of_signs(odds, ink, 0.3)
    assert share == pytest.approx([1 / 2, 1 / 3, 1 / 3], abs=0.02)
    assert np.expm1(pieces) == pytest.approx([1, 1, 1])
    assert np.expm1(digits) == pytest.approx([1, 2, 2])
    assert (median.tolist(), mean.tolist(), least.tolist()) == ([4, 2, 2], [4, 2, 2], [4, 1, 1])
    share, pieces, *_ = run_of_signs(odds, ink, 1.3)
    assert share == pytest.approx([2 / 5] * 3, abs=0.02)
    assert np.expm1(pieces) == pytest.approx([2] * 3)


def test_a_row_says_what_is_nearest_to_either_side() -> None:
    named, odds = named_rings(0, 1, 3), np.array([4.0, 1.0, 3.0])
    named.found.sizes[2] = 32, 88
    left, right, left_odds, right_odds, left_height, right_height, median, count, least = row_of(named, odds)
    assert left == pytest.approx([NEAR, (PITCH - 32) / 44, (2 * PITCH - 32) / 88])
    assert right == pytest.approx([(PITCH - 32) / 44, (2 * PITCH - 32) / 88, NEAR])
    assert (left_odds.tolist(), right_odds.tolist()) == ([0, 4, 1], [1, 3, 0])
    assert left_height == pytest.approx([0, 0, -np.log(2)])
    assert right_height == pytest.approx([0, np.log(2), 0])
    assert (median.tolist(), least.tolist()) == ([2, 3.5, 2.5], [1, 3, 1])
    assert np.expm1(count) == pytest.approx([2, 2, 2])


@pytest.mark.parametrize("numbers", [(0,), (1, 3), (0, 1, 2, 3, 4), (9,)])
def test_a_place_is_described_in_finite_numbers(numbers: tuple[int, ...]) -> None:
    named = named_rings(*numbers)
    values = described(named, PageInk.around(named, copies_of(rings(5))))
    assert values.shape == (len(numbers), VALUES) == (len(numbers), len(bundled_context().weights[0]))
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


@pytest.mark.parametrize(("probability", "stay"), [(0.1, 0), (0.9, 2)])
def test_what_its_surroundings_say_is_none_is_left_out(probability: float, stay: int) -> None:
    named = named_rings(1, 3)
    assert len(without_letters(named, copies_of(rings(5)), saying(probability)).label) == stay


def test_parts_of_drawings_are_left_out_whatever_is_said() -> None:
    face = np.full((28, 28), 40, np.uint8)
    cv2.circle(face, (13, 13), 9, 230, 1, cv2.LINE_AA)
    face[10:13, 11] = face[10:13, 16] = 230
    outline = replace(named_rings(0), crops=np.stack([face, face])[None], probability=np.array([0.8]))
    assert len(without_letters(outline, copies_of(rings(1)), saying(0.9)).label) == 0


def test_without_digits_there_is_nothing_to_leave_out() -> None:
    assert len(without_letters(named_rings(), copies_of(rings(0)), saying(0.9)).label) == 0


def test_printed_words_beside_a_handwritten_number_give_hardly_a_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    number = written("2083", height=40, pitch=44, seed=1)
    picture = sheet(420, max(620, number.shape[1] + 20))
    picture[290 : 290 + len(number), 10 : 10 + number.shape[1]] = number
    for row, text in enumerate(("Sixty Silly Oranges", "quick Boys go home", "the lazy dog over")):
        cv2.putText(picture, text, (20, 60 + 80 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 30, 3, cv2.LINE_AA)
    lines = [line.text for line in read(picture).lines]
    with monkeypatch.context() as patch:
        patch.setattr(reader, "without_letters", lambda kept, copies, context: kept)
        before = sum(len(line.text) for line in read(picture).lines)
    assert "2083" in lines
    assert sum(map(len, lines)) - 4 < 0.5 * (before - 4)


def test_a_handwritten_word_over_a_number_gives_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, x = np.vstack([sheet(100, 280), written("5203", height=48, pitch=50)]), 40.0
    for name in "dogs":
        strokes = sign_strokes(name, np.random.default_rng(0))
        left, top, right, _ = extent(strokes)
        put(picture, drawn(strokes, 48, 4), round(x), round(50 + top * 48))
        x += (right - left + 0.2) * 48
    assert str(read(picture)) == "5203"
    monkeypatch.setattr(reader, "bundled_context", lambda: saying(1.0))
    assert str(read(picture)) != "5203"
