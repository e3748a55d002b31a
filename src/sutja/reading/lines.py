"""Which digits stand in a row: rows may slope, bend, differ in size and stand in columns.

A row is a chain of links, each from a digit to the next on its right. A link is worth more the nearer its two digits
are, the less they step aside from the direction of their row, and the more alike their heights are. A row that slopes
and level rows in a grid look alike from near by, so whole chains compete: for each of several slopes all digits are
chained, and the slope whose chains are worth most is taken first, then others where their chains are worth more than
the links they break. Chains that continue each other over a wide gap are joined last, and wide gaps become spaces.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from sutja.reading.result import Digit, Line

SLOPES = np.radians(np.arange(-45, 46, 9))
"""The slopes for each of which all digits are chained."""
TILTS, TILTED = np.radians([0, -2, 2, -4, 4, -6, 6]), 8.0
"""By how much the slope of the page may differ from that of its links when chains are joined over wide gaps, and what
that costs a radian, in links: two digits far apart say nothing about the slope of their page."""
ALIKE = 3
"""So many rows must have been joined over wide gaps to say at which slope those between them are."""
REACH, FARTHEST = 3.2, 20.0
"""The longest link, and the longest over a wide gap; these and the lengths below in heights of the larger
of two digits: a small 0 beside a large 9 is near it, and hardly aside."""
ASIDE, ASIDE_FAR = 0.8, 0.5
"""How far a digit may step aside from the direction of its row, and how far over a wide gap."""
LONG, DIFFERENT = 0.64, 0.3
"""What the longest link costs of its worth of 1, shorter ones in proportion; and what the square of the logarithm of
two heights' ratio costs."""
UNLIKE = 4.0
"""Digits whose heights differ by more than this factor are not neighbours in a row."""
STEEPNESS, SHORTNESS = 0.6, 3.0
"""What a row costs per radian of its slope, so that level rows are preferred; and how many times more one link does, as
two digits say little about the slope of their row."""
SCATTERED = 2.0
"""What a sloping row of two digits costs for each height by which they are farther apart than a space, times the sine
of the slope; a longer row costs less a link. Few digits far apart are a row where it is level; on a slope they are not.
"""
MARGIN = 0.1
"""By how much a row has to be worth more than what it breaks."""
SPACE, WIDER, SPACE_ANYHOW = 1.3, 0.9, 2.5
"""A gap is a space if it is wider than `SPACE` and than what is usual in its row by `WIDER`, or than `SPACE_ANYHOW`;
from edge to edge, in the median height of the row."""
NEAREST = 0.04
"""Digits no farther along their row than this are no neighbours in it; two thin 1s may be hardly farther."""
NEIGHBOURS = 16
"""To so many of the nearest digits a link is tried."""
CHUNK = 64
"""The distances of so many digits to all others are in memory at a time."""

Numbers = Int[np.ndarray, "n"]
Values = Float[np.ndarray, "n"]
Points = Float[np.ndarray, "n 2"]


class Links(NamedTuple):
    """For each digit its right neighbour in its row, itself if it is the last; and what that link is worth, or 0."""

    right: Numbers
    worth: Values


class Pairs(NamedTuple):
    """Pairs of digits that could be neighbours, and the step from left to right in heights of the larger."""

    left: Int[np.ndarray, "e"]
    right: Int[np.ndarray, "e"]
    x: Float[np.ndarray, "e"]
    y: Float[np.ndarray, "e"]
    unlike: Float[np.ndarray, "e"]
    reach: float


