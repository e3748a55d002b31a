"""A hand that writes on a page: digits and other signs at places of the page, as ink in the picture of it."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from sutja.synthesis.glyphs import (
    Stamp,
    edge_field,
    enlargement,
    field_stamp,
    middle_field,
    size_of,
    stroke_stamp,
)
from sutja.synthesis.habits import clearance, joint, stretched, stretched_strokes
from sutja.synthesis.hand import Hand
from sutja.synthesis.letters import sign_stamp
from sutja.synthesis.plane import Plane
from sutja.synthesis.strokes import digit_strokes, flagged_one, leaning_bar, upright_bar
from sutja.synthesis.typefaces import print_stamp

Random = np.random.Generator
BoxOf = tuple[float, float, float, float]
"""Left, top, width and height in pixels of the picture."""
ONES = {"bar": upright_bar, "leaning": leaning_bar, "flag": flagged_one}
"""What writes the 1s of a hand that has a way of its own."""
LEVEL, NEAR = 0.3, 0.6
"""Digits are moved closer together where a page is turned by no more radians, and the gap between them is no larger
share of their height."""
ONE_STEP = 0.16
"""From a 1 to the next it is so much of their height, or more; boxes of slanted ones share most of their breadth."""
STRONG = 0.35
"""A pixel with this much ink belongs to a digit's box."""


@dataclass(frozen=True)
class Digits:
    """Where digits come from: framed images and their labels, as MNIST has them.

    Attributes:
        images: uint8 `[n, 28, 28]`.
        labels: uint8 `[n]`.
    """

    images: UInt8[np.ndarray, "n 28 28"]
    labels: UInt8[np.ndarray, "n"]

    @cached_property
    def numbers(self) -> dict[int, Int64[np.ndarray, "_"]]:
        """For each label there is, the numbers of its images."""
        return {int(label): np.flatnonzero(self.labels == label) for label in np.unique(self.labels)}

    def drawn(self, random: Random, label: int | None = None) -> int:
        """The number of an image; of that label, if one is given and there is an image of it."""
        numbers = None if label is None else self.numbers.get(label)
        return int(random.integers(len(self.labels)) if numbers is None else random.choice(numbers))


@dataclass(frozen=True)
class Written:
    """A digit on the page.

    Attributes:
        label: 0 to 9.
        box: Around its ink, in pixels of the picture.
        line: The number of its row, from the top.
        visible: Whether a person could see it in the picture.
        image: The number of the image that it was drawn from; None for strokes of our own.
    """

    label: int
    box: BoxOf
    line: int
    visible: bool = True
    image: int | None = None


@dataclass(frozen=True)
class Sign:
    """Something on the page that is no digit.

    Attributes:
        name: One of `sutja.synthesis.signs.SIGNS`, or "print".
        box: Around its ink, in pixels of the picture.
        spelled: Whether its neighbours say that it is a letter, however much it looks like a digit.
    """

    name: str
    box: BoxOf
    spelled: bool = False


