"""MNIST from its four local files, with NumPy only, and the arguments that every peer takes."""

import argparse
import gzip
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Floats = NDArray[np.floating]

DATA = Path(__file__).parents[3] / "shared" / "data"


def load(images: int | None = None) -> tuple[tuple[Images, Labels], tuple[Images, Labels]]:
    """The training and the test part, as `keras.datasets.mnist.load_data()` gives them.

    Args:
        images: Keep only so many images of each part; all by default.

    Returns:
        Images, uint8 `[n, 28, 28]`, and labels, uint8 `[n]`, of the training part and of the test part.
    """
    folder = Path(os.environ.get("SUTJA_DATA") or DATA) / "mnist"
    train, test = (
        (
            read(folder / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)[:images],
            read(folder / f"{part}-labels-idx1-ubyte.gz", 8)[:images],
        )
        for part in ("train", "t10k")
    )
    return train, test


def read(path: Path, header: int) -> NDArray[np.uint8]:
    """The bytes of a compressed IDX file after its header, which may be written to."""
    return np.frombuffer(bytearray(gzip.decompress(path.read_bytes())), np.uint8, offset=header)


def arguments(epochs: int) -> argparse.Namespace:
    """The seed, the epochs (by default as given here) and how many images to use."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--images", type=int, help="use only the first so many images of each part")
    return parser.parse_args()
