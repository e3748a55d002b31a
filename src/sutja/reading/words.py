"""Letters, parts of drawings and traces that look like digits: an o within a word is no 0, nor is the eye of a face.

Each place is named from crops that show no more than a neighbour or two. Here the ink of the whole page is looked at:
how dark it is, how much of it no digit explains, on the page and in the run of signs that a digit belongs to, and what
an outline holds.
"""

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from sutja.pictures.contrast import GROUND, evened
from sutja.reading.naming import FAINT, Named
from sutja.reading.overlaps import CERTAIN
from sutja.reading.places import MARGIN, Copy, fitting, standing_out

TEXT = 0.25
"""A page has words on it where more than this share of the ink of its signs lies in no digit."""
WORD, SURE_WORD, SHORT_WORD = 0.1, 0.4, 0.55
"""On a page with words a digit is a letter where more than this share of the ink of its run lies in no digit: the
first; the second where the run's digits are mostly sure (`PLAIN`) and the page is not mostly words; the third where the
page has fewer than `MANY` signs that are no digit. There a run of mostly sure digits is no word: a short amount has
less ink than the currency before it."""
MANY = 10
"""Fewer signs are hardly words: a currency or a hash before a number."""
TEXTURE = 0.25
"""Where more of the page than this is ink, it is the ground, and nothing is said."""
MOSTLY, PLAIN = 0.85, 0.985
"""A page is mostly words where more than the first share of that ink lies in no digit. There every run whose digits are
less probable than the second (their median) is a word: on a page of text "gig" is no 919. Of letters that handwriting
fonts have and that are given as digits three in ten are as probable, of digits in numbers beside them nine in ten."""
AGAIN = 3
"""Letters that are found show others: so often, at most, is looked again."""
GAP, WORDS_GAP = 0.3, 0.45
"""Signs of a run are no farther from each other, in heights of the page's digits; the second on a page mostly of words,
whose letters that look like digits are its low ones."""
BEYOND = 1.2
"""What reaches the picture's border and is so many heights of a digit wide or high lies beyond the paper."""
OUTLINE = 2.0
"""A picture's outline is so many heights of a digit wide and high, or more."""
CONVEX, ROUND, LONG = 0.9, (0.7, 0.87), 1.6
"""A round outline encloses so much of its convex hull, so much of the smallest rectangle around it (a circle 0.79), and
is at most so many times as long as wide."""
PART = 3
"""A doubtful 0 that holds something of so many pixels in its crop, apart from it, is an outline too."""
AROUND = 1.1
"""A digit's box is taken so much larger: strokes reach beyond it."""
TRACE = 0.15
"""What stands out by less than this share of what the page's certain digits do, and is less certain, is a trace."""
FAINTEST, HALF = 0.3, 0.5
"""Ink stands out by at least the first, and by this share of what the darkest in digits does."""


def without_traces(named: Named, copies: list[Copy]) -> Named:
    """The places but those that are far fainter than the page's certain digits.

    Faint pencil is read where all of a page is faint. Beside ink it is grain, the squares that JPEG leaves, or what
    shines through from the other side of the sheet.

    Args:
        named: What is taken for digits.
        copies: Of the picture.
    """
    certain = named.probability >= CERTAIN
    if certain.all() or not certain.any():
        return named
    reach = standing_out(named.found, copies)
    return named.chosen(certain | (reach >= TRACE * np.median(reach[certain])))


def without_letters(named: Named, copies: list[Copy]) -> Named:
    """The places but those that are letters of words or parts of drawings.

    Args:
        named: What is taken for digits.
        copies: Of the picture.
    """
    doubtful = np.flatnonzero((named.label == 0) & (named.probability < CERTAIN))
    drawings = [number for number in doubtful.tolist() if is_drawing(named.crops[number, 0])]
    named = named.chosen(np.setdiff1d(np.arange(len(named.label)), drawings))
    for _ in range(AGAIN):
        letters = spelled(named, copies) if len(named.label) else np.zeros(0, bool)
        if not letters.any():
            break
        named = named.chosen(~letters)
    return named


