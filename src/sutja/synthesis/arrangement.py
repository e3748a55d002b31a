"""Where on a page what is written: a single digit, rows, scattered rows, tables, boxes; and what is no digit."""

from dataclasses import replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float64

from sutja.synthesis.rows import Row, hand_of, words, write_row
from sutja.synthesis.signs import LOOKALIKES, PICTURES, SIGNS
from sutja.synthesis.spelling import made_up_word
from sutja.synthesis.style import Style
from sutja.synthesis.writer import Digits, Sheet

Random = np.random.Generator
Line: TypeAlias = Float64[np.ndarray, "2 2"]
"""Two points of the page between which a line is printed."""
STEEPEST = 0.85
"""Radians by which a row may be turned: farther, 6 and 9 or 1 and 7 change places."""
FIRST_OTHER = 1000
"""Numbers from here on are those of what is in no row of digits."""
FRAMED = 0.4
"""So often, where there are signs, a row has a frame."""
ROOM = 0.7
"""Of a cell a digit or a letter needs so much of its height, but for the first of a number."""


def fill(sheet: Sheet, style: Style, digits: Digits, random: Random) -> list[Line]:
    """Write a page.

    Returns:
        The printed lines of tables and boxes, in pixels of the page.
    """
    match style.arrangement:
        case "single":
            single(sheet, style, digits, random)
        case "rows":
            return rows(sheet, style, digits, random)
        case "scatter":
            scatter(sheet, style, digits, random)
        case "table":
            return table(sheet, style, digits, random)
        case "boxes":
            return boxes(sheet, style, digits, random)
        case "empty":
            others(sheet, style, random, int(random.integers(0, 12)))
    return []


def single(sheet: Sheet, style: Style, digits: Digits, random: Random) -> None:
    """One digit somewhere on the page, and perhaps other things."""
    width, height = sheet.plane.width, sheet.plane.height
    hand = hand_of(style, random)
    for _ in range(12):
        room = np.maximum(0, np.array([width - 0.7 * hand.height, height - 1.05 * hand.height])) / 2
        x, y = np.array([width, height]) / 2 + random.uniform(-1, 1, 2) * room
        if sheet.write_digit(digits, hand, (float(x), float(y)), random, 0, ahead=False) is not None:
            break
        hand.height *= 0.92
    if random.random() < style.signs:
        others(sheet, style, random, int(random.integers(1, 4)))


def rows(sheet: Sheet, style: Style, digits: Digits, random: Random) -> list[Line]:
    """Rows of digits under each other, as many as there is room for or fewer; some have a frame around them."""
    width, height = sheet.plane.width, sheet.plane.height
    pitch = style.digit * float(1.25 + random.exponential(0.5)) + abs(style.bend) * width
    reach = width * abs(np.sin(style.angle)) / 2 + height * abs(np.cos(style.angle)) / 2
    fall = abs(style.step) * width / 2
    middles = np.arange(-reach + random.uniform(0.5, 1.2) * pitch - fall, reach + fall, pitch) + height / 2
    most = int(random.integers(1, 4)) if random.random() < 0.25 else len(middles)
    chosen = np.sort(random.permutation(len(middles))[:most])
    longest = min(style.longest, int(random.integers(1, 12)) if random.random() < 0.5 else 100)
    lines: list[Line] = []
    for number, middle in enumerate(middles[chosen].tolist()):
        hand = hand_of(style, random)
        if random.random() < 0.5 * style.signs:
            words(Row(sheet, style, hand, number, middle, width * random.uniform(0, 0.5)), random)
            continue
        row = Row(sheet, style, hand, number, middle)
        start = write_row(row, digits, random, longest)
        if style.signs and random.random() < style.signs * FRAMED:
            tall, (before, after) = hand.height * random.uniform(1.05, 1.9), random.uniform(0.05, 0.8, 2) * hand.height
            lines += _outline(start - before, middle - tall / 2, row.x + after - start + before, tall)
    if random.random() < 0.5 * style.signs:
        others(sheet, style, random, int(random.integers(1, 6)))
    return lines


def scatter(sheet: Sheet, style: Style, digits: Digits, random: Random) -> None:
    """Short rows of different heights and angles all over the page."""
    whole = sheet.plane
    for number in range(int(random.integers(1, 9))):
        turn = float(random.uniform(-0.79, 0.79)) if random.random() < 0.5 else float(random.normal(0, 0.1))
        angle = whole.angle + turn if abs(whole.angle + turn) < STEEPEST else 0.0
        sheet.plane = replace(whole, angle=angle)
        height = style.digit * float(np.exp(random.normal(0, 0.35)))
        inside = replace(style, gap=abs(style.gap), angle=angle)
        hand = hand_of(style, random, height)
        row = Row(sheet, inside, hand, number, whole.height * random.uniform(0.05, 0.95))
        write_row(row, digits, random, int(random.integers(1, 8)))
    sheet.plane = whole
    others(sheet, style, random, int(random.integers(0, int(1 + 10 * style.signs))))
    _number_from_the_top(sheet)


