"""How long training the chapter's network takes, by us and by others: `python -m benchmarks.training`.

Times whole processes from start to exit (imports, data, 10 epochs of 784-512-10 on MNIST's 60,000 training images with
RMSprop and batches of 128, judging on the 10,000 test images), in rounds in which each takes its turn. Prints medians,
ratios and test accuracies, and with `--write` puts them into docs/training.md. Environments are made on the first call.
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.document import accuracies_of, as_called, seconds_of, table, write_between
from benchmarks.environments import ENVIRONMENTS, install, listed
from benchmarks.machine import describe
from benchmarks.processes import Process, arguments_of, train_ours, train_peer

COMMAND = "python -m benchmarks.training"
FLOAT32 = "sutja in float32"
"""Beside what sutja does by itself, so that what precision gives can be told from the rest."""
HEADS = ("what", "seconds, median (range)", "times sutja's", "test accuracy, mean (range)", "versions")


def main() -> None:
    """Install, run the rounds, print and write."""
    arguments = parsed()
    versions = {name: install(name, arguments.environments) for name in arguments.peers}
    if "sutja" in versions:
        versions[FLOAT32] = versions["sutja"]
    for name in versions:  # untimed, so that no one's first round reads its libraries from the disk
        trained(name, arguments.environments, 1, 0, arguments.images)
    results: dict[str, list[Process]] = {name: [] for name in versions}
    for number in range(arguments.rounds):
        for name, processes in results.items():
            done = trained(name, arguments.environments, arguments.epochs, number, arguments.images)
            processes.append(done)
            print(f"round {number + 1}, {name}: {done.seconds:.1f} s, {done.accuracy:.2%}", file=sys.stderr, flush=True)
    lines = [
        f"`{as_called(COMMAND)}`: {arguments.epochs} epochs, {arguments.rounds} rounds, each with a seed of its own. "
        f"{describe()}.", "", *table(HEADS, rows_of(results, versions)),
    ]  # fmt: skip
    if arguments.images:
        print(f"A quick try: peers had {arguments.images:,} images and sutja all. These figures say nothing.")
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each takes its turn, each time another seed")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--peers", nargs="+", choices=list(ENVIRONMENTS), default=list(ENVIRONMENTS), metavar="NAME")
    return arguments_of(parser)


def trained(name: str, folder: Path, epochs: int, seed: int, images: int | None) -> Process:
    """Train the dense network once, by the one of that name."""
    if name in ("sutja", FLOAT32):
        return train_ours(folder, "dense", epochs, seed, "float32" if name == FLOAT32 else None)
    return train_peer(name, "torch_dense" if name == "torch" else "keras_dense", folder, epochs, seed, images)


def rows_of(results: Mapping[str, Sequence[Process]], versions: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """The rows of the table; the ratio is that of the medians."""
    medians = {name: statistics.median(done.seconds for done in processes) for name, processes in results.items()}
    return [
        [
            ENVIRONMENTS[name].title if name in ENVIRONMENTS else name,
            seconds_of([done.seconds for done in processes]),
            f"{medians[name] / medians['sutja']:.2f}" if "sutja" in medians else "–",
            accuracies_of([done.accuracy for done in processes]),
            listed(versions[name]),
        ]
        for name, processes in results.items()
    ]


if __name__ == "__main__":
    main()
