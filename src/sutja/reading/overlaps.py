"""Of places that show the same thing one stays: overlaps, the edges of one broad stroke, the ink of a neighbour."""

from dataclasses import replace

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from sutja.pictures.contrast import CROP, CROP_DIGIT, FAINTEST, GROUND, ground_and_reach, patch_of
from sutja.reading.naming import FAINT, LEAST, Named, log_odds
from sutja.reading.places import MARGIN, OVERLAP, Copy, Found, fitting, shared_with

NARROWEST = 0.3
"""A box counts there as at least this part of its height wide. Two that are narrower, and overlap only then, are two 1s
or the two edges of one broad stroke."""
EDGES = 0.3
"""Two such places are asked about from this share on; where they show one stroke, one box is drawn around both."""
PEN = 0.2
"""A box that is broader than this part of its height is so for the lean of its stroke."""
APART, BENT = 0.25, 20
"""They are two if, between them, there is less ink than in either: by this share of what there may be, on average; of
two that lean, in all rows but so many percent."""
GRAIN = 9
"""Rows of leaning strokes, sheared upright, are the mean of so many: grain is no stroke."""
LARGER = 1.0
"""Between places that overlap, one of e times the size may have 1/e of the odds."""
ASIDE = 0.2
"""A place that shows another digit than those that it overlaps stays where the nearest is so many heights aside."""
BESIDE, INSIDE, AS_HIGH = 0.25, 0.35, 1.33
"""A certain place stays beside others for all that they share, where its middle is so many heights and so much of
either width aside of theirs, and none is so many times as high: boxes may be wider than their digits."""
NEAR, ROW = 1.2, 0.6
"""Near it in its row is what is no farther than this, in heights, to the side, and above or below."""
CERTAIN, BORROWED = 0.95, 0.75
"""A place of less than the first probability is none if more than this share of its ink is that of likelier ones."""
NEARLY = 0.85
"""But not where it has this probability and stands beside them, as a certain one would have to."""


def without_overlaps(named: Named, copies: list[Copy]) -> Named:
    """Of places that show the same thing, the likeliest: greedy non-maximum suppression.

    The loop of a 9 by itself may pass for a 9: of two that are about as likely, the larger explains more.

    Args:
        named: Places.
        copies: Of the picture.
    """
    merit = log_odds(named.probability) + LARGER * np.log(named.found.sizes.max(axis=1, initial=1))
    order = np.argsort(-merit, kind="stable")
    centres, sizes = named.found.centres, named.found.sizes
    broad = np.maximum(sizes, sizes[:, ::-1] * np.array([NARROWEST, 0], np.float32))
    narrow = (broad > sizes).any(axis=1)
    strokes = narrow | (named.label == 1)
    kept: list[int] = []
    open_places, around = np.ones(len(order), bool), Found(centres.copy(), sizes.copy(), named.found.score)
    for number in order.tolist():
        if not open_places[number]:
            continue
        kept.append(number)
        over = shared_with(number, centres, broad) > np.where(narrow & narrow[number], EDGES, OVERLAP)
        for other in np.flatnonzero(over & open_places & strokes & strokes[number]).tolist():
            over[other] = other == number or not two_strokes(named.found, number, other, copies)
        edges = over & open_places & narrow & narrow[number]
        if edges.any():
            left, right = ((centres + side * sizes / 2)[edges, 0] for side in (-1, 1))
            around.centres[number, 0] = (left.min() + right.max()) / 2
            around.sizes[number, 0] = right.max() - left.min()
        open_places &= ~over
    dropped = order[~np.isin(order, kept)]
    for number in dropped[named.probability[dropped] >= LEAST].tolist():
        others = named.chosen(np.array(kept))
        certain = named.probability[number] >= CERTAIN
        if reads_otherwise(number, others, named) or (certain and stands_beside(number, others, named)):
            kept.append(number)
    return replace(named, found=around).chosen(np.array(kept, int))


def reads_otherwise(number: int, others: Named, named: Named) -> bool:
    """Whether a place shows another digit than those of some others that it overlaps, and is aside of the nearest.

    Two places about one digit mostly read alike; a 1 within the wide box of a 7 does not.
    """
    centres = np.vstack([others.found.centres, named.found.centres[number]])
    sizes = np.vstack([others.found.sizes, named.found.sizes[number]])
    over = shared_with(-1, centres, sizes)[:-1] > OVERLAP
    steps = np.abs(centres[:-1] - centres[-1]) / np.maximum(sizes[:-1, 1:], sizes[-1, 1])
    nearest = np.hypot(*steps.T).argmin()
    over[nearest] = True
    return bool(steps[nearest, 0] >= ASIDE and (others.label[over] != named.label[number]).all())


