import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutja.errors import DataError
from sutja.views.gallery import gallery


def tiled_one_by_one(images: np.ndarray, start: int, count: int, columns: int) -> np.ndarray:
    """The oracle: a loop over the images."""
    shown = images[start : start + count]
    n, height, width = shown.shape
    rows = max(1, (n + columns - 1) // columns)
    picture = np.zeros((rows * height, columns * width), images.dtype)
    for i in range(n):
        row, column = divmod(i, columns)
        picture[row * height : (row + 1) * height, column * width : (column + 1) * width] = shown[i]
    return picture


@given(n=st.integers(1, 30), start=st.integers(0, 29), count=st.integers(1, 40), columns=st.integers(1, 12))
def test_the_gallery_is_what_a_loop_gives(n: int, start: int, count: int, columns: int) -> None:
    images = np.random.default_rng(n).integers(0, 256, (n, 4, 3), np.uint8)
    start %= n
    assert np.array_equal(gallery(images, start, count, columns), tiled_one_by_one(images, start, count, columns))


@pytest.mark.parametrize("arguments", [{"start": 5}, {"start": -1}, {"count": 0}, {"columns": 0}])
def test_what_cannot_be_shown_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(DataError):
        gallery(np.zeros((5, 28, 28), np.uint8), **arguments)


def test_no_images_give_an_empty_tile_row() -> None:
    assert gallery(np.zeros((0, 28, 28), np.uint8)).shape == (28, 280)
