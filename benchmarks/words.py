"""How numbers among words are read: `python -m benchmarks.words FOLDER [--pages 2] [--write]`.

Draws pages of words and numbers in the handwriting fonts of `benchmarks.fonts`, on which nothing was trained: forms
with printed words and numbers by hand between them, words and numbers by one hand, and words alone. Counts the numbers
that are read right, and the digits that are given for letters. With `--write` the table goes into docs/reading.md.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.document import as_called, table, write_between
from benchmarks.fonts import DRAWN, FIGURES, FONTS, file_of
from benchmarks.no_digits import WORDS
from sutja.reading.reader import read
from sutja.reading.result import Digit

COMMAND = "python -m benchmarks.words"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = ("pages of", "pages", "numbers", "read right", "letters", "given as digits")
SEED, ROWS, MARGIN, WIDTH = 8, 5, 40, 900
PRINTED = "printed words, numbers by hand"
KINDS = {PRINTED: (0, 1, 0), "words and numbers by one hand": (0.5, 0.5, 0.5), "words by hand": (0, 0, 0)}
"""The kinds of pages, with how likely each item of a row is a number."""


@dataclass(frozen=True)
class Item:
    """A word or a number on a page.

    Attributes:
        text: What it says.
        box: Left, top, right and bottom in pixels.
    """

    text: str
    box: tuple[float, float, float, float]

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.text.isdigit()

    def inside(self, digits: tuple[Digit, ...]) -> list[Digit]:
        """The digits whose middles lie in its box, from the left."""
        left, top, right, bottom = self.box
        middles = [(digit.box.x + digit.box.width / 2, digit.box.y + digit.box.height / 2, digit) for digit in digits]
        return [
            digit for x, y, digit in sorted(middles, key=lambda each: each[0]) if left < x < right and top < y < bottom
        ]


def main() -> None:
    """Draw, read, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("fonts"), help="that holds the fonts, at any depth"
    )
    parser.add_argument("--pages", type=int, default=2, help="of each font and kind")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    rows = []
    for kind in KINDS:
        pages = [
            page_of(kind, file_of(name, arguments.folder), np.random.default_rng((SEED, FONTS.index(name), number)))
            for name in FONTS
            for number in range(arguments.pages)
        ]
        rows.append(row_of(kind, pages))
    lines = [f"`{as_called(COMMAND)}`: {len(FONTS)} fonts, seed {SEED}.", "", *table(HEADS, rows)]
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def page_of(kind: str, file: Path, random: np.random.Generator) -> tuple[np.ndarray, list[Item]]:
    """A page of a kind, with numbers, and words if it is one hand, in a font; and what is written where."""
    _, top, _, bottom = ImageFont.truetype(file, DRAWN).getbbox(FIGURES, anchor="ls")
    height = float(random.uniform(26, 52))
    hand = ImageFont.truetype(file, max(8, round(DRAWN * height / (bottom - top))))
    printed = ImageFont.load_default(round(height * random.uniform(0.7, 1.2)))
    pitch = round(2.1 * height)
    drawing = Image.new("L", (WIDTH, ROWS * pitch + 2 * MARGIN))
    items = []
    for row in range(ROWS):
        x, foot = float(MARGIN), MARGIN + row * pitch + 1.3 * height
        for chance in KINDS[kind]:
            number = random.random() < chance
            figures = "".join(map(str, random.integers(0, 10, random.integers(1, 6))))
            text = figures if number else str(random.choice(WORDS))
            font = printed if kind == PRINTED and not number else hand
            width = font.getlength(text)
            if x + width > WIDTH - MARGIN:
                break
            ImageDraw.Draw(drawing).text((x, foot), text, font=font, fill=255, anchor="ls")
            items.append(
                Item(text, (x - 0.15 * height, foot - 1.4 * height, x + width + 0.15 * height, foot + 0.7 * height))
            )
            x += width + float(random.uniform(0.5, 1.2)) * height
    ink = np.asarray(drawing, np.float32) / 255
    paper = random.uniform(190, 235) + np.linspace(-1, 1, WIDTH) * random.uniform(-20, 20)
    grey = paper * (1 - ink) + random.uniform(20, 90) * ink + random.normal(0, random.uniform(1, 5), ink.shape)
    return np.clip(grey, 0, 255).astype(np.uint8), items


def row_of(kind: str, pages: list[tuple[np.ndarray, list[Item]]]) -> list[str]:
    """A row of the table."""
    numbers = right = letters = given = 0
    for picture, items in pages:
        digits = read(picture, method="detector").digits
        for item in items:
            inside = item.inside(digits)
            if item.number:
                numbers, right = numbers + 1, right + ("".join(digit.label for digit in inside) == item.text)
            else:
                letters, given = letters + len(item.text), given + len(inside)
    share = f"{right:,} ({right / numbers:.1%})" if numbers else "–"
    return [kind, f"{len(pages):,}", f"{numbers:,}" if numbers else "–", share, f"{letters:,}", f"{given:,}"]


if __name__ == "__main__":
    main()
