"""A folder of a person's own pictures as a data set: one subfolder per class."""

import os
import warnings
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from sutja.data.dataset import Dataset, Part
from sutja.errors import DataError, PictureError
from sutja.pictures.decode import grey_levels
from sutja.pictures.frame import Frame, framed

TEST_FRACTION = 0.2


def load_folder(folder: Path, frame: Frame = "digit") -> Dataset:
    """Read `folder/<class>/<picture>` as a data set, each picture framed as MNIST frames digits, or as garments are.

    The classes are the names of the subfolders, in the order of their numbers if they are numbers, else of the
    alphabet. About one picture in five of each class is for testing, chosen by its name: it stays so when others are
    added, but for the only one of a small class, which gives way to a later one whose name is drawn lower. Files that
    cannot be read are left out, and a warning names each.

    Raises:
        DataError: fewer than two subfolders, a class without a readable picture, or more than 256 classes.
    """
    places = sorted((path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")), key=_order)
    if not 2 <= len(places) <= 256:
        raise DataError(
            f"{folder} has {len(places)} subfolders; a data set needs 2 to 256, one per class, as in "
            f"{folder / '7' / 'photo.jpg'}."
        )
    images: list[np.ndarray] = []
    labels: list[int] = []
    draws: list[float] = []
    for label, place in enumerate(places):
        found = _framed_in(place, frame)
        if not found:
            raise DataError(f"{place} holds no picture that can be read. Put some in, or remove the folder.")
        images += found.values()
        labels += [label] * len(found)
        draws += [_draw(f"{place.name}/{name}") for name in found]
    parts = parted(np.stack(images), np.array(labels, np.uint8), np.array(draws))
    return Dataset(str(folder), *parts, tuple(place.name for place in places), frame)


def parted(
    images: UInt8[np.ndarray, "n 28 28"], labels: UInt8[np.ndarray, "n"], draws: Float64[np.ndarray, "n"]
) -> tuple[Part, Part]:
    """Part images into training and test, both in the order of their draws.

    An image whose draw from 0 to 1 is below `TEST_FRACTION` is for testing. A class of several images has one at least
    in each part, a class of a single image has it in training only.
    """
    is_test = draws < TEST_FRACTION
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            is_test[members[draws[members].argmin()]] = True
        is_test[members[draws[members].argmax()]] = False
    order = draws.argsort()
    train, test = order[~is_test[order]], order[is_test[order]]
    return Part(images[train], labels[train]), Part(images[test], labels[test])


def _draw(name: str) -> float:
    """A number from 0 to below 1 that depends on nothing but the name."""
    return int.from_bytes(sha256(os.fsencode(name)).digest()[:6], "big") / 2**48


def _framed_in(place: Path, frame: Frame) -> dict[str, np.ndarray]:
    """The pictures of one class by their names, framed; what cannot be read is named in a warning."""
    found = {}
    for path in sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith(".")):
        try:
            image = framed(grey_levels(path), frame)
        except PictureError as error:
            warnings.warn(f"left out: {error}", stacklevel=4)
            continue
        if image.any():
            found[path.name] = image
        else:
            warnings.warn(f"left out: {path} shows nothing but its ground. Check the picture.", stacklevel=4)
    return found


def _order(path: Path) -> tuple[int, int, str]:
    """Numbers by their value, then names."""
    return (0, int(path.name), "") if path.name.isdecimal() else (1, 0, path.name)
