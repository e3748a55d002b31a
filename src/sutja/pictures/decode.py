"""Decoding a picture safely: whatever file a person has becomes one array of grey levels, or one clear error.

Photos are large and little of them is needed, so a picture is reduced while it is decoded: a JPEG by its decoder, which
computes only every second, fourth or eighth pixel, and all others in bands of rows, so that beside the decoded picture
no second copy of its size is held.
"""

import logging
import math
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from sutja.errors import PictureError
from sutja.pictures.quiet import quiet

MOST_PIXELS = 100_000_000
"""A larger picture is refused by its header, before any of it is decoded."""
MOST_JPEG_PIXELS = 400_000_000
"""The same for a JPEG that is decoded reduced, and so is never held whole."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "PPM", "JPEG2000", "AVIF")
"""What people keep pictures in. Not what Pillow would hand to other programs (EPS) or knows only by name (HDF5, WMF).
AVIF comes last, because a Pillow may lack it."""
BAND_PIXELS = 2**20
"""So much of a picture is converted at a time."""

Picture = str | os.PathLike[str] | bytes | Image.Image | np.ndarray
"""What the public functions take: a path, the content of a file, a Pillow image, or an array `[h, w]`, `[h, w, 3]` or
`[h, w, 4]`."""

T = Image.Transpose
TURNS = (T.FLIP_LEFT_RIGHT, T.ROTATE_180, T.FLIP_TOP_BOTTOM, T.TRANSPOSE, T.ROTATE_270, T.TRANSVERSE, T.ROTATE_90)
"""How the orientations 2 to 8 of the EXIF standard are turned upright; from 5 on width and height change places."""

# Pillow reports some damage by logging, which Python prints when nobody has set logging up. It is raised here instead.
logging.getLogger("PIL").addHandler(logging.NullHandler())


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture at a size to work on.

    Attributes:
        grey: uint8 `[h, w]`, 0 black to 255 white, upright.
        width: Of the whole picture in pixels, as a viewer shows it. A length in `grey` times `width / grey.shape[1]`
            is one in the picture.
        height: Of the whole picture in pixels.
    """

    grey: UInt8[np.ndarray, "h w"]
    width: int
    height: int


def sheet_of(picture: Picture, longest_side: float) -> Sheet:
    """Decode a picture to grey levels as a viewer shows it, at a size to work on.

    Upright, its first frame or page, and transparency on a ground against which the visible shows. A file is taken for
    what its content is, whatever its name. Reducing averages areas, so that thin strokes pale rather than break.

    Args:
        picture: A path, the content of a file, a Pillow image (it stays as it is), or an array of uint8, uint16, bool,
            or floats from 0 to 1.
        longest_side: How many pixels the longer side may have. A smaller picture is never enlarged.

    Returns:
        The grey levels and the true size.

    Raises:
        PictureError: missing, unreadable, truncated, no picture at all, or too large; the message says which.

    Example:
        >>> sheet = sheet_of(np.full((3000, 4000), 255, np.uint8), 2000)
        >>> sheet.grey.shape, sheet.width, sheet.height
        ((1500, 2000), 4000, 3000)
    """
    image, (width, height) = _decoded(picture, "L", longest_side)
    return Sheet(np.array(image), width, height)


def grey_levels(picture: Picture) -> UInt8[np.ndarray, "h w"]:
    """Decode a picture to grey levels at its full size, as `sheet_of` does at a smaller one.

    Args:
        picture: As for `sheet_of`.

    Returns:
        uint8 `[height, width]`, 0 black to 255 white.

    Raises:
        PictureError: as for `sheet_of`.

    Example:
        >>> grey_levels(np.array([[0.0, 1.0]])).tolist()
        [[0, 255]]
    """
    return sheet_of(picture, math.inf).grey


def colours(picture: Picture, longest_side: float = math.inf) -> Image.Image:
    """Decode a picture to RGB, as `sheet_of` does to grey; for drawing into it.

    Args:
        picture: As for `sheet_of`.
        longest_side: How many pixels the longer side may have: as many as there are, unless told.

    Returns:
        An upright RGB image; a length in the picture times `image.width / sheet.width` is one in it.

    Raises:
        PictureError: as for `sheet_of`.

    Example:
        >>> colours(np.zeros((30, 40), np.uint8), 20).size
        (20, 15)
    """
    return _decoded(picture, "RGB", longest_side)[0]


