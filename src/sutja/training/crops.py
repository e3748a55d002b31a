"""What the crop classifier learns from: what the detector finds on composed pages, and what is really there."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Bool, UInt8

from sutja.reading.detector import Detector
from sutja.reading.naming import NOT_A_DIGIT, crops_of
from sutja.reading.places import Found
from sutja.synthesis.page import Page, compose
from sutja.synthesis.signs import LETTERS, LOOKALIKES
from sutja.synthesis.style import FLAGGED, STRAIGHT, STYLES, Arrangement, Style, any_habits, any_repeats, any_style
from sutja.synthesis.writer import Digits

SAME, OTHER = 0.5, 0.3
"""A place shows a digit when it shares this much of their joint area with it, and shows none below the second."""
COVERED, ITS_OWN = 0.7, 0.65
"""It shows neither of two digits when it covers so much of both, and shares no more than the second with either."""
BETWEEN, NEARLY_BETWEEN = 0.67, 0.4
"""Nor does it where it covers both, and the nearer of their middles is more than so many times as far as the other;
from the second on it is unclear. Slanted 1s close together share most of their boxes."""
FALSE_FINDS = 20
"""At most this many places without a digit are taken of a page, the strongest first."""
JITTER = 0.07
INKED = 150
UNCLEAR, LETTER = -1, 11
"""Labels beside those of the network: nobody should be blamed; and a letter of a word, where letters are told apart."""


@dataclass(frozen=True)
class Crops:
    """Crops and what they show.

    Attributes:
        images: uint8 `[n, 2, 28, 28]`: each place near, and with more around it.
        labels: uint8 `[n]`: the digit, 10 for none, or `LETTER`.
    """

    images: UInt8[np.ndarray, "n 2 28 28"]
    labels: UInt8[np.ndarray, "n"]


def crops_from(
    detector: Detector, digits: Digits, seed: int, numbers: range, everyday: float, letters: int = NOT_A_DIGIT
) -> Crops:
    """Crops from the composed pages of these numbers.

    Args:
        detector: It finds places on the pages.
        digits: What is written on them.
        seed: The same seed and numbers give the same crops.
        numbers: Of the pages.
        everyday: The share of pages as people mostly have them; the others are of any style, hardly legible ones too.
        letters: The label of letters in words, none or `LETTER`.
    """
    images, labels = [], []
    for number in numbers:
        random = np.random.default_rng((seed, 77, number))
        width, height = (int(side) for side in np.exp(random.uniform(np.log(32), np.log(360), 2)))
        style = (everyday_style if random.random() < everyday else any_style)(random, width, height)
        page = compose(digits, style, random)
        found, copies = detector(page.picture)
        found = Found.joined(found, about(page, random))
        truth = truth_of(page, found, letters)
        clear = np.flatnonzero(truth != UNCLEAR)
        none = clear[truth[clear] >= NOT_A_DIGIT][:FALSE_FINDS]
        clear = np.concatenate([clear[truth[clear] < NOT_A_DIGIT], none])
        crops = crops_of(found.chosen(clear), copies)
        kept = np.flatnonzero(np.logical_or(truth[clear] != NOT_A_DIGIT, ~upright_strokes(crops[:, 0])))
        images.append(crops[kept])
        labels.append(truth[clear[kept]].astype(np.uint8))
    return Crops(np.concatenate(images), np.concatenate(labels))


def upright_strokes(crops: UInt8[np.ndarray, "n 28 28"]) -> Bool[np.ndarray, "n"]:
    """Whether a crop shows an upright stroke alone, as a piece of a dashed rule, an l or a pen: none is asked for.

    A rule that runs through the crop is another matter: no 1 does that. Nor are two strokes beside each other one.
    """
    inked = crops > INKED
    rows, columns = np.asarray(inked.any(axis=2)), np.asarray(inked.any(axis=1))
    tall, wide = rows.sum(axis=1), columns.sum(axis=1)
    through = rows[:, [0, 1, -2, -1]].any(axis=1)
    starts = np.diff(inked.astype(np.int8), axis=2, prepend=0) == 1
    alone = starts.sum(axis=(1, 2)) < 1.5 * tall
    return np.asarray((tall >= 13) & (wide <= 8) & ~through & alone)


def everyday_style(random: np.random.Generator, width: int, height: int) -> Style:
    """One of the named styles, arranged in any way, with some of the digits from strokes of our own."""
    style = STYLES[str(random.choice(list(STYLES)))](random)
    arrangements: tuple[Arrangement, ...] = ("rows", "single", "boxes", "table")
    return replace(
        style,
        width=width,
        height=height,
        digit=min(style.digit * float(random.uniform(0.4, 1.3)), 0.7 * min(width, height))
        if style.digit > 20
        else style.digit,
        arrangement=arrangements[random.choice(4, p=[0.7, 0.12, 0.09, 0.09])],
        foreign=float(random.choice([0.0, 0.5])),
        signs=float(random.choice([0.0, 0.25, 0.9], p=[0.3, 0.3, 0.4])),
        dark=style.dark or bool(random.random() < 0.1),
        contrast=style.contrast * float(random.uniform(0.4, 1.0)),
        surroundings=bool(random.random() < 0.15),
        habits=any_habits(random),
        straight=STRAIGHT,
        flagged=FLAGGED,
        repeats=any_repeats(random),
    )


def about(page: Page, random: np.random.Generator) -> Found:
    """Places on and beside what is written: each digit a little beside its place, pairs of digits, parts, and signs."""
    boxes = []
    for digit in page.digits:
        x, y, width, height = digit.box
        size = max(width, height)
        shift, grow = random.normal(0, JITTER, 2) * size, np.exp(random.normal(0, JITTER, 2))
        boxes.append((x + width / 2 + shift[0], y + height / 2 + shift[1], width * grow[0], height * grow[1]))
        if random.random() < 0.15:
            boxes.append((*(np.array([x, y]) + random.uniform(0, 1, 2) * (width, height)), 0.5 * width, 0.5 * height))
        if random.random() < 0.15:
            away = random.normal(0, 1, 2)
            boxes.append((*(np.array([x + width / 2, y + height / 2]) + away * size / np.hypot(*away)), width, height))
    for one, other in zip(page.digits[:-1], page.digits[1:], strict=True):
        if one.line == other.line and random.random() < 0.15:
            ends = np.array([(d.box[0], d.box[1], d.box[0] + d.box[2], d.box[1] + d.box[3]) for d in (one, other)])
            left, top = ends[:, :2].min(axis=0)
            right, bottom = ends[:, 2:].max(axis=0)
            if right - left < 3 * (bottom - top):
                boxes.append(((left + right) / 2, (top + bottom) / 2, right - left, bottom - top))
    for sign in page.signs:
        x, y, width, height = sign.box
        boxes.append((x + width / 2, y + height / 2, width, max(height, 0.3 * width)))
    places = np.array(boxes, np.float32).reshape(-1, 4)
    return Found(places[:, :2], places[:, 2:].clip(3), np.full(len(places), 0.01, np.float32))


def truth_of(page: Page, found: Found, letters: int = NOT_A_DIGIT) -> np.ndarray:
    """What each place shows: a digit, 10 for none, `letters` for one of a word, or `UNCLEAR`."""
    truth = np.full(len(found), NOT_A_DIGIT)
    if not len(found):
        return truth
    boxes = np.concatenate([found.centres - found.sizes / 2, found.sizes], axis=1)
    for sign in page.signs:
        if sign.name in LOOKALIKES and not sign.spelled:
            truth[joint_share(boxes, sign.box) > 0.3] = UNCLEAR
        elif sign.spelled and sign.name in LETTERS:
            truth[joint_share(boxes, sign.box) > 0.3] = letters
    best, covered = np.zeros(len(found)), np.zeros(len(found), int)
    away = np.full((2, len(found)), np.inf)
    for digit in page.digits:
        share = joint_share(boxes, digit.box)
        area = digit.box[2] * digit.box[3]
        covers = digit.visible & (shared_area(boxes, np.array(digit.box)) > COVERED * area)
        covered += covers
        middle = np.array(digit.box[:2]) + np.array(digit.box[2:]) / 2
        distance = np.where(covers, np.hypot(*(found.centres - middle).T), np.inf)
        away = np.sort(np.vstack([away, distance]), axis=0)[:2]
        better = share > best
        best[better] = share[better]
        truth[better & (share >= SAME)] = digit.label if digit.visible else UNCLEAR
        truth[better & (share >= OTHER) & (share < SAME)] = UNCLEAR
    nearest, second = away
    truth[(covered > 1) & (nearest > NEARLY_BETWEEN * second)] = UNCLEAR
    truth[(covered > 1) & ((best < ITS_OWN) | (nearest > BETWEEN * second))] = NOT_A_DIGIT
    return truth


def joint_share(boxes: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """The area that boxes share with another, as a part of the area that either covers (Jaccard).

    Thin boxes are widened to two fifths of their height first: a 1 that is a pixel beside its place is not elsewhere.
    """
    boxes, (other,) = _widened(boxes), _widened(np.array([box], float))
    shared = shared_area(boxes, other)
    return np.asarray(shared / (boxes[:, 2] * boxes[:, 3] + other[2] * other[3] - shared))


def shared_area(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The area that boxes share with another."""
    across = np.minimum(boxes[:, 0] + boxes[:, 2], box[0] + box[2]) - np.maximum(boxes[:, 0], box[0])
    down = np.minimum(boxes[:, 1] + boxes[:, 3], box[1] + box[3]) - np.maximum(boxes[:, 1], box[1])
    return np.asarray(across.clip(0) * down.clip(0))


def _widened(boxes: np.ndarray) -> np.ndarray:
    x, y, width, height = boxes.T
    wide, tall = np.maximum(width, height / 2.5), np.maximum(height, width / 2.5)
    return np.stack([x - (wide - width) / 2, y - (tall - height) / 2, wide, tall], 1)


def crops_of_pages(task: tuple[bytes, Digits, int, range, float, int]) -> Crops:
    """`crops_from` for a process of its own: of the detector there is its model file."""
    content, digits, seed, numbers, everyday, letters = task
    cv2.setNumThreads(1)
    return crops_from(Detector(threads=1, content=content), digits, seed, numbers, everyday, letters)
