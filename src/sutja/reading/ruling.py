"""The ruling of a table: long thin lines that cross each other, however faint, sloping or bent.

A ruling is a thin streak, darker or lighter than the paper on both its sides. The mean along a slope brings out even a
faint one. Where such streaks lie on a common line they are a rule (found by a Hough transform), fitted by a parabola,
since paper bends. Rules that cross most of those the other way are the table's.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int, UInt8
from numpy.polynomial import Polynomial

WORKING_HEIGHT, WORKING_SIDE = 24.0, 1600
"""Rules are sought at a size where digits are so high (pixels); a sheet without digits is taken for 40 of them high."""
SHORTEST = 3.0
"""A rule is at least so many digits long."""
STEEPEST = 15.0
"""Rows and rules slope by no more (degrees)."""
FAINTEST = 2.0
"""A streak's mean must differ from both its sides by so many grey levels."""
MOST_RULES = 150
"""So many lines are tried each way."""
ON_LINE, ON_CURVE, ASIDE, TURNED = 0.2, 0.15, 0.25, 0.05
"""A streak lies on a common line or on a rule's curve when it is no farther away, and no rule is looked for within the
third (digits' heights); its slope differs from that of the curve by less than the last."""
BENT = 12.0
"""A rule longer than so many digits may be bent."""
CLEAR = 4.0
"""A streak counts as no more than so many times the least that is one."""
UNBROKEN, SEEN = 0.55, 1.2
"""A rule has streaks on so much of its length, and they count as so many times the least, on average."""
SKEWED = 10.0
"""Perspective turns a rule from the usual slope by less (degrees)."""
CROSSED, SLACK = 0.6, 1.2
"""A table's rule crosses so much of those the other way, where each may go on for so many digits."""
SAME_RULE = 0.5
"""Rules closer than this are two sides of one (digits' heights)."""


