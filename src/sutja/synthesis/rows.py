"""One row on a page: digits, the signs before, between and after them, raised cents; or words."""

import math
from dataclasses import dataclass, replace

import numpy as np

from sutja.synthesis.hand import Hand, One
from sutja.synthesis.signs import LOOKALIKES
from sutja.synthesis.spelling import made_up_word
from sutja.synthesis.style import Style
from sutja.synthesis.typefaces import FACES
from sutja.synthesis.writer import Digits, Sheet

Random = np.random.Generator
SEPARATORS: tuple[str, ...] = ("dot", "comma", "dash", "colon", "slash", "slash", "plus", "equals")
DATED = ("slash", "slash", "dash", "dot")
"""What stands at every gap of a row that has one sign for them, as dates do."""
BEFORE = (
    "hash", "dollar", "dollar", "dollar", "dollar", "dollar", "euro", "pound", "yen", "won", "asterisk",
    "asterisk, asterisk", "equals", "dash", "plus", "x", "N", "B", "R, s", "R, s, dot", "S, slash", "U, S, dollar",
    "dollar, hash", "N, o, dot", "equals, dollar", "hash, hash", "dash, dash", "left parenthesis, dollar",
    "asterisk, asterisk, asterisk",
)  # fmt: skip
AFTER = (
    "dash", "long dash", "percent", "equals", "slash", "asterisk", "asterisk, asterisk", "hash", "dot", "won", "k", "m",
    "slash, dash", "dot, dash", "comma, dash", "slash, long dash", "dash, hash",
    "equals, dash", "long dash, long dash", "slash, equals", "asterisk, asterisk, asterisk", "x, x", "dot, x, x",
)  # fmt: skip
"""Signs that come before and after a number, one or several."""
PRINTED = (
    "$", "US$", "CLP$", "$b", "Rs.", "Rs", "S/", "€", "EUR", "£", "¥", "No.", "Nr.", "Fr.", "Bs", "KRW", "R$", "GBP",
    "#", "$ #", "Total", "Date:",
)  # fmt: skip
"""What may be printed before a number."""
THEMSELVES = frozenset({"dollar", "euro", "pound", "slash"})
"""Signs that are like a digit, but that a look at the whole of them, and at the digits beside, tells from one."""
BREADTH = (-0.7, 0.25)
"""The range of the logarithm of how many times as wide as usual an unusual hand's digits are: half as wide or more."""
SMALL_ZEROS, SMALL_ZERO = 0.35, (0.45, 0.9)
"""So many hands at least, where a style has habits, write small 0s, and how high: many write them as small as an o."""
CLOSE, CLOSENESS = 0.4, (-0.04, 0.12)
"""So many hands, where a style has habits, write digits as close together as their ink allows, and how close, in shares
of their height. At least half of these hands write digits of another breadth."""
MANY_ONES, ONES, ONES_APART, ONES_SLANT = 0.25, (0.2, 0.7), (-0.04, 0.3), (-0.1, 0.5)
"""So many hands, where a style has habits, write so many 1s, as close to what is before them as this, and as slanted:
11 is common where numbers mean something, and its strokes are closer than those of other digits."""
LEANING = 0.5
"""So many hands whose 1s are bars lean them as slashes are."""
JOINED = 0.6
"""So many digits, or letters, are joined to the one before in a row of joined ones."""
BRACKETED, ENCLOSED = 0.3, 5
"""So often, where there are signs, a number or its first digits are in parentheses, fewer than so many."""
DATES = 0.25
"""So many rows, where there are signs, have one sign for all their gaps."""
WORDED = 0.4
"""So often, where there are signs, a word is before a number, and after one."""
CURSIVE, FORMED = 0.25, 0.4
"""So many words are written in one go, and so many have a typeface's forms: hands differ more than our strokes do."""
LETTER_SPACING, WORD_SPACING = (0.02, 0.25), (0.3, 1.2)
"""The gaps between letters, and between a word and what it stands beside, in heights of a digit."""


def hand_of(style: Style, random: Random, height: float | None = None) -> Hand:
    """A hand that writes one row of a style."""
    close = style.habits > 0 and bool(random.random() < CLOSE)
    unusual = style.habits > 0 and random.random() < max(style.habits, 0.5 * close)
    ones = style.habits > 0 and bool(random.random() < MANY_ONES)
    small = style.habits > 0 and random.random() < max(style.habits, SMALL_ZEROS)
    return Hand(
        height=height or style.digit * float(np.exp(random.normal(0, 0.04))),
        pen=style.pen * float(np.exp(random.normal(0, 0.1))),
        slant=float(random.uniform(*ONES_SLANT) if ones else random.normal(0.05, 0.12)),
        variation=style.variation,
        foreign=style.foreign,
        darkness=float(random.uniform(0.85, 1.0)),
        habits=style.habits,
        breadth=float(np.exp(random.uniform(*BREADTH))) if unusual else 1.0,
        joined=style.habits > 0 and bool(random.random() < style.habits),
        close=float(random.uniform(*(ONES_APART if ones else CLOSENESS))) if close or ones else None,
        one=_one(style, random),
        zero=float(random.uniform(*SMALL_ZERO)) if small else 1.0,
        repeats=style.repeats,
        ones=float(random.uniform(*ONES)) if ones else 0.0,
    )


