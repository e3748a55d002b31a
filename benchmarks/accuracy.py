"""Accuracy of the recipes: `python -m benchmarks.accuracy [--seeds 3] [--recipe dense] [--write docs/results.md]`.

Trains each recipe on each data set with several seeds, nothing of the test part chosen by it, and prints the mean, the
spread and the number of runs. With `--write` the table replaces the file.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

import sutja
from sutja.files import write_text
from sutja.training.recipe import RECIPES

HEAD = """# Results

Written by `{command} --write docs/results.md`.

Test accuracy on the 10,000 test images, which chose nothing; the last 5,000 training images are
held out and not learned from.

| recipe | data set | epochs | parameters | seeds | mean | lowest | highest | seconds a run |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def main() -> None:
    """Train, print, and write the table if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1")
    parser.add_argument("--recipe", choices=list(RECIPES), default="dense")
    parser.add_argument("--write", type=Path, help="write the table to this file")
    arguments = parser.parse_args()
    rows = []
    for dataset in ("mnist", "fashion-mnist"):
        accuracies, seconds, epochs = [], [], 0
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as folder:
                run = sutja.train(dataset, arguments.recipe, seed=seed, out=Path(folder, "run"), progress=False)
                if run.report is None:
                    raise SystemExit(f"{dataset} has no test images")
                accuracies.append(run.report.accuracy)
                seconds.append(sum(run.history["seconds"]))
                epochs = len(run.history)
            print(f"{arguments.recipe} {dataset} seed {seed}: {accuracies[-1]:.2%}", flush=True)
        rows.append(
            f"| `{arguments.recipe}` | {dataset} | {epochs} | {sutja.summary(arguments.recipe).parameters:,} "
            f"| {arguments.seeds} | {np.mean(accuracies):.2%} | {min(accuracies):.2%} | {max(accuracies):.2%} "
            f"| {np.mean(seconds):.0f} |"
        )
        print(rows[-1])
    if arguments.write:
        command = f"python -m benchmarks.accuracy --seeds {arguments.seeds} --recipe {arguments.recipe}"
        write_text(arguments.write, HEAD.format(command=command) + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
