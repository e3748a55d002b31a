"""Composed pages as files: a picture each, and their labels."""

import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from sutja.data.dataset import Dataset
from sutja.data.source import load
from sutja.errors import DataError, SutjaError
from sutja.files import write_bytes, write_text
from sutja.pictures.encode import is_ours, marked
from sutja.synthesis.camera import coloured
from sutja.synthesis.page import compose
from sutja.synthesis.style import style_named
from sutja.synthesis.writer import Digits

LABELS, TITLE = "labels.jsonl", "composed page"
WORTH_A_PROCESS = 20
"""Fewer pages are done sooner than another process has started."""
QUICK = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP)
"""How OpenCV encodes a PNG in half of the usual time, 2 % larger."""


def write_pages(
    out: Path,
    count: int,
    style: str = "any",
    seed: int = 0,
    data: str = "mnist",
    colour: bool = True,
    part: str = "train",
) -> float:
    """Compose pages and write them with their labels, on all cores.

    The labels come last and at once: a folder with `labels.jsonl` is complete. Each of its lines is an object with the
    picture's name and what `sutja.synthesis.page.Page.to_dict` says of it. In the style "any" there are digits that
    nobody can read; `text` has them too, and each says whether it is `visible`.

    Args:
        out: The folder; it is made if need be. It must not hold labels, nor pages; those of an interrupted run go.
        count: How many pages.
        style: One of `sutja.synthesis.style.STYLES`, or "any".
        seed: The same seed gives the same files.
        data: The data set whose digits are written; its classes must be digits.
        colour: Whether paper and ink have colours.
        part: "train" for its training images; "test" for those that a reader which is judged has not learned from.

    Returns:
        The seconds that it took.

    Raises:
        SutjaError: the folder holds pages already, the style is unknown, or a file cannot be written.
        DataError: the data set is unknown, damaged or not at hand, has other classes than digits, or no such part.

    Example:
        >>> seconds = write_pages(Path("pages"), 2, "clean", data="digits")
        >>> sorted(path.name for path in Path("pages").iterdir())
        ['labels.jsonl', 'page-00000.png', 'page-00001.png']
    """
    begun, broken = list(out.glob("page-*.png")), out.glob(".page-?????-????????.png")  # as `replacing` names them
    if (out / LABELS).exists() or not all(is_ours(page, TITLE) for page in begun):
        raise SutjaError(f"{out} holds pages already. Name another folder.")
    style_named(style, np.random.default_rng(0))  # an unknown style is told before any work
    start, digits = time.perf_counter(), digits_of(load(data), part)
    for page in [*begun, *broken]:  # of a run that was interrupted
        page.unlink()
    write = partial(_write_each, out=out, digits=digits, style=style, seed=seed, colour=colour)
    workers = max(1, min(os.cpu_count() or 1, count // WORTH_A_PROCESS))
    if workers == 1:
        rows = write(range(count))
    else:
        parts = [range(first, count, workers) for first in range(workers)]
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), cv2.setNumThreads, (1,)) as pool:
            rows = {number: row for part in pool.map(write, parts) for number, row in part.items()}
    write_text(out / LABELS, "".join(f"{rows[number]}\n" for number in range(count)))
    return time.perf_counter() - start


def digits_of(data: Dataset, part: str) -> Digits:
    """The images of a part of a data set, "train" or "test", by the digits that they show.

    Raises:
        DataError: a class is none of the ten digits, or there is no such part, or no image in it.
    """
    others = [name for name in data.classes if name not in set("0123456789")]
    if others:
        raise DataError(f"pages are composed from digits; {data.name} has {others[0]!r} too. Choose other --data.")
    images, labels = data.part(part)
    if not len(labels):
        raise DataError(
            f"{data.name} has no {part} images to compose pages from. Choose the other --part or other --data."
        )
    return Digits(images, np.array([int(name) for name in data.classes], np.uint8)[labels])


def _write_each(numbers: range, out: Path, digits: Digits, style: str, seed: int, colour: bool) -> dict[int, str]:
    """Compose and write the pages of these numbers; a line of labels for each."""
    rows = {}
    for number in numbers:
        random = np.random.default_rng((seed, number))
        page = compose(digits, style_named(style, random), random)
        name = f"page-{number:05d}.png"
        _write_png(coloured(page.picture, page.ink, random) if colour else page.picture, out / name)
        rows[number] = json.dumps({"picture": name, **page.to_dict()}, ensure_ascii=False)
    return rows


def _write_png(pixels: UInt8[np.ndarray, "h w *channels"], path: Path) -> None:
    """Write a picture with little compression, by one filter: the usual takes as long as to compose it."""
    blue_first = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    _, content = cv2.imencode(".png", blue_first, QUICK)
    write_bytes(path, marked(content.tobytes(), TITLE))
