"""How long it takes to have a network of 99.0 % and of 99.5 % on MNIST: `python -m benchmarks.time_to_accuracy`.

Our recipe and epochs for each mark stand below and are not chosen by the test images. Times our whole processes, and
beside them Keras's example `mnist_convnet` on its fastest backend and the network of PyTorch's own MNIST example, which
are judged after every epoch. A mark is reached when the mean over the seeds is. With `--write` the table goes into
docs/training.md.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.document import accuracies_of, as_called, seconds_of, table, write_between
from benchmarks.environments import ENVIRONMENTS, install, listed
from benchmarks.machine import describe
from benchmarks.processes import Process, arguments_of, train_ours, train_peer

COMMAND = "python -m benchmarks.time_to_accuracy"
HEADS = ("mark", "what", "epochs", "seconds, median (range)", "times sutja's", "test accuracy, mean (range)")
BACKENDS = ("tensorflow", "jax", "torch")


class Attempt(NamedTuple):
    """What we train to reach a mark."""

    mark: str
    recipe: str
    epochs: int

    @property
    def share(self) -> float:
        """The mark as a share of the test images."""
        return float(self.mark.removesuffix("%")) / 100


ATTEMPTS = (Attempt("99.0 %", "quick", 1), Attempt("99.5 %", "quick-deep", 8))


class Peer(NamedTuple):
    """One that is judged after every epoch: its title, environment and script, and the epochs of its own settings."""

    title: str
    environment: str
    script: str
    epochs: int


def main() -> None:
    """Install, train with every seed in turn, print and write."""
    arguments = parsed()
    ours: dict[Attempt, list[Process]] = {attempt: [] for attempt in ATTEMPTS if "sutja" in arguments.peers}
    theirs: dict[Peer, list[Process]] = {peer: [] for peer in peers_of(arguments)}
    used = [*(["sutja"] if ours else []), *(peer.environment for peer in theirs)]
    versions = "; ".join(listed(install(name, arguments.environments)) for name in used)
    measure(arguments, ours, theirs)
    seeds = f"{arguments.seeds} seeds" + (f" ({arguments.peer_seeds} for the peers)" if arguments.peer_seeds else "")
    lines = [
        f"`{as_called(COMMAND)}`: {seeds}, from 0. {describe()}. With {versions}.",
        "", *table(HEADS, (row for attempt in ATTEMPTS for row in rows_of(attempt, ours.get(attempt), theirs))),
    ]  # fmt: skip
    if arguments.images:
        print(f"A quick try: peers had {arguments.images:,} images and sutja all. These figures say nothing.")
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines)


def measure(
    arguments: argparse.Namespace, ours: dict[Attempt, list[Process]], theirs: dict[Peer, list[Process]]
) -> None:
    """Train with each seed, ours and theirs in turn, and add the processes to the lists."""
    folder = arguments.environments
    if ours:  # untimed, here and below, so that no one's first process reads its libraries from the disk
        train_ours(folder, "dense", 1, 0)
    for peer in theirs:
        train_peer(peer.environment, peer.script, folder, 1, 0, images=1000)
    for seed in range(arguments.seeds):
        for attempt, processes in ours.items():
            processes.append(train_ours(folder, attempt.recipe, attempt.epochs, seed))
            remark(seed, f"sutja {attempt.recipe}", processes[-1])
        for peer, processes in theirs.items():
            if seed >= (arguments.peer_seeds or arguments.seeds):
                continue
            epochs = min(peer.epochs, arguments.peer_epochs or peer.epochs)
            processes.append(train_peer(peer.environment, peer.script, folder, epochs, seed, arguments.images))
            remark(seed, peer.title, processes[-1])


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="seeds 0 to N-1")
    parser.add_argument("--peer-seeds", type=int, help="fewer seeds for the peers, which take minutes each")
    parser.add_argument("--peers", nargs="+", choices=["sutja", "keras", "torch"], default=["sutja", "keras", "torch"])
    parser.add_argument("--peer-epochs", type=int, help="at most so many; by default the examples' own 15 and 14")
    parser.add_argument("--backend", choices=BACKENDS, help="Keras's backend; by default the fastest in a short trial")
    return arguments_of(parser)


def peers_of(arguments: argparse.Namespace) -> Iterator[Peer]:
    """The peers that were asked for."""
    if "keras" in arguments.peers:
        name = f"keras-{arguments.backend or fastest_backend(arguments.environments)}"
        yield Peer(f"example of Keras, {ENVIRONMENTS[name].title}", name, "keras_convnet", 15)
    if "torch" in arguments.peers:
        yield Peer("example of PyTorch", "torch", "torch_convnet", 14)


def fastest_backend(folder: Path) -> str:
    """The backend on which Keras's example would end soonest, judged by two epochs over a tenth of the images."""
    seconds = {}
    for backend in BACKENDS:
        install(f"keras-{backend}", folder)
        trial = train_peer(f"keras-{backend}", "keras_convnet", folder, epochs=2, seed=0, images=6000)
        first, second = trial.judged
        an_epoch = second.seconds - first.seconds - second.evaluation
        seconds[backend] = seconds_at(trial, 1) + an_epoch * (15 * 10 - 1)
        print(f"Keras on {backend}: about {seconds[backend]:.0f} s", file=sys.stderr, flush=True)
    return min(seconds, key=seconds.__getitem__)


