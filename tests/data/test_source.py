import hashlib
from pathlib import Path

import numpy as np
import pytest

import sutja
from sutja.errors import DataError


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "frame", "third"), [("mnist", "digit", 4), ("fashion-mnist", "garment", 0)])
def test_the_real_data_loads(name: str, frame: str, third: int) -> None:
    dataset = sutja.load(name)
    (x_train, y_train), (x_test, y_test) = dataset
    assert x_train.shape == (60000, 28, 28)
    assert x_test.shape == (10000, 28, 28)
    assert (len(y_train), len(y_test), dataset.frame) == (60000, 10000, frame)
    assert y_train[2] == third
    assert np.bincount(y_test, minlength=10).min() > 800
    assert x_train.flags.writeable


@pytest.mark.real_data
def test_mnist_pixels_are_those_that_were_published() -> None:
    images = sutja.load("mnist").test.images
    digest = hashlib.md5(b"\x00\x00\x08\x03\x00\x00\x27\x10\x00\x00\x00\x1c\x00\x00\x00\x1c" + images.tobytes())  # noqa: S324 - the published digest is MD5
    assert digest.hexdigest() == "2646ac647ad5339dbf082846283269ea"


def test_an_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(DataError, match="unknown data set 'fasion-mnist'. Did you mean 'fashion-mnist'"):
        sutja.load("fasion-mnist")


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder of pictures"):
        sutja.load(tmp_path / "nothing")
    with pytest.raises(DataError, match="is no folder of pictures"):
        sutja.load(f"{tmp_path}/nothing")
