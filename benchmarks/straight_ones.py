"""How 1s that are straight bars are read: `python -m benchmarks.straight_ones [--rows 120] [--write]`.

Many people write a 1 as one upright line, which MNIST's writers seldom did. Draws rows of five digits, from the last
5,000 images of MNIST's training set, in which some or all are such bars, and bars alone; counts the rows that are read
right, those that lost a digit, and those that gained one. With `--write` the table goes into docs/reading.md.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.document import as_called, table, write_between
from sutja.reading.reader import read
from sutja.synthesis.writer import Digits
from sutja.training.detector import held_out_digits

COMMAND = "python -m benchmarks.straight_ones"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = ("rows", "n", "right", "too short", "too long")
SEED, PAPER, SIDE, HEIGHT = 4, 235, 28, 20


@dataclass(frozen=True)
class Kind:
    """Rows of one kind.

    Attributes:
        digits: How many there are in a row.
        bars: The share of them that are bars.
        lean: How far the top of a bar is right of its foot, as a share of its height: from, to.
        close: Whether a row's bars lean alike, and a bar that follows another is 0.2 to 0.4 of its height from it.
    """

    digits: int
    bars: float
    lean: tuple[float, float] = (-0.04, 0.04)
    close: bool = False


KINDS = {
    "of five, two fifths of them upright bars": Kind(5, 0.4),
    "of five, two fifths of them leaning bars": Kind(5, 0.4, (0.1, 0.35)),
    "one upright bar": Kind(1, 1.0),
    "five upright bars": Kind(5, 1.0),
    "of five, three fifths of them bars, close together": Kind(5, 0.6, (-0.04, 0.5), close=True),
}


def main() -> None:
    """Draw, read, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=120, help="of each kind")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    source = held_out_digits()
    lines = [
        f"`{as_called(COMMAND)}`: seed {SEED}.", "",
        *table(HEADS, [row_of(name, kind, source, arguments.rows) for name, kind in KINDS.items()]),
    ]  # fmt: skip
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def row_of(name: str, kind: Kind, source: Digits, count: int) -> list[str]:
    """A row of the table."""
    right = short = long = 0
    for number in range(count):
        picture, text = drawn_row(kind, source, np.random.default_rng((SEED, number)))
        given = read(picture, method="detector").text
        right, short, long = right + (given == text), short + (len(given) < len(text)), long + (len(given) > len(text))
    return [name, str(count), f"{right} ({right / count:.0%})", str(short), str(long)]


def drawn_row(kind: Kind, source: Digits, random: np.random.Generator) -> tuple[np.ndarray, str]:
    """A picture of a row, and what is written there."""
    scale = random.uniform(1.2, 3.5)
    side, pen = int(SIDE * scale), max(2, int(scale * random.uniform(1.2, 2.8)))
    ink = np.zeros((int(2.4 * side), int(side * (0.95 * kind.digits + 2))), np.float32)
    middle, left, text = ink.shape[0] / 2, 0.8 * side, ""
    lean, bar = random.uniform(*kind.lean) if kind.close else None, False
    for _ in range(kind.digits):
        bar, before = bool(random.random() < kind.bars), bar
        if bar:
            height = HEIGHT * scale * random.uniform(0.85, 1.15)
            across = (random.uniform(*kind.lean) if lean is None else lean) * height / 2
            top = middle - height / 2 + random.normal(0, scale)
            if before and kind.close:
                left += random.uniform(0.2, 0.4) * height - 0.62 * side
            ends = (left + 0.3 * side + across, top), (left + 0.3 * side - across, top + height)
            (start, end) = ((int(x), int(y)) for x, y in ends)
            cv2.line(ink, start, end, 1.0, pen, cv2.LINE_AA)
            left, text = left + 0.62 * side, f"{text}1"
        else:
            number = int(random.integers(len(source.labels)))
            image = cv2.resize(source.images[number], (side, side), interpolation=cv2.INTER_CUBIC) / np.float32(255)
            part = ink[int(middle - side / 2) :, int(left) :][:side, :side]
            part[:] = np.maximum(part, image)
            left, text = left + 0.85 * side, f"{text}{source.labels[number]}"
    grey = PAPER - ink * random.uniform(60, 190) + random.normal(0, random.uniform(1, 6), ink.shape)
    return cv2.GaussianBlur(grey.clip(0, 255).astype(np.uint8), (0, 0), random.uniform(0.5, 1.2)), text


if __name__ == "__main__":
    main()
