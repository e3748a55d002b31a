"""What a place's neighbours in its row say of it.

Between two sure digits a doubtful place is a digit; a doubtful 1 at the end of a row is none.

How likely a place is a digit was fitted on places of all kinds. Between two digits of the same height there is hardly
ever anything else that has come so far; at the end of a row there are slashes, and alone there are pens and print.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from sutja.reading.naming import Named
from sutja.reading.overlaps import CERTAIN, borrowed_share
from sutja.reading.places import Found, shared_with

MAYBE, SURE_NEIGHBOUR, AS_HIGH = 0.35, 0.8, (0.65, 1.5)
"""A place that is some digit with the first probability is one where it fills a gap between two digits, each right with
the second, that are so many times as high."""
ZERO, LARGER = 0.1, 2.0
"""A 0 may be less likely, and they so many times as high, if both are certain: in many hands it is as small as an o,
which is what it is taken for."""
FILLED, STEP = 0.6, 0.35
"""They are no farther than this from it, from edge to edge, and no more above or below, in heights of the larger."""
SHARED, FOREIGN = 0.35, 0.4
"""It shares no more than this with the box of any digit, and no more than the second share of its ink is in theirs."""
STROKE, NEXT = 0.7, (0.2, 1.5)
"""A 1 of less than this probability is a slash or a pen where it has digits within the second distance, in heights of
the larger, to one side only, and none of them within the first, in its own heights; but not where it is as high as
they, up to the factor `ALIKE`: slashes and pens are higher."""
ALIKE = 1.12
TALL, ALONE = 1.4, 0.35
"""So is a doubtful 1 that is so many times as high as the page's certain digits, and farther than the second, in its
heights, from any digit of its row: a pen beside a number."""
SMALL = 0.5
"""A doubtful place of less than this part of the height of the page's certain digits is one only beside larger ones, as
raised cents are."""
ROW = 0.5
"""Places of a row stand no more than this above or below each other, in heights of the larger."""


class Steps(NamedTuple):
    """From a place to others.

    Attributes:
        gap: Between their edges, sideways, in heights of the larger of both; below 0 where they overlap.
        right: Whether the other is to the right.
        row: Whether it is in the same row, and not the place itself.
    """

    gap: Float[np.ndarray, "n"]
    right: Bool[np.ndarray, "n"]
    row: Bool[np.ndarray, "n"]


def steps_from(number: int, found: Found) -> Steps:
    """The steps from one of some places to all of them."""
    (across, down), (widths, heights) = (found.centres - found.centres[number]).T, found.sizes.T
    larger = np.maximum(heights, heights[number])
    row = np.abs(down) < ROW * larger
    row[number] = False
    return Steps((np.abs(across) - (widths + widths[number]) / 2) / larger, across > 0, row)


def with_gaps_filled(named: Named, others: Named) -> Named:
    """The digits, and of other places those that fill a gap between two of them.

    Args:
        named: What is taken for digits.
        others: Places that were not likely enough.
    """
    possible = others.presence >= np.where(others.label == 0, ZERO, MAYBE)
    likeliest = np.argsort(-others.presence, kind="stable")
    every = Named.joined(named, others.chosen(likeliest[possible[likeliest]]))
    taken = np.arange(len(every.label)) < len(named.label)
    for number in np.flatnonzero(~taken).tolist():
        taken[number] = fills_gap(number, every, taken)
    return every.chosen(taken)


def fills_gap(number: int, every: Named, taken: Bool[np.ndarray, "n"]) -> bool:
    """Whether a place stands between two of those that are taken, as high as they or a small 0, with ink of its own."""
    found, steps = every.found, steps_from(number, every.found)
    heights, (_, down) = found.sizes[:, 1], np.abs(found.centres - found.centres[number]).T
    times = heights / heights[number]
    near = taken & steps.row & (steps.gap < FILLED) & (down < STEP * np.maximum(heights, heights[number]))
    near &= times > AS_HIGH[0]
    sure = near & (every.probability > SURE_NEIGHBOUR) & (times < AS_HIGH[1])
    certain = near & (every.probability >= CERTAIN) & (times < LARGER)
    if not (
        (every.presence[number] >= MAYBE and on_both_sides(sure, steps))
        or (every.label[number] == 0 and on_both_sides(certain, steps))
    ):
        return False
    if (taken & (shared_with(number, found.centres, found.sizes) > SHARED)).any():
        return False
    return borrowed_share(every, number, taken) <= FOREIGN


def on_both_sides(which: Bool[np.ndarray, "n"], steps: Steps) -> bool:
    """Whether some of these places are to the right, and some to the left."""
    return bool((which & steps.right).any() and (which & ~steps.right).any())


def without_strays(named: Named) -> Named:
    """The places but doubtful ones that stand as no digit does: strokes at the end of a row, and what is small alone.

    Args:
        named: What is taken for digits.
    """
    certain, heights = named.probability >= CERTAIN, named.found.sizes[:, 1]
    kept = np.ones(len(certain), bool)
    usual = float(np.median(heights[certain])) if certain.any() else 0.0
    for number in np.flatnonzero(~certain).tolist():
        gap, right, row = steps_from(number, named.found)
        near, larger = row & (gap < NEXT[1]), np.maximum(heights / heights[number], 1)
        one_side = near.any() and (near & right).any() != (near & ~right).any()
        if named.label[number] == 1 and named.probability[number] < STROKE and one_side:
            unlike = abs(np.log(heights[number] / np.median(heights[near])))
            kept[number] = unlike < np.log(ALIKE) or (gap * larger)[near].min() <= NEXT[0]
        if named.label[number] == 1 and heights[number] > TALL * usual > 0:
            kept[number] &= (row & (gap * larger < ALONE)).any()
        if heights[number] < SMALL * usual:
            kept[number] &= (row & (gap < 1) & (heights >= SMALL * usual)).any()
    return named.chosen(kept)
