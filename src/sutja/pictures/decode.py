"""Decoding a picture safely: any mode that Pillow opens becomes one array of grey levels, or one clear error."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from sutja.errors import PictureError

Result = TypeVar("Result")
MOST_PIXELS = 100_000_000
"""A larger picture is refused by its header, before any of it is decoded."""

Picture = str | os.PathLike[str] | Image.Image | np.ndarray
"""What the public functions take: a path, a Pillow image, or an array `[h, w]`, `[h, w, 3]` or `[h, w, 4]`."""


def grey_levels(picture: Picture) -> UInt8[np.ndarray, "h w"]:
    """Decode a picture to grey levels as a viewer shows it: upright, transparency on a fitting ground.

    Args:
        picture: A path, a Pillow image, or an array: uint8, uint16, bool, or floats within 0 to 1.

    Returns:
        uint8 `[height, width]`, 0 black to 255 white.

    Raises:
        PictureError: missing, unreadable, truncated, no picture at all, or too large; the message says which.
    """
    return decoded(picture, lambda image: np.array(_flattened(image, "L")))


def colours(picture: Picture) -> Image.Image:
    """Decode a picture to RGB, as `grey_levels` does to grey; for drawing into it."""
    return decoded(picture, lambda image: _flattened(image, "RGB"))


def decoded(picture: Picture, convert: Callable[[Image.Image], Result]) -> Result:
    """Open a picture, check it, turn it upright, and convert it.

    Raises:
        PictureError: as for `grey_levels`.
    """
    if isinstance(picture, np.ndarray):
        return convert(_from_array(picture))
    if isinstance(picture, Image.Image):
        return _converted(picture, "the picture", convert)
    path = Path(picture).expanduser()
    try:
        if path.is_dir():
            raise PictureError(f"{path} is a folder. Name the pictures in it, as in {path / '*.png'}.")
        if path.is_file() and not path.stat().st_size:
            raise PictureError(f"{path} is an empty file. Save the picture again.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on metadata and size: size is checked below
            with Image.open(path) as image:
                return _converted(image, str(path), convert)
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{path} is not a picture that can be opened, whatever its name says. Save it as PNG or JPEG."
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path} has more than {MOST_PIXELS:,} pixels. Make it smaller.") from error
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist. Check the name and the folder.") from error
    except (OSError, ValueError) as error:  # no permission, a name too long or with a null byte, ...
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{path} cannot be opened: {reason}. Check its name and permissions.") from error


def _converted(image: Image.Image, name: str, convert: Callable[[Image.Image], Result]) -> Result:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureError(f"{name} is {width:,}×{height:,}: more than {MOST_PIXELS:,} pixels. Make it smaller.")
    try:
        image.load()
        return convert(ImageOps.exif_transpose(image))
    except MemoryError as error:
        raise PictureError(f"{name} needs more memory than there is. Make it smaller.") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error, ... on damage
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"{name} is damaged or cut short ({reason}). Save or copy it again.") from error


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise PictureError(f"expected a picture of shape [h, w], [h, w, 3] or [h, w, 4]; found {list(array.shape)}.")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif np.issubdtype(array.dtype, np.floating) and 0 <= np.nanmin(array) <= np.nanmax(array) <= 1:
        array = np.rint(np.nan_to_num(array) * 255).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise PictureError(
            f"expected a picture of uint8, uint16, bool, or floats from 0 to 1; found {array.dtype} "
            f"from {array.min()} to {array.max()}. Convert it to uint8."
        )
    return Image.fromarray(array)


def _flattened(image: Image.Image, mode: str) -> Image.Image:
    """An image of any mode as "L" or "RGB". Transparent pixels get the ground on which the visible ones show."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image, np.float64))).convert(mode)
    if image.mode == "LAB":  # Pillow converts it by colour profiles only; its lightness is what is read
        return image.getchannel(0).convert(mode)
    if not image.has_transparency_data:
        return image.convert(mode)
    image = image.convert("RGBA")
    grey, opacity = (
        np.asarray(image.convert("L"), np.float32),
        np.asarray(image.getchannel("A"), np.float32) / 255,
    )
    shown = float((grey * opacity).sum() / max(opacity.sum(), 1))
    dark = shown < 128
    # Mostly transparent, what is visible is ink; mostly opaque, it is the picture's own ground, to be continued.
    light_ground = dark if opacity.mean() < 0.5 else not dark
    ground = Image.new("RGBA", image.size, "white" if light_ground else "black")
    return Image.alpha_composite(ground, image).convert(mode)


def _eight_bits(values: np.ndarray) -> UInt8[np.ndarray, "h w"]:
    """Grey levels of a picture of 16 or more bits, or of floats: its own range, unless that is a plain one."""
    values = np.nan_to_num(values)
    low, high = min(float(values.min()), 0.0), float(values.max())
    top = next((bound for bound in (1.0, 255.0, 65535.0) if high <= bound), high)
    return np.clip(np.rint((values - low) * (255 / max(top - low, 1e-9))), 0, 255).astype(np.uint8)
