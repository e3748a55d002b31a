"""Composed pages: labelled pictures of handwritten digits on any paper, as many as one wants.

A detector learns from them where digits are, and tests and benchmarks are drawn from them. Digits are MNIST's, and
forms that MNIST's writers lack; paper, light, rulings and camera are drawn at random, from a seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from sutja.synthesis import grounds
from sutja.synthesis.arrangement import Line, fill
from sutja.synthesis.camera import photographed
from sutja.synthesis.plane import Plane
from sutja.synthesis.style import Style, style_named
from sutja.synthesis.writer import BoxOf, Digits, Sheet, Sign, Written

FAINTEST = 7.0
"""Grey levels by which a digit must differ from its ground to be one that can be read."""
SPACE = 2.0
"""Neighbours in a row that are farther apart than this many of their heights have a space between them in the text."""


@dataclass(frozen=True)
class Page:
    """A picture and what is in it.

    Attributes:
        picture: Grey levels, uint8 `[h, w]`.
        ink: How much ink is at each pixel, float32 `[h, w]` from 0 to 1.
        digits: In the order in which they were written: row after row, each from its start.
        signs: What is on the page and no digit.
    """

    picture: UInt8[np.ndarray, "h w"]
    ink: Float32[np.ndarray, "h w"]
    digits: tuple[Written, ...]
    signs: tuple[Sign, ...]

    @property
    def text(self) -> str:
        """The rows of digits from top to bottom, separated by newlines; a space where a row has a wide gap.

        Digits that are hardly visible are in it too.
        """
        rows: dict[int, list[Written]] = {}
        for digit in self.digits:
            rows.setdefault(digit.line, []).append(digit)
        return "\n".join(_row_text(rows[line]) for line in sorted(rows))

    def to_dict(self) -> dict[str, object]:
        """What a label file says of the page, boxes as left, top, width and height in whole pixels."""
        digits = [
            {"label": str(digit.label), "line": digit.line, "visible": digit.visible, "box": _rounded(digit.box)}
            for digit in self.digits
        ]
        signs = [{"name": sign.name, "box": _rounded(sign.box)} for sign in self.signs]
        height, width = self.picture.shape
        return {"width": width, "height": height, "text": self.text, "digits": digits, "signs": signs}


def compose(digits: Digits, style: Style, random: np.random.Generator) -> Page:
    """Compose one page.

    Args:
        digits: Where digits come from: the training part of MNIST, unless the page is to judge a reader.
        style: How it looks.
        random: Where randomness comes from.

    Example:
        >>> digits = Digits(*sutja.load("digits").train)
        >>> page = compose(digits, Style(width=320, height=240), np.random.default_rng(0))
        >>> page.picture.shape, page.digits[0].label
        ((240, 320), 6)
    """
    sheet = Sheet.empty(Plane(style.width, style.height, style.angle, style.tilt))
    printed = fill(sheet, style, digits, random)
    paper = ground(style, random)
    printed += rulings(style, random)
    sign = 1 if style.dark else -1
    if printed:
        thickness = max(0.4, random.uniform(0.02, 0.07) * style.digit)
        dash = style.ruling == "lines" and style.arrangement not in ("table", "boxes") and bool(random.random() < 0.15)
        mask = grounds.ruled(paper.shape, sheet.plane, printed, thickness, random, dash=dash)
        paper += sign * style.rule_contrast * mask
    ink = dried(sheet.ink, random)
    lit = illuminated(paper + np.float32(sign * style.contrast) * ink, style, random)
    if style.surroundings:
        lit = with_surroundings(lit, sheet, random)
    picture = photographed(np.asarray(lit, np.float32), style, random)
    written = tuple(digit if visible(digit, picture, ink) else replace(digit, visible=False) for digit in sheet.written)
    return Page(picture, ink, written, tuple(sheet.signs))


def dried(ink: Float32[np.ndarray, "h w"], random: np.random.Generator) -> Float32[np.ndarray, "h w"]:
    """The ink as it is, or with gaps as pencils and dry pens leave them."""
    if random.random() >= 0.35:
        return ink
    depth = random.uniform(0.1, 0.5)
    return np.asarray(ink * (1 - depth * np.abs(grounds.smooth_noise(ink.shape, 1.5, random)).clip(0, 1)), np.float32)


def illuminated(page: grounds.Grey, style: Style, random: np.random.Generator) -> grounds.Grey:
    """The page in uneven light and shadow, if its style has them."""
    if not (style.unevenness or style.shadow):
        return page
    factor = grounds.light(page.shape, style.unevenness, random)
    if style.shadow:
        factor = factor * grounds.shadow(page.shape, random)
    return np.asarray(page * factor, np.float32)


def visible(digit: Written, picture: UInt8[np.ndarray, "h w"], ink: Float32[np.ndarray, "h w"]) -> bool:
    """Whether a person could see a digit: its ink differs from what is around by more than the grain there.

    Args:
        digit: What was written, and where.
        picture: Grey levels of the whole page.
        ink: How much ink is at each pixel of it, 0 to 1.
    """
    left, top, width, height = (round(side) for side in digit.box)
    part = np.s_[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2]
    inked = (ink[part] > 0.45).astype(np.uint8)
    if not 0 < cv2.countNonZero(inked) < inked.size:
        return False
    level, *_ = cv2.mean(picture[part], inked)
    ((ground,),), ((grain,),) = cv2.meanStdDev(picture[part], mask=1 - inked)
    return bool(abs(level - ground) > max(FAINTEST, 0.45 * grain))


def ground(style: Style, random: np.random.Generator) -> grounds.Grey:
    """The bare paper or screen, with room for the ink above or below it."""
    low, high = (5.0, 250.0 - style.contrast) if style.dark else (style.contrast + 5.0, 250.0)
    clean = style.noise == 0 and not style.texture
    plain = clean and random.random() < 0.6
    level = (0.0 if style.dark else 255.0) if plain else random.uniform(low, max(low + 1, high))
    paper = np.full((style.height, style.width), level, np.float32)
    if style.texture:
        paper += np.float32(style.texture) * grounds.texture(paper.shape, random)
    return paper


def rulings(style: Style, random: np.random.Generator) -> list[Line]:
    """The lines of ruled or squared paper, pairs of points of the page."""
    if style.ruling == "none":
        return []
    far = max(style.width, style.height)
    pitch = style.digit * (random.uniform(0.9, 2.4) if style.ruling == "lines" else random.uniform(0.45, 1.8))
    pitch = max(pitch, 7.0)
    middles = np.arange(-far / 2 + random.uniform(0, pitch), 1.5 * far, pitch)
    level = [np.array([[-0.5 * far, y], [1.5 * far, y]]) for y in middles]
    if style.ruling == "lines":
        margin = [np.array([[0.1 * far, -far], [0.1 * far, 2 * far]])] if random.random() < 0.2 else []
        return level + margin
    return level + [np.array([[x, -0.5 * far], [x, 1.5 * far]]) for x in middles]


def with_surroundings(lit: grounds.Grey, sheet: Sheet, random: np.random.Generator) -> grounds.Grey:
    """The page with a desk or fingers at its border, if they hide nothing that is written."""
    changed = grounds.surroundings(lit, random)
    covered = np.abs(changed - lit) > 4
    for box in [digit.box for digit in sheet.written] + [sign.box for sign in sheet.signs]:
        left, top, width, height = _rounded(box)
        if covered[top : top + height, left : left + width].any():
            return lit
    return changed


def pages(digits: Digits, style: str = "any", seed: int = 0, start: int = 0) -> Iterator[Page]:
    """An endless source of pages.

    Args:
        digits: Where digits come from.
        style: One of `sutja.synthesis.style.STYLES`, or "any".
        seed: The same seed gives the same pages.
        start: The number of the first page.

    Example:
        >>> digits = Digits(*sutja.load("digits").train)
        >>> next(pages(digits, "clean")).picture.shape
        (480, 640)
    """
    number = start
    while True:
        random = np.random.default_rng((seed, number))
        yield compose(digits, style_named(style, random), random)
        number += 1


def _row_text(row: list[Written]) -> str:
    """The digits of a row, with a space at each wide gap."""
    text = str(row[0].label)
    for before, after in pairwise(row):
        height = (before.box[3] + after.box[3]) / 2
        apart = np.subtract(_middle(after), _middle(before))
        gap = np.hypot(*apart) - (before.box[2] + after.box[2]) / 2
        text += " " * bool(gap > SPACE * height) + str(after.label)
    return text


def _middle(digit: Written) -> tuple[float, float]:
    left, top, width, height = digit.box
    return left + width / 2, top + height / 2


def _rounded(box: BoxOf) -> list[int]:
    return [round(side) for side in box]
