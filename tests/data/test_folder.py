from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sutja
from sutja.errors import DataError


def stroke(horizontal: bool, shift: int = 0) -> Image.Image:
    """A dark stroke on light paper, standing or lying."""
    picture = np.full((80, 60), 230, np.uint8)
    if horizontal:
        picture[38 + shift : 44 + shift, 8:52] = 40
    else:
        picture[10:70, 28 + shift : 34 + shift] = 40
    return Image.fromarray(picture)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("10", "9"):
        (tmp_path / name).mkdir()
        for number in range(10):
            stroke(name == "10", number).save(tmp_path / name / f"{number}.png")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_classes_are_the_subfolders_in_the_order_of_their_numbers(folder: Path) -> None:
    dataset = sutja.load(folder)
    assert dataset.classes == ("9", "10")
    assert (len(dataset.train.labels), len(dataset.test.labels)) == (16, 4)
    assert np.bincount(dataset.test.labels).tolist() == [2, 2]


def test_pictures_are_framed_as_mnist_frames_digits(folder: Path) -> None:
    images, labels = sutja.load(str(folder)).train
    standing = images[labels == 0][0]
    assert standing.any(axis=1).sum() == 20
    assert standing[14, 14] == 255
    assert standing[0].max() == 0


def test_an_unreadable_file_is_reported_by_name_and_the_rest_is_used(folder: Path) -> None:
    (folder / "9" / "broken.png").write_text("no picture")
    Image.new("L", (40, 40), 255).save(folder / "10" / "white.png")
    with pytest.warns(UserWarning) as remarks:
        dataset = sutja.load(folder)
    text = "\n".join(str(remark.message) for remark in remarks)
    assert "broken.png is not a picture" in text
    assert "white.png shows nothing but its ground" in text
    assert len(dataset.train.labels) + len(dataset.test.labels) == 20


def test_a_class_without_pictures_is_refused(folder: Path) -> None:
    (folder / "8").mkdir()
    with pytest.raises(DataError, match="8 holds no picture that can be read"):
        sutja.load(folder)


def test_a_folder_without_classes_is_refused(tmp_path: Path) -> None:
    stroke(True).save(tmp_path / "a.png")
    with pytest.raises(DataError, match="has 0 subfolders; a data set needs 2 to 256"):
        sutja.load(tmp_path)


def test_the_same_folder_gives_the_same_parts(folder: Path) -> None:
    first, second = sutja.load(folder), sutja.load(folder)
    assert np.array_equal(first.train.images, second.train.images)
    assert np.array_equal(first.test.labels, second.test.labels)
