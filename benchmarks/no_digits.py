"""What is read where there is no digit: `python -m benchmarks.no_digits [--pages 12] [--write]`.

Draws pages of English words, printed and by hand, faces, empty paper and noise, and counts the digits that are given,
and those given with a probability of 0.95 or more: none would be right. With `--write` the table goes into
docs/reading.md.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.document import as_called, table, write_between
from sutja.reading.reader import read
from sutja.synthesis.signs import sign_strokes
from sutja.synthesis.strokes import drawn, extent

COMMAND = "python -m benchmarks.no_digits"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = ("pages of", "pages", "letters", "given", "0.95 or more")
SURE, SEED = 0.95, 3
PAPER, INK = 236, 40
SHAPE = (480, 640)
TEXT = (
    "the quick brown fox jumps over lazy dogs when Queen Zoe bought sixty silly Oranges in June Big Boys GO home Boss "
    "Zebra quiz lilies illegal good book bobby gig egg Name Total Sum Date Size Igloo"
)
WORDS = TEXT.split()


def main() -> None:
    """Draw, read, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=72, help="of each kind")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    rows = [row_of(kind, draw, arguments.pages) for kind, draw in KINDS.items()]
    lines = [f"`{as_called(COMMAND)}`: seed {SEED}.", "", *table(HEADS, rows)]
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def row_of(kind: str, draw: Callable[[np.random.Generator], tuple[np.ndarray, int]], pages: int) -> list[str]:
    """A row of the table."""
    random = np.random.default_rng(SEED)
    letters = given = sure = 0
    for _ in range(pages):
        picture, count = draw(random)
        digits = read(picture, method="detector").digits
        letters, given = letters + count, given + len(digits)
        sure += sum(digit.probability >= SURE for digit in digits)
    return [kind, str(pages), f"{letters:,}" if letters else "–", str(given), str(sure)]


def printed(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Rows of words in Pillow's own font, at one of many sizes."""
    image = Image.new("L", SHAPE[::-1], PAPER)
    draw, size = ImageDraw.Draw(image), int(random.integers(20, 60))
    letters, font = 0, ImageFont.load_default(size)
    for top in range(12, SHAPE[0] - size, round(1.5 * size)):
        text = " ".join(random.choice(WORDS, 3))
        draw.text((14, top), text, font=font, fill=INK)
        letters += len(text.replace(" ", ""))
    return np.asarray(image), letters


def handwritten(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Rows of words from strokes of a pen."""
    picture, letters = np.full(SHAPE, PAPER, np.uint8), 0
    height, pen = float(random.uniform(20, 46)), float(random.uniform(0.06, 0.12))
    top = 1.0 * height
    while top + 1.6 * height < SHAPE[0]:
        left = 14.0
        for word in random.choice(WORDS, 3):
            for name in word:
                strokes = sign_strokes(name, random)
                begin, above, end, _ = extent(strokes)
                ink = drawn(strokes, height, max(1.5, pen * height))
                if left + ink.shape[1] >= SHAPE[1]:
                    break
                put(picture, ink, round(left), max(0, round(top + above * height)))
                left, letters = left + (end - begin + 0.16) * height, letters + 1
            left += 0.5 * height
        top += 2.0 * height
    return picture, letters


def put(picture: np.ndarray, ink: np.ndarray, left: int, top: int) -> None:
    """Ink on a page, at a place of it."""
    place = picture[top : top + ink.shape[0], left : left + ink.shape[1]]
    place[:] = np.minimum(place, PAPER - (ink[: place.shape[0], : place.shape[1]] * ((PAPER - INK) / 255)).astype(int))


def face(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A face with eyes that are dots, rings or strokes, and with a nose or without one."""
    picture = np.full(SHAPE, PAPER, np.uint8)
    radius, pen, eyes, nose = (int(random.integers(*bounds)) for bounds in ((60, 200), (2, 8), (0, 3), (0, 2)))
    x, y = int(random.integers(220, 420)), SHAPE[0] // 2

    def ellipse(
        centre: tuple[int, int], axes: tuple[int, int], first: int = 0, last: int = 360, wide: int = pen
    ) -> None:
        cv2.ellipse(picture, centre, axes, 0, first, last, INK, wide, cv2.LINE_AA)

    ellipse((x, y), (radius, radius))
    ellipse((x, y + radius // 6), (radius // 2, radius // 3), 15, 165)
    for eye in (x - radius // 3, x + radius // 3):
        if eyes == 2:
            cv2.line(picture, (eye, y - radius // 2), (eye, y - radius // 5), INK, pen, cv2.LINE_AA)
        else:
            size = max(3, radius // (10 if eyes == 0 else 7))
            ellipse((eye, y - radius // 3), (size, size), wide=-1 if eyes == 0 else pen)
    if nose:
        cv2.line(picture, (x, y), (x, y + radius // 6), INK, pen, cv2.LINE_AA)
    return picture, 0


def empty(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Paper under uneven light with the grain of a camera."""
    left, right = random.uniform(120, 240, 2).tolist()
    light = np.linspace(left, right, SHAPE[1])[None] + random.normal(0, 3, SHAPE)
    return np.clip(light, 0, 255).astype(np.uint8), 0


def noise(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Nothing but noise."""
    return np.clip(random.normal(128, random.uniform(10, 60), SHAPE), 0, 255).astype(np.uint8), 0


KINDS = {
    "printed words": printed,
    "handwritten words": handwritten,
    "one face": face,
    "empty paper": empty,
    "noise": noise,
}


if __name__ == "__main__":
    main()