def _decoded(picture: Picture, mode: str, longest_side: float) -> tuple[Image.Image, tuple[int, int]]:
    """The picture upright and reduced, and its true size."""
    with quiet():  # remarks on metadata and size: what matters is raised
        if isinstance(picture, np.ndarray):
            return _loaded(_from_array(picture), "the picture", mode, longest_side)
        if isinstance(picture, Image.Image):
            return _loaded(picture, "the picture", mode, longest_side)
        if isinstance(picture, bytes):
            return _loaded(_opened(BytesIO(picture), "the picture"), "the picture", mode, longest_side, ours=True)
        if not isinstance(picture, str | os.PathLike):
            raise PictureError(f"expected a path, bytes, a Pillow image or an array; found {type(picture).__name__}.")
        with _file(picture) as file:
            name = str(Path(picture).expanduser())
            return _loaded(_opened(file, name), name, mode, longest_side, ours=True)


def _file(picture: str | os.PathLike[str]) -> BinaryIO:
    path = Path(picture)
    try:
        path = path.expanduser()
        if path.is_dir():
            raise PictureError(f"{path} is a folder. Name the pictures in it, as in {path / '*.png'}.")
        if path.is_file() and not path.stat().st_size:
            raise PictureError(f"{path} is an empty file. Save the picture again.")
        return path.open("rb")
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist. Check the name and the folder.") from error
    except (OSError, ValueError, RuntimeError) as error:  # no permission, a null byte in the name, ~nobody, ...
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{path} cannot be opened: {reason}. Check its name and permissions.") from error


def _opened(file: BinaryIO, name: str) -> Image.Image:
    try:
        try:
            return Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError:  # Pillow's own limit, which a JPEG that is decoded reduced may pass
            with suppress(SyntaxError):
                file.seek(0)
                return JpegImageFile(file)
            raise
    except (UnidentifiedImageError, KeyError) as error:  # KeyError: a Pillow without AVIF
        raise PictureError(
            f"{name} is not a picture that can be opened, whatever its name says. Save it as PNG or JPEG."
        ) from error
    except Exception as error:
        raise _failure(error, name) from error


def _failure(error: Exception, name: str) -> PictureError:
    """What to say of an error in decoding; on damage decoders raise OSError, SyntaxError, ValueError and others."""
    if isinstance(error, Image.DecompressionBombError):
        return PictureError(f"{name} has more than {MOST_PIXELS:,} pixels. Make it smaller.")
    if isinstance(error, MemoryError):
        return PictureError(f"{name} needs more memory than there is. Make it smaller.")
    reason = " ".join(str(error).split()) or type(error).__name__
    return PictureError(f"{name} is damaged or cut short ({reason}). Save or copy it again.")


def _loaded(
    image: Image.Image, name: str, mode: str, longest_side: float, ours: bool = False
) -> tuple[Image.Image, tuple[int, int]]:
    """Check the size of an image, decode it, reduce it to the longest side, and turn it upright.

    Only an image of `ours` may have its decoder set: one that a caller holds would stay reduced.
    """
    width, height = image.size
    draft = image.draft(mode, _within(image.size, longest_side, math.floor)) if ours else None  # a JPEG has one
    drafted = image.size != (width, height)
    # The decoder of a progressive JPEG holds it whole all the same.
    most = MOST_JPEG_PIXELS if drafted and "progressive" not in image.info else MOST_PIXELS
    if not width * height:
        raise PictureError(f"{name} is {width}×{height}: it has no pixels. Check how it was made.")
    if width * height > most:
        raise PictureError(f"{name} is {width:,}×{height:,}: more than {most:,} pixels. Make it smaller.")
    try:
        image.load()
        width, height = (width, height) if drafted else image.size  # a TIFF turns itself upright when it is loaded
        target = _within((width, height), longest_side, round)
        factor = max(image.size) // max(target)
        small = _flattened(image, mode, factor)
        if small.size != target:  # the pixels at its far edges may be fractions
            extent = draft[1][2:] if draft else image.size
            small = small.resize(target, Image.Resampling.HAMMING, (0, 0, extent[0] / factor, extent[1] / factor))
        orientation = _orientation_of(image)
        upright = small.transpose(TURNS[orientation - 2]) if orientation > 1 else small
        return upright, (height, width) if orientation >= 5 else (width, height)
    except Exception as error:
        raise _failure(error, name) from error


