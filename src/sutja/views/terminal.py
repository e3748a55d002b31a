"""Images drawn in the terminal with half blocks: each character is two pixels, one above the other."""

from functools import partial

import cv2
import numpy as np
from jaxtyping import UInt8
from rich.color import Color
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

from sutja.views.gallery import gallery

SMALLEST = 14
"""Characters a tile has at least: with fewer, a digit cannot be recognised."""
LARGEST = 28
SHADES = 16
BLOCKS, PLAIN = " ▄▀█", " .'#"
"""Nothing, ink below, above, in both; and for terminals that have no half blocks."""


def draw(image: UInt8[np.ndarray, "h w"], console: Console) -> None:
    """Draw one image, a character for two pixels. Without colours, only strong ink is drawn.

    An image that is wider than the terminal is reduced.
    """
    if image.shape[1] > max(1, console.width):
        size = max(1, console.width), max(1, round(image.shape[0] * console.width / image.shape[1]))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    if image.shape[0] % 2:
        image = np.pad(image, ((0, 1), (0, 0)))
    pairs = zip(image[::2], image[1::2], strict=True)
    if console.color_system and _can_say("▀", console):
        render = _in_colours
    else:
        render = partial(_without_colours, signs=BLOCKS if _can_say(BLOCKS, console) else PLAIN)
    for upper, lower in pairs:
        segments = [*render(upper, lower), Segment.line()]
        console.print(Segments(segments), end="")


def draw_gallery(images: UInt8[np.ndarray, "n h w"], console: Console, count: int, columns: int | None = None) -> None:
    """Draw images side by side, as many in a row as the terminal has room for.

    Args:
        images: Any number of images.
        console: Where to draw.
        count: How many images to draw at most.
        columns: Images in a row; fewer if the terminal is too narrow for that many.
    """
    columns = min(columns or fitting(console), fitting(console), max(1, min(count, len(images))))
    width = max(1, console.width)
    side = int(np.clip(width // columns, min(SMALLEST, width), LARGEST))
    small = [cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in images[:count]]
    draw(gallery(np.stack(small), 0, count, columns), console)


def fitting(console: Console) -> int:
    """How many images the terminal has room for in a row."""
    return max(1, console.width // SMALLEST)


def _in_colours(upper: np.ndarray, lower: np.ndarray) -> list[Segment]:
    """Grey levels: the upper pixel is the colour of the half block, the lower one that of its ground."""
    return [Segment("▀", _style(int(above), int(below))) for above, below in zip(upper, lower, strict=True)]


def _without_colours(upper: np.ndarray, lower: np.ndarray, signs: str) -> list[Segment]:
    return [Segment("".join(np.array(list(signs))[2 * (upper >= 128).astype(int) + (lower >= 128)]))]


def _can_say(text: str, console: Console) -> bool:
    """Whether the terminal's encoding has these characters."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _style(above: int, below: int) -> Style:
    shades = (round(value / 255 * (SHADES - 1)) * 255 // (SHADES - 1) for value in (above, below))
    upper, lower = (Color.from_rgb(shade, shade, shade) for shade in shades)
    return Style(color=upper, bgcolor=lower)
