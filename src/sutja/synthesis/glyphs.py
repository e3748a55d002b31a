"""One digit as ink: an MNIST image, or strokes of our own, at any size, turned and sheared, with any pen.

An image of MNIST is first turned into a distance field, as fonts are on graphics cards (Green, Improved alpha-tested
magnification for vector textures and special effects, 2007): each pixel says how far it is from the edge of the stroke,
or from the stroke's middle line. Resampled at another size and cut at another distance, such a field gives a
sharp-edged stroke of any thickness, however small the image that it came from.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from sutja.synthesis.strokes import Strokes, drawn

Random = np.random.Generator
FIELD = 60
"""The longer side of a digit in its distance field, in pixels of the field."""
MARGIN = 14
"""Pixels of the field around the digit."""
FAR = -1e3
"""The distance that is taken for places beyond the field."""
SMOOTH = 1.5
"""Deviation in pixels of the field by which pixels of MNIST are blurred, as a pen leaves no steps."""
INKED = 110
"""From this value on a pixel of MNIST is stroke."""


@dataclass(frozen=True)
class Stamp:
    """A mask and where it belongs.

    Attributes:
        mask: float32 `[h, w]` from 0 for ground to 1 for ink.
        left: The picture's column of the mask's first column.
        top: The picture's row of the mask's first row.
    """

    mask: Float32[np.ndarray, "h w"]
    left: int
    top: int


def edge_field(image: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "a b"]:
    """The distance of each pixel from the edge of the strokes.

    Args:
        image: A digit as MNIST frames it, 0 for ground and up to 255 for ink.

    Returns:
        Positive inside the strokes, in pixels of the field, in which the digit is `FIELD` long with `MARGIN` around.
    """
    strokes = _enlarged(image)
    inside = cv2.distanceTransform(strokes, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - strokes, cv2.DIST_L2, 3)
    return np.asarray(inside - outside, np.float32)


def middle_field(image: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "a b"]:
    """Minus the distance of each pixel from the middle line of the strokes, as if a fine pen had drawn them.

    Args:
        image: A digit as MNIST frames it, 0 for ground and up to 255 for ink.

    Returns:
        0 on the middle line, below 0 elsewhere, in pixels of the field, as `edge_field` has it.
    """
    strokes = _enlarged(image)
    depth = cv2.distanceTransform(strokes, cv2.DIST_L2, 5)
    ridge = depth - cv2.GaussianBlur(depth, (0, 0), 1.2) > 0.35  # depth has a crest along the middle of a stroke
    ridge &= depth > 0.6 * cv2.dilate(depth, np.ones((9, 9), np.uint8))  # and side crests where its edge is uneven
    away = cv2.distanceTransform((~ridge).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(-cv2.GaussianBlur(away, (0, 0), SMOOTH), np.float32)


def field_stamp(
    field: Float32[np.ndarray, "a b"], matrix: Float64[np.ndarray, "2 2"], centre: tuple[float, float], pen: float
) -> Stamp:
    """Draw a digit from its distance field.

    Args:
        field: As `edge_field` or `middle_field` gives it.
        matrix: From units of the digit's height to pixels of the picture.
        centre: Where the middle of the digit comes to lie, in pixels of the picture, x then y.
        pen: For a middle field the thickness of the stroke, for an edge field what is added to it, in pixels.

    Example:
        >>> images, _ = sutja.load("digits").train
        >>> field_stamp(edge_field(images[0]), np.eye(2) * 40, (50, 60), 0).mask.max()
        np.float32(1.0)
    """
    height, width = field.shape
    reach = np.abs(matrix) @ size_of(field) / 2 + pen / 2 + 2
    left, top = (int(np.floor(place - half)) for place, half in zip(centre, reach, strict=True))
    shape = np.ceil(2 * reach).astype(int) + 1
    scale = enlargement(matrix) / FIELD
    linear = matrix / FIELD
    offset = np.array(centre) - (left, top) - linear @ np.array([width - 1, height - 1]) / 2
    matrix = np.column_stack([linear, offset])
    mask: Float32[np.ndarray, "h w"] = np.asarray(
        cv2.warpAffine(field, matrix, tuple(map(int, shape)), flags=cv2.INTER_LINEAR, borderValue=FAR), np.float32
    )
    mask *= np.float32(scale)
    mask += np.float32(pen / 2 + 0.5)
    return Stamp(np.clip(mask, 0, 1, out=mask), left, top)


def size_of(field: Float32[np.ndarray, "a b"]) -> Float64[np.ndarray, "2"]:
    """Width and height of the digit in a distance field, in units of its height."""
    height, width = field.shape
    return np.array([width - 2 * MARGIN, height - 2 * MARGIN]) / FIELD


def enlargement(matrix: Float64[np.ndarray, "2 2"]) -> float:
    """By how much a matrix enlarges lengths on average: the root of how it enlarges areas."""
    return math.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]))


def stroke_stamp(
    strokes: Strokes, matrix: Float64[np.ndarray, "2 2"], centre: tuple[float, float], pen: float
) -> Stamp:
    """Draw strokes with a round pen.

    Args:
        strokes: In units of a digit's height.
        matrix: From those units to pixels of the picture.
        centre: Where the middle of the strokes comes to lie, in pixels of the picture, x then y.
        pen: The thickness in pixels.
    """
    points = [np.asarray(stroke @ matrix.T, np.float32) for stroke in strokes]
    mask = drawn(points, 1.0, pen)
    height, width = mask.shape
    left, top = (round(float(place)) for place in np.array(centre) - np.array([width, height]) / 2)
    return Stamp(mask.astype(np.float32) * np.float32(1 / 255), left, top)


def _enlarged(image: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "a b"]:
    """The strokes as 1, with the digit `FIELD` pixels high, or wide if it is wider, and a margin around."""
    left, top, across, down = cv2.boundingRect(image)
    digit = image[top : top + down, left : left + across]
    scale = FIELD / max(1, *digit.shape)
    size = (max(4, round(digit.shape[1] * scale)), max(4, round(digit.shape[0] * scale)))
    large = cv2.resize(digit, size, interpolation=cv2.INTER_CUBIC)
    field = cv2.copyMakeBorder(large, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), SMOOTH) >= INKED, np.uint8)
