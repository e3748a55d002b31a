"""Letters of typefaces: printed, or as the forms that somebody writes by hand."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFont

from sutja.synthesis.glyphs import Stamp, edge_field, middle_field

Random = np.random.Generator
FACES = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSerif", "DejaVuSerif-Bold",
    "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic",
)  # fmt: skip
"""Typefaces that Matplotlib carries: without and with serifs, of one width, and such as newspapers have."""
CAPITAL = 0.72
"""The height of a capital as a share of a typeface's size, roughly."""
LARGE = 120
"""The size in pixels at which a typeface's letters are drawn to be written by hand."""


@dataclass(frozen=True)
class Letter:
    """A letter as a typeface forms it, to be written by hand.

    Attributes:
        edge: The distance from the edge of its strokes, as `edge_field` gives it.
        middle: The distance from their middle lines, as `middle_field` gives it.
        scale: Its longer side as a share of the height of a capital.
        fall: How far its centre lies below the top of a capital, likewise.
    """

    edge: Float32[np.ndarray, "a b"]
    middle: Float32[np.ndarray, "a b"]
    scale: float
    fall: float


def print_stamp(text: str, height: float, angle: float, centre: tuple[float, float], random: Random) -> Stamp:
    """Print letters in one of some typefaces.

    Args:
        text: Of characters that all of the typefaces have.
        height: Of capitals in pixels.
        angle: By which they are turned clockwise, in radians.
        centre: Where the middle of the text comes to lie, in pixels of the picture, x then y.
        random: Chooses the typeface.
    """
    face = _face(str(random.choice(FACES)), max(5, round(height / CAPITAL)))
    left, top, right, bottom = (math.floor(side) for side in face.getbbox(text))
    drawing = Image.new("L", (right - left + 5, bottom - top + 5))
    ImageDraw.Draw(drawing).text((2 - left, 2 - top), text, font=face, fill=255)
    level = np.asarray(drawing)
    middle = np.array(level.shape[::-1]) / 2
    turn = np.asarray(cv2.getRotationMatrix2D(middle.tolist(), -np.degrees(angle), 1.0), np.float64)
    size = np.ceil(np.abs(turn[:, :2]) @ level.shape[::-1]).astype(int) + 2
    turn[:, 2] += size / 2 - middle
    mask = np.asarray(cv2.warpAffine(level, turn, tuple(map(int, size))), np.float32) / np.float32(255)
    left, top = (round(place - side / 2) for place, side in zip(centre, size.tolist(), strict=True))
    return Stamp(mask, left, top)


@cache
def letter_form(letter: str, face: str) -> Letter:
    """A letter of one of `FACES`.

    Example:
        >>> low, high = letter_form("o", "DejaVuSans"), letter_form("O", "DejaVuSans")
        >>> low.scale < high.scale and low.fall > high.fall
        True
    """
    font = _face(face, LARGE)
    _, top, _, foot = font.getbbox("H")
    left, first, right, last = font.getbbox(letter)
    drawing = Image.new("L", (round(right - left) + 4, round(last - first) + 4))
    ImageDraw.Draw(drawing).text((2 - left, 2 - first), letter, font=font, fill=255)
    image, tall = np.asarray(drawing), foot - top
    _, above, across, down = cv2.boundingRect(image)  # its advance may be wider than its ink
    scale, fall = max(across, down) / tall, (first - 2 + above + down / 2 - top) / tall
    return Letter(edge_field(image), middle_field(image), scale, fall)


@lru_cache(maxsize=400)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A typeface at a size in pixels."""
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf"), size)
