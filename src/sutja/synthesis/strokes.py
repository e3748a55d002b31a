"""Digits as people all over the world write them, drawn as strokes of a pen.

MNIST was written in the United States, so it lacks the 1 with a long flag, the crossed 7, the 4 in one stroke and many
other forms. Each of those in `sutja.synthesis.forms` becomes paths here.

A smooth stroke is a cubic Hermite spline with the slopes of Bessel and centripetal knots (Lee, Choosing nodes in
parametric curve interpolation, 1989). It is linear in its points, so a form is a matrix made once, and writing a digit
is a product of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, UInt8

from sutja.errors import DataError
from sutja.synthesis.forms import DIGITS, ring

__all__ = [
    "DIGITS",
    "DIGIT_HAND",
    "Form",
    "Hand",
    "Strokes",
    "digit_strokes",
    "drawn",
    "extent",
    "flagged_one",
    "leaning_bar",
    "ring",
    "rounded",
    "spline_basis",
    "upright_bar",
]

Strokes: TypeAlias = list[Float32[np.ndarray, "_ 2"]]
"""Paths of the pen, each of points (x, y), `x` right and `y` down, in units of a digit's height."""

SAMPLE = 0.05
"""The distance, in units, between the points of a path."""
ROUNDING = np.array([1, 2, 3, 2, 1]) / 9
"""Neighbouring points of a path are averaged so where a hasty hand rounds the corners."""
BITS = 4
"""OpenCV takes whole coordinates; these are in sixteenths of a pixel."""
SPREAD = 1.35
"""Pixels by which OpenCV's smoothed lines come out wider than asked for, measured on even widths."""


@dataclass(frozen=True, eq=False)
class Form:
    """One way to write a sign.

    Attributes:
        extremes: The points of each drawing, in units.
        sharp: The matrix that turns points into paths with sharp corners.
        rounder: What is added to `sharp` to round the corners.
        spans: Where each stroke starts and ends among the rows of the paths.
    """

    extremes: Float64[np.ndarray, "m p 2"]
    sharp: Float64[np.ndarray, "n p"]
    rounder: Float64[np.ndarray, "n p"]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, *drawings: str) -> "Form":
        """The form whose extremes are these drawings, all of the same strokes and numbers of points."""
        parsed = [[stroke.split() for stroke in drawing.split(" / ")] for drawing in drawings]
        numbers = [[point.rstrip("!").split(",") for stroke in drawing for point in stroke] for drawing in parsed]
        extremes = np.array(numbers, np.float64) / 100
        sharp, rounder = (np.zeros((0, extremes.shape[1])) for _ in range(2))
        spans, first = [], 0
        for stroke in parsed[0]:
            last = first + len(stroke)
            corners = np.array([point.endswith("!") for point in stroke])
            basis = spline_basis(extremes[:, first:last].mean(axis=0), corners)
            rows = np.zeros((len(basis), extremes.shape[1]))
            rows[:, first:last] = basis
            spans.append((len(sharp), len(sharp) + len(rows)))
            sharp, rounder = np.vstack([sharp, rows]), np.vstack([rounder, rounded(rows) - rows])
            first = last
        return cls(extremes, sharp, rounder, tuple(spans))

    def write(self, random: np.random.Generator, hand: "Hand") -> Float64[np.ndarray, "n 2"]:
        """The points of all paths, one stroke after another, as this hand writes them once."""
        share = random.standard_exponential(len(self.extremes)) ** 2  # squared, to come near the extremes
        points = np.dot(share / share.sum(), self.extremes.reshape(len(share), -1)).reshape(-1, 2)
        points += random.normal(0, hand.jitter, points.shape)
        path = (self.sharp + max(0.0, random.uniform(-1, 1)) * self.rounder) @ points
        phase, frequency = random.uniform(0, 2 * np.pi, 2), random.uniform(3, 9, 2)
        path += random.uniform(0, hand.wobble) * np.sin(path[:, ::-1] * frequency + phase)
        width, turn = np.exp(random.normal(0, hand.widening)), random.normal(0, hand.turning)
        leaning = np.array([[width, turn], [-turn - random.uniform(*hand.slant), 1]])
        written: Float64[np.ndarray, "n 2"] = path @ leaning
        return written

    def split(self, path: Float64[np.ndarray, "n 2"]) -> Strokes:
        """The paths, one for each stroke."""
        points = path.astype(np.float32)
        return [points[first:last] for first, last in self.spans]


