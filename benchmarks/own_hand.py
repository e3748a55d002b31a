"""Whether thirty pictures of one's own hand help: `python -m benchmarks.own_hand` (needs the judging data).

A hand gives three pictures of each digit as a folder, and `sutja train FOLDER --from digits --validation 0` goes on
from the bundled model: it learns from some twenty of them and keeps the rest to test. Then the bundled model and the
tuned one name the hand's other pictures, and the last 5,000 training images of MNIST, by other hands, which the bundled
model has not learned from either: a tuned model should not have forgotten those. Two kinds of hands:

- Drawn ones: each writes each digit in one of the forms of `sutja.synthesis.forms`, with a pen and a slant of its own.
  By these, other ones of them, the steps of `--from` were chosen. Only hands that the bundled model misreads count.
- `nsysu-digits`, cut from scanned exams; whose is not known, so that a hand is a style here: a third of the pictures by
  slant, of each digit.

With `--write` the table goes into docs/training.md. The tuned models are thrown away: nothing that is shipped has seen
the pictures.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.document import as_called, table, write_between
from benchmarks.reading import digit_pictures
from sutja.classifier.classifier import Classifier, bundled
from sutja.data.source import load
from sutja.pictures.encode import write_picture
from sutja.pictures.frame import frame_digit
from sutja.pictures.ink import ink_of
from sutja.synthesis.strokes import DIGITS, Form, Hand, drawn
from sutja.training.run import train

COMMAND = "python -m benchmarks.own_hand"
HEADS = ("hand", "its other pictures", "wrong before", "wrong after, mean (range)", "others' digits wrong after")
OF_EACH, DRAWN_OF_EACH, DRAWN_HANDS, STYLES = 3, 23, 6, 3


class Pictures(NamedTuple):
    """What a hand has written: pictures, dark ink on light ground, as framed for a classifier, and their labels."""

    name: str
    greys: list[np.ndarray]
    frames: np.ndarray
    labels: np.ndarray


def main() -> None:
    """Tune for each hand with each seed, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1, for which pictures and for training")
    parser.add_argument("--write", action="store_true", help="write docs/training.md")
    arguments = parser.parse_args()
    others = load("mnist").train
    frames, labels = others.images[-5000:], others.labels[-5000:]
    rows = []
    for hand in (*drawn_hands(), *styles()):
        results = [tuned(hand, seed) for seed in range(arguments.seeds)]
        before = statistics.fmean(before for _, before, _ in results)
        after, total = [after for *_, after in results], len(hand.labels) - 10 * OF_EACH
        forgotten = statistics.fmean(wrong(model, frames, labels) for model, *_ in results) / len(labels)
        spread = f"{statistics.fmean(after):.1f} ({min(after)} to {max(after)})"
        rows.append([hand.name, str(total), f"{before:.1f}", spread, f"{forgotten:.2%}"])
        print(rows[-1], flush=True)
    known = wrong(bundled("digits"), frames, labels) / len(labels)
    lines = [
        f"`{as_called(COMMAND)}`: 30 pictures a hand, {arguments.seeds} seeds. Others' digits: 5,000, of which the "
        f"bundled model misnames {known:.2%}.", "", *table(HEADS, rows),
    ]  # fmt: skip
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines)


def drawn_hands() -> Iterator[Pictures]:
    """Hands with forms of digits that MNIST's writers have not, of whose digits 2 to 20 in 100 are misread."""
    found = seed = 0
    while found < DRAWN_HANDS:
        hand = drawn_hand(seed)
        seed += 1
        if 0.02 <= wrong(bundled("digits"), hand.frames, hand.labels) / len(hand.labels) <= 0.2:
            found += 1
            yield hand


def drawn_hand(seed: int) -> Pictures:
    """Digits drawn by one hand."""
    random = np.random.default_rng(seed)
    slant, pen = random.uniform(-0.25, 0.4), random.uniform(1.5, 5)
    hand, greys = Hand(slant=(slant - 0.06, slant + 0.06)), []
    for label in range(10):
        _, *drawings = DIGITS[label][random.integers(len(DIGITS[label]))]
        form = Form.of(*drawings)
        for _ in range(DRAWN_OF_EACH):
            path = form.write(random, hand)
            low, high = path.min(axis=0), path.max(axis=0)
            ink = drawn(form.split((path - low) / (high[1] - low[1])), 28, pen)
            greys.append(255 - np.pad(ink, 6))
    return pictures(f"drawn, seed {seed}", greys, np.repeat(np.arange(10), DRAWN_OF_EACH))


def styles() -> Iterator[Pictures]:
    """The digits of scanned exams in thirds, from those that lean left to those that lean right."""
    samples = [(np.asarray(grey), int(text)) for _, grey, text in digit_pictures("nsysu-digits")]
    every = pictures("", [grey for grey, _ in samples], np.array([label for _, label in samples]))
    slants, style = np.array([slant_of(frame) for frame in every.frames]), np.zeros(len(samples), int)
    for label in range(10):
        members = np.flatnonzero(every.labels == label)
        style[members[slants[members].argsort()]] = np.arange(len(members)) * STYLES // len(members)
    for number, name in enumerate(("leaning left", "upright", "leaning right")):
        members = np.flatnonzero(style == number)
        greys = [every.greys[member] for member in members]
        yield Pictures(f"exams, {name}", greys, every.frames[members], every.labels[members])


def pictures(name: str, greys: list[np.ndarray], labels: np.ndarray) -> Pictures:
    """Framed as `sutja train` frames a folder's pictures."""
    return Pictures(name, greys, np.stack([frame_digit(ink_of(grey)) for grey in greys]), labels)


def slant_of(frame: np.ndarray) -> float:
    """How far the ink leans right a pixel of height."""
    rows, columns = np.nonzero(frame)
    weights = frame[rows, columns].astype(np.float64)
    down, right = (places - np.average(places, weights=weights) for places in (rows, columns))
    return float(-(weights * down * right).sum() / (weights * down * down).sum())


def tuned(hand: Pictures, seed: int) -> tuple[Classifier, int, int]:
    """A model after thirty pictures of a hand, and how many of its others are named wrong before and after."""
    random, chosen = np.random.default_rng(seed), []
    for label in range(10):
        chosen += random.permutation(np.flatnonzero(hand.labels == label))[:OF_EACH].tolist()
    with tempfile.TemporaryDirectory() as place:
        for member in chosen:
            write_picture(hand.greys[member], Path(place, "own", str(hand.labels[member]), f"{member}.png"))
        run = train(Path(place, "own"), start="digits", validation=0, seed=seed, out=Path(place, "run"), progress=False)
        model = run.classifier
    left = np.setdiff1d(np.arange(len(hand.labels)), chosen)
    before, after = (wrong(each, hand.frames[left], hand.labels[left]) for each in (bundled("digits"), model))
    return model, before, after


def wrong(classifier: Classifier, frames: np.ndarray, labels: np.ndarray) -> int:
    """How many are misnamed."""
    return int((classifier(frames).argmax(1) != labels).sum())


if __name__ == "__main__":
    main()