def lines_of(digits: list[Digit]) -> tuple[Line, ...]:
    """Group digits into lines, from top to bottom, each from left to right, with spaces where gaps are wide.

    Args:
        digits: In any order; of each only the box matters. 2,000 take a fraction of a second.

    Returns:
        Lines that together hold every digit once.

    Example:
        >>> from sutja.reading.result import Box
        >>> boxes = {"1": Box(0, 0, 20, 30), "2": Box(30, 2, 20, 30), "3": Box(2, 50, 20, 30)}
        >>> [line.text for line in lines_of([Digit(label, 0.9, box) for label, box in boxes.items()])]
        ['12', '3']
    """
    if not digits:
        return ()
    middles = np.array([digit.box.centre for digit in digits], float)
    widths = np.array([digit.box.width for digit in digits], float)
    heights = np.maximum([digit.box.height for digit in digits], 1.0)
    right = joined(linked(middles, heights), middles, heights)
    rows = in_order(rows_of(right), middles, slope_of_links(right, middles))
    gaps = [gaps_of(middles[row], widths[row], heights[row]) for row in rows]
    usual = _usual(np.concatenate(gaps), otherwise=1.0)
    return tuple(
        Line(tuple(digits[i] for i in row), spaces_in(gap, usual)) for row, gap in zip(rows, gaps, strict=True)
    )


def linked(middles: Points, heights: Values) -> Numbers:
    """The right neighbour of each digit in its row; itself at the end of the row."""
    everyone = np.arange(len(middles))
    pairs = _pairs(everyone, everyone, middles, heights, REACH)
    proposals = [_chained(pairs, middles, heights, slope) for slope in SLOPES]
    links = Links(everyone, np.zeros(len(middles)))
    for _ in range(2 * len(SLOPES)):
        gains = [_gains(links, new, STEEPNESS * abs(slope)) for new, slope in zip(proposals, SLOPES, strict=True)]
        best = int(np.argmax([gain[gain > MARGIN].sum() for gain in gains]))
        taken = (gains[best] > MARGIN)[_starts(proposals[best].right)]
        if not taken.any():
            break
        links = _replaced(links, proposals[best], taken)
    return links.right


def joined(right: Numbers, middles: Points, heights: Values) -> Numbers:
    """The right neighbours, with rows joined that continue each other over a wide gap."""
    everyone = np.arange(len(right))
    ends, starts = np.flatnonzero(right == everyone), np.flatnonzero(_left(right) == everyone)
    pairs, slope = _pairs(ends, starts, middles, heights, FARTHEST), slope_of_links(right, middles)
    directions = [_directions(right, middles, heights, slope + tilt, hops=4, pull=4.0) for tilt in TILTS]
    options = [_matched(pairs, _worths(pairs, each, ASIDE_FAR), len(right)) for each in directions]
    best = np.argmax([links.worth.sum() - TILTED * abs(tilt) for links, tilt in zip(options, TILTS, strict=True)])
    more = options[best].right
    return np.where(more == everyone, _joined_alike(right, more, middles, heights), more)


def _joined_alike(right: Numbers, wide: Numbers, middles: Points, heights: Values) -> Numbers:
    """The right neighbours, with rows joined at the slope at which those above and below are over wide gaps.

    Of a row of two or three digits its own direction says little; a page in perspective, or bent, has no slope of its
    own.
    """
    everyone = np.arange(len(right))
    linked = np.flatnonzero(wide != everyone)
    if len(linked) < ALIKE:
        return right
    x, y = (middles[wide[linked]] - middles[linked]).T
    nearest = np.abs(middles[:, 1, None] - middles[linked, 1]).argsort(axis=1, kind="stable")[:, :ALIKE]
    slopes = np.median(np.arctan2(y, x)[nearest], axis=1)
    joint = np.where(wide == everyone, right, wide)
    ends, starts = np.flatnonzero(joint == everyone), np.flatnonzero(_left(joint) == everyone)
    pairs = _pairs(ends, starts, middles, heights, FARTHEST)
    more = _matched(pairs, _worths(pairs, np.stack([np.cos(slopes), np.sin(slopes)], 1), ASIDE_FAR), len(right)).right
    return np.where(more == everyone, right, more)


def slope_of_links(right: Numbers, middles: Points) -> float:
    """The slope of the page, that of all links together, in radians; 0 if there is none."""
    x, y = (middles[right] - middles).sum(axis=0)
    return float(np.arctan2(y, x))