@dataclass(frozen=True)
class Hand:
    """How much a hand varies what it writes.

    Attributes:
        jitter: The standard deviation of each point, in units.
        slant: The range of how far the top leans right, as a share of the height.
        widening: The standard deviation of the logarithm of the width.
        turning: The standard deviation of the rotation, in radians.
        wobble: The largest amplitude of the slow waves in a path, in units.
    """

    jitter: float = 0.016
    slant: tuple[float, float] = (-0.25, 0.35)
    widening: float = 0.12
    turning: float = 0.035
    wobble: float = 0.018


DIGIT_HAND = Hand()


def spline_basis(points: Float64[np.ndarray, "p 2"], corners: Bool[np.ndarray, "p"]) -> Float64[np.ndarray, "n p"]:
    """The matrix that turns the points of a stroke into its path, smooth but for the corners.

    Args:
        points: About where the points will lie; says how the knots and the path's points are spread.
        corners: Where the path may turn sharply. Between two corners it is straight.

    Returns:
        One row for each point of the path; each sums to 1.
    """
    last = len(points) - 1
    lengths = np.hypot(*np.diff(points, axis=0).T)
    knots = np.sqrt(lengths)
    each = np.eye(last + 1)
    speeds = np.diff(each, axis=0) / knots[:, None]
    smooth = ~corners
    smooth[[0, last]] = False
    bends = np.zeros_like(each)
    for i in np.flatnonzero(smooth).tolist():
        bends[i] = (knots[i] * speeds[i - 1] + knots[i - 1] * speeds[i]) / (knots[i - 1] + knots[i])
    pieces = []
    for i in range(last):
        start = bends[i] if smooth[i] else (3 * speeds[i] - bends[i + 1]) / 2 if smooth[i + 1] else speeds[i]
        end = bends[i + 1] if smooth[i + 1] else (3 * speeds[i] - bends[i]) / 2 if smooth[i] else speeds[i]
        t = np.linspace(0, 1, max(2, round(lengths[i] / SAMPLE)), endpoint=False)[:, None]
        rise, turn = t * t * (3 - 2 * t), t * (1 - t)
        pieces.append((1 - rise) * each[i] + rise * each[i + 1] + knots[i] * turn * ((1 - t) * start - t * end))
    return np.vstack([*pieces, each[last:]])