@dataclass
class Sheet:
    """A page that is written on: its ink so far, and what is where.

    Attributes:
        plane: From the page to the picture.
        ink: float32 `[h, w]` from 0 for ground to 1 for ink.
        written: The digits.
        signs: What is no digit.
        taken: For each of both its row, and its box as left, top, width and height, float64 `[n, 5]`.
    """

    plane: Plane
    ink: Float32[np.ndarray, "h w"]
    written: list[Written] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    taken: Float64[np.ndarray, "n 5"] = field(default_factory=lambda: np.zeros((0, 5)))

    @classmethod
    def empty(cls, plane: Plane) -> "Sheet":
        """A page with nothing on it."""
        return cls(plane, np.zeros((plane.height, plane.width), np.float32))

    def free(self, box: BoxOf, row: int, overlap: float = 0.04) -> bool:
        """Whether a box lies inside the picture and meets nothing but its own row."""
        left, top, width, height = box
        if left < 1 or top < 1 or left + width > self.plane.width - 1 or top + height > self.plane.height - 1:
            return False
        rows, lefts, tops, widths, heights = self.taken.T
        across = np.minimum(lefts + widths, left + width) - np.maximum(lefts, left)
        down = np.minimum(tops + heights, top + height) - np.maximum(tops, top)
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        met = shared > overlap * np.minimum(widths * heights, width * height)
        return not (met & (rows != row)).any()

    def roomy(self, x: float, y: float, reach: float) -> bool:
        """Whether a point of the page lies inside the picture, at least so many pixels from its border."""
        across, down = self.plane.point(x, y)
        return reach < across < self.plane.width - reach and reach < down < self.plane.height - reach

    def put(self, stamp: Stamp, darkness: float, row: int) -> BoxOf | None:
        """Ink a mask; the box around its ink, or None where that does not fit the page or meets another row."""
        box = box_of(stamp)
        if box is None or not self.free(box, row):
            return None
        self.paint(stamp, darkness)
        self.taken = np.concatenate([self.taken, [(row, *box)]])
        return box

    def paint(self, stamp: Stamp, darkness: float) -> None:
        """Ink the part of a mask that is on the page."""
        height, width = stamp.mask.shape
        top, left = max(0, stamp.top), max(0, stamp.left)
        bottom, right = min(self.plane.height, stamp.top + height), min(self.plane.width, stamp.left + width)
        part = stamp.mask[top - stamp.top : bottom - stamp.top, left - stamp.left : right - stamp.left]
        place = self.ink[top:bottom, left:right]
        np.maximum(place, part * np.float32(darkness), out=place)

    def write_digit(
        self,
        digits: Digits,
        hand: Hand,
        place: tuple[float, float],
        random: Random,
        row: int,
        *,
        ahead: bool = True,
        near: bool = False,
    ) -> float | None:
        """Write a random digit.

        Args:
            digits: Where its image comes from, unless the hand draws strokes of our own.
            hand: How it is written.
            place: The middle of its left edge on the page in pixels, or of the digit itself unless `ahead`.
            random: Where randomness comes from.
            row: The number of its row.
            ahead: Which point `place` is.
            near: Whether it may be moved towards what is before it in its row, where the hand writes so.

        Returns:
            Its width on the page in pixels, or None where there was no room for it.
        """
        x, y = place
        if ahead and not self.roomy(x + 0.3 * hand.height, y, 0.35 * hand.height):
            return None
        matrix, label, image = hand.matrix(random), hand.wanted(random), None
        if random.random() < hand.foreign:
            label = int(random.integers(10)) if label is None else label
        else:
            image = None if label is None else hand.alike(label, random)
            image = digits.drawn(random, label) if image is None else image
            label = int(digits.labels[image])
            if label == 1 and hand.one in ONES:
                image = None
        if label == 0 and hand.zero < 1:
            matrix = matrix @ np.diag([random.uniform(hand.zero, 1), hand.zero])  # as narrow as it was, or round
            y += random.random() * (1 - hand.zero) * hand.height / 2  # from the row's middle down to where it stands
        if image is None:
            width, stamp = self._stroked(label, hand, matrix, (x, y), random, ahead)
        else:
            width, stamp = self._copied(digits.images[image], hand, matrix, (x, y), random, ahead)
        stamp, nearer = self._closer(stamp, hand, row, label == hand.last == 1, random) if near else (stamp, 0)
        box = self.put(stamp, hand.darkness, row)
        if box is None:
            return None
        hand.last, hand.image = label, image
        self.written.append(Written(label, box, row, image=image))
        return width - nearer

    def _closer(self, stamp: Stamp, hand: Hand, row: int, ones: bool, random: Random) -> tuple[Stamp, int]:
        """A digit as close to what is before it in its row as the hand writes, and by how many pixels it was moved."""
        box = box_of(stamp)
        if hand.close is None or box is None or not len(self.taken) or abs(self.plane.angle) > LEVEL:
            return stamp, 0
        number, left, top, width, height = self.taken[-1].tolist()
        if number != row or box[0] - left - width > NEAR * hand.height:
            return stamp, 0
        room = clearance(self.ink, (left, top, width, height), stamp, max(1, round(0.06 * hand.height)))
        if room is None:
            return stamp, 0
        wanted = (hand.close + random.normal(0, 0.03)) * hand.height
        step = min(width / 2, ONE_STEP * hand.height) if ones else width / 2
        nearer = round(min(room - wanted, box[0] - left - step))
        return replace(stamp, left=stamp.left - nearer), nearer

    def _stroked(
        self, label: int, hand: Hand, matrix: np.ndarray, place: tuple[float, float], random: Random, ahead: bool
    ) -> tuple[float, Stamp]:
        """A digit of strokes of our own: its width on the page, and its ink."""
        own = ONES.get(hand.one) if label == 1 else None
        strokes = own(random) if own else digit_strokes(label, random)
        if hand.unusual(random):
            strokes = stretched_strokes(strokes, random)
        width = float(np.ptp(np.concatenate(strokes) @ matrix.T, axis=0)[0])
        pen = (hand.pen or float(random.uniform(0.06, 0.12))) * hand.height
        pixel, seen = self.plane.seen(place[0] + ahead * width / 2, place[1])
        return width, stroke_stamp(strokes, seen @ matrix, pixel, max(1.0, pen * enlargement(seen)))

    def _copied(
        self, image: np.ndarray, hand: Hand, matrix: np.ndarray, place: tuple[float, float], random: Random, ahead: bool
    ) -> tuple[float, Stamp]:
        """A digit from an image: its width on the page, and its ink."""
        if hand.unusual(random):
            image = stretched(image, random)
        values = middle_field(image) if hand.pen else edge_field(image)
        width = float((np.abs(matrix) @ size_of(values))[0])
        width -= abs(hand.slant) * hand.height * 0.6  # slanted neighbours interlock
        pixel, seen = self.plane.seen(place[0] + ahead * width / 2, place[1])
        pen = (hand.pen or random.normal(0, 0.025)) * hand.height * enlargement(seen)
        return width, field_stamp(values, seen @ matrix, pixel, max(1.0, pen) if hand.pen else pen)

    def join(self, one: "Written | Sign", other: "Written | Sign", hand: Hand, random: Random) -> None:
        """Draw what joins a digit or letter to the next, where there is little between them."""
        if other.box[0] - one.box[0] - one.box[2] > 0.5 * max(one.box[3], other.box[3]):
            return
        path = joint(self.ink, one.box, other.box, random)
        if path is None:
            return
        middle = (path.min(axis=0) + path.max(axis=0)) / 2
        pen = max(1.0, (hand.pen or 0.08) * hand.height * float(random.uniform(0.6, 1.0)))
        stamp = stroke_stamp([path], np.eye(2), (float(middle[0]), float(middle[1])), pen)
        self.paint(stamp, hand.darkness)

    def write_sign(
        self, name: str, hand: Hand, place: tuple[float, float], random: Random, row: int, *, spelled: bool = False
    ) -> float | None:
        """Write a sign that is no digit; `place` is the middle of its left edge on the page.

        Returns:
            Its width on the page in pixels, or None where there was no room for it.
        """
        width, stamp = sign_stamp(name, hand, place, self.plane, random)
        box = self.put(stamp, hand.darkness, row)
        if box is None:
            return None
        self.signs.append(Sign(name, box, spelled))
        return width

    def print_text(
        self, text: str, height: float, place: tuple[float, float], darkness: float, random: Random, row: int
    ) -> float | None:
        """Print letters level with the page; `place` is their middle on the page.

        Returns:
            Their width in pixels of the picture, or None where there was no room for them.
        """
        stamp = print_stamp(text, height, self.plane.angle, self.plane.point(*place), random)
        box = self.put(stamp, darkness, row)
        if box is None:
            return None
        self.signs.append(Sign("print", box, spelled=True))
        return box[2]


def box_of(stamp: Stamp) -> BoxOf | None:
    """The box around the ink of a stamp; None where there is none."""
    left, top, width, height = cv2.boundingRect((stamp.mask > STRONG).astype(np.uint8))
    return (float(stamp.left + left), float(stamp.top + top), float(width), float(height)) if width else None
