"""Whole training processes, timed from their start to their exit."""

import argparse
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import ENVIRONMENTS, FOLDER, ROOT, program
from benchmarks.peers.mnist import DATA

KEPT = ("HOME", "LANG", "PATH", "TMPDIR")
"""What a process is given of our own environment: nothing that would set threads or a backend for one and not all."""


@dataclass(frozen=True)
class Judged:
    """A test accuracy that a process made known.

    Attributes:
        seconds: From the start of the process until then.
        accuracy: Share of the test images.
        evaluation: Seconds of these that finding out took.
    """

    seconds: float
    accuracy: float
    evaluation: float = 0.0


@dataclass(frozen=True)
class Process:
    """A process that has ended well.

    Attributes:
        seconds: From its start to its exit.
        judged: One or more, in their order.
    """

    seconds: float
    judged: tuple[Judged, ...]

    @property
    def accuracy(self) -> float:
        """The last test accuracy."""
        return self.judged[-1].accuracy


def arguments_of(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The command line of a benchmark that has peers: its own options, and those that all of them have."""
    parser.add_argument("--images", type=int, help="a quick try: peers use so many images only (sutja always all)")
    parser.add_argument("--environments", type=Path, default=FOLDER, help="where the virtual environments lie")
    parser.add_argument("--write", action="store_true", help="write docs/training.md")
    arguments = parser.parse_args()
    if arguments.write and arguments.images:
        parser.error("a quick try with --images is nothing to --write.")
    return arguments


def train_ours(folder: Path, recipe: str, epochs: int, seed: int, precision: str | None = None) -> Process:
    """`sutja train mnist` on all training images; what it writes (model, report, page) is part of its time."""
    with tempfile.TemporaryDirectory() as place:
        run = Path(place, "run")
        command = [
            str(program("sutja", folder, "sutja")), "train", "mnist", "--recipe", recipe, "--epochs", str(epochs),
            "--validation", "0", "--seed", str(seed), "--out", str(run),
            *(("--precision", precision) if precision else ()),
        ]  # fmt: skip
        done = finished(command, "sutja")
        accuracy = json.loads((run / "report.json").read_text("utf-8"))["accuracy"]
    return Process(done.seconds, (Judged(done.seconds, accuracy),))


def train_peer(name: str, script: str, folder: Path, epochs: int, seed: int, images: int | None = None) -> Process:
    """Run a script of `benchmarks.peers` in the environment of that name."""
    command = [str(program(name, folder)), "-m", f"benchmarks.peers.{script}"]
    command += ["--epochs", str(epochs), "--seed", str(seed), *(("--images", str(images)) if images else ())]
    done = finished(command, name)
    if not done.judged:
        raise SystemExit(f"{' '.join(command)} printed no test accuracy.")
    return done


def finished(command: list[str], name: str) -> Process:
    """Run a command to its end; lines of JSON that it prints are taken with the time at which they come.

    Raises:
        SystemExit: it ended with a failure.
    """
    variables = {key: os.environ[key] for key in KEPT if key in os.environ} | ENVIRONMENTS[name].variables
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        variables |= {"SUTJA_DATA": str(data_folder()), "KERAS_HOME": home}  # no settings of a person's own
        start = time.perf_counter()
        with subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as run:
            judged = tuple(
                Judged(time.perf_counter() - start, **fields(line)) for line in run.stdout or () if line.startswith("{")
            )
        seconds = time.perf_counter() - start
        if run.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{errors.read()[-3000:]}")
    return Process(seconds, judged)


def fields(line: str) -> dict[str, float]:
    """The accuracy of a line, and the seconds of its evaluation if it says."""
    return {name: value for name, value in json.loads(line).items() if name in ("accuracy", "evaluation")}


def data_folder() -> Path:
    """The folder with MNIST's files, from which everybody reads.

    Raises:
        SystemExit: the files are not there.
    """
    folder = Path(os.environ.get("SUTJA_DATA") or DATA).resolve()
    if not (folder / "mnist" / "train-images-idx3-ubyte.gz").exists():
        raise SystemExit(f"no MNIST in {folder}. Set SUTJA_DATA to a folder that holds mnist/*-ubyte.gz.")
    return folder
