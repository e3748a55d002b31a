"""How a row is written: its size, pen and slant, and the habits of who writes it."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64

Random = np.random.Generator
One = Literal["any", "bar", "leaning", "flag"]
ALIKE = 0.5
"""So often the same digit once more is written from the same image: the 1s of 11 are mostly parallel."""


@dataclass
class Hand:
    """How one row is written.

    Attributes:
        height: Of a digit, in pixels of the page.
        pen: Thickness as a share of the height; 0 for that of MNIST's writers.
        slant: Horizontal shift a pixel of height.
        variation: Deviation of heights and places, as a share of the height.
        foreign: Share of digits drawn from strokes of our own.
        darkness: Of the ink, up to 1.
        habits: Share of digits that are out of proportion.
        breadth: How many times as wide as usual the digits are.
        joined: Whether the pen goes on from a digit to the next.
        close: How far its ink is from that of the digit before, as a share of the height, below 0 where they overlap;
            None where each digit has a width of its own, however its ink fits that of the one before.
        one: How it writes a 1: in any form, as one bar, upright or leaning, or with a flag.
        zero: How high its 0s are, as a share of the height.
        repeats: Share of digits that are the one before once more.
        ones: Share of digits that are 1s whatever chance would have.
        face: The typeface whose forms its letters have; None for strokes of our own.
        last: The digit that was written before.
        image: The number of the image that it was written from; None for strokes of our own.
    """

    height: float
    pen: float
    slant: float
    variation: float
    foreign: float
    darkness: float
    habits: float = 0.0
    breadth: float = 1.0
    joined: bool = False
    close: float | None = None
    one: One = "any"
    zero: float = 1.0
    repeats: float = 0.0
    ones: float = 0.0
    face: str | None = None
    last: int | None = None
    image: int | None = None

    def wanted(self, random: Random) -> int | None:
        """The digit that is to be written next, the one before or a 1; None where chance decides."""
        if self.ones > 0 and random.random() < self.ones:
            return 1
        return self.last if self.repeats > 0 and random.random() < self.repeats else None

    def alike(self, label: int, random: Random) -> int | None:
        """The image of the digit before, where the next is the same digit and is to look like it."""
        return self.image if self.image is not None and label == self.last and random.random() < ALIKE else None

    def unusual(self, random: Random) -> bool:
        """Whether the next digit is out of proportion."""
        return self.habits > 0 and random.random() < self.habits

    def matrix(self, random: Random) -> Float64[np.ndarray, "2 2"]:
        """From units of a digit's height to pixels of the page, for one sign."""
        first, second, third = random.standard_normal(3).tolist()
        height = self.height * math.exp(first * self.variation)
        width, lean = height * self.breadth * math.exp(second * 0.08), -self.slant * height
        angle = third * 0.35 * self.variation
        cosine, sine = math.cos(angle), math.sin(angle)
        return np.array(
            [[cosine * width, cosine * lean - sine * height], [sine * width, sine * lean + cosine * height]]
        )