def remark(seed: int, title: str, done: Process) -> None:
    """Say on standard error how a process went."""
    accuracies = " ".join(f"{judged.accuracy:.2%}" for judged in done.judged)
    print(f"seed {seed}, {title}: {done.seconds:.1f} s, {accuracies}", file=sys.stderr, flush=True)


def rows_of(attempt: Attempt, ours: Sequence[Process] | None, theirs: dict[Peer, list[Process]]) -> Iterator[list[str]]:
    """The rows of one mark: ours, and each peer at the first epoch whose mean accuracy is at the mark."""
    seconds = [done.seconds for done in ours or ()]
    if ours:
        accuracies = [done.accuracy for done in ours]
        short = "" if reached(accuracies, attempt.share) else ": **below the mark**"
        row = [f"sutja, `{attempt.recipe}`", str(attempt.epochs), seconds_of(seconds), "1.00"]
        yield [attempt.mark, *row, accuracies_of(accuracies) + short]
    for peer, processes in theirs.items():
        epoch = first_epoch(processes, attempt.share)
        if epoch is None:
            best, number = best_epoch(processes)
            row = [peer.title, f"not within {len(processes[0].judged)}", "–", "–"]
            yield [attempt.mark, *row, f"at most {best:.2%}, after epoch {number}"]
            continue
        times = [seconds_at(done, epoch) for done in processes]
        ratio = f"{statistics.median(times) / statistics.median(seconds):.2f}" if seconds else "–"
        accuracies = [done.judged[epoch - 1].accuracy for done in processes]
        yield [attempt.mark, peer.title, str(epoch), seconds_of(times), ratio, accuracies_of(accuracies)]


def seconds_at(done: Process, epoch: int) -> float:
    """Seconds from a process's start until it has judged that epoch, had it judged no earlier one."""
    return done.judged[epoch - 1].seconds - sum(judged.evaluation for judged in done.judged[: epoch - 1])


def means(processes: Sequence[Process]) -> list[float]:
    """The mean accuracy of some processes after each epoch."""
    epochs = zip(*(done.judged for done in processes), strict=True)
    return [statistics.fmean(judged.accuracy for judged in epoch) for epoch in epochs]


def first_epoch(processes: Sequence[Process], share: float) -> int | None:
    """The first epoch, counted from 1, whose mean accuracy is at the mark; None if none is."""
    return next((number for number, mean in enumerate(means(processes), 1) if reached([mean], share)), None)


def best_epoch(processes: Sequence[Process]) -> tuple[float, int]:
    """The highest mean accuracy, and the first epoch that has it."""
    best = max(means(processes))
    return best, means(processes).index(best) + 1


def reached(accuracies: Sequence[float], share: float) -> bool:
    """Whether the mean is at the mark; a hair below is rounding, since one image is 1e-4."""
    return statistics.fmean(accuracies) >= share - 1e-7


if __name__ == "__main__":
    main()
