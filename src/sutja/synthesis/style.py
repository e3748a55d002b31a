"""How a composed page looks: everything that is chosen before the pen touches the paper."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sutja.errors import SutjaError, unknown_name

Random = np.random.Generator
Arrangement = Literal["single", "rows", "scatter", "table", "boxes", "empty"]
Ruling = Literal["none", "lines", "squares"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("single", "rows", "scatter", "table", "boxes", "empty")
RULINGS: tuple[Ruling, ...] = ("none", "lines", "squares")
STRAIGHT, FLAGGED = 0.25, 0.2
"""In so many rows of any hand a 1 is one bar, or has a flag: MNIST's writers seldom wrote either."""


@dataclass(frozen=True)
class Style:
    """How a page is written, and how its picture is taken. Lengths are pixels or shares of a digit's height.

    Attributes:
        width: Of the picture.
        height: Of the picture.
        digit: The height of the digits in pixels; rows vary a little about it.
        arrangement: "single" one digit, "rows", "scatter" of short rows at different sizes and angles, "table", "boxes"
            of one digit each, "empty" no digit at all.
        gap: Between neighbours in a row; below 0 they overlap.
        longest: How many digits a row has at most, besides small cents.
        columns: How many groups of digits a row has, with wide gaps between them.
        angle: By which the page is turned clockwise, in radians.
        step: By how much each row falls, in pixels a pixel, while its digits stay upright.
        bend: By how much the middle of a row sags, as a share of the page's width.
        tilt: Perspective: how much nearer one side of the page is than the other.
        variation: Of the digits' heights and places within a row, as a deviation.
        pen: Thickness of the strokes; 0 leaves them as MNIST's writers made them.
        foreign: Share of digits drawn from strokes of our own.
        contrast: Grey levels between ground and ink.
        dark: Whether light ink is on a dark ground.
        unevenness: Share by which the light changes.
        shadow: Whether a thing throws a shadow on the page.
        texture: Grey levels of the ground's structure.
        surroundings: Whether something else than the page is seen at the border.
        ruling: What is printed on the page, besides tables and boxes.
        rule_contrast: Grey levels between ground and printed lines.
        signs: How likely signs that are no digits are, at each place where one may be.
        reduction: The picture is as if taken with this many times fewer pixels a side, and enlarged.
        blur: In pixels, a standard deviation.
        noise: In grey levels, likewise.
        quality: Of JPEG, 1 to 100; 0 for none.
        binary: Whether the picture is black and white only, as a fax.
        habits: How often a digit is out of proportion, a row's digits are narrow or broad, or joined, its 0s small, or
            a number has small raised cents.
        straight: Share of rows in which a 1 is one bar, upright or leaning.
        flagged: Share of rows in which it has a flag.
        repeats: Share of digits that are the one before once more.
    """

    width: int = 640
    height: int = 480
    digit: float = 40.0
    arrangement: Arrangement = "rows"
    gap: float = 0.3
    longest: int = 100
    columns: int = 1
    angle: float = 0.0
    step: float = 0.0
    bend: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    variation: float = 0.05
    pen: float = 0.0
    foreign: float = 0.0
    contrast: float = 170.0
    dark: bool = False
    unevenness: float = 0.05
    shadow: bool = False
    texture: float = 0.0
    surroundings: bool = False
    ruling: Ruling = "none"
    rule_contrast: float = 60.0
    signs: float = 0.0
    reduction: float = 1.0
    blur: float = 0.5
    noise: float = 2.0
    quality: int = 0
    binary: bool = False
    habits: float = 0.0
    straight: float = 0.0
    flagged: float = 0.0
    repeats: float = 0.0


def any_style(random: Random, width: int = 640, height: int = 480, smallest: float = 10.0) -> Style:
    """A style drawn from everything that pictures may be.

    Args:
        random: Where randomness comes from.
        width: Of the picture in pixels.
        height: Likewise.
        smallest: The least height of a digit in pixels.

    Example:
        >>> any_style(np.random.default_rng(0), 200, 100).width
        200
    """
    arrangement = ARRANGEMENTS[random.choice(6, p=[0.12, 0.47, 0.18, 0.08, 0.08, 0.07])]
    digit = _digit_height(random, min(width, height), smallest, arrangement)
    contrast = _log_uniform(random, 22, 235)
    calm = random.random() < 0.2  # a drawing program, a clean scan
    fine = digit < 18  # tiny digits survive no strong blur
    noise = 0.0 if calm else float(random.exponential(0.035) * contrast)
    turned = random.random()
    return Style(
        width=width,
        height=height,
        digit=digit,
        arrangement=arrangement,
        gap=_any_gap(random),
        columns=int(random.choice([1, 2, 3], p=[0.8, 0.12, 0.08])),
        angle=float(random.normal(0, 0.05) if turned < 0.75 else random.uniform(-0.79, 0.79)),
        step=float(random.normal(0, 0.04) if random.random() < 0.85 else random.uniform(-0.9, 0.9)),
        bend=float(random.normal(0, 0.02)) if random.random() < 0.3 else 0.0,
        tilt=(float(random.normal(0, 0.12)), float(random.normal(0, 0.12))) if random.random() < 0.3 else (0.0, 0.0),
        variation=float(random.uniform(0.0, 0.12)),
        pen=0.0 if random.random() < 0.4 else _log_uniform(random, 0.025, 0.22),
        foreign=float(random.choice([0.0, 0.3, 0.9], p=[0.35, 0.45, 0.2])),
        contrast=contrast,
        dark=bool(random.random() < 0.25),
        unevenness=0.0 if calm else float(random.exponential(0.25)),
        shadow=bool(not calm and random.random() < 0.2),
        texture=0.0 if calm or random.random() < 0.4 else float(min(random.exponential(0.10), 0.4) * contrast),
        surroundings=bool(not calm and random.random() < 0.18),
        ruling=RULINGS[random.choice(3, p=[0.64, 0.2, 0.16])],
        rule_contrast=float(random.uniform(0.15, 1.0) * min(contrast * 1.2, 200)),
        signs=float(random.choice([0.0, 0.2, 0.6], p=[0.35, 0.35, 0.3])),
        reduction=float(random.uniform(1, 1.5 if fine or random.random() < 0.6 else max(1.0, digit / 11))),
        blur=0.3 if calm else float(min(random.exponential(0.9), 0.4 + 0.035 * digit)),
        noise=noise,
        quality=int(random.integers(12, 96)) if not calm and random.random() < 0.6 else 0,
        binary=bool(random.random() < 0.04 and contrast > 60),
        habits=any_habits(random),
        straight=STRAIGHT,
        flagged=FLAGGED,
        repeats=any_repeats(random),
    )


