import sys
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks import (
    accuracy,
    ceiling,
    confidence,
    fonts,
    no_digits,
    own_hand,
    reading,
    straight_ones,
    time_to_accuracy,
    training,
    words,
)
from benchmarks.document import write_between
from benchmarks.machine import describe
from benchmarks.peers import mnist
from benchmarks.processes import Judged, Process, finished

from sutja.data.source import load
from sutja.reading.result import Box, Digit
from sutja.synthesis.page import pages
from sutja.synthesis.strokes import Form
from sutja.synthesis.writer import Digits


def process(*judged: tuple[float, float]) -> Process:
    """Epochs of ten seconds, each judged in two more: accuracies and seconds at which they were known."""
    return Process(judged[-1][0] + 1, tuple(Judged(seconds, accuracy, 2.0) for seconds, accuracy in judged))


SLOW = [process((12, 0.980), (24, 0.9895), (36, 0.992)), process((14, 0.981), (26, 0.9905), (38, 0.993))]
OURS = [Process(5.0, (Judged(5.0, 0.991),)), Process(7.0, (Judged(7.0, 0.990),))]


def test_the_ratio_of_a_training_is_that_of_the_medians() -> None:
    results = {"sutja": [Process(seconds, (Judged(seconds, 0.98),)) for seconds in (4.0, 2.0, 9.0)], "torch": SLOW}
    rows = training.rows_of(results, {"sutja": {"sutja": "1"}, "torch": {"torch": "2", "numpy": "3"}})
    assert rows == [
        ["sutja", "4.0 (2.0 to 9.0)", "1.00", "98.00% (98.00% to 98.00%)", "sutja 1"],
        ["PyTorch", "38.0 (37.0 to 39.0)", "9.50", "99.25% (99.20% to 99.30%)", "torch 2, numpy 3"],
    ]
    assert training.rows_of({"torch": SLOW}, {"torch": {}})[0][2] == "–"
    assert training.rows_of({training.FLOAT32: SLOW}, {training.FLOAT32: {}})[0][0] == "sutja in float32"


def test_a_mark_is_reached_when_the_mean_is_and_earlier_judging_costs_nothing() -> None:
    assert time_to_accuracy.first_epoch(SLOW, 0.99) == 2  # 98.95 % and 99.05 %
    assert time_to_accuracy.first_epoch(SLOW, 0.995) is None
    assert [time_to_accuracy.seconds_at(SLOW[0], epoch) for epoch in (1, 2, 3)] == [12, 22, 32]


def test_rows_of_a_mark() -> None:
    peer = time_to_accuracy.Peer("slow", "torch", "torch_convnet", 3)
    near, far = (time_to_accuracy.Attempt(mark, "convnet", 1) for mark in ("99.0 %", "99.5 %"))
    assert list(time_to_accuracy.rows_of(near, OURS, {peer: SLOW})) == [
        ["99.0 %", "sutja, `convnet`", "1", "6.0 (5.0 to 7.0)", "1.00", "99.05% (99.00% to 99.10%)"],
        ["99.0 %", "slow", "2", "23.0 (22.0 to 24.0)", "3.83", "99.00% (98.95% to 99.05%)"],
    ]
    ours, theirs = time_to_accuracy.rows_of(far, OURS, {peer: SLOW})
    assert ours[-1].endswith("**below the mark**")
    assert theirs == ["99.5 %", "slow", "not within 3", "–", "–", "at most 99.25%, after epoch 3"]


def test_only_what_lies_between_a_commands_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "a\n<!-- written by one -->\nold\n<!-- end of what it writes -->\nb\n"
        "<!-- written by two -->\nkept\n<!-- end of what it writes -->\nc\n"
    )
    write_between("one", ["new"], page)
    assert page.read_text() == (
        "a\n<!-- written by one -->\n\nnew\n\n<!-- end of what it writes -->\nb\n"
        "<!-- written by two -->\nkept\n<!-- end of what it writes -->\nc\n"
    )
    with pytest.raises(SystemExit, match="lacks the marks <!-- written by three -->"):
        write_between("three", ["new"], page)


@pytest.mark.parametrize(
    ("command", "document"),
    [
        (training.COMMAND, "training.md"),
        (time_to_accuracy.COMMAND, "training.md"),
        (own_hand.COMMAND, "training.md"),
        (reading.COMMAND, "reading.md"),
        (confidence.COMMAND, "reading.md"),
        (no_digits.COMMAND, "reading.md"),
        (straight_ones.COMMAND, "reading.md"),
        (ceiling.COMMAND, "reading.md"),
        (fonts.COMMAND, "reading.md"),
        (words.COMMAND, "reading.md"),
    ],
)
def test_the_document_has_the_marks(command: str, document: str, tmp_path: Path) -> None:
    copy = tmp_path / document
    copy.write_text((Path(__file__).parents[1] / "docs" / document).read_text("utf-8"))
    write_between(command, ["new"], copy)
    assert "\n\nnew\n\n" in copy.read_text("utf-8")


