"""Accuracy of the recipes: `python -m benchmarks.accuracy [--seeds 3] [--only tiny/mnist] [--write]`.

Trains each recipe with several seeds, or goes on where it was interrupted, and prints mean and spread over the whole
test part, which chooses nothing: the last 5,000 training images are held out for that. Runs are kept in a folder, and
those that are finished are not trained again. `--jobs 2` trains two at once, each with half of the cores: of small
networks that is a quarter more images a second. With `--write` what is there is written into docs/results.md; a row of
which there is no run in the folder stays as it is.
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import sutja
from sutja.files import write_text
from sutja.training.listing import Entry, runs_in
from sutja.training.recipe import RECIPES

DOCUMENT = Path(__file__).parents[1] / "docs" / "results.md"
HEAD = """# Results

Written by `python -m benchmarks.accuracy --write` from the runs that it has trained.

Test accuracy on the 10,000 test images, which chose nothing: the last 5,000 training images are held out for that, and
not learned from. Mean, spread (standard deviation), lowest and highest are of one forward pass an image. Apart stands
the mean of the same runs with shifts (`sutja evaluate RUN DATA --shifts`), which takes five passes an image, ten for
garments: the mean of what a network says of it as it is and moved by a pixel in four directions, of garments mirrored
too. It is for networks that learned from changed images; `dense`, which never saw a garment mirrored, is the worse for
it. Seconds are those of a run on two cores, or on one of them where two runs were trained at once.

| recipe | data set | parameters | epochs | seeds | mean ± spread | lowest | highest | with shifts | wanted | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Case:
    """A recipe on a data set, and the mean test accuracy that it is meant to reach."""

    recipe: str
    dataset: str
    wanted: float

    @property
    def name(self) -> str:
        """As `--only` takes it."""
        return f"{self.recipe}/{self.dataset}"

    def folder(self, runs: Path, seed: int) -> Path:
        """Where a run lies."""
        return runs / f"{self.recipe}-{self.dataset}-{seed}"


CASES = (
    Case("dense", "mnist", 0.98),
    Case("dense", "fashion-mnist", 0.88),
    Case("dense-augmented", "mnist", 0.992),
    Case("tiny", "mnist", 0.994),
    Case("convnet", "mnist", 0.9972),
    Case("convnet", "fashion-mnist", 0.945),
    Case("resnet", "fashion-mnist", 0.955),
)


def main() -> None:
    """Train what is missing, print, and write the table if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="seeds FIRST to FIRST + N - 1")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--only", action="append", choices=[case.name for case in CASES], help="may be repeated")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once; each has its share of the cores")
    parser.add_argument("--runs", type=Path, default=Path("runs/accuracy"), help="where the runs are kept")
    parser.add_argument("--write", action="store_true", help="write docs/results.md from all runs that are kept")
    arguments = parser.parse_args()
    chosen = [case for case in CASES if case.name in (arguments.only or [each.name for each in CASES])]
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    tasks = [(case, seed, arguments.runs, arguments.jobs) for seed in seeds for case in chosen]
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("spawn")) as pool:
        for (case, seed, *_), accuracy in zip(tasks, pool.map(trained, *zip(*tasks, strict=True)), strict=True):
            print(f"{case.name} seed {seed}: {accuracy:.2%}", flush=True)
    before = DOCUMENT.read_text("utf-8")
    rows = [row_of(case, runs_in([arguments.runs])) or row_before(case, before) for case in CASES]
    print("\n".join(row for row in rows if row))
    if arguments.write:
        write_text(DOCUMENT, HEAD + "\n".join(row for row in rows if row) + "\n")


def trained(case: Case, seed: int, runs: Path, jobs: int) -> float:
    """The test accuracy of a run, which is trained, gone on with or read, in a process that is one of so many."""
    import torch

    if jobs > 1:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // jobs))
    folder = case.folder(runs, seed)
    if (folder / "recipe.json").exists():
        run = sutja.resume(folder, progress=jobs == 1)
    else:
        run = sutja.train(case.dataset, case.recipe, seed=seed, out=folder, progress=jobs == 1)
    if run.report is None:
        raise SystemExit(f"{case.dataset} has no test images")
    return run.report.accuracy


def row_before(case: Case, document: str) -> str:
    """The row that a case has in the document; empty if there is none."""
    start = f"| `{case.recipe}` | {case.dataset} |"
    return next((line for line in document.splitlines() if line.startswith(start)), "")


def row_of(case: Case, runs: list[Entry]) -> str:
    """A row of the table: what the finished runs of a case have reached; empty if there is none."""
    ours = [
        run for run in runs
        if run.state == "finished" and run.test_accuracy is not None and run.plan.dataset == case.dataset
        and replace(run.plan.recipe, precision="float32") == replace(RECIPES[case.recipe], precision="float32")
    ]  # fmt: skip
    if not ours:
        return ""
    accuracies = [run.test_accuracy or 0.0 for run in ours]
    spread = f" ± {np.std(accuracies, ddof=1):.2%}" if len(ours) > 1 else ""
    shifted = [sutja.evaluate(run.folder, case.dataset, shifts=True).accuracy for run in ours]
    recipe = RECIPES[case.recipe]
    cells = [
        f"`{case.recipe}`", case.dataset, f"{sutja.summary(recipe.network or recipe.name).parameters:,}",
        str(len(ours[0].history)), str(len(ours)), f"{np.mean(accuracies):.2%}{spread}", f"{min(accuracies):.2%}",
        f"{max(accuracies):.2%}", f"{np.mean(shifted):.2%}", f"≥ {case.wanted:.2%}",
        f"{np.mean([run.seconds for run in ours]):,.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
