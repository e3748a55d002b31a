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
    assert len(dataset.train.labels) + len(dataset.test.labels) == 20
    assert set(np.bincount(dataset.test.labels).tolist()) <= {1, 2, 3, 4}


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


def test_what_was_for_testing_stays_so_when_pictures_are_added(folder: Path) -> None:
    def parts() -> tuple[set[bytes], set[bytes]]:
        data = sutja.load(folder)
        training, test = ({image.tobytes() for image in part.images} for part in (data.train, data.test))
        return training, test

    for picture in folder.glob("*/*.png"):  # all as one kind of picture, so that each is told from the others
        image = np.array(Image.open(picture))
        image[2 + 3 * int(picture.stem) :, 2:5] = 40
        Image.fromarray(image).save(picture)
    training, test = parts()
    assert test
    assert training
    for number in range(10, 20):
        stroke(True, number - 10).rotate(20, fillcolor=230).save(folder / "9" / f"{number}.png")
    more_training, more_test = parts()
    assert training <= more_training
    assert test <= more_test


def test_each_class_has_an_image_in_each_part_if_it_can(tmp_path: Path) -> None:
    for name, count in (("a", 1), ("b", 2), ("c", 3)):
        (tmp_path / name).mkdir()
        for number in range(count):
            stroke(True, number).save(tmp_path / name / f"{number}.png")
    data = sutja.load(tmp_path)
    assert set(data.train.labels.tolist()) == {0, 1, 2}
    assert set(data.test.labels.tolist()) == {1, 2}


def test_the_same_folder_gives_the_same_parts(folder: Path) -> None:
    first, second = sutja.load(folder), sutja.load(folder)
    assert np.array_equal(first.train.images, second.train.images)
    assert np.array_equal(first.test.labels, second.test.labels)