def test_a_line_is_right_where_all_of_its_images_are() -> None:
    digits = Digits(*load("digits").test)
    name, lines, whole, count, wrong = ceiling.row_of("clean", digits, digits.labels != 3, 3)
    texts = "\n".join(page.text for page in islice(pages(digits, "clean", seed=reading.SEED), 3)).replace(" ", "")
    rows = texts.split("\n")
    assert (name, lines, count) == ("clean", str(len(rows)), str(sum(map(len, rows))))
    assert whole == f"{np.mean(['3' not in row for row in rows]):.1%}"
    assert wrong == f"{texts.count('3') / sum(map(len, rows)):.2%}"


def test_rows_in_fonts_are_counted_with_what_is_misread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = {"one": [(np.zeros((9, 9), np.uint8), ["1234", "5678"])], "other": [(np.ones((9, 9), np.uint8), ["4711"])]}
    given = {0: ["1234", "5178"], 1: ["471"]}

    def reading(picture: np.ndarray, method: str) -> SimpleNamespace:
        return SimpleNamespace(lines=[SimpleNamespace(text=text) for text in given[int(picture[0, 0])]])

    monkeypatch.setattr(fonts, "read", reading)
    assert fonts.row_of(drawn) == ["2", "3", "12", "1 (33.3%)", "0", "6 as 1 (1)"]
    with pytest.raises(SystemExit, match="lacks the font caveat. Get all: npm install"):
        fonts.file_of("caveat", tmp_path)


def test_numbers_among_words_are_right_where_their_digits_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.zeros((50, 200), np.uint8)
    items = [
        words.Item("47", (10, 10, 50, 40)),
        words.Item("go", (60, 10, 90, 40)),
        words.Item("1", (100, 10, 120, 40)),
    ]
    given = [Digit("7", 1, Box(32, 12, 10, 20)), Digit("4", 1, Box(18, 12, 10, 20)), Digit("0", 1, Box(78, 20, 8, 8))]
    monkeypatch.setattr(words, "read", lambda picture, method: SimpleNamespace(digits=tuple(given)))
    kind = words.PRINTED
    assert words.row_of(kind, [(picture, items)]) == [kind, "1", "2", "1 (50.0%)", "2", "1"]
    given.append(Digit("1", 1, Box(105, 12, 4, 20)))
    assert words.row_of(kind, [(picture, items)]) == [kind, "1", "2", "2 (100.0%)", "2", "1"]
    assert words.row_of(kind, [(picture, items[1:2])]) == [kind, "1", "–", "–", "2", "1"]


def test_the_processor_is_described(tmp_path: Path) -> None:
    information = tmp_path / "cpuinfo"
    information.write_text("model name\t: Some CPU\nflags\t\t: fpu avx2 avx512f\n\nmodel name\t: Some CPU\n")
    assert describe(information).startswith("Some CPU, ")
    assert ", AVX2, AVX-512, no AMX, " in describe(information)
    assert "vector units unknown" in describe(tmp_path / "nothing")


def test_a_drawn_hand_writes_every_digit_in_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    forms: list[tuple[str, ...]] = []
    of = Form.of

    def noted(*drawings: str) -> Form:
        forms.append(drawings)
        return of(*drawings)

    monkeypatch.setattr(Form, "of", noted)
    hand = own_hand.drawn_hand(4)
    assert len(forms) == 10
    again = own_hand.drawn_hand(4)
    assert np.bincount(hand.labels).tolist() == [own_hand.DRAWN_OF_EACH] * 10
    np.testing.assert_array_equal(hand.frames, again.frames)


@pytest.mark.real_data
def test_styles_are_thirds_by_slant() -> None:
    left, upright, right = own_hand.styles()
    slants = [np.mean([own_hand.slant_of(frame) for frame in style.frames]) for style in (left, upright, right)]
    assert slants == sorted(slants)
    assert slants[0] < 0 < slants[2]
    assert sum(len(style.labels) for style in (left, upright, right)) == 1269


@pytest.mark.real_data
def test_peers_read_what_sutja_reads() -> None:
    whole = load("mnist")
    for ours, theirs in zip((whole.train, whole.test), mnist.load(), strict=True):
        np.testing.assert_array_equal(ours.images, theirs[0])
        np.testing.assert_array_equal(ours.labels, theirs[1])
    assert [len(labels) for _, labels in mnist.load(300)] == [300, 300]


@pytest.mark.real_data
def test_accuracies_are_taken_as_they_come_and_failures_are_shown() -> None:
    script = (
        'print(\'{"epoch": 1, "accuracy": 0.5}\', flush=True); '
        "print('a remark'); print('{\"accuracy\": 0.75, \"evaluation\": 0.25}')"
    )
    done = finished([sys.executable, "-c", script], "torch")
    assert [(judged.accuracy, judged.evaluation) for judged in done.judged] == [(0.5, 0.0), (0.75, 0.25)]
    assert done.accuracy == 0.75
    assert done.judged[0].seconds <= done.judged[1].seconds <= done.seconds
    with pytest.raises(SystemExit, match="failed:\n.*no such luck"):
        finished([sys.executable, "-c", "raise SystemExit('no such luck')"], "torch")


def test_a_row_without_a_run_stays_as_it_is() -> None:
    document = "| `tiny` | mnist | 7,770 |\n| `convnet` | fashion-mnist | 212,458 |\n"
    assert accuracy.row_before(accuracy.Case("convnet", "fashion-mnist", 0.9), document).endswith("212,458 |")
    assert accuracy.row_before(accuracy.Case("convnet", "mnist", 0.9), document) == ""
