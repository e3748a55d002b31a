"""Letters and other signs as a hand writes them: from strokes of our own, or in a typeface's forms."""

import numpy as np

from sutja.synthesis.glyphs import Stamp, enlargement, field_stamp, size_of, stroke_stamp
from sutja.synthesis.hand import Hand
from sutja.synthesis.plane import Plane
from sutja.synthesis.signs import LETTERS, sign_strokes
from sutja.synthesis.typefaces import letter_form

Random = np.random.Generator
FORMED = {name: name for name in LETTERS} | {
    "dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "hash": "#", "percent": "%", "slash": "/",
    "left parenthesis": "(", "right parenthesis": ")", "left bracket": "[", "right bracket": "]", "question": "?",
    "exclamation": "!", "ampersand": "&", "at": "@",
}  # fmt: skip
"""The signs that typefaces have too."""


def sign_stamp(name: str, hand: Hand, place: tuple[float, float], plane: Plane, random: Random) -> tuple[float, Stamp]:
    """A sign that is no digit, as ink in the picture.

    Args:
        name: One of `sutja.synthesis.signs.SIGNS`.
        hand: How it is written; its letters and marks have the forms of its typeface, if it has one.
        place: The middle of its left edge on the page, in pixels.
        plane: From the page to the picture.
        random: Where randomness comes from.

    Returns:
        Its width on the page in pixels, and its ink.

    Example:
        >>> hand = Hand(height=40, pen=0.1, slant=0, variation=0, foreign=0, darkness=1)
        >>> width, stamp = sign_stamp("T", hand, (10, 50), Plane(200, 100), np.random.default_rng(0))
        >>> 15 < width < 50 and 30 < stamp.mask.shape[0] < 60
        True
    """
    matrix = hand.matrix(random)
    if hand.face and name in FORMED:
        return _formed(FORMED[name], hand.face, hand, matrix, place, plane, random)
    return _drawn(name, hand, matrix, place, plane, random)


def _drawn(
    name: str, hand: Hand, matrix: np.ndarray, place: tuple[float, float], plane: Plane, random: Random
) -> tuple[float, Stamp]:
    """A sign of our own strokes."""
    strokes = sign_strokes(name, random)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width = float((high[0] - low[0]) * matrix[0, 0])
    pen = max(1.0, (hand.pen or float(random.uniform(0.05, 0.12))) * hand.height)
    x, y = place[0] + width / 2 + pen / 2, place[1] + ((low[1] + high[1]) / 2 - 0.5) * matrix[1, 1]
    pixel, seen = plane.seen(x, y)
    return width + pen, stroke_stamp(strokes, seen @ matrix, pixel, pen)


def _formed(
    name: str, face: str, hand: Hand, matrix: np.ndarray, place: tuple[float, float], plane: Plane, random: Random
) -> tuple[float, Stamp]:
    """A letter in the form that a typeface gives it."""
    letter = letter_form(name, face)
    values = letter.middle if hand.pen else letter.edge
    width = float((np.abs(matrix) @ size_of(values))[0]) * letter.scale
    pixel, seen = plane.seen(place[0] + width / 2, place[1] + (letter.fall - 0.5) * float(matrix[1, 1]))
    pen = (hand.pen or random.normal(0, 0.025)) * hand.height * enlargement(seen)
    return width, field_stamp(values, letter.scale * (seen @ matrix), pixel, max(1.0, pen) if hand.pen else pen)