def spelled(named: Named, copies: list[Copy]) -> Bool[np.ndarray, "n"]:
    """Which places lie in runs of ink of which digits explain too little, or within a drawing."""
    nothing = np.zeros(len(named.label), bool)
    sizes = named.found.sizes
    copy = fitting(copies, float(np.median(sizes.max(axis=1))))
    height = float(np.median(sizes[:, 1])) * copy.scale[1]
    boxes = boxes_in(copy, named)
    values = evened(copy.grey)
    covered = np.zeros(values.shape, bool)
    for left, top, right, bottom in boxes:
        covered[top:bottom, left:right] = True
    if not covered.any():
        return nothing
    ink = ink_like(values, values[covered])
    if ink.mean() > TEXTURE:
        return nothing
    _, pieces, extents, _ = cv2.connectedComponentsWithStats(ink * ~covered, connectivity=8)
    drawn = pictures_in(pieces, extents, height)
    pictured = np.array([drawn[(top + bottom) // 2, (left + right) // 2] for left, top, right, bottom in boxes], bool)
    letters = letters_in(extents, boxes, height, values.shape[::-1])
    others, digits = letters[pieces], ink.astype(bool) & covered
    if others.sum() <= TEXT * (others.sum() + digits.sum()):
        return pictured
    few, mostly = letters.sum() < MANY, others.sum() > MOSTLY * (others.sum() + digits.sum())
    gap = WORDS_GAP if mostly and not few else GAP
    joined = cv2.dilate((others | digits).astype(np.uint8), np.ones((1, 2 * round(gap * height / 2) + 1), np.uint8))
    count, runs = cv2.connectedComponents(joined, connectivity=8)
    unexplained, whole = (np.bincount(runs[part], minlength=count) for part in (others, others | digits))
    own = np.array([run_of(runs[top:bottom, left:right]) for left, top, right, bottom in boxes])
    several, which = np.unique(own, return_inverse=True)
    doubtful = np.array([np.median(named.probability[own == run]) < PLAIN for run in several])[which]
    if few:
        in_words = doubtful & (unexplained[own] > SHORT_WORD * whole[own])
    else:
        in_words = unexplained[own] > np.where(doubtful | mostly, WORD, SURE_WORD) * whole[own]
        in_words |= doubtful & mostly
    return np.asarray(pictured | in_words)


def boxes_in(copy: Copy, named: Named) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each place, a little larger, in pixels of the copy."""
    scale = np.array(copy.scale)
    centres, halves = named.found.centres * scale + MARGIN, named.found.sizes * scale * (AROUND / 2)
    limit = np.array(copy.grey.shape[::-1])
    low = np.clip(np.floor(centres - halves), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(centres + halves), low + 1, limit).astype(int)
    return [tuple(row) for row in np.hstack([low, high]).tolist()]


def ink_like(values: Float32[np.ndarray, "h w"], inside: Float32[np.ndarray, "n"]) -> UInt8[np.ndarray, "h w"]:
    """1 where a picture stands out as the digits do, to the dark or to the light side; `inside` are their pixels."""
    low, high = np.percentile(inside, (3, 97))  # the ground is 0, where the picture is evened out
    side = np.float32(1 if high > -low else -1)
    return np.asarray(side * values > max(FAINTEST, HALF * float(np.percentile(side * inside, 95))), np.uint8)


def letters_in(
    pieces: np.ndarray, digits: list[tuple[int, int, int, int]], height: float, whole: tuple[int, ...]
) -> Bool[np.ndarray, "k"]:
    """Which pieces of ink may be letters beside digits: no specks, no lines, no pictures, no frame, no desk.

    A letter or a few joined ones are half to twice as high as a digit, wider than a stroke, and have so much ink that
    they are no specks; the longer they are the more, or they are rules.

    Args:
        pieces: int `[k, 5]`, of each piece left, top, width, height and area, as OpenCV gives them; the first is the
            ground.
        digits: Left, top, right and bottom of each.
        height: Of the digits, in pixels.
        whole: Width and height of all, with the margins of a copy.
    """
    left, top, wide, high, area = pieces.T
    middles = (np.array(digits)[:, :2] + np.array(digits)[:, 2:]) / 2
    may = (high >= 0.45 * height) & (high <= 2 * height) & (wide >= 0.1 * height) & (wide <= 10 * height)
    may &= area >= np.maximum(0.04 * height**2, np.where(wide > 2 * height, 0.2 * height * wide, 0))
    may[0] = False
    # A copy's margins are wider to the right and below, by what makes its sides multiples of 16.
    after = np.minimum(whole[0] - left - wide, whole[1] - top - high) - 15
    within = np.minimum(np.minimum(left, top), after) > MARGIN + 2
    may &= within | (np.maximum(wide, high) < BEYOND * height)
    for number in np.flatnonzero(may & (wide > 2 * height)):
        first, size = pieces[number, :2], pieces[number, 2:4]
        may[number] = not ((first < middles) & (middles < first + size)).all(axis=1).any()
    return np.asarray(may, bool)


def pictures_in(numbers: np.ndarray, boxes: np.ndarray, height: float) -> Bool[np.ndarray, "h w"]:
    """The insides of round outlines in which there is more than digits of that height, as a mouth in a face.

    A circle around a number holds digits only, and the outline of a box or of a table is not round.

    Args:
        numbers: int `[h, w]`, which piece of ink that no digit explains each pixel belongs to; 0 for the ground.
        boxes: Of each piece, as for `letters_in`.
        height: Of the digits, in pixels.
    """
    sides, pictures = boxes[:, 2:4], np.zeros(numbers.shape, bool)
    for number in np.flatnonzero((sides > OUTLINE * height).all(axis=1)).tolist():
        left, top, wide, high = boxes[number, :4].tolist()
        part = numbers[top : top + high, left : left + wide]
        inside = inside_of((part == number).astype(np.uint8)) if number else None
        if inside is None:
            continue
        held = np.setdiff1d(part[inside], (0, number))
        if (sides[held] > height).any():
            pictures[top : top + high, left : left + wide] |= inside
    return pictures


def is_drawing(crop: UInt8[np.ndarray, "28 28"]) -> bool:
    """Whether a crop shows a round outline with something in it: it is no 0, but a face."""
    ink = cv2.dilate((crop > GROUND + FAINT / 2).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, pieces, extents, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 2:
        return False
    outline = 1 + int(extents[1:, 4].argmax())
    inside = inside_of((pieces == outline).astype(np.uint8))
    if inside is None:
        return False
    held = np.setdiff1d(pieces[inside], (0, outline))
    return bool((extents[held, 2:4].max(axis=1, initial=0) >= PART).any())


def inside_of(outline: UInt8[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"] | None:
    """What a piece of ink encloses, itself included; None if its outline is not round."""
    (around, *_), _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area, hull = cv2.contourArea(around), cv2.contourArea(cv2.convexHull(around))
    short, long = sorted(cv2.minAreaRect(around)[1])
    if area < CONVEX * hull or long > LONG * short or not ROUND[0] < area / (short * long) < ROUND[1]:
        return None
    return cv2.drawContours(np.zeros_like(outline), [around], 0, 1, cv2.FILLED).astype(bool)


def run_of(runs: np.ndarray) -> int:
    """The run that most of a box belongs to; 0, the ground, if there is no ink in it."""
    numbers = np.bincount(runs.ravel())
    numbers[0] = 0
    return int(numbers.argmax())
