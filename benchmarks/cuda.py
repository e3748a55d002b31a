"""How long training takes on a CUDA card: `python -m benchmarks.cuda`, in an environment with `sutja[train]` and CUDA.

Times whole processes of `sutja train mnist` (imports, data, all epochs of the recipe, judging, model and report), and
the epochs within: as sutja trains, replaying each step as a CUDA graph, and eagerly, every kernel launched by Python.
With `--write` the table goes into docs/training.md.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from subprocess import run

import torch

from benchmarks.document import accuracies_of, as_called, seconds_of, table, write_between
from benchmarks.machine import describe
from sutja.data.source import load
from sutja.training import graph
from sutja.training.history import History
from sutja.training.loop import Learner, Tensors, train_epoch
from sutja.training.recipe import find_recipe

COMMAND = "python -m benchmarks.cuda"
HEADS = ("recipe", "epochs", "whole process, seconds", "an epoch, ms", "eagerly, ms", "test accuracy")
EAGER = 3
"""Epochs that are timed eagerly; the first of them is left out."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--recipes", nargs="+", default=["dense", "convnet"], metavar="NAME")
    parser.add_argument("--write", action="store_true", help="write docs/training.md")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("no CUDA card, or a PyTorch without CUDA: there is nothing to measure.")
    rows = [row_of(name, arguments.seeds) for name in arguments.recipes]
    lines = [
        f"`{as_called(COMMAND)}`: seeds 0 to {arguments.seeds - 1}, one {torch.cuda.get_device_name()}, PyTorch "
        f"{torch.__version__}; {describe()}. Medians and ranges; accuracies are means.", "", *table(HEADS, rows),
    ]  # fmt: skip
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines)


def row_of(name: str, seeds: int) -> list[str]:
    """A row of the table."""
    recipe = find_recipe(name)
    whole, epochs, accuracies = [], [], []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "run")
            command = [
                sys.executable, "-m", "sutja", "train", "mnist", "--recipe", name, "--device", "cuda", "--validation",
                "0", "--seed", str(seed), "--out", str(folder),
            ]  # fmt: skip
            start = time.perf_counter()
            run(command, check=True, capture_output=True)
            whole.append(time.perf_counter() - start)
            epochs += History.from_csv((folder / "history.csv").read_text("utf-8"))["seconds"][1:]
            accuracies.append(json.loads((folder / "report.json").read_text("utf-8"))["accuracy"])
    return [
        f"`{name}`", str(recipe.epochs), seconds_of(whole), milliseconds_of(epochs), milliseconds_of(eager(name)),
        accuracies_of(accuracies),
    ]  # fmt: skip


def eager(name: str) -> list[float]:
    """Seconds of epochs in which Python launches every kernel."""
    recipe, device = find_recipe(name), torch.device("cuda")
    learner, data = Learner.new(recipe, 10, 0, device), Tensors.of(load("mnist").train, device)
    before, graph.WARM_UP, seconds = graph.WARM_UP, sys.maxsize, []
    try:
        for _ in range(EAGER):
            start = time.perf_counter()
            train_epoch(learner, recipe, data, "digit", 0, lambda *_: None)
            torch.cuda.synchronize()
            seconds.append(time.perf_counter() - start)
    finally:
        graph.WARM_UP = before
    return seconds[1:]


def milliseconds_of(seconds: list[float]) -> str:
    """Median and range of some seconds, in thousandths."""
    values = [1000 * value for value in seconds]
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
