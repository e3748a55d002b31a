"""Finding digits step by step: connected pieces of ink, pieces of one digit joined, what is no digit dropped."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Int, Int32, UInt8

from sutja.reading.result import Box

FEWEST_PIXELS = 6
"""Pieces of fewer pixels are specks, unless there is nothing larger. Lengths below are shares of the typical height of
the pieces of ink."""
SPECK, DASH = 0.35, 0.3
"""A piece is dropped whose width and height are both below the first, or whose height is below the second: a dash, a
dot, a ruling."""
FRAGMENT = 0.6
"""A piece that is lower than this may be a fragment of a digit."""
HAT, GAP, FAR_TALLER = 0.3, 0.08, 1.5
"""A fragment over or under a larger piece joins it over a gap below the first: the hat of a 5. Elsewhere it joins over
one below the second, if the height of both together is below the third: a broken stroke."""
RULE, LONG = 4.0, 1.5
"""A piece is dropped that is so many times wider than high, and wider than the second: a rule."""
FRAME = 0.35
"""A piece is dropped inside of which lies another of at least this share of its own height: a printed box."""
MOST_PIECES = 2000
"""More pieces of ink than this are specks for the most part: the largest are kept."""


@dataclass(frozen=True)
class Piece:
    """Connected ink, or several pieces that belong to one digit.

    Attributes:
        numbers: Its numbers in the picture of components.
        box: Where it is.
        pixels: How many pixels of stroke it has.
    """

    numbers: tuple[int, ...]
    box: Box
    pixels: int

    def joined(self, other: "Piece") -> "Piece":
        """Both as one piece."""
        return Piece(self.numbers + other.numbers, self.box.joined(other.box), self.pixels + other.pixels)


def find_digits(ink: UInt8[np.ndarray, "h w"]) -> tuple[list[Piece], Int32[np.ndarray, "h w"]]:
    """The pieces of ink that may be digits.

    Args:
        ink: As `sutja.pictures.ink.ink_of` gives it.

    Returns:
        The pieces in no particular order, and the picture of components: at each pixel the number of the component
        that it belongs to, 0 for ground.
    """
    pieces, numbers = connected(ink)
    pieces = without_frames(without_margins(pieces, ink.shape))
    if not pieces:
        return [], numbers
    height = typical_height(pieces)
    pieces = [piece for piece in pieces if not _is_rule(piece.box, height)]
    pieces = with_fragments_joined(pieces, height)
    return [piece for piece in pieces if _is_digit_sized(piece.box, height)], numbers


def connected(ink: UInt8[np.ndarray, "h w"]) -> tuple[list[Piece], Int32[np.ndarray, "h w"]]:
    """The connected components of the strokes; pixels that touch at a corner are connected."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    pixels = stats[1:, cv2.CC_STAT_AREA]
    chosen = np.flatnonzero(pixels >= min(FEWEST_PIXELS, pixels.max(initial=0))) + 1
    if len(chosen) > MOST_PIECES:
        chosen = chosen[np.argsort(-stats[chosen, cv2.CC_STAT_AREA], kind="stable")[:MOST_PIECES]]
    return [
        Piece((int(number),), Box(*map(int, stats[number, :4])), int(stats[number, cv2.CC_STAT_AREA]))
        for number in chosen
    ], numbers


def typical_height(pieces: list[Piece]) -> float:
    """The height at which half of all ink, counted by height squared, is in smaller pieces: specks hardly count."""
    heights = np.sort([piece.box.height for piece in pieces])
    weight = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weight, weight[-1] / 2)])


def without_frames(pieces: list[Piece]) -> list[Piece]:
    """Drop pieces that enclose another of like height: printed boxes around digits."""
    if len(pieces) < 2:
        return pieces
    boxes = np.array([piece.box for piece in pieces])
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    kept = []
    for piece in pieces:
        box = piece.box
        inside = (left > box.x) & (right < box.right) & (top > box.y) & (bottom < box.bottom)
        if not (inside & (boxes[:, 3] >= FRAME * box.height)).any():
            kept.append(piece)
    return kept


def without_margins(pieces: list[Piece], shape: tuple[int, ...]) -> list[Piece]:
    """Drop pieces that run into two or more sides of the picture, if any do not: box edges, shadows, the desk."""
    height, width = shape

    def sides(box: Box) -> int:
        return (box.x == 0) + (box.y == 0) + (box.right == width) + (box.bottom == height)

    return [piece for piece in pieces if sides(piece.box) < 2] or pieces


def with_fragments_joined(pieces: list[Piece], height: float) -> list[Piece]:
    """Join what belongs to one digit: the hat of a 5 that stands apart, the parts of a broken stroke."""
    whole = [piece for piece in pieces if piece.box.height >= FRAGMENT * height]
    fragments = [piece for piece in pieces if piece.box.height < FRAGMENT * height]
    boxes = np.zeros((len(pieces), 4), int)
    boxes[: len(whole)] = np.array([piece.box for piece in whole]).reshape(-1, 4)
    for fragment in sorted(fragments, key=lambda piece: -piece.pixels):
        place = nearest_owner(fragment.box, boxes[: len(whole)], height)
        if place is None:
            place = len(whole)
            whole.append(fragment)
        else:
            whole[place] = whole[place].joined(fragment)
        boxes[place] = whole[place].box
    return whole


def nearest_owner(fragment: Box, boxes: Int[np.ndarray, "n 4"], height: float) -> int | None:
    """The nearest box that a fragment belongs to: one over or under it, or one that it all but touches.

    One that it all but touches is no owner where both together would be far taller than the others.
    """
    if not len(boxes):
        return None
    x, y, width, tall = boxes.T
    across = np.maximum(x, fragment.x) - np.minimum(x + width, fragment.right)
    down = np.maximum(y, fragment.y) - np.minimum(y + tall, fragment.bottom)
    distance = np.maximum(np.maximum(across, down), 0)
    together = np.maximum(y + tall, fragment.bottom) - np.minimum(y, fragment.y)
    over = (-across >= 0.5 * np.minimum(width, fragment.width)) & (distance < HAT * height)
    touching = (distance < GAP * height) & (together < FAR_TALLER * height)
    distance = np.where(over | touching, distance, np.inf)
    place = int(distance.argmin())
    return place if np.isfinite(distance[place]) else None


def cut_out(piece: Piece, ink: UInt8[np.ndarray, "h w"], numbers: Int32[np.ndarray, "h w"]) -> UInt8[np.ndarray, "a b"]:
    """The ink of one piece alone, and nothing of its neighbours."""
    part = np.s_[piece.box.y : piece.box.bottom, piece.box.x : piece.box.right]
    return np.where(np.isin(numbers[part], piece.numbers), ink[part], 0).astype(np.uint8)


def _is_rule(box: Box, height: float) -> bool:
    return box.width > RULE * max(box.height, 1) and box.width > LONG * height


def _is_digit_sized(box: Box, height: float) -> bool:
    return max(box.width, box.height) >= SPECK * height and box.height >= DASH * height
