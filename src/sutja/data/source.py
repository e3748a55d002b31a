"""`load`: from a name or a folder to a `Dataset`."""

import os

import cv2
import numpy as np
from jaxtyping import UInt8

from sutja.data.catalog import CATALOG, Entry, find
from sutja.data.dataset import Dataset, Part
from sutja.data.fetch import contents
from sutja.data.folder import TEST_FRACTION, load_folder
from sutja.data.idx import decode
from sutja.errors import DataError
from sutja.files import expanded
from sutja.pictures.frame import Frame, frame_digit


def load(source: str | os.PathLike[str], frame: Frame = "digit") -> Dataset:
    """Load a data set by its name, or a folder of a person's own pictures.

    A name is looked for in the folder that the environment variable `SUTJA_DATA` names
    (`<folder>/<name>/*-ubyte[.gz]`), then in the user's cache, then downloaded into the cache. The bytes are always
    verified by their SHA-256.

    Args:
        source: "mnist", "fashion-mnist", "digits" (1,797 small digits, needs no network), or the path of a folder
            with one subfolder of pictures per class.
        frame: How the pictures of a folder are framed: "digit" or "garment". The sets with names have their own.

    Raises:
        DataError: the name is unknown, the files are damaged or nowhere to be had, or the folder holds no classes.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load("digits")
        >>> x_train.shape, x_train.dtype, y_test.shape
        ((1438, 28, 28), dtype('uint8'), (359,))
    """
    if isinstance(source, str) and source in CATALOG:
        return load_entry(find(source))
    folder = expanded(source)
    if folder.is_dir():
        return load_folder(folder, frame)
    if isinstance(source, os.PathLike) or os.sep in source:
        raise DataError(f"{folder} is no folder of pictures. Give a folder with one subfolder per class.")
    return load_entry(find(source))


def load_entry(entry: Entry, *, again: bool = False) -> Dataset:
    """Load a data set of the catalog; with `again`, download it even if it is cached."""
    if not entry.files:
        return embedded_digits(entry)
    arrays = [
        decode(content, file.name) for content, file in zip(contents(entry, again=again), entry.files, strict=True)
    ]
    return Dataset(entry.name, Part(*arrays[:2]), Part(*arrays[2:]), entry.classes, entry.frame)


def embedded_digits(entry: Entry) -> Dataset:
    """The 8×8 digits that scikit-learn carries, enlarged and framed as MNIST's; one in five is for testing."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DataError(
            'the data set `digits` lies in scikit-learn. Install that, in the folder of sutja: pip install ".[train]"'
        ) from error
    digits = load_digits()
    small = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    images = np.stack([frame_digit(cv2.resize(image, (20, 20), interpolation=cv2.INTER_CUBIC)) for image in small])
    return Dataset(entry.name, *split(images, digits.target.astype(np.uint8)), entry.classes, entry.frame)


def split(images: UInt8[np.ndarray, "n 28 28"], labels: UInt8[np.ndarray, "n"]) -> tuple[Part, Part]:
    """Shuffle and part images into training and test: one in five of each class, at least one, is for testing.

    The choice depends on nothing but the labels. A class of a single image has it in training only.
    """
    order = np.random.default_rng(0).permutation(len(labels))
    is_test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        if len(members) > 1:
            is_test[members[: max(1, round(len(members) * TEST_FRACTION))]] = True
    train, test = order[~is_test[order]], order[is_test[order]]
    return Part(images[train], labels[train]), Part(images[test], labels[test])
