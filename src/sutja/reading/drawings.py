"""Drawings whose parts look like digits: the eye or the outline of a face is no 0."""

import cv2
import numpy as np
from jaxtyping import Bool, Int, UInt8

from sutja.pictures.contrast import GROUND
from sutja.reading.naming import FAINT, Named
from sutja.reading.overlaps import CERTAIN
from sutja.reading.page_ink import PageInk

OUTLINE = 2.0
"""A picture's outline is so many heights of a digit wide and high, or more."""
CONVEX, ROUND, LONG = 0.9, (0.7, 0.87), 1.6
"""A round outline encloses so much of its convex hull, so much of the smallest rectangle around it (a circle 0.79), and
is at most so many times as long as wide."""
PART = 3
"""A doubtful 0 that holds something of so many pixels in its crop, apart from it, is an outline too."""


def without_outlines(named: Named) -> Named:
    """The places but doubtful 0s that are the outline of something."""
    doubtful = np.flatnonzero((named.label == 0) & (named.probability < CERTAIN))
    outlines = [number for number in doubtful.tolist() if is_drawing(named.crops[number, 0])]
    return named.chosen(np.setdiff1d(np.arange(len(named.label)), outlines))


def in_drawings(ink: PageInk) -> Bool[np.ndarray, "n"]:
    """Which of the places lie within a drawing."""
    drawn = pictures_in(ink.pieces, ink.extents, ink.height)
    return np.array([drawn[(top + bottom) // 2, (left + right) // 2] for left, top, right, bottom in ink.boxes], bool)


def pictures_in(
    numbers: Int[np.ndarray, "h w"], extents: Int[np.ndarray, "k 5"], height: float
) -> Bool[np.ndarray, "h w"]:
    """The insides of round outlines in which there is more than digits of that height, as a mouth in a face.

    A circle around a number holds digits only, and the outline of a box or of a table is not round.

    Args:
        numbers: Which piece of ink that no digit explains each pixel belongs to; 0 for the ground.
        extents: Of each piece, as of `PageInk`.
        height: Of the digits, in pixels.
    """
    sides, pictures = extents[:, 2:4], np.zeros(numbers.shape, bool)
    for number in np.flatnonzero((sides > OUTLINE * height).all(axis=1)).tolist():
        left, top, wide, high = extents[number, :4].tolist()
        part = numbers[top : top + high, left : left + wide]
        inside = inside_of((part == number).astype(np.uint8)) if number else None
        if inside is None:
            continue
        held = np.setdiff1d(part[inside], (0, number))
        if (sides[held] > height).any():
            pictures[top : top + high, left : left + wide] |= inside
    return pictures


def is_drawing(crop: UInt8[np.ndarray, "28 28"]) -> bool:
    """Whether a crop shows a round outline with something in it: it is no 0, but a face."""
    ink = cv2.dilate((crop > GROUND + FAINT / 2).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, pieces, extents, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 2:
        return False
    outline = 1 + int(extents[1:, 4].argmax())
    inside = inside_of((pieces == outline).astype(np.uint8))
    if inside is None:
        return False
    held = np.setdiff1d(pieces[inside], (0, outline))
    return bool((extents[held, 2:4].max(axis=1, initial=0) >= PART).any())


def inside_of(outline: UInt8[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"] | None:
    """What a piece of ink encloses, itself included; None if its outline is not round."""
    (around, *_), _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area, hull = cv2.contourArea(around), cv2.contourArea(cv2.convexHull(around))
    short, long = sorted(cv2.minAreaRect(around)[1])
    if area < CONVEX * hull or long > LONG * short or not ROUND[0] < area / (short * long) < ROUND[1]:
        return None
    return cv2.drawContours(np.zeros_like(outline), [around], 0, 1, cv2.FILLED).astype(bool)