def _one(style: Style, random: Random) -> One:
    """How a hand of a style writes its 1s."""
    if style.straight == style.flagged == 0:
        return "any"
    chance = random.random()
    if chance < LEANING * style.straight:
        return "leaning"
    return "bar" if chance < style.straight else "flag" if chance < style.straight + style.flagged else "any"


@dataclass
class Row:
    """A row as it is written.

    Attributes:
        sheet: On which it is written.
        style: Of the page.
        hand: That writes it.
        number: Tells it from other rows, which it must not meet.
        middle: The height of its middle on the page, in pixels, before it falls and sags.
        x: How far it is written, likewise.
    """

    sheet: Sheet
    style: Style
    hand: Hand
    number: int
    middle: float
    x: float = 0.0

    @property
    def y(self) -> float:
        """The height of its middle where the pen is: rows may fall and sag."""
        width = self.sheet.plane.width
        sag = self.style.bend * width * (1 - (2 * self.x / width - 1) ** 2)
        return self.middle + self.style.step * (self.x - width / 2) + sag

    def digit(self, digits: Digits, random: Random) -> float | None:
        """Write a digit where the pen is; its width, or None where there was no room for it."""
        y = self.y + random.normal(0, self.style.variation) * self.hand.height
        width = self.sheet.write_digit(digits, self.hand, (self.x, y), random, self.number, near=True)
        if width is not None and self.hand.joined and random.random() < JOINED:
            *_, before, last = [None, *self.sheet.written]
            if before and last and before.line == last.line:
                self.sheet.join(before, last, self.hand, random)
        return width

    def sign(self, name: str, random: Random, *, spelled: bool = False) -> float | None:
        """Write a sign where the pen is; its width, or None where there was no room for it."""
        return self.sheet.write_sign(name, self.hand, (self.x, self.y), random, self.number, spelled=spelled)

    def advance(self, width: float, gap: float) -> None:
        """Move the pen past what is this wide, and by a gap in heights of a digit."""
        self.x += width + gap * self.hand.height


def write_row(row: Row, digits: Digits, random: Random, longest: int) -> float:
    """Write a row of digits, from a random start to the end of the page or to its longest; small cents may follow.

    Returns:
        Where it starts: `row.x` is where it ends.
    """
    style, plane = row.style, row.sheet.plane
    reach = plane.width * abs(np.cos(style.angle)) / 2 + plane.height * abs(np.sin(style.angle)) / 2
    row.x = float(plane.width / 2 - reach + random.uniform(0.02, 0.5) ** 1.5 * 2 * reach)
    fitting = int((plane.width / 2 + reach - row.x) / (row.hand.height * (0.6 + max(0.0, style.gap))))
    start = row.x
    breaks = {int(random.integers(1, max(2, min(longest, fitting)))) for _ in range(style.columns - 1)}
    names, often, closes = _before(row, random)
    count = 0
    while row.x < plane.width / 2 + reach and count < longest:
        width = row.digit(digits, random)
        if width is None:
            if count:
                break
            row.advance(0, 0.3)
            continue
        count += 1
        row.advance(width, style.gap + random.normal(0, 0.02 + 0.12 * max(0.0, style.gap)))
        if count == closes:
            _enclose(row, "right parenthesis", random)
        if count in breaks:
            row.advance(0, random.uniform(2.6, 6))
        elif random.random() < often:
            _separate(row, names, random)
    if count:
        _after(row, digits, random)
    return start


