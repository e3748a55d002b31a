"""What composed pages allow: `python -m benchmarks.ceiling [--pages 40] [--write]`.

A reader that found every digit in its place, and named each as well as the bundled classifier names the very image of
MNIST that it was drawn from, framed, without pen, paper and camera, would read this share of the lines. The pages are
those of `benchmarks.reading`. With `--write` the table goes into docs/reading.md.
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.document import as_called, table, write_between
from benchmarks.reading import SEED
from sutja.classifier.classifier import bundled
from sutja.data.source import load
from sutja.synthesis.page import pages
from sutja.synthesis.style import STYLES
from sutja.synthesis.writer import Digits

COMMAND = "python -m benchmarks.ceiling"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = ("composed pages", "lines", "all of whose digits are named right", "digits", "misnamed")


def main() -> None:
    """Name the images of all pages, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=40, help="of each style")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    digits = Digits(*load("mnist").test)
    right = np.asarray(bundled("digits")(digits.images)).argmax(axis=1) == digits.labels
    lines = [
        f"`{as_called(COMMAND)}`: MNIST's test digits, {arguments.pages} pages of each style, seed {SEED}.", "",
        *table(HEADS, [row_of(style, digits, right, arguments.pages) for style in STYLES]),
    ]  # fmt: skip
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def row_of(style: str, digits: Digits, right: np.ndarray, count: int) -> list[str]:
    """A row of the table; `right` says of each image whether its name is."""
    named: dict[tuple[int, int], list[bool]] = {}
    for number, page in enumerate(islice(pages(digits, style, seed=SEED), count)):
        for digit in page.digits:
            if digit.image is not None:
                named.setdefault((number, digit.line), []).append(bool(right[digit.image]))
    whole, each = [all(line) for line in named.values()], [one for line in named.values() for one in line]
    return [style, f"{len(whole):,}", f"{np.mean(whole):.1%}", f"{len(each):,}", f"{1 - np.mean(each):.2%}"]


if __name__ == "__main__":
    main()
