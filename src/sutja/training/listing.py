"""The runs in a folder, and how they compare."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np

from sutja.errors import RunError
from sutja.training.history import History
from sutja.training.plan import Plan


@dataclass(frozen=True)
class Entry:
    """A run as it lies in its folder.

    Attributes:
        folder: Where.
        plan: What was asked for.
        history: The epochs that it has done.
        state: "finished", or "interrupted" when there is something left to do.
        test_accuracy: None before the end, and for data without test images.
    """

    folder: Path
    plan: Plan
    history: History
    state: Literal["finished", "interrupted"]
    test_accuracy: float | None

    @property
    def seconds(self) -> float:
        """That its epochs took."""
        return sum(self.history["seconds"])

    @property
    def validation_accuracy(self) -> float | None:
        """The highest after any epoch."""
        return max(self.history["validation_accuracy"], default=None)


def runs_in(places: Iterable[str | os.PathLike[str]] = ("runs",)) -> list[Entry]:
    """The runs among some folders and in them, one level deep, the latest last.

    Raises:
        RunError: a folder does not exist, or a run is damaged.

    Example:
        >>> [entry.folder.name for entry in runs_in(["runs"])]  # doctest: +SKIP
        ['mnist-dense', 'mnist-convnet']
    """
    folders: dict[Path, None] = {}
    for place in map(Path, places):
        if not place.is_dir():
            raise RunError(f"{place} is no folder. Name a run folder, or a folder of runs.")
        inside = [place] if (place / "recipe.json").exists() else sorted(place.iterdir())
        folders |= dict.fromkeys(folder for folder in inside if (folder / "recipe.json").exists())
    return [entry_of(folder) for folder in sorted(folders, key=lambda one: (one / "recipe.json").stat().st_mtime)]


def entry_of(folder: Path) -> Entry:
    """One run.

    Raises:
        RunError: it is damaged.
    """
    path = folder / "recipe.json"
    plan = Plan.from_json(path.read_bytes(), path)
    finished = (folder / "model.onnx").exists() and (folder / "history.csv").exists()
    report = folder / "report.json"
    try:
        if finished:
            history = History.from_csv((folder / "history.csv").read_text("utf-8"))
        else:
            with (folder / "checkpoint" / "last.npz").open("rb") as file, np.load(file, allow_pickle=False) as archive:
                history = History.from_csv(str(archive["history"]))
        accuracy = float(json.loads(report.read_text("utf-8"))["accuracy"]) if report.exists() else None
    except FileNotFoundError:
        history, accuracy = History(), None
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile, RunError) as error:
        raise RunError(f"{folder} is damaged ({error}). Train again, or remove it.") from error
    return Entry(folder, plan, history, "finished" if finished else "interrupted", accuracy)
