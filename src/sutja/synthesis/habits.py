"""Habits that few of MNIST's writers have.

Longer tails or larger loops, digits that the pen joins to the next, and digits as close to each other as ink allows.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from sutja.synthesis.glyphs import Stamp
from sutja.synthesis.strokes import Strokes

Random = np.random.Generator
KNEE = (0.35, 0.6)
"""At such a share of a digit's height its upper part ends."""
LONGER = (0.15, 0.8)
"""The range of the logarithm of how many times as long one of the two parts is made."""
LOWER = 0.7
"""So often it is the lower one."""
INKED = 0.35
"""From so much ink on a pixel belongs to a stroke."""


def stretched(image: UInt8[np.ndarray, "h w"], random: Random) -> UInt8[np.ndarray, "a b"]:
    """A digit with its upper or its lower part made longer, cropped to its ink.

    Args:
        image: 0 for ground and up to 255 for ink.
        random: Chooses the part, where it ends, and how much longer it is.

    Example:
        >>> images, _ = sutja.load("digits").train
        >>> stretched(images[0], np.random.default_rng(0)).shape
        (24, 18)
    """
    left, top, width, height = cv2.boundingRect(image)
    digit = image[top : top + height, left : left + width]
    knots, places = _knots(random)
    rows = np.interp(np.linspace(0, places[-1], round(height * places[-1])), places, knots) * (height - 1)
    across, down = np.meshgrid(np.arange(width), rows)
    return np.asarray(cv2.remap(digit, across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR))


def stretched_strokes(strokes: Strokes, random: Random) -> Strokes:
    """The same for strokes of our own: paths that are 1 high before and after."""
    knots, places = _knots(random)
    paths = [np.column_stack([path[:, 0], np.interp(path[:, 1], knots, places)]) for path in strokes]
    return [np.asarray(path / places[-1], np.float32) for path in paths]


def joint(
    ink: Float32[np.ndarray, "h w"],
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
    random: Random,
) -> Float32[np.ndarray, "n 2"] | None:
    """The path of a pen that goes on from a digit to the next, mostly at its top or at its bottom.

    Args:
        ink: Of the picture, 0 to 1.
        one: The box around the first: left, top, width and height in pixels of the picture.
        other: That around the next.
        random: Chooses where it leaves the one and meets the other, and how it sags.

    Returns:
        Points in pixels of the picture; None where there is no ink to start or to end at.
    """
    leaves = random.choice([random.uniform(0.05, 0.4), random.uniform(0.8, 0.98), random.random()], p=[0.55, 0.3, 0.15])
    meets = random.uniform(0.03, 0.4) if random.random() < 0.8 else random.random()
    start, end = _edge(ink, one, leaves, last=True), _edge(ink, other, meets, last=False)
    if start is None or end is None:
        return None
    sag = random.normal(0, 0.08) * (one[3] + other[3]) / 2
    share = np.linspace(0, 1, 9)[:, None]
    path = np.array(start) * (1 - share) + np.array(end) * share
    path[:, 1:] += 4 * sag * share * (1 - share)
    return path.astype(np.float32)


def clearance(
    ink: Float32[np.ndarray, "h w"], box: tuple[float, float, float, float], stamp: Stamp, reach: int
) -> float | None:
    """How far a digit that is to be written could be moved to the left before its ink meets what is there.

    Args:
        ink: Of the picture, 0 to 1.
        box: Around what is there, in pixels of the picture.
        stamp: The ink of the digit, right of it.
        reach: In its rows, ink so many pixels above or below other ink is beside it too.

    Returns:
        Pixels, below 0 where they overlap; None where nothing is beside anything.
    """
    left, _, width, _ = (int(side) for side in box)
    rows = np.arange(stamp.top, stamp.top + len(stamp.mask))
    there = ink[np.clip(rows, 0, len(ink) - 1), left : left + width] >= INKED
    ends = np.where(there.any(axis=1), left + there.shape[1] - there[:, ::-1].argmax(axis=1), 0)
    ends = cv2.dilate(ends.astype(np.float32)[:, None], np.ones((2 * reach + 1, 1), np.uint8))[:, 0]
    ours = stamp.mask >= INKED
    beside = ours.any(axis=1) & (ends > 0)
    return float((stamp.left + ours.argmax(axis=1) - ends)[beside].min()) if beside.any() else None


def _knots(random: Random) -> tuple[list[float], list[float]]:
    """Heights from top to bottom, and where they come to lie when one part is made longer."""
    knee, longer = float(random.uniform(*KNEE)), float(np.exp(random.uniform(*LONGER)))
    if random.random() < LOWER:
        return [0.0, knee, 1.0], [0.0, knee, knee + longer * (1 - knee)]
    return [0.0, knee, 1.0], [0.0, longer * knee, longer * knee + 1 - knee]


def _edge(
    ink: Float32[np.ndarray, "h w"], box: tuple[float, float, float, float], share: float, last: bool
) -> tuple[float, float] | None:
    """The last or the first ink of a digit at a share of its height; None if there is none."""
    left, top, width, height = box
    y = int(np.clip(top + share * height, 0, ink.shape[0] - 1))
    inked = np.flatnonzero(ink[y, int(left) : int(left + width) + 1] >= INKED)
    return (int(left) + float(inked[-1 if last else 0]), float(y)) if len(inked) else None
