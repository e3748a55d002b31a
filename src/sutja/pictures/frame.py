"""The 28×28 frames of MNIST and Fashion-MNIST: the form in which a classifier has learned to see.

MNIST's own recipe: a digit is scaled, keeping its aspect ratio, to fit 20×20, and placed in 28×28 with its centre of
mass in the middle (LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998).
Fashion-MNIST's: a garment is trimmed, scaled so that its longer side is 28, and centred (Xiao, Rasul and Vollgraf,
Fashion-MNIST, 2017).
"""

from typing import Literal

import cv2
import numpy as np
from jaxtyping import UInt8

from sutja.pictures.ink import ink_of, shades_of

Frame = Literal["digit", "garment"]
"""How a picture is brought to 28×28: as MNIST frames digits, or as Fashion-MNIST frames garments."""
SIDE = 28
DIGIT_BOX = 20
MIDDLE = 14
"""The pixel, counted from 0, on which MNIST places the centre of mass: measured, and half a pixel past the middle."""


def framed(grey: UInt8[np.ndarray, "h w"], frame: Frame) -> UInt8[np.ndarray, "28 28"]:
    """The single thing in a picture, framed as a classifier has learned to see it; all zeros where there is nothing."""
    return frame_garment(shades_of(grey)) if frame == "garment" else frame_digit(ink_of(grey))


def frame_digit(ink: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "28 28"]:
    """Frame one digit as MNIST frames its digits.

    Args:
        ink: The digit, 0 for ground and up to 255 for ink, any size.

    Returns:
        The digit within 20×20, its centre of mass on pixel (14, 14); all zeros where there is no ink, or so little that
        nothing is left of it at this size.

    Example:
        >>> stroke = np.zeros((100, 60), np.uint8)
        >>> stroke[10:90, 25:35] = 255
        >>> int(frame_digit(stroke).any(axis=1).sum())  # the stroke fills the height of the box
        20
    """
    digit = trimmed(ink)
    digit = scaled(digit, DIGIT_BOX) if digit.size else digit
    if not digit.any():  # no ink, or specks far apart, whose mean is nothing
        return np.zeros((SIDE, SIDE), np.uint8)
    digit = np.rint(digit * (255 / digit.max())).astype(np.uint8)  # thin strokes grow faint as they shrink
    height, width = digit.shape
    weight = digit.astype(np.float64)
    row = weight.sum(axis=1) @ np.arange(height) / weight.sum()
    column = weight.sum(axis=0) @ np.arange(width) / weight.sum()
    return placed(digit, round(MIDDLE - row), round(MIDDLE - column))


def frame_garment(light: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "28 28"]:
    """Frame one garment as Fashion-MNIST frames its garments.

    Args:
        light: The garment in its shades, 0 for the ground, any size.

    Returns:
        The garment with its longer side 28, centred; all zeros where there is nothing.
    """
    garment = trimmed(light)
    if not garment.size:
        return np.zeros((SIDE, SIDE), np.uint8)
    garment = scaled(garment, SIDE)
    height, width = garment.shape
    return placed(garment, (SIDE - height) // 2, (SIDE - width) // 2)


def trimmed(ink: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "a b"]:
    """The smallest rectangle that holds all ink; `[0, 0]` where there is none."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scaled(ink: UInt8[np.ndarray, "h w"], side: int) -> UInt8[np.ndarray, "a b"]:
    """The image with its longer side brought to `side` pixels, its aspect ratio kept."""
    height, width = ink.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def placed(image: UInt8[np.ndarray, "a b"], top: int, left: int) -> UInt8[np.ndarray, "28 28"]:
    """The image on an empty 28×28 ground, moved as little as needed to lie inside."""
    height, width = image.shape
    top, left = (int(np.clip(place, 0, SIDE - size)) for place, size in ((top, height), (left, width)))
    frame = np.zeros((SIDE, SIDE), np.uint8)
    frame[top : top + height, left : left + width] = image
    return frame
