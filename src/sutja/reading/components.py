"""Finding digits step by step: connected pieces of ink, pieces of one digit joined, what is no digit dropped."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Int32, UInt8

from sutja.reading.result import Box

FEWEST_PIXELS = 6
FRAGMENT = 0.6
"""A piece below this share of the typical height may be a fragment of a digit."""
MOST_PIECES = 2000
"""More pieces of ink than this are specks for the most part: the largest are kept."""


@dataclass(frozen=True)
class Settings:
    """What counts as a digit. Lengths are shares of the typical height of the pieces of ink.

    Attributes:
        speck: A piece is dropped when neither its width nor its height reaches this.
        dash: A piece is dropped when its height does not reach this: a dash, a dot, a ruling.
        hat: A small piece joins a larger one when the gap between them is below this, and one lies over the other.
        gap: A broken stroke joins when the gap is below this.
        wide: A piece is dropped when it is this many times wider than high and wider than the typical height: a rule.
        frame: A piece is dropped when another of at least this share of its height lies inside it: a printed box.
    """

    speck: float = 0.35
    dash: float = 0.3
    hat: float = 0.3
    gap: float = 0.08
    wide: float = 4.0
    frame: float = 0.35


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


def find_digits(
    ink: UInt8[np.ndarray, "h w"], settings: Settings | None = None
) -> tuple[list[Piece], Int32[np.ndarray, "h w"]]:
    """The pieces of ink that may be digits.

    Args:
        ink: As `sutja.pictures.ink.ink_of` gives it.
        settings: What counts as a digit.

    Returns:
        The pieces in no particular order, and the picture of components: at each pixel the number of the component
        that it belongs to, 0 for ground.
    """
    settings = settings or Settings()
    pieces, numbers = connected(ink)
    pieces = without_frames(without_margins(pieces, ink.shape), settings)
    if not pieces:
        return [], numbers
    height = typical_height(pieces)
    pieces = [piece for piece in pieces if not _is_rule(piece.box, height, settings)]
    pieces = with_fragments_joined(pieces, height, settings)
    return [piece for piece in pieces if _is_digit_sized(piece.box, height, settings)], numbers


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


def without_frames(pieces: list[Piece], settings: Settings) -> list[Piece]:
    """Drop pieces that enclose another of like height: printed boxes around digits."""
    if len(pieces) < 2:
        return pieces
    boxes = np.array([piece.box for piece in pieces])
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    kept = []
    for piece in pieces:
        box = piece.box
        inside = (left > box.x) & (right < box.right) & (top > box.y) & (bottom < box.bottom)
        if not (inside & (boxes[:, 3] >= settings.frame * box.height)).any():
            kept.append(piece)
    return kept


def without_margins(pieces: list[Piece], shape: tuple[int, ...]) -> list[Piece]:
    """Drop pieces that run into two or more sides of the picture, if any do not: box edges, shadows, the desk."""
    height, width = shape

    def sides(box: Box) -> int:
        return (box.x == 0) + (box.y == 0) + (box.right == width) + (box.bottom == height)

    return [piece for piece in pieces if sides(piece.box) < 2] or pieces


def with_fragments_joined(pieces: list[Piece], height: float, settings: Settings) -> list[Piece]:
    """Join what belongs to one digit: the hat of a 5 that stands apart, the parts of a broken stroke."""
    whole = [piece for piece in pieces if piece.box.height >= FRAGMENT * height]
    fragments = [piece for piece in pieces if piece.box.height < FRAGMENT * height]
    for fragment in sorted(fragments, key=lambda piece: -piece.pixels):
        place = nearest_owner(fragment.box, [piece.box for piece in whole], height, settings)
        if place is None:
            whole.append(fragment)
        else:
            whole[place] = whole[place].joined(fragment)
    return whole


def nearest_owner(fragment: Box, boxes: list[Box], height: float, settings: Settings) -> int | None:
    """The nearest box that a fragment belongs to: one over or under it, or one that it all but touches.

    A fragment that would make a digit far taller than the others belongs to none of them.
    """
    if not boxes:
        return None
    x, y, width, tall = np.array(boxes).T
    across = np.maximum(x, fragment.x) - np.minimum(x + width, fragment.right)
    down = np.maximum(y, fragment.y) - np.minimum(y + tall, fragment.bottom)
    distance = np.maximum(np.maximum(across, down), 0)
    together = np.maximum(y + tall, fragment.bottom) - np.minimum(y, fragment.y)
    over = (-across >= 0.5 * np.minimum(width, fragment.width)) & (distance < settings.hat * height)
    touching = (distance < settings.gap * height) & (together < 1.5 * height)
    distance = np.where(over | touching, distance, np.inf)
    place = int(distance.argmin())
    return place if np.isfinite(distance[place]) else None


def cut_out(piece: Piece, ink: UInt8[np.ndarray, "h w"], numbers: Int32[np.ndarray, "h w"]) -> UInt8[np.ndarray, "a b"]:
    """The ink of one piece alone, and nothing of its neighbours."""
    part = np.s_[piece.box.y : piece.box.bottom, piece.box.x : piece.box.right]
    return np.where(np.isin(numbers[part], piece.numbers), ink[part], 0).astype(np.uint8)


def _is_rule(box: Box, height: float, settings: Settings) -> bool:
    return box.width > settings.wide * max(box.height, 1) and box.width > 1.5 * height


def _is_digit_sized(box: Box, height: float, settings: Settings) -> bool:
    return max(box.width, box.height) >= settings.speck * height and box.height >= settings.dash * height