@dataclass(frozen=True)
class Rule:
    """A ruling: its place across as a function of the place along it, which it covers from `start` to `stop`."""

    curve: Polynomial
    start: float
    stop: float

    @property
    def slope(self) -> float:
        """Of the straight line from end to end."""
        return float((self.curve(self.stop) - self.curve(self.start)) / (self.stop - self.start))

    def at(self, along: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """Where it is; beyond its ends it goes on straight."""
        inside = np.clip(along, self.start, self.stop)
        return np.asarray(self.curve(inside) + self.curve.deriv()(inside) * (along - inside), float)

    def shifted(self, by: float) -> "Rule":
        """The same rule at another place."""
        return Rule(self.curve + by, self.start, self.stop)


@dataclass(frozen=True)
class Grid:
    """The rules of a table in pixels of a picture: `across` part the rows, `down` part the columns; in order."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and columns."""
        return len(self.across) - 1, len(self.down) - 1

    def places(self, points: Float[np.ndarray, "n 2"]) -> Int[np.ndarray, "n 2"]:
        """Row and column of points x, y; below 0 or beyond the shape where a point is outside."""
        x, y = points.T
        above = sum((rule.at(x) < y).astype(int) for rule in self.across)
        left = sum((rule.at(y) < x).astype(int) for rule in self.down)
        return np.stack((above, left), axis=1) - 1


def middles_of(boxes: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, "n 2"]:
    """The middles x, y of boxes x, y, width, height."""
    return boxes[:, :2] + boxes[:, 2:] / 2


def grid_of(grey: UInt8[np.ndarray, "h w"], boxes: Float[np.ndarray, "n 4"]) -> Grid | None:
    """The rules that cross each other, at least two each way; `None` if there are no such."""
    height = float(np.median(boxes[:, 3])) if len(boxes) else max(grey.shape) / 40
    scale = min(1.0, WORKING_HEIGHT / max(height, 1), WORKING_SIDE / max(grey.shape))
    height = max(6.0, height * scale)
    if min(grey.shape) * scale < SHORTEST * height:
        return None
    contrast = contrast_of(grey, boxes, scale, height)
    across, down = crossing(rules_along(contrast, height), rules_along(contrast.T.copy(), height), height)
    if min(len(across), len(down)) < 2:
        return None
    points = middles_of(boxes) * scale
    across, down = with_open_sides(across, down, points[:, ::-1], height), with_open_sides(down, across, points, height)
    return Grid(tuple(_rescaled(rule, scale) for rule in across), tuple(_rescaled(rule, scale) for rule in down))


def _rescaled(rule: Rule, scale: float) -> Rule:
    curve = Polynomial(
        np.asarray(rule.curve.coef, float) / scale, np.asarray(rule.curve.domain, float) / scale, rule.curve.window
    )
    return Rule(curve, rule.start / scale, rule.stop / scale)


def contrast_of(
    grey: UInt8[np.ndarray, "h w"], boxes: Float[np.ndarray, "n 4"], scale: float, height: float
) -> Float[np.ndarray, "a b"]:
    """By how many grey levels a pixel differs from the paper around it, reduced by `scale`; 0 where digits are."""
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(small, 2 * int(height) + 1)
    contrast = np.asarray(np.clip(small.astype(np.float32) - paper, -60, 60), np.float32)
    for x, y, right, bottom in np.hstack((boxes[:, :2], boxes[:, :2] + boxes[:, 2:])) * scale:
        contrast[max(0, int(y) - 1) : int(bottom) + 2, max(0, int(x) - 1) : int(right) + 2] = 0
    return contrast


def rules_along(contrast: Float[np.ndarray, "a b"], height: float) -> list[Rule]:
    """All rules from left to right: streaks that lie on a common line."""
    step, streaks = streaks_of(contrast, height)
    rules: list[Rule] = []
    for _ in range(MOST_RULES):
        near = _on_commonest_line(streaks, ON_LINE * height)
        if len(np.unique(streaks[near, 0])) * step < SHORTEST * height:
            break
        rule, near_rule = _followed(streaks, near, step, height)
        rules += [rule] if rule else []
        streaks = streaks[~(near | near_rule)]
    return _parallel(rules)


def _followed(
    streaks: Float[np.ndarray, "n 5"], near: Bool[np.ndarray, "n"], step: int, height: float
) -> tuple[Rule | None, Bool[np.ndarray, "n"]]:
    """The rule on which the streaks near a line lie, unless it is too broken or faint; and what is near the rule."""
    taken = near
    for _ in range(4):
        chosen = streaks[near]
        degree = 2 if np.ptp(chosen[:, 0]) > BENT * height else 1
        curve = Polynomial.fit(chosen[:, 0], chosen[:, 1], degree, w=np.minimum(chosen[:, 4], CLEAR))
        away = np.abs(curve(streaks[:, 0]) - streaks[:, 1])
        near = (away < ON_CURVE * height) & (np.abs(curve.deriv()(streaks[:, 0]) - streaks[:, 2]) < TURNED)
        if len(np.unique(streaks[near, 0])) * step < SHORTEST * height:
            return None, taken
    x, which = np.unique(streaks[near, 0], return_inverse=True)
    strengths = np.zeros(len(x))
    np.maximum.at(strengths, which, streaks[near, 4])
    within = strengths > 0.5 * np.median(strengths)  # where a line ends, half of the mean is beyond
    start, stop = float(x[within][0]) - step, float(x[within][-1]) + step
    columns = (stop - start) / step
    there = within.sum() > UNBROKEN * columns and np.minimum(strengths[within], CLEAR).sum() > SEEN * columns
    return Rule(curve, start, stop) if there else None, away < ASIDE * height


def _parallel(rules: list[Rule]) -> list[Rule]:
    """Without those that differ from the usual slope by more than perspective makes of it."""
    if not rules:
        return []
    slopes = np.degrees(np.arctan([rule.slope for rule in rules]))
    lengths = np.array([rule.stop - rule.start for rule in rules])
    order = np.argsort(slopes)
    usual = slopes[order][np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)]
    return [rule for rule, slope in zip(rules, slopes, strict=True) if abs(slope - usual) < SKEWED]


