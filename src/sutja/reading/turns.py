"""A picture turned by quarters, or levelled by a small angle, and boxes turned back."""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import UInt8

from sutja.pictures.decode import Sheet
from sutja.reading.result import Box, Line

TURNS = (0, 90, 180, 270)
LONGEST_TO_TURN = 640
"""The longer side at which a picture is tried in four positions."""
LEGIBLE = 0.5
"""Where no position gives what two sure digits are worth, digits may be too small there: the whole picture is tried."""
FEWEST = 3
"""Rows of fewer digits say nothing about the slope of a page."""


def turned(sheet: Sheet, degrees: int) -> Sheet:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    if not degrees:
        return sheet
    grey = np.ascontiguousarray(np.rot90(sheet.grey, -degrees // 90))
    size = (sheet.width, sheet.height) if degrees == 180 else (sheet.height, sheet.width)
    return Sheet(grey, *size)


def turned_back(box: Box, degrees: int, width: int, height: int) -> Box:
    """Where a box of the turned picture is in the picture, which is `width` by `height`."""
    x, y, wide, tall = box
    match degrees:
        case 90:
            return Box(y, height - x - wide, tall, wide)
        case 180:
            return Box(width - x - wide, height - y - tall, wide, tall)
        case 270:
            return Box(width - y - tall, x, tall, wide)
    return box


def best_turn(sheet: Sheet, legibility: Callable[[Sheet], float]) -> int:
    """The quarter turn at which a picture reads best."""
    worth: dict[int, float] = {}
    for longest in (LONGEST_TO_TURN, max(sheet.grey.shape)):
        small = Sheet(reduced(sheet.grey, longest), sheet.width, sheet.height)
        worth = {turn: legibility(turned(small, turn)) for turn in TURNS}
        if max(worth.values()) >= LEGIBLE or max(sheet.grey.shape) <= longest:
            break
    return max(TURNS, key=worth.__getitem__)


def reduced(grey: UInt8[np.ndarray, "h w"], longest: int) -> UInt8[np.ndarray, "a b"]:
    """The grey levels averaged so that the longer side is `longest`; a smaller picture stays as it is."""
    factor = longest / max(grey.shape)
    if factor >= 1:
        return grey
    size = tuple(max(1, round(side * factor)) for side in grey.shape[::-1])
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def slope_of(lines: tuple[Line, ...]) -> float:
    """The angle by which the rows of a page fall to the right, in radians: the median over their digits; 0 for none."""
    angles: list[float] = []
    for line in lines:
        if len(line.digits) >= FEWEST:
            x, y = np.array([digit.box.centre for digit in line.digits]).T
            angles += [float(np.arctan(np.polyfit(x, y, 1)[0]))] * len(line.digits)
    return float(np.median(angles)) if angles else 0.0


def levelled(sheet: Sheet, angle: float) -> Sheet:
    """The picture turned so that rows which fall by `angle` radians become level, on a page that holds all of it."""
    height, width = sheet.grey.shape
    matrix, (wide, tall) = _levelling(width, height, angle)
    grey = cv2.warpAffine(sheet.grey, matrix, (wide, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scale = sheet.width / width
    return Sheet(np.asarray(grey, np.uint8), round(wide * scale), round(tall * scale))


def unlevelled(box: Box, angle: float, width: int, height: int) -> Box | None:
    """Where a box of the levelled picture is in the picture, which is `width` by `height`; None if it is not in it.

    A turned box needs a larger one around it, most of whose corners are empty. The one given is around the ellipse that
    fills the box, which is near to what a digit needs.
    """
    matrix, _ = _levelling(width, height, angle)
    back = np.linalg.inv(matrix[:, :2])
    centre = back @ (np.array(box.centre) - matrix[:, 2])
    limit = np.array([width, height])
    if (centre < 0).any() or (centre >= limit).any():
        return None
    half = np.hypot(*(back * (box.width / 2, box.height / 2)).T)
    low = np.clip(np.rint(centre - half), 0, limit - 1).astype(int)
    high = np.clip(np.rint(centre + half), low + 1, limit).astype(int)
    return Box(*low.tolist(), *(high - low).tolist())


def _levelling(width: int, height: int, angle: float) -> tuple[np.ndarray, tuple[int, int]]:
    """The matrix from a picture to the levelled one, and the size of that, in pixels."""
    cosine, sine = np.cos(angle), np.sin(angle)
    wide = int(np.ceil(width * cosine + height * abs(sine)))
    tall = int(np.ceil(height * cosine + width * abs(sine)))
    linear = np.array([[cosine, sine], [-sine, cosine]])
    offset = np.array([wide, tall]) / 2 - linear @ np.array([width, height]) / 2
    return np.column_stack([linear, offset]), (wide, tall)
