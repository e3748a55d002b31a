"""What a loaded data set is: two parts of images and labels, and the names of the classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Integer, UInt8

from sutja.data.condition import matching
from sutja.errors import DataError
from sutja.pictures.frame import Frame


class Part(NamedTuple):
    """Images with their labels; unpacks as `images, labels`.

    Attributes:
        images: uint8 `[n, 28, 28]`, 0 is ground and 255 full ink: bright on dark.
        labels: uint8 `[n]`.
    """

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """A training and a test part; unpacks as `(x_train, y_train), (x_test, y_test)`, like Keras's `load_data()`.

    Attributes:
        name: Its name in the catalog, or the folder that it was read from.
        train: For learning.
        test: For judging, never for choosing anything.
        classes: The name of each label, from 0.
        frame: How a picture must be framed to look like these images: "digit" or "garment".

    Example:
        >>> (x_train, y_train), (x_test, y_test) = sutja.load("mnist")  # doctest: +SKIP
        >>> x_train.shape, x_test.shape  # doctest: +SKIP
        ((60000, 28, 28), (10000, 28, 28))
    """

    name: str
    train: Part
    test: Part
    classes: tuple[str, ...]
    frame: Frame = "digit"

    def __iter__(self) -> Iterator[Part]:
        """The training part, then the test part."""
        return iter((self.train, self.test))

    def select(self, where: str, part: str = "train") -> Part:
        """The images of a part that fulfil a condition such as `label > 5`; see `sutja.data.condition`.

        Args:
            where: The condition.
            part: "train" or "test".

        Raises:
            DataError: the condition cannot be understood, or there is no such part.
        """
        images, labels = self.part(part)
        chosen = matching(where, labels, self.classes)
        return Part(images[chosen], labels[chosen])

    def part(self, name: str) -> Part:
        """The part called "train" or "test".

        Raises:
            DataError: another name.
        """
        if name not in ("train", "test"):
            raise DataError(f"a data set has the parts 'train' and 'test', not {name!r}.")
        return self.train if name == "train" else self.test


def one_hot(labels: Integer[np.ndarray, "n"], classes: int | None = None) -> Float32[np.ndarray, "n k"]:
    """Labels as rows with a single 1, equal to `keras.utils.to_categorical`.

    Args:
        labels: Whole numbers from 0, any integer type.
        classes: Width of a row; by default the largest label plus one.

    Raises:
        DataError: a label is negative or not below `classes`.

    Example:
        >>> one_hot(np.array([1, 0, 2]))
        array([[0., 1., 0.],
               [1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    if classes is None:
        classes = int(labels.max()) + 1 if labels.size else 0
    if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise DataError(
            f"labels run from {labels.min()} to {labels.max()}, outside 0 to {classes - 1}. "
            "Give the number of classes, or correct the labels."
        )
    rows = np.zeros((len(labels), classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def as_images(array: np.ndarray, shape: tuple[int, ...] = (28, 28)) -> UInt8[np.ndarray, "n *s"]:
    """Check that an array is uint8 `[n, *shape]`; one image becomes a batch of one.

    Raises:
        DataError: another shape or type, with what to do about it.
    """
    images = array[None] if array.ndim == len(shape) else array
    if images.dtype != np.uint8 or images.shape[1:] != shape:
        raise DataError(
            f"expected uint8 images of shape [n, {', '.join(map(str, shape))}] with values 0 to 255; "
            f"found {array.dtype} {list(array.shape)}. "
            "Pass the images as they were loaded, without dividing by 255."
        )
    return images