def streaks_of(contrast: Float[np.ndarray, "a b"], height: float) -> tuple[int, Float[np.ndarray, "n 5"]]:
    """Pieces of thin lines, at every so many pixels of x: x, y, slope, level (y where x is 0), strength (least: 1)."""
    length = max(9, round(1.7 * height))
    step, side = max(2, length // 4), max(2, round(height / 6))
    found = []
    for slope in np.tan(np.radians(np.arange(-STEEPEST, STEEPEST + 1))):
        shift = np.array([[1, 0, 0], [-slope, 1, max(0.0, slope) * contrast.shape[1]]], np.float32)
        size = (contrast.shape[1], contrast.shape[0] + math.ceil(abs(slope) * contrast.shape[1]))
        level = cv2.warpAffine(contrast, shift, size)
        mean = cv2.blur(level, (length, 1))[:, step // 2 :: step]
        padded = np.pad(mean, ((side, side), (0, 0)), mode="edge")
        above, below = padded[: -2 * side], padded[2 * side :]
        strength = np.maximum(np.minimum(above, below) - mean, mean - np.maximum(above, below))
        least = max(FAINTEST, 7 * float(np.median(np.abs(strength - np.median(strength)))))
        highest = cv2.dilate(strength, np.ones((2 * side + 1, 1), np.uint8))
        y, x = np.nonzero((strength >= highest) & (strength > least))
        level0, x0 = y - shift[1, 2], step // 2 + x * step
        weight = strength[y, x] / least
        found.append(np.stack((x0, level0 + slope * x0, np.full(len(x), slope), level0, weight), axis=1))
    return step, np.concatenate(found).astype(float)


def _on_commonest_line(streaks: Float[np.ndarray, "n 5"], tolerance: float) -> Bool[np.ndarray, "n"]:
    """Which streaks lie on the line that most of them share."""
    if not len(streaks):
        return np.zeros(0, bool)
    _, which = np.unique(streaks[:, 2], return_inverse=True)
    levels = np.round(streaks[:, 3] / 2).astype(int)
    levels -= levels.min() - 1
    votes = np.zeros((which.max() + 1, levels.max() + 2))
    np.add.at(votes, (which, levels), np.minimum(streaks[:, 4], CLEAR))
    slope, level = np.unravel_index(int(cv2.blur(votes, (3, 1)).argmax()), votes.shape)
    return np.asarray((which == slope) & (np.abs(levels - level) * 2 <= tolerance))


def crossing(across: list[Rule], down: list[Rule], height: float) -> tuple[list[Rule], list[Rule]]:
    """The rules, in order, that cross at least two, and most, of those the other way."""
    across, down = list(across), list(down)
    if not (across and down):
        return [], []
    meets = np.array([[_meet(rule, other, SLACK * height) for other in down] for rule in across])
    while meets.size:
        shares = np.concatenate((meets.mean(axis=1), meets.mean(axis=0)))
        counts = np.concatenate((meets.sum(axis=1), meets.sum(axis=0)))
        worst = int(np.argmin(np.where(counts < 2, 0, shares)))
        if counts[worst] >= 2 and shares[worst] >= CROSSED:
            break
        axis, place = (0, worst) if worst < len(across) else (1, worst - len(across))
        del (across, down)[axis][place]
        meets = np.delete(meets, place, axis)
    if not (across and down):
        return [], []
    return _in_order(across, down, height), _in_order(down, across, height)


def _meet(rule: Rule, other: Rule, slack: float) -> bool:
    """Whether the two, which go different ways, cross between their ends."""
    x = np.array((rule.start + rule.stop) / 2)
    for _ in range(3):
        y = rule.at(x)
        x = other.at(y)
    return bool(rule.start - slack < x < rule.stop + slack and other.start - slack < y < other.stop + slack)


def _in_order(rules: list[Rule], others: list[Rule], height: float) -> list[Rule]:
    """Sorted by their place; of those that are two sides of a thick one the longer remains."""
    middle = np.array(np.mean([rule.at(np.array((rule.start + rule.stop) / 2)) for rule in others]))
    kept: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: float(rule.at(middle))):
        if kept and rule.at(middle) - kept[-1].at(middle) < SAME_RULE * height:
            kept[-1] = max(kept[-1], rule, key=lambda rule: rule.stop - rule.start)
        else:
            kept.append(rule)
    return kept


def with_open_sides(
    rules: list[Rule], others: list[Rule], points: Float[np.ndarray, "n 2"], height: float
) -> list[Rule]:
    """Rules with an edge added where those the other way go on to hold digits beyond the last one.

    Args:
        rules: In order.
        others: Those the other way.
        points: The digits' middles, across the rules first, then along.
        height: Of a digit, in the same pixels.
    """
    spans = [rule.start for rule in rules], [rule.stop for rule in rules]
    inside = points[(points[:, 1] > np.median(spans[0])) & (points[:, 1] < np.median(spans[1]))]
    middles = [np.array((rule.start + rule.stop) / 2) for rule in others]
    edges = []
    for rule, sign in ((rules[0], -1), (rules[-1], 1)):
        ends = [other.start if sign < 0 else other.stop for other in others]
        beyond = float(
            np.median([sign * (e - rule.at(o.at(m))) for e, o, m in zip(ends, others, middles, strict=True)])
        )
        away, edge = sign * (inside[:, 0] - rule.at(inside[:, 1])), beyond + 0.5 * height
        held = beyond > 1.2 * height and bool(np.any((away > 0.3 * height) & (away < edge)))
        edges.append([rule.shifted(sign * edge)] if held else [])
    return [*edges[0], *rules, *edges[1]]
