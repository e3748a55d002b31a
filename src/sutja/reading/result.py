"""What was read in a picture: lines of digits, each with its place and how sure the reader is."""

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

    from sutja.pictures.decode import Picture


class Box(NamedTuple):
    """A rectangle in pixels of the picture as a viewer shows it, origin top left."""

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
        probability: What the classifier gives it.
        box: Where it is.
        alternatives: The next likeliest classes with their probabilities.
    """

    label: str
    probability: float
    box: Box
    alternatives: tuple[tuple[str, float], ...] = ()

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
    """Digits in a row, from left to right; never empty."""

    digits: tuple[Digit, ...]

    @property
    def text(self) -> str:
        """The labels, one after another."""
        return "".join(digit.label for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The probability that every digit is right, taken as independent."""
        return math.prod(digit.probability for digit in self.digits)

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

    def render(self, picture: "Picture") -> "Image":
        """The picture with boxes and labels drawn in; see `sutja.reading.overlay`."""
        from sutja.reading.overlay import overlay

        return overlay(picture, self)


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


def _rounded(probability: float) -> float:
    return round(float(probability), 4)
