"""How fast pictures are read, whole processes and warm: `python -m benchmarks.speed`.

Draws its own pictures: a 12-megapixel photo with rows of digits, 640×480, a 50-megapixel photo. Prints median and
range over several runs, and the memory of a process that reads the largest.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from sutja.data.source import load
from sutja.reading.many import read_all
from sutja.reading.reader import read
from sutja.synthesis.page import compose
from sutja.synthesis.style import STYLES
from sutja.synthesis.writer import Digits

# Not getrusage: a new process inherits its parent's highest figure there.
MEMORY = (
    "import re, sys, sutja; sutja.read(sys.argv[1]); "
    "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)"
)


def main() -> None:
    """Draw, time and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small, photo, large = draw(Path(folder))
        read(small)
        for name, picture in (("640×480", small), ("12-megapixel photo", photo), ("50-megapixel photo", large)):
            show(f"{name}, warm", [timed(partial(read, picture)) for _ in range(arguments.runs)])
        command = [sys.executable, "-c", "from sutja.cli.app import main; main()", "read", str(small)]
        show(
            "sutja read, 640×480, cold start",
            [timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(arguments.runs)],
        )
        many = [small] * 40
        show("each of 40 pictures of 640×480 in one call", [timed(lambda: list(read_all(many))) / 40 for _ in range(3)])
        for name, picture in (("12-megapixel photo", photo), ("50-megapixel photo", large)):
            done = subprocess.run(
                [sys.executable, "-c", MEMORY, str(picture)], capture_output=True, text=True, check=True
            )
            print(f"memory of a process that reads a {name}: {done.stdout.strip()} MB")


def draw(folder: Path) -> tuple[Path, Path, Path]:
    """A page as a small picture and as photos of 12 and 50 megapixels."""
    random = np.random.default_rng(0)
    page = compose(Digits(*load("mnist").test), STYLES["photo"](random), random).picture
    paths = folder / "small.png", folder / "photo.jpg", folder / "large.jpg"
    Image.fromarray(page).save(paths[0])
    for path, size in ((paths[1], (4000, 3000)), (paths[2], (8160, 6120))):
        grain = random.normal(0, 3, (size[1], size[0])).astype(np.float32)
        large = np.clip(cv2.resize(page, size, interpolation=cv2.INTER_CUBIC) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(large).convert("RGB").save(path, quality=90)
    return paths


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(name: str, seconds: list[float]) -> None:
    """Print a median and a range in milliseconds."""
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    print(f"{name}: {middle * 1e3:.0f} ms ({low * 1e3:.0f} to {high * 1e3:.0f}, n {len(seconds)})", flush=True)


if __name__ == "__main__":
    main()