def stands_beside(number: int, others: Named, named: Named) -> bool:
    """Whether a place is clearly aside of all others that are near it in its row, and as high as they."""
    width, height = named.found.sizes[number]
    widths, heights = others.found.sizes.T
    steps, larger = np.abs(others.found.centres - named.found.centres[number]), np.maximum(heights, height)
    near = (steps[:, 0] < NEAR * larger) & (steps[:, 1] < ROW * larger)
    aside = steps[:, 0] >= np.maximum(BESIDE * larger, INSIDE * np.maximum(widths, width))
    alike = np.abs(np.log(heights / height)) <= np.log(AS_HIGH)
    return bool((aside & alike)[near].all())


def two_strokes(found: Found, one: int, other: int, copies: list[Copy]) -> bool:
    """Whether two places beside each other show a stroke each, with some ground between.

    Looked at half as near as a digit is cropped: 1s may be no farther from each other than a pen is broad. Their boxes
    are as broad as they lean, to the right or to the left.
    """
    width, height = found.sizes[[one, other]].mean(axis=0).tolist()
    lean = max(0.0, width / height - PEN)
    if not lean:
        return bool(apartness(found, one, other, copies).mean() > APART)
    return any(np.percentile(apartness(found, one, other, copies, way), BENT) > APART for way in (lean, -lean))


def apartness(found: Found, one: int, other: int, copies: list[Copy], lean: float = 0.0) -> Float32[np.ndarray, "28"]:
    """How much less ink is between two strokes than in either, in each row of what is about them."""
    size = float(found.sizes[[one, other], 1].mean()) / 2
    copy = fitting(copies, size)
    scale = np.array(copy.scale)
    x, y = (found.centres[[one, other]].mean(axis=0) * scale + MARGIN).tolist()
    patch = patch_of(copy.grey, (x, y), size * float(scale.mean()), lean=lean)[None]
    if lean:
        patch = cv2.blur(patch[0], (1, GRAIN))[None]
    ground, reach = ground_and_reach(patch)
    ink = ((patch - ground) / np.copysign(np.maximum(np.abs(reach), 2 * FAINTEST), reach))[0]  # as `bright` has it
    apart = abs(float(found.centres[one, 0] - found.centres[other, 0])) * CROP_DIGIT / size
    aside = min(CROP // 2, round(apart / 2) + 2)
    left, right = ink[:, CROP // 2 - aside : CROP // 2], ink[:, CROP // 2 : CROP // 2 + aside]
    between = [
        row[first : aside + second + 1].min()
        for row, first, second in zip(np.hstack([left, right]), left.argmax(axis=1), right.argmax(axis=1), strict=True)
    ]
    return np.asarray(np.minimum(left.max(axis=1), right.max(axis=1)) - between, np.float32)


def without_borrowed(named: Named) -> Named:
    """The places but those, not certain, that have hardly any ink of their own: the edge of a broad 1 is no other 1."""
    kept = named.probability >= CERTAIN
    for number in np.flatnonzero(~kept).tolist():
        likelier = named.probability > named.probability[number]
        kept[number] = borrowed_share(named, number, likelier) <= BORROWED
        if named.probability[number] >= NEARLY:
            kept[number] |= stands_beside(number, named.chosen(likelier), named)
    return named.chosen(kept)


def borrowed_share(named: Named, number: int, others: Bool[np.ndarray, "n"]) -> float:
    """The share of a place's ink that lies within the boxes of some others; 0 if it has none."""
    centres, sizes = named.found.centres, named.found.sizes
    scale, pixels = CROP_DIGIT / sizes[number].max(), np.arange(CROP)[:, None, None]
    middles, halves = (centres - centres[number]) * scale, np.maximum(sizes * scale / 2, 0.5)
    near = np.flatnonzero(others & (np.abs(middles) <= halves + halves[number]).all(axis=1))
    asked = np.append(near, number)
    within = np.abs(pixels - (middles[asked] + (CROP - 1) / 2)) <= halves[asked]  # of each pixel, box, and axis
    inside = within[:, None, :, 1] & within[None, :, :, 0]
    ink = (named.crops[number, 0] >= GROUND + FAINT) & inside[..., -1]
    return float((ink & inside[..., :-1].any(axis=-1)).sum() / max(1, ink.sum()))