def _pairs(
    lefts: Int[np.ndarray, "l"], rights: Int[np.ndarray, "r"], middles: Points, heights: Values, reach: float
) -> Pairs:
    """Pairs near enough and alike enough in height, whose right digit does not stand above or below the left one."""
    found, count = [], min(NEIGHBOURS, len(rights))
    for first in range(0, len(lefts), CHUNK):
        some = lefts[first : first + CHUNK, None]
        x, y = middles[rights, 0] - middles[some, 0], middles[rights, 1] - middles[some, 1]
        size = np.maximum(heights[rights], heights[some])
        distance = (x * x + y * y) / (size * size)
        distance[(x <= 0) | (np.abs(y) > 2 * x + 0.2 * size) | (distance > reach**2)] = np.inf
        nearest = np.argpartition(distance, count - 1, axis=1)[:, :count]
        row, column = np.nonzero(np.isfinite(np.take_along_axis(distance, nearest, axis=1)))
        found.append(np.stack([some[row, 0], rights[nearest[row, column]]]))
    left, right = np.concatenate(found, axis=1)
    unlike = np.abs(np.log(heights[left] / heights[right]))
    left, right, unlike = (each[unlike < np.log(UNLIKE)] for each in (left, right, unlike))
    x, y = ((middles[right] - middles[left]) / np.maximum(heights[left], heights[right])[:, None]).T
    return Pairs(left, right, x, y, unlike, reach)


def _chained(pairs: Pairs, middles: Points, heights: Values, slope: float) -> Links:
    """Chains that start out along `slope` and then follow their own direction."""
    links = Links(np.arange(len(middles)), np.zeros(len(middles)))
    for _ in range(3):
        links = _matched(pairs, _worths(pairs, _directions(links.right, middles, heights, slope)), len(middles))
    right, chain = links.right, _starts(links.right)
    x, y = ((middles[right] - middles) / np.maximum(heights[right], heights)[:, None]).T
    length = np.hypot(x, y)
    scattered = np.abs(y) * np.maximum(1 - SPACE / np.maximum(length, SPACE), 0.0)
    return Links(right, links.worth - SCATTERED * scattered / np.maximum(np.bincount(chain)[chain] - 1, 1))


def _directions(
    right: Numbers, middles: Points, heights: Values, slope: float, hops: int = 2, pull: float = 1.5
) -> Points:
    """The direction of each digit's row near it: from `hops` digits to its left to as many to its right.

    It is drawn towards `slope` as by a step of `pull` heights, so that a digit alone has that direction.
    """
    left, before, after = _left(right), np.arange(len(right)), np.arange(len(right))
    for _ in range(hops):
        before, after = left[before], right[after]
    near = middles[after] - middles[before] + pull * heights[:, None] * np.array([np.cos(slope), np.sin(slope)])
    return np.asarray(near / np.maximum(np.hypot(near[:, 0], near[:, 1]), 1e-9)[:, None], float)


def _worths(pairs: Pairs, directions: Points, farthest_aside: float = ASIDE) -> Float[np.ndarray, "e"]:
    """What each link is worth, at most 1; not above 0 if the digits cannot be neighbours in a row."""
    u, v = (directions[pairs.left] + directions[pairs.right]).T / 2
    along, aside = pairs.x * u + pairs.y * v, pairs.y * u - pairs.x * v
    worth = 1 - (aside / farthest_aside) ** 2 - LONG * along / pairs.reach - DIFFERENT * pairs.unlike**2
    return np.where(along > NEAREST, worth, 0.0)


def _matched(pairs: Pairs, worths: Float[np.ndarray, "e"], count: int) -> Links:
    """Links that are the best for both of their digits, then the best of what remains, a few times."""
    right, worth, has_left = np.arange(count), np.zeros(count), np.zeros(count, bool)
    order = np.flatnonzero(worths > 0)
    order = order[np.argsort(worths[order], kind="stable")]
    for _ in range(4):
        a, b, rank = pairs.left[order], pairs.right[order], np.arange(len(order))
        best_right, best_left = np.full(count, -1), np.full(count, -1)
        best_right[a], best_left[b] = rank, rank  # of several writes to one place the last stays, which is worth most
        mutual = (rank == best_right[a]) & (rank == best_left[b])
        right[a[mutual]], worth[a[mutual]], has_left[b[mutual]] = b[mutual], worths[order[mutual]], True
        order = order[(worth[a] == 0) & ~has_left[b]]
    return Links(right, worth)