def rounded(path: Float64[np.ndarray, "n k"]) -> Float64[np.ndarray, "n k"]:
    """The path with its corners rounded, its ends kept."""
    reach = len(ROUNDING) // 2
    longer = np.pad(path, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack([np.convolve(column, ROUNDING, "valid") for column in longer.T], axis=1)


def digit_strokes(label: int, random: np.random.Generator) -> Strokes:
    """Write one digit, in one of its forms, as no hand writes it twice.

    Args:
        label: The digit, 0 to 9.
        random: Chooses the form, where it lies between its extremes, its slant, width, corners and wobble.

    Returns:
        The paths of the pen, `y` from 0 to 1, `x` from 0.

    Raises:
        DataError: `label` is no digit.

    Example:
        >>> hat_apart = digit_strokes(5, np.random.default_rng(3))
        >>> len(hat_apart), hat_apart[0].dtype
        (2, dtype('float32'))
    """
    if label not in DIGITS:
        raise DataError(f"label {label!r} is no digit. Give one of 0 to 9.")
    weights, forms = _digit_forms(label)
    return _one_high(forms[int(weights.searchsorted(random.random()))], random, DIGIT_HAND)


def upright_bar(random: np.random.Generator) -> Strokes:
    """Write a 1 as one bar that is upright, or nearly so.

    Returns:
        As `digit_strokes`.

    Example:
        >>> [bar] = upright_bar(np.random.default_rng(0))
        >>> bool(np.ptp(bar[:, 0]) < 0.2)
        True
    """
    return _one_high(UPRIGHT_BAR, random, UPRIGHT_HAND)


def leaning_bar(random: np.random.Generator) -> Strokes:
    """Write a 1 as `upright_bar` does, but leaning to the right as a slash does."""
    return _one_high(UPRIGHT_BAR, random, LEANING_HAND)


def flagged_one(random: np.random.Generator) -> Strokes:
    """Write a 1 with a flag at its top and no foot, in one stroke.

    Returns:
        As `digit_strokes`.

    Example:
        >>> len(flagged_one(np.random.default_rng(0)))
        1
    """
    forms = _flagged_forms()
    return _one_high(forms[int(random.integers(len(forms)))], random, DIGIT_HAND)


def _one_high(form: Form, random: np.random.Generator, hand: Hand) -> Strokes:
    """A form as a hand writes it once, moved and scaled to stand in its unit."""
    path = form.write(random, hand)
    low, high = path.min(axis=0), path.max(axis=0)
    return form.split((path - low) / (high[1] - low[1]))


def extent(strokes: Sequence[Float[np.ndarray, "_ 2"]]) -> tuple[float, float, float, float]:
    """The rectangle that holds the paths, as (left, top, right, bottom) in units.

    The ink of a pen reaches half its thickness farther on all sides.

    Raises:
        DataError: There are no strokes.

    Example:
        >>> extent([np.array([[0, 0.5], [0.25, 0.5]])])
        (0.0, 0.5, 0.25, 0.5)
    """
    if not strokes:
        raise DataError("no strokes to measure. Give at least one path of points (x, y).")
    points = np.concatenate(strokes)
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def drawn(strokes: Sequence[Float[np.ndarray, "_ 2"]], height: float, thickness: float) -> UInt8[np.ndarray, "h w"]:
    """Draw strokes with a round pen.

    Args:
        strokes: The paths, in units.
        height: How many pixels a unit is: a digit's height from the middle of the pen to the middle of the pen.
        thickness: The width of the pen, in pixels.

    Returns:
        The ink, 0 for ground and 255 at its darkest, with smooth edges, cropped to what is not 0. `extent` says where
        in the unit it belongs.

    Raises:
        DataError: There are no strokes, or a length is not positive.

    Example:
        >>> dash = [np.array([[0, 0.5], [0.5, 0.5]])]
        >>> drawn(dash, height=40, thickness=4).shape  # 4 and 24 of full ink, and a faint edge all around
        (6, 26)
    """
    if not (height > 0 and thickness > 0):
        raise DataError(f"cannot draw {height} pixels high with a pen of {thickness}. Both must be above 0.")
    left, top, right, bottom = extent(strokes)
    pen = 2 * max(1, round(thickness - SPREAD / 2))
    scale = (pen + SPREAD) / thickness  # about 2: drawn large and reduced, edges are smooth and pens need not be whole
    margin = pen / 2 + 2
    size = [int(np.ceil((length * height * scale + 2 * margin) / scale)) for length in (right - left, bottom - top)]
    canvas = np.zeros((round(size[1] * scale), round(size[0] * scale)), np.uint8)
    paths = [np.rint(((path - (left, top)) * (height * scale) + margin) * 2**BITS).astype(np.int32) for path in strokes]
    cv2.polylines(canvas, paths, False, 255, pen, cv2.LINE_AA, BITS)
    ink = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    x, y, across, down = cv2.boundingRect(ink)
    ink = ink[y : y + down, x : x + across]
    return cv2.convertScaleAbs(ink, alpha=255 / ink.max())


UPRIGHT_BAR = Form.of("20,0! 20,100!")
UPRIGHT_HAND = Hand(jitter=0.01, slant=(-0.05, 0.05), turning=0.02)
LEANING_HAND = Hand(jitter=0.01, slant=(0.1, 0.35), turning=0.02)


@cache
def _digit_forms(label: int) -> tuple[Float64[np.ndarray, "f"], tuple[Form, ...]]:
    """The forms of a digit, and for each the share of draws that it and those before it get."""
    weights = np.cumsum([weight for weight, *_ in DIGITS[label]])
    return weights / weights[-1], tuple(Form.of(*drawings) for _, *drawings in DIGITS[label])


@cache
def _flagged_forms() -> tuple[Form, ...]:
    """The forms of a 1 in one stroke of four points: those of a bar have fewer, those with a foot more strokes."""
    return tuple(form for form in _digit_forms(1)[1] if len(form.spans) == 1 and form.extremes.shape[1] == 4)