def _within(size: tuple[int, int], longest_side: float, whole: Callable[[float], int]) -> tuple[int, int]:
    scale = min(1.0, longest_side / max(size))
    return max(1, whole(size[0] * scale)), max(1, whole(size[1] * scale))


def _orientation_of(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        return int(orientation) if orientation in range(1, 9) else 1
    except Exception:  # noqa: BLE001 - metadata can be broken in any way; the picture is whole, and shown unturned
        return 1


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise PictureError(f"expected a picture of shape [h, w], [h, w, 3] or [h, w, 4]; found {list(array.shape)}.")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype == np.uint16:
        array = (array >> 8 if array.max() > 255 else array).astype(np.uint8)
    elif np.issubdtype(array.dtype, np.floating) and 0 <= np.nanmin(array) <= np.nanmax(array) <= 1:
        array = np.rint(np.nan_to_num(array) * 255).astype(np.uint8)
    elif array.dtype != np.uint8:
        extent = f" from {array.min()} to {array.max()}" if array.dtype.kind in "iuf" else ""
        raise PictureError(
            f"expected a picture of uint8, uint16, bool, or floats from 0 to 1; found {array.dtype}{extent}. "
            "Convert it to uint8."
        )
    return Image.fromarray(array)


def _flattened(image: Image.Image, mode: str, factor: int) -> Image.Image:
    """An image of any mode as "L" or "RGB", each side reduced by a whole factor.

    Transparent pixels get the ground on which the visible ones show.
    """
    if image.mode.startswith(("I", "F")):
        extents = [(float(numbers.min()), float(numbers.max())) for numbers in map(_numbers, _bands(image, 1))]
        low, high = min(low for low, _ in extents), max(high for _, high in extents)
        return _reduced(image, lambda band: _eight_bits(_numbers(band), low, high).convert(mode), factor)
    if image.mode == "LAB":  # Pillow converts it by colour profiles only; its lightness is what is read
        return _reduced(image, lambda band: band.getchannel(0).convert(mode), factor)
    if not image.has_transparency_data:
        return _reduced(image, lambda band: band.convert(mode), factor)
    image = _reduced(image, lambda band: band.convert("RGBA"), factor)
    grey = np.asarray(image.convert("L"), np.float32)
    opacity = np.asarray(image.getchannel("A"), np.float32) / 255
    shown = float((grey * opacity).sum() / max(opacity.sum(), 1))
    dark = shown < 128
    # Mostly transparent, what is visible is ink; mostly opaque, it is the picture's own ground, to be continued.
    light_ground = dark if opacity.mean() < 0.5 else not dark
    ground = Image.new("RGBA", image.size, "white" if light_ground else "black")
    return Image.alpha_composite(ground, image).convert(mode)


def _reduced(image: Image.Image, convert: Callable[[Image.Image], Image.Image], factor: int) -> Image.Image:
    """An image converted, then reduced by averaging squares of `factor` pixels; those at the far edges may be cut."""
    bands = (convert(band).reduce(factor) for band in _bands(image, factor))
    first = next(bands)
    small = Image.new(first.mode, (first.width, -(-image.height // factor)))
    top = 0
    for band in chain([first], bands):
        small.paste(band, (0, top))
        top += band.height
    return small


def _bands(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """An image from top to bottom in bands of whole rows, whose number is a multiple of `factor`."""
    rows = factor * max(1, BAND_PIXELS // (image.width * factor))
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _numbers(image: Image.Image) -> Float32[np.ndarray, "h w"]:
    """The pixels of a picture of 16 or more bits, or of floats; what is no number is 0."""
    return np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0, neginf=0)


def _eight_bits(numbers: Float32[np.ndarray, "h w"], low: float, high: float) -> Image.Image:
    """Grey levels of a picture whose numbers lie between these: its own range, unless that is a plain one."""
    low = min(low, 0.0)
    top = next((bound for bound in (1.0, 255.0, 65535.0) if high <= bound), high)
    levels = (numbers - low) * (255 / max(top - low, 1e-9))
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