def _left(right: Numbers) -> Numbers:
    """The left neighbour of each digit, itself at the start of a row."""
    left = np.arange(len(right))
    followed = np.flatnonzero(right != left)
    left[right[followed]] = followed
    return left


def _starts(right: Numbers) -> Numbers:
    """The leftmost digit of each digit's row; found in log2(n) steps, each of which jumps twice as far."""
    start = _left(right)
    for _ in range(len(right).bit_length()):
        start = start[start]
    return start


def _gains(links: Links, new: Links, price: float) -> Values:
    """By how much each new chain, named by its first digit, is worth more than the present links it would break.

    A chain costs `price`, a short one more, unless it keeps a present link: then it was paid for before.
    """
    chain, count = _starts(new.right), len(new.right)
    prices = price * (1 + SHORTNESS / np.maximum(np.bincount(chain, minlength=count) - 1, 1))
    kept = np.bincount(chain, (new.right == links.right) & (links.worth > 0), count) > 0
    inside = np.bincount(chain, links.worth, count)
    entering = np.bincount(chain[links.right], np.where(chain != chain[links.right], links.worth, 0.0), count)
    return np.bincount(chain, new.worth, count) - np.where(kept, 0.0, prices) - inside - entering


def _replaced(links: Links, new: Links, taken: Bool[np.ndarray, "n"]) -> Links:
    """The links with those of the taken digits put in, and those broken that led to them."""
    broken = taken[links.right]
    right = np.where(taken, new.right, np.where(broken, np.arange(len(taken)), links.right))
    return Links(right, np.where(taken, new.worth, np.where(broken, 0.0, links.worth)))


def rows_of(right: Numbers) -> list[list[int]]:
    """The digits of each row from left to right."""
    rows, follows = [], right.tolist()
    for start in np.flatnonzero(_left(right) == np.arange(len(right))).tolist():
        row = [start]
        while follows[row[-1]] != row[-1]:
            row.append(follows[row[-1]])
        rows.append(row)
    return rows


def in_order(rows: list[list[int]], middles: Points, slope: float) -> list[list[int]]:
    """Rows from top to bottom: each two are compared where they stand above each other, or half-way between them."""
    x, y = middles[:, 0], middles[:, 1] - np.tan(slope) * middles[:, 0]
    first, last = np.array([x[row[0]] for row in rows]), np.array([x[row[-1]] for row in rows])
    level = np.empty((len(rows), len(rows)))
    for i, row in enumerate(rows):
        level[i] = np.interp((np.maximum(first[i], first) + np.minimum(last[i], last)) / 2, x[row], y[row])
    above = (level > level.T).sum(axis=1)
    return [rows[i] for i in np.lexsort((first, above)).tolist()]


def gaps_of(middles: Points, widths: Values, heights: Values) -> Float[np.ndarray, "m"]:
    """The gaps between the digits of a row, edge to edge, in heights; a 1 takes the room of other digits."""
    if len(middles) == 1:
        return np.empty(0)
    height = np.median(heights)
    steps, widths = np.hypot(*np.diff(middles, axis=0).T), np.maximum(widths, height / 2)
    return np.asarray((steps - (widths[:-1] + widths[1:]) / 2) / height, float)


def spaces_in(gaps: Float[np.ndarray, "m"], usual: float) -> tuple[int, ...]:
    """Numbers of the digits before which there is a space; `usual` is the gap to compare a single one with."""
    typical = _usual(gaps, usual) if len(gaps) > 1 else usual
    wide = gaps > min(max(SPACE, typical + WIDER), SPACE_ANYHOW)
    return tuple((np.flatnonzero(wide) + 1).tolist())


def _usual(gaps: Float[np.ndarray, "m"], otherwise: float) -> float:
    """The usual gap between digits of one number: that of the narrow gaps, or of all if none is narrow."""
    if not len(gaps):
        return otherwise
    narrow = gaps[gaps <= SPACE]
    return float(np.median(narrow)) if len(narrow) else float(np.quantile(gaps, 0.5, method="lower"))
