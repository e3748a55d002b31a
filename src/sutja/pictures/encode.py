"""Writing pictures, whole or not at all."""

from pathlib import Path

import numpy as np
from PIL import Image

from sutja.errors import PictureError
from sutja.files import replacing


def write_picture(picture: Image.Image | np.ndarray, path: Path) -> None:
    """Write a picture in the format that its name ends with.

    Args:
        picture: A Pillow image, or grey levels uint8 `[h, w]`.
        path: Where to; an older file there is replaced at once, when the new one is complete.

    Raises:
        PictureError: the ending names no format of pictures.
        SutjaError: the file cannot be written.
    """
    known = Image.registered_extensions()
    if known.get(path.suffix.lower()) not in Image.SAVE:
        raise PictureError(f"{path} does not end like a picture. Name it .png or .jpg.")
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    with replacing(path) as temporary:
        image.save(temporary, format=known[path.suffix.lower()])
