"""`read`: from a picture to the numbers written in it, stage by stage.

A place is given in four frames on its way: in pixels of the copy in which the detector saw it, then of the sheet's grey
levels (`detector.places_of`), then of the sheet's whole picture (`box_of`), and at last of the picture as a viewer
shows it, before it was turned and levelled (`Stages.as_shown`).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from sutja.classifier.classifier import AnyClassifier, as_classifier, bundled
from sutja.errors import PictureError, unknown_name
from sutja.pictures.decode import Picture, Sheet, sheet_of
from sutja.pictures.frame import frame_digit
from sutja.pictures.ink import ink_of
from sutja.reading.classify import frames_of, label_all
from sutja.reading.components import MOST_PIECES, cut_out, find_digits
from sutja.reading.context import bundled_context, without_letters
from sutja.reading.detector import bundled_detector
from sutja.reading.hand import as_one_hand_wrote
from sutja.reading.lines import lines_of
from sutja.reading.naming import LEAST, Named, Namer, own_names
from sutja.reading.neighbours import with_gaps_filled, without_strays
from sutja.reading.overlaps import without_borrowed, without_overlaps
from sutja.reading.page_ink import without_traces
from sutja.reading.places import Copy, without_grain
from sutja.reading.result import Box, Digit, Line, Reading, name_of
from sutja.reading.table import Table, table_of
from sutja.reading.turns import TURNS, best_turn, levelled, slope_of, turned, turned_back, unlevelled

METHODS = ("auto", "detector", "components")
Rotation = int | str
"""Degrees clockwise, one of 0, 90, 180 and 270; or "auto"."""
LONGEST_SIDE = 1600
"""A larger picture is read at this size: no digit that a person would write needs more."""
SMALL = 64
"""A picture whose longer side is no more than this is a digit or two cut out by somebody: "auto" takes components."""
SLOPING = 0.1
"""A page whose rows slope by more radians is read once more, levelled: digits and rows are easier then."""
MOST_DIGITS = MOST_PIECES
"""A picture gives at most so many digits, the surest ones, with the method "components" the largest pieces of ink: time
and memory stay bounded."""


@dataclass(frozen=True)
class Stages:
    """What each stage of reading a picture saw; `sutja.reading.explain` draws it.

    Attributes:
        sheet: The decoded picture, turned upright if that was asked for, and levelled.
        turn: By how many degrees it was turned clockwise.
        digits: What was read, boxes in pixels of the sheet's whole picture.
        copies: The picture at the sizes at which the detector saw it.
        places: What the detector found, named; of these the digits were chosen.
        ink: How much ink the method "components" saw at each pixel.
        slope: The radians by which the rows fell to the right before the sheet was levelled.
        size: Width and height of the whole picture before it was levelled; None if it was not.
    """

    sheet: Sheet
    turn: int
    digits: tuple[Digit, ...]
    copies: tuple[Copy, ...] = ()
    places: Named | None = None
    ink: np.ndarray | None = field(default=None, repr=False)
    slope: float = 0.0
    size: tuple[int, int] | None = None

    def reading(self, name: str) -> Reading:
        """The digits in lines, with boxes in the picture as a viewer shows it."""
        lines = tuple(
            replace(line, digits=tuple(replace(digit, box=self.as_shown(digit.box)) for digit in line.digits))
            for line in self.lines
        )
        return Reading(name, *self.size_as_shown, lines)

    @property
    def size_as_shown(self) -> tuple[int, int]:
        """Width and height of the picture as a viewer shows it."""
        width, height = self.size or (self.sheet.width, self.sheet.height)
        return (height, width) if self.turn in (90, 270) else (width, height)

    def as_shown(self, box: Box) -> Box:
        """A box of the sheet's whole picture as one of the picture as a viewer shows it."""
        if self.size:
            box = unlevelled(box, self.slope, *self.size) or box  # digits that are not in it were left out
        return turned_back(box, self.turn, *self.size_as_shown)

    def upright(self) -> Reading:
        """The digits in lines, with boxes in the turned picture."""
        return Reading("", self.sheet.width, self.sheet.height, self.lines)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The digits in lines."""
        return lines_of(list(self.digits))


def read(
    picture: Picture,
    model: "AnyClassifier | str | os.PathLike[str]" = "digits",
    method: str = "auto",
    rotate: Rotation = 0,
) -> Reading:
    """Read the numbers written in a picture.

    Dark ink on a light ground or light on dark, uneven light, one digit, a row, several rows, touching digits, ruled
    paper: all by itself. What is no digit is left out, but by the method "components", which names every piece of ink
    that has a digit's size. A picture that is larger than 1,600 pixels is read at that size; of more than 2,000 digits
    the surest are given.

    Args:
        picture: A path, the content of a file, a Pillow image, or an array; see `sutja.pictures.decode`.
        model: What names the digits. "digits" stands for the reader's own; or a model file, a run folder, or any
            callable from uint8 `[n, 28, 28]` to probabilities `[n, k]`.
        method: How digits are found: "detector"; "components", which a learner can follow step by step; or "auto",
            which is "detector" but for pictures of no more than 64 pixels a side: there "components" reads better.
        rotate: By how many degrees to turn the picture clockwise before; "auto" tries four positions.

    Returns:
        The reading. It is empty when there is nothing to read, which is no error.

    Raises:
        PictureError: the picture cannot be read, or the method is unknown.
        ModelError: the model cannot be loaded, or gives something else than a row of probabilities for each image.

    Example:
        >>> canvas = np.full((60, 40), 255, np.uint8)
        >>> canvas[10:50, 18:23] = 0
        >>> str(read(canvas))
        '1'
    """
    return stages_of(picture, model, method, rotate).reading(name_of(picture))


def stages_of(
    picture: Picture,
    model: "AnyClassifier | str | os.PathLike[str]" = "digits",
    method: str = "auto",
    rotate: Rotation = 0,
    threads: int = 0,
) -> Stages:
    """Read a picture, and keep what each stage saw.

    Args:
        picture: As for `read`.
        model: As for `read`.
        method: As for `read`.
        rotate: As for `read`.
        threads: How many cores one picture may use; 0 for all.

    Raises:
        PictureError, ModelError: as for `read`.
    """
    check_choices(method, rotate)
    classifier = as_classifier(model)
    sheet = sheet_of(picture, LONGEST_SIDE)
    if method == "auto":
        method = "components" if max(sheet.grey.shape) <= SMALL else "detector"
    by_method = by_detector if method == "detector" else by_components
    read_once = partial(by_method, classifier=classifier, threads=threads)
    turn = best_turn(sheet, lambda trial: _legibility(read_once(trial).digits)) if rotate == "auto" else int(rotate)
    return read_and_level(turned(sheet, turn), partial(read_once, turn=turn))


def check_choices(method: str, rotate: Rotation) -> None:
    """Refuse a way of reading that there is not.

    Raises:
        PictureError: there is no such method, or no such turn.
    """
    if method not in METHODS:
        raise PictureError(unknown_name("method", method, METHODS))
    if rotate not in (*TURNS, "auto"):
        raise PictureError(f"cannot rotate by {rotate!r}. Choose 0, 90, 180, 270 or auto.")


def read_table(
    picture: Picture,
    model: "AnyClassifier | str | os.PathLike[str]" = "digits",
    method: str = "auto",
    rotate: Rotation = 0,
) -> Table:
    """Read a table of numbers, ruled or not; see `sutja.reading.table`.

    Args:
        picture: As for `read`.
        model: As for `read`.
        method: As for `read`.
        rotate: As for `read`.

    Returns:
        Rows of cells, empty ones kept; their boxes are pixels of the picture as a viewer shows it.
    """
    stages = stages_of(picture, model, method, rotate)
    height, width = stages.sheet.grey.shape
    scale = width / stages.sheet.width, height / stages.sheet.height
    return table_of(stages.digits, stages.sheet.grey, scale, stages.as_shown)


def read_and_level(sheet: Sheet, read_once: "partial[Stages]") -> Stages:
    """What is read in a picture; where its rows slope, what is read when it is levelled, if that is clearer."""
    first = read_once(sheet)
    slope = slope_of(first.lines)
    if abs(slope) <= SLOPING:
        return first
    size = sheet.width, sheet.height
    second = read_once(levelled(sheet, slope))
    inside = tuple(digit for digit in second.digits if unlevelled(digit.box, slope, *size))
    if _legibility(inside) <= _legibility(first.digits):
        return first
    return replace(second, digits=inside, slope=slope, size=size)


def by_detector(sheet: Sheet, classifier: AnyClassifier, threads: int = 0, turn: int = 0) -> Stages:
    """Find places with the detector, name each, and keep those that are digits."""
    detector = bundled_detector(threads)
    found, copies = detector(sheet.grey)
    namer = Namer.calibrated(bundled("crops", threads), bundled("digits", threads), detector.card)
    places = namer(without_grain(found, copies), copies)
    kept = digits_among(places, copies, min(sheet.grey.shape))
    boxes = [box_of(*place, sheet) for place in zip(kept.found.centres, kept.found.sizes, strict=True)]
    names = own_names(kept) if classifier is bundled("digits") else label_all(classifier, frames_of(sheet, kept))
    digits = tuple(Digit(*name[0], box, tuple(name[1:])) for name, box in zip(names, boxes, strict=True))
    return Stages(sheet, turn, digits, tuple(copies), places)


def digits_among(places: Named, copies: list[Copy], side: int) -> Named:
    """The digits among places, of very many the surest: what may be digits, without letters and strays.

    What is in doubt then is named as the hand of the page tells.

    Args:
        places: What was found, named.
        copies: Of the picture.
        side: The shorter side of its grey levels, in pixels.
    """
    digits = without_letters(candidates_among(places, copies, side), copies, bundled_context())
    kept = as_one_hand_wrote(without_strays(digits))
    return kept.chosen(np.argsort(-kept.probability, kind="stable")[:MOST_DIGITS])


def candidates_among(places: Named, copies: list[Copy], side: int) -> Named:
    """What may be digits: likely places, of those that overlap the likeliest, and doubtful ones that fill gaps."""
    likely = places.likely(side)
    kept = without_borrowed(without_overlaps(places.chosen(likely), copies))
    return without_traces(with_gaps_filled(kept, places.chosen(~likely)), copies)


def by_components(sheet: Sheet, classifier: AnyClassifier, threads: int = 0, turn: int = 0) -> Stages:
    """Find digits as connected pieces of ink, and name each from its frame."""
    classifier = bundled("digits", threads) if classifier is bundled("digits") else classifier
    ink = ink_of(sheet.grey)
    pieces, numbers = find_digits(ink)
    names = label_all(classifier, [frame_digit(cut_out(piece, ink, numbers)) for piece in pieces])
    boxes = [box_of(np.array(piece.box.centre), np.array(piece.box[2:]), sheet) for piece in pieces]
    digits = tuple(Digit(*name[0], box, tuple(name[1:])) for name, box in zip(names, boxes, strict=True))
    return Stages(sheet, turn, digits, ink=ink)


def _legibility(digits: Sequence[Digit]) -> float:
    """The sum of the squares of how much surer than `LEAST` each digit is: 0.25 for one that is quite sure."""
    return sum(max(0.0, digit.probability - LEAST) ** 2 for digit in digits)


def box_of(centre: np.ndarray, size: np.ndarray, sheet: Sheet) -> Box:
    """A place of the sheet as a box of the whole picture, inside it."""
    low, high = centre - size / 2, centre + size / 2
    scale = np.array([sheet.width / sheet.grey.shape[1], sheet.height / sheet.grey.shape[0]])
    limit = np.array([sheet.width, sheet.height])
    left_top = np.clip(np.floor(low * scale), 0, limit - 1)
    right_bottom = np.clip(np.ceil(high * scale), left_top + 1, limit)
    return Box(*map(int, left_top), *map(int, right_bottom - left_top))
