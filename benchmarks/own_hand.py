"""Whether thirty pictures of one's own hand help: `python -m benchmarks.own_hand` (needs the judging data).

`nsysu-digits` holds digits cut from scanned exams; whose is not known. From one third of the file four pictures of each
digit become a folder of one's own; `sutja train FOLDER --from digits` learns from three of the four (the fourth
is its test). The bundled model and the tuned one then name all pictures of the other two thirds. With `--write` the
table goes into docs/training.md. The tuned models are measured and thrown away: nothing that is shipped has seen them.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.document import as_called, table, write_between
from benchmarks.reading import digit_pictures
from sutja.classifier.classifier import Classifier, bundled
from sutja.pictures.encode import write_picture
from sutja.pictures.frame import frame_digit
from sutja.pictures.ink import ink_of
from sutja.training.run import train

COMMAND = "python -m benchmarks.own_hand"
HEADS = (
    "learned from",
    "pictures named",
    "bundled `digits`",
    "tuned, mean (range)",
    "wrong before",
    "wrong after, mean",
)
PARTS, OF_EACH = 3, 4


def main() -> None:
    """Tune on each part with each seed, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="nsysu-digits", choices=["nsysu-digits", "hwd-1000"])
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1, for which pictures and for training")
    parser.add_argument("--write", action="store_true", help="write docs/training.md")
    arguments = parser.parse_args()
    pictures = [(np.asarray(grey), int(text)) for _, grey, text in digit_pictures(arguments.set)]
    greys, labels = [grey for grey, _ in pictures], np.array([label for _, label in pictures])
    frames = np.stack([frame_digit(ink_of(grey)) for grey in greys])
    part = np.arange(len(labels)) * PARTS // len(labels)
    before = bundled("digits")(frames).argmax(1) == labels
    rows = []
    for number in range(PARTS):
        others = np.flatnonzero(part != number)
        right = []
        for seed in range(arguments.seeds):
            chosen = some_of_each(np.flatnonzero(part == number), labels, np.random.default_rng(seed))
            tuned = tuned_on([(greys[i], int(labels[i])) for i in chosen], seed)
            right.append(int((tuned(frames[others]).argmax(1) == labels[others]).sum()))
        shares = [count / len(others) for count in right]
        rows.append([
            f"30 of part {number + 1}", f"{len(others):,}", f"{before[others].mean():.2%}",
            f"{statistics.fmean(shares):.2%} ({min(shares):.2%} to {max(shares):.2%})",
            f"{(~before[others]).sum()}", f"{len(others) - statistics.fmean(right):.1f}",
        ])  # fmt: skip
        print(rows[-1], flush=True)
    lines = [f"`{as_called(COMMAND)}`: {arguments.set}, {arguments.seeds} seeds a part.", "", *table(HEADS, rows)]
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines)


def some_of_each(members: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> list[int]:
    """`OF_EACH` of every digit among the members."""
    return [int(i) for digit in range(10) for i in random.permutation(members[labels[members] == digit])[:OF_EACH]]


def tuned_on(pictures: list[tuple[np.ndarray, int]], seed: int) -> Classifier:
    """The bundled model after learning from a folder of these pictures, as `sutja train FOLDER --from digits` does."""
    with tempfile.TemporaryDirectory() as place:
        for number, (grey, label) in enumerate(pictures):
            write_picture(grey, Path(place, "own", str(label), f"{number}.png"))
        run = train(Path(place, "own"), start="digits", validation=0, seed=seed, out=Path(place, "run"), progress=False)
        return run.classifier


if __name__ == "__main__":
    main()