def _number_from_the_top(sheet: Sheet) -> None:
    """Give rows that were written anywhere their numbers from top to bottom, by the middle of their digits."""
    places: dict[int, list[float]] = {}
    for digit in sheet.written:
        places.setdefault(digit.line, []).append(digit.box[1] + digit.box[3] / 2)
    order = sorted(places, key=lambda line: float(np.mean(places[line])))
    sheet.written = [replace(digit, line=order.index(digit.line)) for digit in sheet.written]


def table(sheet: Sheet, style: Style, digits: Digits, random: Random) -> list[Line]:
    """A table of short numbers; some cells are empty, some hold words."""
    width, height = sheet.plane.width, sheet.plane.height
    down = style.digit * random.uniform(1.3, 2.4)
    across = style.digit * random.uniform(1.6, 5)
    xs = np.arange(random.uniform(0, 0.3) * width, width * random.uniform(0.7, 1.0), across)
    ys = np.arange(random.uniform(0, 0.3) * height, height * random.uniform(0.7, 1.0), down)
    filled = random.uniform(0.2, 1.0)
    for number, y in enumerate(ys[:-1]):
        hand = hand_of(style, random)
        for x in xs[:-1]:
            start, middle = float(x + random.uniform(0.05, 0.4) * across), float(y + down * random.uniform(0.45, 0.6))
            if random.random() > filled:
                continue
            row = Row(sheet, style, hand, number, middle, start)
            if random.random() < 0.4 * style.signs:
                words(row, random, x + across - ROOM * hand.height)
            else:
                _number_in_cell(row, digits, random, x + across)
    if random.random() < 0.25:
        return []
    level = [np.array([[xs[0], y], [xs[-1], y]]) for y in ys]
    upright = [np.array([[x, ys[0]], [x, ys[-1]]]) for x in xs]
    return level + (upright if random.random() < 0.85 else [])


def _number_in_cell(row: Row, digits: Digits, random: Random, end: float) -> None:
    """Write one to three digits, level, of which all but the first have room before the end."""
    for number in range(random.integers(1, 4)):
        if number and row.x + ROOM * row.hand.height > end:
            break
        place = (row.x, row.middle)
        width = row.sheet.write_digit(digits, row.hand, place, random, row.number, near=number > 0)
        if width is None:
            break
        row.advance(width, max(row.style.gap, 0.02))


def boxes(sheet: Sheet, style: Style, digits: Digits, random: Random) -> list[Line]:
    """Rows of printed boxes with a digit in each, or in the first of them."""
    width, height = sheet.plane.width, sheet.plane.height
    side = style.digit * random.uniform(1.1, 2.0)
    tall = side if random.random() < 0.5 else style.digit * random.uniform(1.15, 2.2)
    lines: list[Line] = []
    y, number = random.uniform(0.02, 0.4) * height, 0
    apart = random.choice([0.0, 0.0, random.uniform(0.1, 0.6)]) * side
    while y + tall < height:
        count = min(int(random.integers(1, 14)), int((width - 4) // (side + apart)))
        left = random.uniform(0, max(1, width - count * (side + apart)))
        hand, full = hand_of(style, random), int(random.integers(0, count + 1)) if random.random() < 0.5 else count
        for x in left + np.arange(count) * (side + apart):
            lines += _outline(x, y, side, tall)
        for x in (left + np.arange(full) * (side + apart)).tolist():
            middle = (x + side / 2 + random.normal(0, 0.06) * side, y + tall / 2 + random.normal(0, 0.06) * tall)
            sheet.write_digit(digits, hand, middle, random, number, ahead=False)
        y += tall * random.choice([1.0, random.uniform(1.2, 3)])
        number += 1
    return lines


def _outline(x: float, y: float, width: float, height: float) -> list[Line]:
    """The four sides of a box."""
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    return [corners[[first, (first + 1) % 4]] for first in range(4)]


def others(sheet: Sheet, style: Style, random: Random, count: int) -> None:
    """Signs, words and print where there is room."""
    width, height = sheet.plane.width, sheet.plane.height
    alone = [name for name in SIGNS if name not in LOOKALIKES]
    for number in range(FIRST_OTHER, FIRST_OTHER + count):
        x, y = random.uniform(0, width), random.uniform(0, height)
        size = style.digit * float(np.exp(random.normal(0, 0.6)))
        kind = random.random()
        if kind > 0.8:
            size = random.uniform(0.25, 0.7) * min(width, height)
        hand = hand_of(style, random, min(size, 0.7 * min(width, height)))
        if kind > 0.8:
            sheet.write_sign(str(random.choice(PICTURES)), hand, (x * 0.7, y), random, number)
        elif kind < 0.3:
            words(Row(sheet, style, hand, number, y, x * 0.7), random)
        elif kind < 0.5:
            text = " ".join(made_up_word(random) for _ in range(random.integers(1, 4)))
            sheet.print_text(text, hand.height * random.uniform(0.2, 0.8), (x, y), hand.darkness, random, number)
        else:
            sheet.write_sign(str(random.choice(alone)), hand, (x, y), random, number)
