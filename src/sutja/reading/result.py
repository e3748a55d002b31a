"""What was read in a picture: lines of digits, each with its place and how sure the reader is."""

import json
import math
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sutja.errors import PictureError

if TYPE_CHECKING:
    from PIL.Image import Image

    from sutja.pictures.decode import Picture


DOUBTED = "?"
"""Stands for a digit that is not sure enough."""


class Box(NamedTuple):
    """A rectangle in pixels of a picture, in a `Reading` as a viewer shows it; origin top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, x then y."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> int:
        """The first column that is no longer inside."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row that is no longer inside."""
        return self.y + self.height

    def joined(self, other: "Box") -> "Box":
        """The smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)


@dataclass(frozen=True)
class Digit:
    """One sign that was read.

    Attributes:
        label: Its class name, "0" to "9" for digits.
        probability: That it is right, calibrated; what the classifier gives it where that is one of your own, or with
            the method "components".
        box: Where it is.
        alternatives: The next likeliest classes with their probabilities.
    """

    label: str
    probability: float
    box: Box
    alternatives: tuple[tuple[str, float], ...] = ()

    def marked(self) -> "Digit":
        """The digit as `DOUBTED`: what it may be is then the first of the alternatives."""
        return replace(self, label=DOUBTED, alternatives=((self.label, self.probability), *self.alternatives))

    def to_dict(self) -> dict[str, object]:
        """The digit in the reading's JSON schema."""
        return {
            "label": self.label,
            "probability": _rounded(self.probability),
            "box": list(self.box),
            "alternatives": [[label, _rounded(probability)] for label, probability in self.alternatives],
        }


@dataclass(frozen=True)
class Line:
    """Digits in a row, from left to right; never empty.

    Attributes:
        digits: From left to right.
        spaces: The numbers of the digits, counted from 0, before which there is a space.
    """

    digits: tuple[Digit, ...]
    spaces: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The labels, one after another, with spaces where the gap between two digits is wide."""
        return "".join(" " * (i in self.spaces) + digit.label for i, digit in enumerate(self.digits))

    @property
    def confidence(self) -> float:
        """The probability that every digit is right, taken as independent."""
        return math.prod(digit.probability for digit in self.digits)

    def doubted(self, least: float, drop: bool = False) -> "Line | None":
        """The line with digits below a probability marked as `DOUBTED`, or left out; None where none is left."""
        if not drop:
            return replace(self, digits=tuple(d if d.probability >= least else d.marked() for d in self.digits))
        kept = [number for number, digit in enumerate(self.digits) if digit.probability >= least]
        spaces = tuple(i for i in range(1, len(kept)) if any(kept[i - 1] < space <= kept[i] for space in self.spaces))
        return Line(tuple(self.digits[number] for number in kept), spaces) if kept else None

    @property
    def box(self) -> Box:
        """The smallest box that holds all digits."""
        box = self.digits[0].box
        for digit in self.digits[1:]:
            box = box.joined(digit.box)
        return box

    def to_dict(self) -> dict[str, object]:
        """The line in the reading's JSON schema."""
        return {
            "text": self.text,
            "confidence": _rounded(self.confidence),
            "box": list(self.box),
            "digits": [digit.to_dict() for digit in self.digits],
        }


@dataclass(frozen=True)
class Reading:
    """All that was read in one picture; `str(reading)` is its text, lines separated by newlines.

    Attributes:
        picture: The name of the picture; empty when it was no file.
        width: Of the picture in pixels, as a viewer shows it.
        height: Likewise.
        lines: From top to bottom.
    """

    picture: str
    width: int
    height: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The text of all lines, separated by newlines; empty when nothing was found."""
        return "\n".join(line.text for line in self.lines)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of all lines in reading order."""
        return tuple(digit for line in self.lines for digit in line.digits)

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, object]:
        """The reading in its JSON schema."""
        return {
            "picture": self.picture,
            "width": self.width,
            "height": self.height,
            "text": self.text,
            "lines": [line.to_dict() for line in self.lines],
        }

    def to_json(self) -> str:
        """The reading as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    def doubted(self, least: float, drop: bool = False) -> "Reading":
        """The reading with every digit of less than a probability marked as "?", or left out.

        Args:
            least: Probability from which on a digit stays as it is, 0 to 1.
            drop: Whether to leave the others out.
        """
        lines = (line.doubted(least, drop) for line in self.lines)
        return replace(self, lines=tuple(line for line in lines if line))

    def render(self, picture: "Picture | None" = None) -> "Image":
        """The picture with boxes and labels drawn in; see `sutja.reading.overlay`.

        Args:
            picture: What was read; unless given, the file that was read is opened again.

        Raises:
            PictureError: no file was read, and no picture is given.
        """
        from sutja.reading.overlay import overlay

        if picture is None and not self.picture:
            raise PictureError("this reading does not know its picture, as it was no file. Give it: render(picture).")
        return overlay(self.picture if picture is None else picture, self)

    def show(self, picture: "Picture | None" = None) -> "Image":
        """Open `render(picture)` in the viewer of the desktop, and return it: a notebook shows that by itself."""
        image = self.render(picture)
        image.show()
        return image


@dataclass(frozen=True)
class Classification:
    """What a single thing in a picture is: the likeliest class first, then the others."""

    picture: str
    ranking: tuple[tuple[str, float], ...]

    @property
    def label(self) -> str:
        """The name of the likeliest class."""
        return self.ranking[0][0]

    @property
    def probability(self) -> float:
        """That of the likeliest class."""
        return self.ranking[0][1]

    def __str__(self) -> str:
        return self.label

    def to_json(self) -> str:
        """The classification as one line of JSON."""
        ranking = [[name, _rounded(probability)] for name, probability in self.ranking]
        return json.dumps({"picture": self.picture, "label": self.label, "ranking": ranking}, ensure_ascii=False)


def name_of(picture: object) -> str:
    """The path of a picture as it was given; empty when it is no file."""
    return str(Path(picture)) if isinstance(picture, str | os.PathLike) else ""


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