def _before(row: Row, random: Random) -> tuple[tuple[str, ...], float, int]:
    """What stands before the first digit: words, print, signs, a parenthesis.

    Returns:
        The signs that may stand between digits, how often any does, and after how many digits the parenthesis closes.
    """
    style, names, often, closes = row.style, SEPARATORS, 0.5 * row.style.signs, 0
    if style.signs and random.random() < style.signs * WORDED:
        words(row, random)
        row.advance(0, random.uniform(*WORD_SPACING))
    if style.signs and random.random() < style.signs * 0.3:
        _print(row, random)
    if style.signs and random.random() < FORMED:
        row.hand = replace(row.hand, face=str(random.choice(FACES)))
    if style.signs and random.random() < DATES:
        names, often = (str(random.choice(DATED)),), 0.4
    if random.random() < style.signs * 0.6:
        _mark(row, BEFORE, (0.1, 0.5) if random.random() < 0.5 else (0.02, 0.2), random)
    if style.signs and random.random() < style.signs * BRACKETED:
        closes = int(random.integers(1, ENCLOSED))
        _enclose(row, "left parenthesis", random)
    return names, often, closes


def _after(row: Row, digits: Digits, random: Random) -> None:
    """What stands after the last digit: cents, signs, a word."""
    style = row.style
    if style.habits and random.random() < style.habits * 0.4:
        cents(row, digits, random)
    if random.random() < style.signs * 0.6:
        for _ in range(random.integers(1, 3)):
            _mark(row, AFTER, (0.05, 0.4), random)
    if style.signs and random.random() < style.signs * WORDED:
        row.advance(0, random.uniform(*WORD_SPACING))
        words(row, random)


def cents(row: Row, digits: Digits, random: Random) -> None:
    """Write two smaller digits at the end of a row, mostly raised, and mostly with a line under them."""
    height = row.hand.height * random.uniform(0.5, 0.85)
    raised = random.uniform(-0.2, 1) * (row.hand.height - height) / 2
    small = replace(row, hand=replace(row.hand, height=height), middle=row.middle - raised)
    small.advance(0, random.uniform(0, 0.4))
    line = replace(small)
    for _ in range(2):
        width = small.digit(digits, random)
        if width is None:
            break
        small.advance(width, max(0.05, row.style.gap))
        row.x = small.x
    if random.random() < 0.6:
        line.sign("underline", random)


def _mark(row: Row, names: tuple[str, ...], gap: tuple[float, float], random: Random) -> None:
    """Write one of some signs or pairs of signs, and leave a gap after it, in heights of a digit."""
    signs = str(random.choice(names)).split(", ")
    for number, name in enumerate(signs):
        width = row.sign(name, random, spelled=len(signs) > 1 or name in THEMSELVES)
        if width is None:
            break
        row.advance(width, random.uniform(*gap) if number == len(signs) - 1 else random.uniform(0.05, 0.2))


def _print(row: Row, random: Random) -> None:
    """Print a short text where the pen is, mostly lower than the digits."""
    text = str(random.choice(PRINTED)) if random.random() < 0.6 else made_up_word(random)
    height = row.hand.height * random.uniform(0.4, 1.2)
    middle = row.x + 0.35 * len(text) * height, row.y + 0.3 * random.random() * (row.hand.height - height)
    width = row.sheet.print_text(text, height, middle, row.hand.darkness, random, row.number)
    if width is not None:
        row.x = middle[0] + width / 2
        row.advance(0, random.uniform(0.05, 0.5))


def _separate(row: Row, names: tuple[str, ...], random: Random) -> None:
    """Write one of some signs between two digits, of many mostly a dot, a comma or a dash, which come first."""
    name = str(random.choice(names[:3] if random.random() < 0.8 else names))
    width = row.sign(name, random, spelled=name in THEMSELVES)
    if width is not None:
        row.advance(width, max(0.02, row.style.gap) + random.uniform(0, 0.1))


def _enclose(row: Row, name: str, random: Random) -> None:
    """Write one of two parentheses: with a number between them they are no digits."""
    width = row.sign(name, random, spelled=True)
    if width is not None:
        row.advance(width, random.uniform(0.05, 0.35))


def words(row: Row, random: Random, end: float = math.inf) -> None:
    """A word in a row, up to its end; letters that look like digits are what their neighbours say.

    Where only such letters had room, nothing says it.
    """
    signs = row.sheet.signs
    before = len(signs)
    gap = row.style.gap if random.random() < 0.2 else random.uniform(*LETTER_SPACING)
    cursive = random.random() < CURSIVE
    face = str(random.choice(FACES)) if random.random() < FORMED else None
    letters = replace(row, hand=replace(row.hand, face=face))
    for name in made_up_word(random):
        width = letters.sign(name, random, spelled=True) if letters.x < end else None
        if width is None:
            break
        letters.advance(width, max(0.02, gap))
        if cursive and len(signs) - before > 1 and random.random() < JOINED:
            row.sheet.join(signs[-2], signs[-1], row.hand, random)
    row.x = letters.x
    if all(sign.name in LOOKALIKES for sign in signs[before:]):
        signs[before:] = [replace(sign, spelled=False) for sign in signs[before:]]
