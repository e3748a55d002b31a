"""Writing pictures, whole or not at all."""

import io
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo, putchunk

from sutja.errors import PictureError
from sutja.files import write_bytes

SOFTWARE = "sutja"
"""What a PNG of ours says of where it comes from."""
HEADER = 33
"""The bytes of a PNG before its first chunk of choice: the signature and the chunk `IHDR`."""


def write_picture(picture: Image.Image | np.ndarray, path: Path) -> None:
    """Write a picture in the format that its name ends with.

    Args:
        picture: A Pillow image, or grey levels uint8 `[h, w]`.
        path: Where to; an older file there is replaced at once, when the new one is complete.

    Raises:
        PictureError: the ending names no format of pictures.
        SutjaError: the file cannot be written.
    """
    kind = Image.registered_extensions().get(path.suffix.lower(), "")
    if kind not in Image.SAVE:
        raise PictureError(f"{path} does not end like a picture. Name it .png or .jpg.")
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    encoded = io.BytesIO()
    try:
        image.save(encoded, format=kind, **({"pnginfo": our_mark()} if kind == "PNG" else {}))
    except (OSError, ValueError) as error:  # what the encoder says, before anything is written
        raise PictureError(
            f"{path} cannot hold a picture of {image.width}×{image.height} pixels ({error}). Name it .png, or make it "
            "smaller."
        ) from error
    write_bytes(path, encoded.getvalue())


def our_mark(title: str = "") -> PngInfo:
    """What a PNG of ours carries, and what it is."""
    mark = PngInfo()
    mark.add_text("Software", SOFTWARE)
    if title:
        mark.add_text("Title", title)
    return mark


def marked(png: bytes, title: str = "") -> bytes:
    """A PNG that another library has encoded, with our mark behind its header."""
    chunks = io.BytesIO()
    for kind, content, *_ in our_mark(title).chunks:
        putchunk(chunks, kind, content)
    return png[:HEADER] + chunks.getvalue() + png[HEADER:]


def is_ours(path: Path, title: str = "") -> bool:
    """Whether a file is a PNG that we have written, under that title."""
    try:
        with Image.open(path, formats=("PNG",)) as image:
            return image.info.get("Software") == SOFTWARE and image.info.get("Title", "") == title
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
