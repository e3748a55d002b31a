"""Whether sure means sure: `python -m benchmarks.confidence`.

Reads composed pages of every named style, written with held-out training digits, and counts of the digits that can be
seen: how many were given, how many with a probability of 0.95 or more, and how many of those are right. With `--write`
the table goes into docs/reading.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.document import as_called, table, write_between
from sutja.reading.places import Found
from sutja.reading.reader import read
from sutja.reading.result import Digit
from sutja.synthesis.page import pages
from sutja.synthesis.style import STYLES
from sutja.training.crops import UNCLEAR, truth_of
from sutja.training.detector import held_out_digits

COMMAND = "python -m benchmarks.confidence"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = ("pages", "digits", "given", "0.95 or more", "of all", "right of these")
SURE = 0.95
SEED = 7


def main() -> None:
    """Count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12, help="of each style")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    counts = {style: counted(style, arguments.pages) for style in STYLES}
    counts["all"] = np.sum(list(counts.values()), axis=0)
    rows = [row_of(style, count) for style, count in counts.items()]
    lines = [
        f"`{as_called(COMMAND)}`: {arguments.pages} pages of each style, digits from the last 5,000 of MNIST's "
        f"training set, seed {SEED}.", "", *table(HEADS, rows),
    ]  # fmt: skip
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def counted(style: str, count: int) -> np.ndarray:
    """Of some pages of a style: digits to be seen, digits given, those given as sure, and how many of them are right.

    What is given at places of which the page's labels do not say clearly whether a digit is there is not counted.
    """
    counts, source = np.zeros(4, int), pages(held_out_digits(), style, seed=SEED)
    for _ in range(count):
        page = next(source)
        digits = read(page.picture, method="detector").digits
        truth = truth_of(page, places_of(digits))
        clear = truth != UNCLEAR
        sure = clear & np.array([digit.probability >= SURE for digit in digits], bool)
        right = sure & (truth == np.array([int(digit.label) for digit in digits], int))
        counts += [sum(digit.visible for digit in page.digits), clear.sum(), sure.sum(), right.sum()]
    return counts


def places_of(digits: Sequence[Digit]) -> Found:
    """Where digits were read, as places of the detector."""
    boxes = np.array([digit.box for digit in digits], np.float32).reshape(-1, 4)
    return Found(boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:], np.zeros(len(boxes), np.float32))


def row_of(style: str, counts: np.ndarray) -> list[str]:
    """A row of the table."""
    written, given, sure, right = counts.tolist()
    return [style, f"{written:,}", f"{given:,}", f"{sure:,}", f"{sure / written:.1%}", f"{right / sure:.1%}"]


if __name__ == "__main__":
    main()
