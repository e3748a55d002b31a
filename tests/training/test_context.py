from pathlib import Path

import numpy as np
import pytest

from sutja.reading.context import FILE, VALUES, Perceptron
from sutja.training import context
from sutja.training.context import Examples, fitted, style_of_page, train_context
from sutja.training.reader import BUNDLED


def test_the_perceptron_tells_apart_what_its_examples_do_whatever_they_are_measured_in() -> None:
    random = np.random.default_rng(0)
    values = (random.normal(size=(3000, 4)) * (100, 1, 0.01, 0) + 5).astype(np.float32)
    digit = ((values[:, 0] > 5) ^ (values[:, 2] > 5)) | (values[:, 1] > 6.5)
    perceptron = fitted(Examples(values[:2000], digit[:2000]), seed=0)
    right = (perceptron(values[2000:]) > 0.5) == digit[2000:]
    assert right.mean() > 0.9
    moved = values[2000:] + np.array([0, 0, 0, 1e-4], np.float32)  # what never varied changes little where it does
    np.testing.assert_allclose(perceptron(moved), perceptron(values[2000:]), atol=0.01)


def test_pages_have_many_signs_some_nothing_but_words() -> None:
    styles = [style_of_page(np.random.default_rng(seed)) for seed in range(400)]
    signs = [style.signs for style in styles]
    assert {value: signs.count(value) > 20 for value in set(signs)} == dict.fromkeys(context.SIGNS[0], True)
    assert 0.5 < np.mean([style.longest < context.LONGEST[1] for style in styles]) < 0.9


@pytest.mark.real_data
def test_it_learns_from_what_a_reader_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(context, "TEST_PAGES", 40)
    for name in ("detector.onnx", "crops.onnx"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    train_context(tmp_path, pages=160, seed=3)
    content = (tmp_path / FILE).read_bytes()
    assert Perceptron.load(content).weights[0].shape == (VALUES, context.HIDDEN[0])
    digits, lost, others, stay = (
        int(word) for word in capsys.readouterr().err.replace(",", "").split() if word.isdigit()
    )
    assert lost < 0.03 * digits
    assert stay < 0.7 * others
    train_context(tmp_path, pages=160, seed=3)
    assert (tmp_path / FILE).read_bytes() == content
