"""The ink of a page, and how much of it no digit explains: letters of words, currencies, drawings."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int, UInt8

from sutja.pictures.contrast import evened
from sutja.reading.naming import Named
from sutja.reading.overlaps import CERTAIN
from sutja.reading.places import MARGIN, Copy, fitting, standing_out

TEXTURE = 0.25
"""Where more of the page than this is ink, it is the ground: nothing on it is a sign."""
BEYOND = 1.2
"""What reaches the picture's border and is so many heights of a digit wide or high lies beyond the paper."""
AROUND = 1.1
"""A digit's box is taken so much larger: strokes reach beyond it."""
TRACE = 0.15
"""What stands out by less than this share of what the page's certain digits do, and is less certain, is a trace."""
FAINTEST, HALF = 0.3, 0.5
"""Ink stands out by at least the first, and by this share of what the darkest in digits does."""


def without_traces(named: Named, copies: list[Copy]) -> Named:
    """The places but those that are far fainter than the page's certain digits.

    Faint pencil is read where all of a page is faint. Beside ink it is grain, the squares that JPEG leaves, or what
    shines through from the other side of the sheet.

    Args:
        named: What is taken for digits.
        copies: Of the picture.
    """
    certain = named.probability >= CERTAIN
    if certain.all() or not certain.any():
        return named
    reach = standing_out(named.found, copies)
    return named.chosen(certain | (reach >= TRACE * np.median(reach[certain])))


@dataclass(frozen=True)
class PageInk:
    """Where a page has ink, in pixels of the copy that fits its digits.

    Attributes:
        boxes: Left, top, right and bottom of each place that is taken for a digit, a little larger.
        height: Of the digits, their median.
        digits: Ink within these boxes.
        pieces: Of the ink beside them, which connected piece each pixel belongs to; 0 for the ground.
        extents: int `[k, 5]`, of each piece left, top, width, height and area; the first is the ground.
        signs: Which pieces may be letters or other signs.
        textured: Whether most of the page seems ink, which is its ground; then no piece is a sign.
    """

    boxes: list[tuple[int, int, int, int]]
    height: float
    digits: Bool[np.ndarray, "h w"]
    pieces: Int[np.ndarray, "h w"]
    extents: Int[np.ndarray, "k 5"]
    signs: Bool[np.ndarray, "k"]
    textured: bool

    @classmethod
    def around(cls, named: Named, copies: list[Copy]) -> "PageInk":
        """The ink of a page on which there is something that is taken for a digit.

        Args:
            named: What is taken for digits, one or more.
            copies: Of the picture.
        """
        sizes = named.found.sizes
        copy = fitting(copies, float(np.median(sizes.max(axis=1))))
        height = float(np.median(sizes[:, 1])) * copy.scale[1]
        boxes, values = boxes_in(copy, named), evened(copy.grey)
        covered = np.zeros(values.shape, bool)
        for left, top, right, bottom in boxes:
            covered[top:bottom, left:right] = True
        ink = ink_like(values, values[covered])
        _, pieces, extents, _ = cv2.connectedComponentsWithStats(ink * ~covered, connectivity=8)
        textured = bool(ink.mean() > TEXTURE)
        signs = signs_in(extents, boxes, height, values.shape[::-1]) & (not textured)
        return cls(boxes, height, ink.astype(bool) & covered, pieces, extents, signs, textured)

    @cached_property
    def unexplained(self) -> Bool[np.ndarray, "h w"]:
        """Ink of signs that no digit explains."""
        return np.asarray(self.signs[self.pieces])

    @cached_property
    def somewhere_in_pieces(self) -> tuple[Int[np.ndarray, "s"], Int[np.ndarray, "s"]]:
        """A row and a column of each such sign, of one of its pixels."""
        places = np.flatnonzero(self.unexplained)
        _, first = np.unique(self.pieces.ravel()[places], return_index=True)
        rows, columns = np.divmod(places[first], self.pieces.shape[1])
        return rows, columns

    def runs(self, reach: float) -> tuple[Int[np.ndarray, "h w"], int]:
        """Which run of digits and signs each pixel belongs to, 0 for none, and how many there are, that one too.

        Args:
            reach: So many heights of a digit, or less, are between signs of a run.
        """
        width = 2 * round(reach * self.height / 2) + 1
        joined = cv2.dilate((self.unexplained | self.digits).astype(np.uint8), np.ones((1, width), np.uint8))
        count, runs = cv2.connectedComponents(joined, connectivity=8)
        return np.asarray(runs), count

    def run_of_each(self, runs: Int[np.ndarray, "h w"]) -> Int[np.ndarray, "n"]:
        """The run that most of each box belongs to; 0 where there is no ink in it."""
        numbers = [np.bincount(runs[top:bottom, left:right].ravel()) for left, top, right, bottom in self.boxes]
        return np.array([int(each[1:].argmax()) + 1 if len(each) > 1 else 0 for each in numbers], int)


def boxes_in(copy: Copy, named: Named) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each place, a little larger, in pixels of the copy."""
    scale = np.array(copy.scale)
    centres, halves = named.found.centres * scale + MARGIN, named.found.sizes * scale * (AROUND / 2)
    limit = np.array(copy.grey.shape[::-1])
    low = np.clip(np.floor(centres - halves), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(centres + halves), low + 1, limit).astype(int)
    return [tuple(row) for row in np.hstack([low, high]).tolist()]


def ink_like(values: Float32[np.ndarray, "h w"], inside: Float32[np.ndarray, "n"]) -> UInt8[np.ndarray, "h w"]:
    """1 where a picture stands out as the digits do, to the dark or to the light side; `inside` are their pixels."""
    low, high = np.percentile(inside, (3, 97))  # the ground is 0, where the picture is evened out
    side = np.float32(1 if high > -low else -1)
    return np.asarray(side * values > max(FAINTEST, HALF * float(np.percentile(side * inside, 95))), np.uint8)


def signs_in(
    extents: Int[np.ndarray, "k 5"], digits: list[tuple[int, int, int, int]], height: float, whole: tuple[int, ...]
) -> Bool[np.ndarray, "k"]:
    """Which pieces of ink may be signs beside digits: no specks, no lines, no pictures, no frame, no desk.

    A letter or a few joined ones are half to twice as high as a digit, wider than a stroke, and have so much ink that
    they are no specks; the longer they are the more, or they are rules.

    Args:
        extents: As of `PageInk`.
        digits: Left, top, right and bottom of each.
        height: Of the digits, in pixels.
        whole: Width and height of all, with the margins of a copy.
    """
    left, top, wide, high, area = extents.T
    middles = (np.array(digits)[:, :2] + np.array(digits)[:, 2:]) / 2
    may = (high >= 0.45 * height) & (high <= 2 * height) & (wide >= 0.1 * height) & (wide <= 10 * height)
    may &= area >= np.maximum(0.04 * height**2, np.where(wide > 2 * height, 0.2 * height * wide, 0))
    may[0] = False
    # A copy's margins are wider to the right and below, by what makes its sides multiples of 16.
    after = np.minimum(whole[0] - left - wide, whole[1] - top - high) - 15
    within = np.minimum(np.minimum(left, top), after) > MARGIN + 2
    may &= within | (np.maximum(wide, high) < BEYOND * height)
    for number in np.flatnonzero(may & (wide > 2 * height)):
        first, size = extents[number, :2], extents[number, 2:4]
        may[number] = not ((first < middles) & (middles < first + size)).all(axis=1).any()
    return np.asarray(may, bool)
