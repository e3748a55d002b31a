"""What tells digits from letters by what is around them: `python -m sutja.training.context --reader FOLDER`.

A reader finds and names what may be digits on composed pages with many words and signs; each is described in numbers,
and a perceptron learns which are digits. `sutja.training.reader` takes this as its last step.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from sutja.classifier.classifier import Classifier, bundled
from sutja.files import write_bytes
from sutja.reading.context import FILE, LEAST, VALUES, Perceptron, described
from sutja.reading.detector import Detector
from sutja.reading.drawings import without_outlines
from sutja.reading.naming import NOT_A_DIGIT, Namer
from sutja.reading.page_ink import PageInk
from sutja.reading.places import without_grain
from sutja.reading.reader import candidates_among
from sutja.synthesis.page import compose
from sutja.synthesis.style import Style, any_style, page_size
from sutja.synthesis.writer import Digits
from sutja.training.crops import UNCLEAR, everyday_style, truth_of
from sutja.training.detector import held_out_digits, training_digits

TEST_PAGES = 400
HIDDEN = (32, 16)
EVERYDAY = 0.7
"""The share of pages as people mostly have them."""
SIGNS = (0.0, 0.3, 0.6, 0.9, 2.0), (0.15, 0.2, 0.25, 0.3, 0.1)
"""How likely signs are where one may be, and how often; with the last all rows are words."""
SHORT, HEIGHTS, LONGEST = 0.6, (14, 60), (2, 10)
"""So many pages have digits of heights between these, and numbers of at most so many."""
DECAY, PASSES = 1e-2, 80
LEAST_SPREAD = 1e-3
"""An input that hardly varies is not enlarged: what it may be elsewhere is unknown."""


@dataclass(frozen=True)
class Examples:
    """What may be digits on composed pages.

    Attributes:
        values: Each in numbers, as `described` gives them.
        digit: Whether it is one.
    """

    values: Float32[np.ndarray, "n f"]
    digit: Bool[np.ndarray, "n"]


def train_context(folder: Path, pages: int, seed: int = 0) -> None:
    """Learn from pages of training digits, report on pages of held-out ones, and write `context.npz`.

    Args:
        folder: With `detector.onnx`, calibrated, and `crops.onnx`.
        pages: From which the examples come.
        seed: Of the pages and of the learning.
    """
    learned, unseen = (
        examples_of(folder, digits, (seed, part), count)
        for part, (digits, count) in enumerate(((training_digits(), pages), (held_out_digits(), TEST_PAGES)))
    )
    context = fitted(learned, seed)
    write_bytes(folder / FILE, context.to_bytes())
    kept = context(unseen.values) >= LEAST
    sys.stderr.write(
        f"of {unseen.digit.sum():,} digits {(unseen.digit & ~kept).sum()} are lost, "
        f"of {(~unseen.digit).sum():,} others {(kept & ~unseen.digit).sum()} stay\n"
    )


def fitted(examples: Examples, seed: int) -> Perceptron:
    """A perceptron that tells digits from others; the spread of its inputs is part of its first layer."""
    from sklearn.neural_network import MLPClassifier

    mean, spread = examples.values.mean(axis=0), examples.values.std(axis=0)
    spread[spread < LEAST_SPREAD] = 1
    network = MLPClassifier(HIDDEN, alpha=DECAY, max_iter=PASSES, early_stopping=True, random_state=seed)
    network.fit((examples.values - mean) / spread, examples.digit)
    weights, biases = ([part.astype(np.float32) for part in parts] for parts in (network.coefs_, network.intercepts_))
    weights[0] = weights[0] / spread[:, None]
    biases[0] = biases[0] - mean @ weights[0]
    return Perceptron(tuple(weights), tuple(biases))


def examples_of(folder: Path, digits: Digits, seed: tuple[int, ...], count: int) -> Examples:
    """The examples of many pages, on all cores."""
    contents = (folder / "detector.onnx").read_bytes(), (folder / "crops.onnx").read_bytes()
    parts = [range(start, min(start + 50, count)) for start in range(0, count, 50)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:  # a fork would copy locks of threads
        done = list(pool.map(examples_of_pages, [(*contents, digits, seed, part) for part in parts]))
    return Examples(np.concatenate([part.values for part in done]), np.concatenate([part.digit for part in done]))


def examples_of_pages(task: tuple[bytes, bytes, Digits, tuple[int, ...], range]) -> Examples:
    """The examples of some pages, in a process of its own: of the reader there are its files."""
    content, crops, digits, seed, numbers = task
    cv2.setNumThreads(1)
    detector = Detector(threads=1, content=content)
    namer = Namer.calibrated(Classifier(crops, threads=1), bundled("digits", 1), detector.card)
    values, digit = [np.zeros((0, VALUES), np.float32)], [np.zeros(0, bool)]
    for number in numbers:
        random = np.random.default_rng((*seed, 79, number))
        page = compose(digits, style_of_page(random), random)
        found, copies = detector(page.picture)
        places = namer(without_grain(found, copies), copies)
        named = without_outlines(candidates_among(places, copies, min(page.picture.shape)))
        if len(named.label):
            truth = truth_of(page, named.found)
            values.append(described(named, PageInk.around(named, copies))[truth != UNCLEAR])
            digit.append(truth[truth != UNCLEAR] != NOT_A_DIGIT)
    return Examples(np.concatenate(values), np.concatenate(digit))


def style_of_page(random: np.random.Generator) -> Style:
    """A page with digits that may be seen, and many signs."""
    style = (everyday_style if random.random() < EVERYDAY else any_style)(random, *page_size(random))
    style = replace(style, signs=float(random.choice(SIGNS[0], p=SIGNS[1])))
    if random.random() < SHORT:
        height = float(np.exp(random.uniform(*np.log(HEIGHTS))))
        style = replace(style, digit=height, longest=int(random.integers(*LONGEST)))
    return style


def main() -> None:
    """Collect examples, learn, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, required=True, help="the folder with detector.onnx and crops.onnx")
    parser.add_argument("--pages", type=int, default=3_000, help="from which the examples come")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    train_context(arguments.reader, arguments.pages, arguments.seed)
    sys.stderr.write(f"{time.perf_counter() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
