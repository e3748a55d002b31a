import numpy as np
import pytest

import sutja
from sutja.data.dataset import as_images, one_hot
from sutja.errors import DataError


def test_the_embedded_digits_unpack_as_keras_does() -> None:
    (x_train, y_train), (x_test, y_test) = sutja.load("digits")
    assert (x_train.shape, x_test.shape) == ((1438, 28, 28), (359, 28, 28))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(np.concatenate((y_train, y_test))).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert x_train.max() == 255


def test_selecting_by_condition() -> None:
    dataset = sutja.load("digits")
    images, labels = dataset.select("label > 7", part="test")
    assert set(labels.tolist()) == {8, 9}
    assert len(images) == len(labels) == int((dataset.test.labels > 7).sum())
    with pytest.raises(DataError, match="'train' and 'test', not 'training'"):
        dataset.select("label > 7", part="training")


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_one_hot_equals_keras(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", exc_type=ImportError)
    labels: np.ndarray = np.random.default_rng(0).integers(0, 10, 100).astype(kind)
    for classes in (None, 10, 12):
        expected = keras.utils.to_categorical(labels, classes)
        found = one_hot(labels, classes)
        assert found.dtype == np.float32
        assert np.array_equal(found, expected)


def test_one_hot_refuses_labels_outside() -> None:
    with pytest.raises(DataError, match="labels run from -1 to 3, outside 0 to 9"):
        one_hot(np.array([3, -1]), 10)
    assert one_hot(np.array([], np.uint8), 10).shape == (0, 10)


def test_images_that_were_divided_are_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"found float64 \[2, 28, 28\].*without dividing by 255"):
        as_images(np.zeros((2, 28, 28)))
    assert as_images(np.zeros((28, 28), np.uint8)).shape == (1, 28, 28)
    assert as_images(np.zeros((2, 28, 28), np.uint8), (2, 28, 28)).shape == (1, 2, 28, 28)
    with pytest.raises(DataError, match=r"shape \[n, 2, 28, 28\]"):
        as_images(np.zeros((5, 28, 28), np.uint8), (2, 28, 28))
