"""How many pictures are read right, by us and by others: `python -m benchmarks.reading` (needs the judging data).

Reads each kind of picture with our default method, with `components`, and with Tesseract where that is installed
(Debian's package `tesseract-ocr`), prints the shares, and with `--write` puts them into docs/reading.md with what was
read wrong. Composed pages are written with MNIST's *test* digits. With `--show DIR` the pictures that our default
misread are written there.
"""

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.document import as_called, table, write_between
from sutja.data.idx import decode, read_content
from sutja.data.source import load
from sutja.pictures.decode import Picture, colours
from sutja.pictures.encode import write_picture
from sutja.reading.reader import read
from sutja.synthesis.page import pages
from sutja.synthesis.style import STYLES
from sutja.synthesis.writer import Digits

SHARED = Path(os.environ.get("SUTJA_SHARED", Path(__file__).parents[2] / "shared"))
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
COMMAND = "python -m benchmarks.reading"
HEADS = ("pictures", "n", "lines", "sutja", "`components`", "Tesseract")
SEED = 5

Sample = tuple[str, Picture, str]
"""A picture's name, the picture, and what is written in it."""


@dataclass
class Tally:
    """What one reader made of one kind of picture."""

    lines: int = 0
    right: int = 0
    pictures: int = 0
    whole: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, text: str, found: str) -> None:
        """Count one picture. Lines are right where they stand in the right order, character by character."""
        wanted, got = text.split("\n"), found.split("\n")
        matches = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
        self.lines += len(wanted)
        self.right += sum(block.size for block in matches)
        self.pictures += 1
        self.whole += text == found
        if text != found:
            self.wrong.append((name, text, found))


def digit_pictures(name: str) -> Iterator[Sample]:
    """Pictures of one digit each, as they are: name, grey levels, what is written."""
    folder = SHARED / "data" / name
    images, labels = (
        decode(read_content(folder / f"{kind}.gz"), kind) for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        yield f"{name}-{number}", image, str(label)


def photographs() -> Iterator[Sample]:
    """The pictures with labels: name, path, what is written, lines separated by newlines."""
    for row in (SHARED / "pictures" / "labels.tsv").read_text("utf-8").splitlines():
        name, text = row.split("\t")
        yield name, SHARED / "pictures" / name, text.replace("|", "\n")


def composed(style: str, count: int) -> Iterator[Sample]:
    """Pages of a style, composed from MNIST's test digits."""
    digits = Digits(*load("mnist").test)
    source = pages(digits, style, seed=SEED)
    for number in range(count):
        page = next(source)
        yield f"{style}-{number}", page.picture, page.text


def tesseract(picture: Picture, single: bool) -> str:
    """What Tesseract reads: digits only, as one sign or as a block of text."""
    content = colours(picture)
    if max(content.size) < 100:  # it expects 300 dots an inch
        content = content.resize((content.width * 3, content.height * 3), Image.Resampling.BICUBIC)
    mode = ["--psm", "10" if single else "6", "-c", "tessedit_char_whitelist=0123456789"]
    process = subprocess.run(
        ["tesseract", "stdin", "stdout", *mode], input=_png(content), capture_output=True, check=False,
        env={**os.environ, "OMP_THREAD_LIMIT": "2"},
    )  # fmt: skip
    return "\n".join(line.strip() for line in process.stdout.decode().splitlines() if line.strip())


def _png(image: Image.Image) -> bytes:
    from io import BytesIO

    buffer = BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


def main() -> None:
    """Read everything, print the shares and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=40, help="composed pages of each style")
    parser.add_argument("--show", type=Path, help="write the pictures that were read wrong into this folder")
    parser.add_argument("--peers", type=int, default=200, help="single digits that Tesseract is given of each set")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    kinds: dict[str, list[Sample]] = {name: list(digit_pictures(name)) for name in ("hwd-1000", "nsysu-digits")}
    kinds["pictures"] = list(photographs())
    for style in STYLES:
        kinds[f"composed: {style}"] = list(composed(style, arguments.pages))
    rows = []
    for kind, samples in kinds.items():
        single = kind in ("hwd-1000", "nsysu-digits")
        ours = tally(samples, lambda picture: read(picture).text)
        pieces = tally(samples, lambda picture: read(picture, method="components").text)
        others = None
        if shutil.which("tesseract"):
            some = (
                samples
                if not single
                else [samples[i] for i in np.linspace(0, len(samples) - 1, arguments.peers).astype(int)]
            )
            others = tally(some, lambda picture, single=single: tesseract(picture, single))  # type: ignore[misc]  # mypy sees no default of a lambda
        rows.append((kind, ours, pieces, others))
        print(" | ".join(row_of(*rows[-1])), flush=True)
        if arguments.show:
            show(arguments.show, samples, ours)
    if arguments.write:
        write_between(COMMAND, document_of(rows, arguments.pages), DOCUMENT)


def tally(samples: list[Sample], reader: Callable[[Picture], str]) -> Tally:
    """Read all samples with one reader."""
    result = Tally()
    for name, picture, text in samples:
        result.add(name, text, reader(picture))
    return result


def row_of(kind: str, ours: Tally, pieces: Tally, others: Tally | None) -> list[str]:
    """A row of the table: shares of lines, and of pictures where these have several."""
    cells = [kind, f"{ours.pictures:,}", f"{ours.lines:,}", share(ours), share(pieces)]
    cells.append(
        "–"
        if others is None
        else share(others) + ("" if others.pictures == ours.pictures else f" of {others.pictures}")
    )
    return cells


def share(tally: Tally) -> str:
    """The share of lines, and that of pictures wholly right where it differs."""
    lines = f"{tally.right / tally.lines:.1%}"
    return lines if tally.pictures == tally.lines else f"{lines} ({tally.whole / tally.pictures:.0%} of pages)"


def show(folder: Path, samples: list[Sample], tally: Tally) -> None:
    """Write the pictures that were read wrong, with what was read drawn in."""
    pictures = {name: picture for name, picture, _ in samples}
    for name, text, found in tally.wrong:
        shown = re.sub(r"[^\w.-]+", "_", f"{Path(name).stem}-is-{text}-read-{found}")[:100]
        write_picture(read(pictures[name]).render(pictures[name]), folder / f"{shown}.png")


def document_of(rows: list[tuple[str, Tally, Tally, Tally | None]], count: int) -> list[str]:
    """The lines of the document: the table, and what was misread."""
    lines = [
        f"`{as_called(COMMAND)}`: shares of lines read wholly right; composed pages from MNIST's test "
        f"digits, {count} of each style, seed {SEED}. Tesseract {_version()} is told that there are digits only.", "",
        *table(HEADS, (row_of(*row) for row in rows)), "",
        "What was read wrong (of each kind the first six; lines separated by `/`):", "",
        "| picture | written | read |", "| --- | --- | --- |",
    ]  # fmt: skip
    for _, ours, _, _ in rows:
        for name, text, found in ours.wrong[:6]:
            wanted, got = text.split("\n"), found.split("\n")
            pairs = [
                " / ".join(line for line in one if line not in other)[:60]
                for one, other in ((wanted, got), (got, wanted))
            ]
            lines.append(f"| {name} | {pairs[0] or '–'} | {pairs[1] or 'nothing'} |")
    return lines


def _version() -> str:
    if not shutil.which("tesseract"):
        return "(not installed)"
    done = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).split()[1]


if __name__ == "__main__":
    main()
