"""`sutja synthesise`: composed pages with labels."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark


def command(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for pages and labels.jsonl; it must not hold any yet.")
    ],
    count: Annotated[int, typer.Option(min=1, help="How many pages.")] = 100,
    style: Annotated[
        str, typer.Option(help="any, or clean, tight, touching, slanted, dark, tiny, ruled, grid, photo, noisy.")
    ] = "any",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pages.")] = 0,
    data: Annotated[str, typer.Option(help="The data set whose training digits are written.")] = "mnist",
    grey: Annotated[bool, typer.Option("--grey", help="Grey levels instead of colours.")] = False,
) -> None:
    """Compose pages of handwritten digits as people photograph them, with labels, for training and judging readers.

    Writes `page-00000.png`, ... and `labels.jsonl`, one object a page with its text, and each digit's label and box.

    Example: `sutja synthesise --count 100 -o pages/`
    """
    from sutja.synthesis.folder import write_pages

    seconds = write_pages(out, count, style, seed, data, colour=not grey)
    remark(f"{count} pages in {seconds:.1f} s, labels in {out / 'labels.jsonl'}")
