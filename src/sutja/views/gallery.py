"""Many images tiled into one."""

import numpy as np
from jaxtyping import Shaped

from sutja.errors import DataError


def gallery(
    images: Shaped[np.ndarray, "n h w"], start: int = 0, count: int = 100, columns: int = 10
) -> Shaped[np.ndarray, "rows_h columns_w"]:
    """Tile images into one picture, row by row; what is missing in the last row is left empty (zeros).

    Args:
        images: Any number of images of one size.
        start: The first image to show.
        count: How many to show at most.
        columns: Images in a row.

    Returns:
        `[rows * h, columns * w]`, of the type of the images.

    Raises:
        DataError: `start` lies outside the images, or `count` or `columns` is below 1.

    Example:
        >>> gallery(np.ones((7, 28, 28), np.uint8), count=7, columns=3).shape
        (84, 84)
    """
    if count < 1 or columns < 1:
        raise DataError(f"count and columns must be at least 1; found {count} and {columns}.")
    if not 0 <= start < max(len(images), 1):
        raise DataError(f"start is {start}, outside the {len(images):,} images there are (0 to {len(images) - 1}).")
    shown = images[start : start + count]
    n, height, width = shown.shape
    rows = max(1, -(-n // columns))
    tiles = np.zeros((rows * columns, height, width), images.dtype)
    tiles[:n] = shown
    grid = tiles.reshape(rows, columns, height, width).swapaxes(1, 2)
    return np.ascontiguousarray(grid).reshape(rows * height, columns * width)
