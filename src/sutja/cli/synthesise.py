"""`sutja synthesise`: composed pages with labels."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark


class Part(StrEnum):
    """The parts of a data set."""

    train = "train"
    test = "test"


def command(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for pages and labels.jsonl; it must not hold any yet.")
    ],
    count: Annotated[int, typer.Option(min=1, help="How many pages.")] = 100,
    style: Annotated[
        str, typer.Option(help="any, or clean, tight, touching, slanted, dark, tiny, ruled, grid, photo, noisy.")
    ] = "any",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pages.")] = 0,
    data: Annotated[str, typer.Option(help="The data set whose digits are written.")] = "mnist",
    part: Annotated[
        Part, typer.Option(help="Whose: those to train on, or those to judge a reader that has not seen them.")
    ] = Part.train,
    grey: Annotated[bool, typer.Option("--grey", help="Grey levels instead of colours.")] = False,
) -> None:
    """Compose pages of handwritten digits as people photograph them, with labels, for training and judging readers.

    Writes `page-00000.png`, ... and `labels.jsonl`, one object a page with its text, and each digit's label and box.

    Example: `sutja synthesise --count 100 -o pages/`
    """
    from sutja.synthesis.folder import write_pages

    seconds = write_pages(out, count, style, seed, data, colour=not grey, part=part)
    remark(f"{count} pages in {seconds:.1f} s, labels in {out / 'labels.jsonl'}")
