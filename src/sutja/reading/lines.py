"""Which digits stand in a row: rows may slope, and there may be several."""

import numpy as np
from jaxtyping import Float

from sutja.reading.result import Digit, Line

SLOPES = np.radians(np.arange(-45, 46, 5))
APART = 0.55
"""Rows are apart when the middles of their digits are, across the slope, by this share of the digits' height."""


def lines_of(digits: list[Digit]) -> tuple[Line, ...]:
    """Group digits into lines, from top to bottom, each from left to right.

    All rows of a picture are taken to slope alike. Of several slopes the one is chosen that explains the digits by the
    fewest rows in which no digit stands above another; the most level one if several do.
    """
    if not digits:
        return ()
    middles = np.array([digit.box.centre for digit in digits])
    sizes = np.array([(digit.box.width, digit.box.height) for digit in digits], float)
    height = float(np.median(sizes.max(axis=1)))
    slopes = sorted(SLOPES, key=abs)
    costs = [_cost(rows_along(middles, height, slope), middles, sizes, height, slope) for slope in slopes]
    best = slopes[int(np.argmin(costs))]
    rows = rows_along(middles, height, best)
    return tuple(Line(tuple(digits[i] for i in row)) for row in rows)


def rows_along(middles: Float[np.ndarray, "n 2"], height: float, slope: float) -> list[list[int]]:
    """Rows of digits for one slope: numbers of digits, left to right, the rows from top to bottom."""
    along = middles @ np.array([np.cos(slope), np.sin(slope)])
    across = middles @ np.array([-np.sin(slope), np.cos(slope)])
    order = np.argsort(across, kind="stable")
    rows: list[list[int]] = []
    total = 0.0
    for number in order.tolist():
        if rows and across[number] - total / len(rows[-1]) < APART * height:
            rows[-1].append(number)
        else:
            rows.append([number])
            total = 0.0
        total += float(across[number])
    return [sorted(row, key=lambda number: along[number]) for row in rows]


def _cost(rows: list[list[int]], middles: np.ndarray, sizes: np.ndarray, height: float, slope: float) -> float:
    """How badly rows explain the digits: their number, plus those that stand above each other, plus the scatter."""
    cost = float(len(rows)) + 0.2 * abs(slope)
    for row in rows:
        across = middles[row] @ np.array([-np.sin(slope), np.cos(slope)])
        x, width = middles[row, 0], sizes[row, 0]
        overlap = (x[:-1] + width[:-1] / 2) - (x[1:] - width[1:] / 2)
        stacked = overlap > 0.6 * np.minimum(width[:-1], width[1:])
        cost += 2 * float(stacked.sum()) + float(np.std(across)) / height
    return cost
