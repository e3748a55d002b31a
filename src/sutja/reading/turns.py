"""A picture turned by quarters, and boxes turned back."""

import numpy as np
from jaxtyping import UInt8

from sutja.pictures.decode import Sheet
from sutja.reading.result import Box

TURNS = (0, 90, 180, 270)


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


def reduced(grey: UInt8[np.ndarray, "h w"], longest: int) -> UInt8[np.ndarray, "a b"]:
    """Every second, third, ... pixel's surroundings as one, so that the longer side is no more than `longest`."""
    import cv2

    factor = longest / max(grey.shape)
    if factor >= 1:
        return grey
    size = tuple(max(1, round(side * factor)) for side in grey.shape[::-1])
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