def any_habits(random: Random) -> float:
    """How often a page's hand does what MNIST's writers hardly do: half of all hands never do."""
    return float(random.choice([0.0, 0.15, 0.5], p=[0.5, 0.3, 0.2]))


def any_repeats(random: Random) -> float:
    """How often a digit is the one before once more, as in 11111 and 10000: on most pages as chance has it."""
    return float(random.uniform(0.3, 0.95)) if random.random() < 0.2 else 0.0


def _log_uniform(random: Random, low: float, high: float) -> float:
    """A value whose logarithm is uniform."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _digit_height(random: Random, side: int, smallest: float, arrangement: Arrangement) -> float:
    """The height of a digit in pixels, on a page whose shorter side has so many."""
    if arrangement == "single":
        return _log_uniform(random, max(smallest, 0.15 * side), 0.9 * side)
    return _log_uniform(random, smallest, max(smallest * 1.2, min(0.5 * side, 130)))


def _any_gap(random: Random) -> float:
    """A gap between digits: overlapping, close, usual or wide."""
    bounds = ((-0.14, 0.03), (0.02, 0.25), (0.2, 0.9), (0.8, 1.6))
    return float(random.choice([random.uniform(*between) for between in bounds], p=[0.3, 0.37, 0.25, 0.08]))


def _styled(**settings: object) -> Callable[[Random], Style]:
    """A named style: fixed settings, with the size of the digits, the pen and the gap varying within bounds."""

    def style(random: Random) -> Style:
        base = Style(
            digit=float(random.uniform(32, 60)),
            gap=float(random.uniform(0.15, 0.5)),
            pen=float(random.choice([0.0, random.uniform(0.05, 0.16)])),
            contrast=float(random.uniform(110, 200)),
            variation=0.04,
            longest=10,
            angle=float(random.normal(0, 0.015)),
        )
        drawn = {name: value(random) if callable(value) else value for name, value in settings.items()}
        return replace(base, **drawn)  # type: ignore[arg-type]  # its own fields

    return style


STYLES: dict[str, Callable[[Random], Style]] = {
    "clean": _styled(),
    "tight": _styled(gap=lambda random: random.uniform(0.03, 0.1)),
    "touching": _styled(gap=lambda random: random.uniform(-0.08, 0.0)),
    "slanted": _styled(
        angle=lambda random: random.uniform(0.15, 0.6) * random.choice([-1, 1]),
        gap=lambda random: random.uniform(0.2, 0.5),
    ),
    "dark": _styled(dark=True, noise=3.0),
    "tiny": _styled(
        digit=lambda random: random.uniform(12, 16), pen=0.0, contrast=lambda random: random.uniform(130, 200)
    ),
    "ruled": _styled(ruling="lines", rule_contrast=lambda random: random.uniform(40, 110)),
    "grid": _styled(ruling="squares", rule_contrast=lambda random: random.uniform(30, 90)),
    "photo": _styled(
        unevenness=lambda random: random.uniform(0.2, 0.6),
        shadow=lambda random: random.random() < 0.4,
        texture=lambda random: random.uniform(2, 8),
        tilt=lambda random: (random.normal(0, 0.08), random.normal(0, 0.08)),
        blur=lambda random: random.uniform(0.6, 1.6),
        noise=lambda random: random.uniform(2, 6),
        quality=lambda random: int(random.integers(45, 90)),
        contrast=lambda random: random.uniform(60, 140),
    ),
    "noisy": _styled(
        noise=lambda random: random.uniform(12, 25),
        quality=lambda random: int(random.integers(25, 60)),
        contrast=lambda random: random.uniform(110, 180),
    ),
}
"""Styles by name, each a kind of picture on which a reader is judged."""


def style_named(name: str, random: Random) -> Style:
    """A page's style: one of `STYLES`, or "any" for everything that pictures may be.

    Raises:
        SutjaError: there is no style of that name.
    """
    if name == "any":
        return any_style(random, *page_size(random))
    if name not in STYLES:
        raise SutjaError(unknown_name("style", name, [*STYLES, "any"]))
    return STYLES[name](random)


def page_size(random: Random) -> tuple[int, int]:
    """A width and a height in pixels such as pictures have: 160 to 900, and 0.4 to 1.4 times as high as wide."""
    width = int(random.integers(160, 900))
    return width, int(np.clip(width * random.uniform(0.4, 1.4), 120, 900))
