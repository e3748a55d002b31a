"""A table of handwritten numbers, ruled or not: which number stands in which row and column.

*Ruled* (`sutja.reading.ruling`). A digit's cell is found by counting the rules above it and left of it at its very
place, so that slope and perspective need no correction. Lined paper has no columns and squared paper one digit a
square; neither is taken for a table.

*Unruled.* Rows and columns are parted by gutters. Of all slopes, and of all fans of slopes as perspective makes them,
the one is taken that leaves the widest gutters; first between digits for rows, then between numbers for columns.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from jaxtyping import Float, Int, UInt8

from sutja.reading.result import Box, Digit
from sutja.reading.ruling import STEEPEST, Grid, grid_of, middles_of

APART = 0.55
"""Rows are apart when digits' middles are by this share of a digit's height."""
COARSE, COARSE_FAN, FINE = (STEEPEST, 0.5), (6.0, 1.5), (0.5, 0.1)
"""How far slopes and fans are tried to both sides, and in what steps (degrees): first roughly, then near the best."""
PER_DEGREE = 0.02
"""What a degree of slope or fan costs, in heights of gutters: of two about as good the straighter one is taken."""


@dataclass(frozen=True)
class Cell:
    """A number in its place.

    Attributes:
        row: Counted from 0 at the top.
        column: Counted from 0 at the left.
        text: The digits' labels from left to right; never empty.
        confidence: The probability that every digit is right, taken as independent.
        box: The smallest box that holds all digits, in pixels of the picture.
    """

    row: int
    column: int
    text: str
    confidence: float
    box: Box

    def to_dict(self) -> dict[str, object]:
        """The cell for JSON; its place follows from the table."""
        return {"text": self.text, "confidence": round(self.confidence, 4), "box": list(self.box)}


@dataclass(frozen=True)
class Table:
    """Numbers in rows of equal length.

    Attributes:
        rows: Of cells; `None` is an empty one, and a picture without a table has no rows.
        outside: Digits that were read beside a ruled table, and are in no cell.
    """

    rows: tuple[tuple[Cell | None, ...], ...]
    outside: tuple[Digit, ...] = ()

    def to_csv(self) -> str:
        r"""The table as RFC 4180 has it, but with lines that end in "\n"; an empty cell is an empty field."""
        buffer = io.StringIO()
        texts = ([cell.text if cell else "" for cell in row] for row in self.rows)
        csv.writer(buffer, lineterminator="\n").writerows(texts)
        return buffer.getvalue()

    def doubtful(self, least: float) -> tuple[Cell, ...]:
        """The cells whose confidence is below `least`, row by row."""
        return tuple(cell for row in self.rows for cell in row if cell and cell.confidence < least)

    def to_dict(self) -> dict[str, object]:
        """The table for JSON: `{"rows": [[cell or null, ...], ...], "outside": [digit, ...]}`."""
        rows = [[cell.to_dict() if cell else None for cell in row] for row in self.rows]
        return {"rows": rows, "outside": [digit.to_dict() for digit in self.outside]}


def table_of(
    digits: Sequence[Digit],
    grey: UInt8[np.ndarray, "h w"] | None = None,
    scale: tuple[float, float] = (1.0, 1.0),
    shown: Callable[[Box], Box] = lambda box: box,
) -> Table:
    r"""Put digits in the rows and columns of the table they stand in.

    Args:
        digits: In any order.
        grey: Grey levels 0 to 255 of the picture, in which rules are sought, dark or light; without it there are none.
        scale: Pixels of `grey` a pixel of the digits' boxes, for x and y.
        shown: Where a digit's box is in the picture as it is shown, in whose pixels the table's boxes are then.

    Returns:
        The table. In a ruled one every row and column of the ruling is there, empty or not, and digits outside are in
        `Table.outside`. An unruled one has the rows and columns in which there is a digit. Nothing at all gives no
        rows.

    Example:
        >>> boxes = [Box(10, 10, 20, 30), Box(34, 10, 20, 30), Box(120, 10, 20, 30), Box(120, 70, 20, 30)]
        >>> digits = [Digit(label, 0.9, box) for label, box in zip("1278", boxes)]
        >>> table_of(digits).to_csv()
        '12,7\n,8\n'
    """
    digits = sorted(digits, key=lambda digit: digit.box.centre)
    boxes = np.array([digit.box for digit in digits], float).reshape(-1, 4) * (*scale, *scale)
    digits = [replace(digit, box=shown(digit.box)) for digit in digits]
    grid = None if grey is None else grid_of(grey, boxes)
    if grid is None:
        return assembled(digits, unruled_places(boxes)) if digits else Table(())
    if is_table(grid, boxes):
        return assembled(digits, grid.places(middles_of(boxes)), grid.shape)
    return assembled(digits, unruled_places(boxes, square_of(grid, boxes)))


def assembled(digits: Sequence[Digit], places: Int[np.ndarray, "n 2"], shape: tuple[int, int] | None = None) -> Table:
    """The table of digits, from left to right, at places (row, column); those outside of `shape` are in no cell."""
    rows, columns = shape or tuple((places.max(axis=0) + 1).tolist())
    members: dict[tuple[int, int], list[Digit]] = {}
    for digit, (row, column) in zip(digits, places.tolist(), strict=True):
        members.setdefault((row, column), []).append(digit)
    cells = tuple(tuple(_cell(r, c, members.pop((r, c), [])) for c in range(columns)) for r in range(rows))
    return Table(cells, tuple(digit for others in members.values() for digit in others))


def _cell(row: int, column: int, digits: list[Digit]) -> Cell | None:
    if not digits:
        return None
    box = reduce(Box.joined, (digit.box for digit in digits))
    confidence = math.prod(digit.probability for digit in digits)
    return Cell(row, column, "".join(digit.label for digit in digits), confidence, box)


def is_table(grid: Grid, boxes: Float[np.ndarray, "n 4"]) -> bool:
    """Whether a ruling parts the numbers, rather than being that of the paper or a form of one box per digit."""
    if not len(boxes):
        return True
    middles, height = middles_of(boxes), float(np.median(boxes[:, 3]))
    places = grid.places(middles)
    inside = ((places >= 0) & (places < grid.shape)).all(axis=1)
    corners = [grid.places(middles + np.array(sign) * boxes[:, 2:] / 4) for sign in ((-1, -1), (1, 1))]
    cut = (corners[0] != corners[1]).any(axis=1)
    if inside.mean() < 0.5 or cut[inside].mean() > 0.25 or square_of(grid, boxes):
        return False
    cells: dict[tuple[int, ...], list[int]] = {}
    for number in np.flatnonzero(inside).tolist():
        cells.setdefault(tuple(places[number].tolist()), []).append(number)
    several = [_several(boxes[members], height) for members in cells.values()]
    return float(np.mean(several)) < 0.3


def _several(boxes: Float[np.ndarray, "n 4"], height: float) -> bool:
    """Whether the digits of a cell are two numbers, beside or below each other."""
    middles = middles_of(boxes)
    return bool(max(np.diff(np.sort(middles[:, 0])), default=0) > 2 * height or np.ptp(middles[:, 1]) > 1.3 * height)


def square_of(grid: Grid, boxes: Float[np.ndarray, "n 4"]) -> float | None:
    """The width of a square, in pixels, if the grid has one digit a square and numbers run over several of them."""
    middles, height = middles_of(boxes), float(np.median(boxes[:, 3]))
    y = np.array(np.median(middles[:, 1]))
    width = float(np.median(np.diff([float(rule.at(y)) for rule in grid.down])))
    counts = Counter(map(tuple, grid.places(middles).tolist()))
    single = sum(count == 1 for count in counts.values()) / len(counts)
    neighbours = sum((row, column + 1) in counts or (row, column - 1) in counts for row, column in counts) / len(counts)
    return width if width < 1.6 * height and single > 0.85 and neighbours > 0.6 else None


def unruled_places(boxes: Float[np.ndarray, "n 4"], square: float | None = None) -> Int[np.ndarray, "n 2"]:
    """Row and column of each digit, by rows of digits and by gutters between columns of numbers.

    Args:
        boxes: x, y, width, height of at least one digit.
        square: On squared paper the width of a square: digits in neighbouring squares are one number.
    """
    height = max(1.0, float(np.median(boxes[:, 3])))
    middles = middles_of(boxes)
    half = np.full(len(boxes), APART / 2 * height)
    level = with_widest_gutters(middles[:, 1] - half, middles[:, 1] + half, middles[:, 0], height)[0] + half
    rows = rows_of(level, height)
    numbers = numbers_of(boxes, rows, height, square)
    count = int(numbers.max()) + 1
    first = np.array([boxes[numbers == n, 0].min() for n in range(count)])
    last = np.array([(boxes[:, 0] + boxes[:, 2])[numbers == n].max() for n in range(count)])
    down = np.array([middles[numbers == n, 1].mean() for n in range(count)])
    row = np.array([rows[numbers == n][0] for n in range(count)])
    columns = columns_of(*with_widest_gutters(first, last, down, height), row, height)
    return np.stack((rows, columns[numbers]), axis=1)


def with_widest_gutters(
    first: Float[np.ndarray, "n"], last: Float[np.ndarray, "n"], along: Float[np.ndarray, "n"], height: float
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    """Intervals across a direction, shifted by the slope, and fan of slopes, that leaves the widest gutters.

    All slopes and fans are tried in coarse steps, and those near the best in fine ones.
    """
    middle, along = (first + last) / 2, along - along.mean()
    fan = (middle - middle.mean()) / max(1.0, float(np.ptp(middle)))

    def shifts(degrees: Float[np.ndarray, "m 2"]) -> Float[np.ndarray, "m n"]:
        tangents = np.tan(np.radians(degrees))
        return np.asarray((tangents[:, :1] + tangents[:, 1:] * fan) * along)

    best = np.zeros(2)
    for (reach, step), (fan_reach, fan_step) in ((COARSE, COARSE_FAN), (FINE, FINE)):
        steps = np.arange(-reach, reach + step / 2, step), np.arange(-fan_reach, fan_reach + step / 2, fan_step)
        tried = best + np.stack(np.meshgrid(*steps), axis=-1).reshape(-1, 2)
        shift = shifts(tried)
        order = np.argsort(first - shift, axis=1)
        starts = np.take_along_axis(first - shift, order, axis=1)
        stops = np.maximum.accumulate(np.take_along_axis(last - shift, order, axis=1), axis=1)
        covered = stops[:, -1] - starts[:, 0] - np.maximum(starts[:, 1:] - stops[:, :-1], 0).sum(axis=1)
        best = tried[int(np.argmin(covered / height + PER_DEGREE * np.abs(tried).sum(axis=1)))]
    (shift,) = shifts(best[None])
    return first - shift, last - shift


def rows_of(level: Float[np.ndarray, "n"], height: float) -> Int[np.ndarray, "n"]:
    """The row of each digit, by how far the level of its middle is from the mean of the row so far."""
    members: list[float] = []
    rows, row = np.zeros(len(level), int), 0
    for number in np.argsort(level, kind="stable").tolist():
        if members and level[number] - np.mean(members) > APART * height:
            row, members = row + 1, []
        members.append(float(level[number]))
        rows[number] = row
    return rows


def numbers_of(
    boxes: Float[np.ndarray, "n 4"], rows: Int[np.ndarray, "n"], height: float, square: float | None
) -> Int[np.ndarray, "n"]:
    """Which number each digit belongs to: digits of a row whose gaps are small, compared with the other gaps."""
    middles = middles_of(boxes)[:, 0]
    widths = np.full(len(boxes), square) if square else np.maximum(boxes[:, 2], 0.5 * height)
    order = np.lexsort((middles, rows))
    gaps = np.diff(middles[order]) - (widths[order][1:] + widths[order][:-1]) / 2
    same = np.diff(rows[order]) == 0
    widest = 0.5 * square if square else _split(gaps[same] / height) * height
    numbers = np.zeros(len(boxes), int)
    numbers[order[1:]] = np.cumsum(~same | (gaps > widest))
    return numbers


def _split(gaps: Float[np.ndarray, "n"]) -> float:
    """The middle of the widest range without a gap, from that within a number to that between any two columns."""
    values = np.sort(np.clip(np.append(gaps, (0.3, 1.2)), 0.3, 1.2))
    widest = int(np.argmax(np.diff(values)))
    return float(values[widest] + values[widest + 1]) / 2


def columns_of(
    first: Float[np.ndarray, "n"], last: Float[np.ndarray, "n"], rows: Int[np.ndarray, "n"], height: float
) -> Int[np.ndarray, "n"]:
    """The column of each number by its extent: what overlaps is one column, unless numbers of a row do."""
    groups: list[list[int]] = []
    reach = -np.inf
    for number in np.argsort(first, kind="stable").tolist():
        apart = first[number] - reach
        if not groups or apart > 0.5 * height or (apart > 0 and rows[number] in rows[groups[-1]]):
            groups.append([])
        groups[-1].append(number)
        reach = max(reach, float(last[number]))
    columns, count = np.zeros(len(first), int), 0
    for group in groups:
        columns[group] = count + aligned(first[group], last[group], rows[group])
        count = int(columns[group].max()) + 1
    return columns


def aligned(
    first: Float[np.ndarray, "n"], last: Float[np.ndarray, "n"], rows: Int[np.ndarray, "n"]
) -> Int[np.ndarray, "n"]:
    """The column of each number where columns overlap: as many as the fullest row has, at the places it gives them.

    The numbers of another row keep their order; each goes where its left edge, right edge or middle fits best.
    """
    edges = np.stack((first, last, (first + last) / 2), axis=1)
    members = [np.flatnonzero(rows == row)[np.argsort(first[rows == row])] for row in np.unique(rows)]
    most = max(map(len, members))
    columns = np.median([edges[row] for row in members if len(row) == most], axis=0)
    answer = np.zeros(len(first), int)
    for row in members:
        answer[row] = _in_turn(np.abs(edges[row][:, None] - columns[None]).min(axis=2))
    return answer


def _in_turn(costs: Float[np.ndarray, "n m"]) -> list[int]:
    """For each row of `costs` a column, ever further right, at the least sum of costs."""
    n, m = costs.shape
    best = np.full((n + 1, m + 1), np.inf)
    best[0] = 0
    for i in range(n):
        for j in range(i, m):
            best[i + 1, j + 1] = min(best[i + 1, j], best[i, j] + costs[i, j])
    chosen, j = [], m
    for i in range(n, 0, -1):
        while j > i and best[i, j] == best[i, j - 1]:
            j -= 1
        j -= 1
        chosen.append(j)
    return chosen[::-1]
