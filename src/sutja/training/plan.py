"""What a training run was asked for, on which images, and where it is kept."""

import json
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sutja.data.dataset import Dataset, Part
from sutja.errors import RunError
from sutja.pictures.frame import Frame
from sutja.training.recipe import Recipe, recipe_from_dict

VALIDATION = 1 / 12
"""Share of the training images that is held out: the last 5,000 of MNIST's 60,000."""


@dataclass(frozen=True)
class Plan:
    """All that decides what a run computes; `recipe.json` holds it.

    Attributes:
        dataset: A name in the catalog, or the absolute path of a folder.
        recipe: How the network is trained.
        seed: Of initial weights, order, augmentation and dropout.
        validation: Share of the training images held out, the last ones; 0 trains on all.
        fingerprint: A checksum of the training data, so that a run is not continued on other data.
        patience: The run ends after this many epochs without a better validation accuracy; 0 for never.
        start: The model whose weights the training starts from; None for random ones.
        frame: How the pictures of a folder are framed.
    """

    dataset: str
    recipe: Recipe
    seed: int
    validation: float
    fingerprint: int
    patience: int = 0
    start: str | None = None
    frame: Frame = "digit"

    def to_json(self) -> str:
        """The plan as it stands in `recipe.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, origin: Path) -> "Plan":
        """The inverse of `to_json`.

        Raises:
            RunError: not a plan.
        """
        try:
            fields = json.loads(text)
            return cls(**{**fields, "recipe": recipe_from_dict(fields["recipe"])})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError(f"{origin} is damaged ({error}). Restore it, or train anew into another folder.") from error


def held_out(data: Dataset, share: float, batch_size: int) -> tuple[Part, Part]:
    """The training images to learn from, and the last ones, held out for validation.

    Of a class that had none left to learn from, the first of those is not held out.

    Raises:
        RunError: fewer images are left than a batch has.
    """
    images, labels = data.train
    learned = np.arange(len(labels)) < len(labels) - round(len(labels) * share)
    for label in np.setdiff1d(labels, labels[learned]):
        learned[np.flatnonzero(labels == label)[0]] = True
    kept = int(learned.sum())
    if kept < batch_size:
        advice = f"Use --batch-size {kept // 4}." if kept >= 4 else "Add pictures, or lower --validation."
        raise RunError(f"a batch of {batch_size} is larger than the {kept} images to learn from. {advice}")
    return Part(images[learned], labels[learned]), Part(images[~learned], labels[~learned])


def fingerprint(data: Dataset) -> int:
    """A checksum of the training images and labels."""
    return zlib.crc32(data.train.labels.tobytes(), zlib.crc32(data.train.images.tobytes()))


def check_settings(seed: int, validation: float, patience: int) -> None:
    """Refuse settings out of their range.

    Raises:
        RunError: one of them is.
    """
    if not 0 <= validation < 1:
        raise RunError(f"validation is a share of the training images, from 0 to below 1; found {validation}.")
    if seed < 0:
        raise RunError(f"seed must be a whole number from 0; found {seed}.")
    if patience < 0:
        raise RunError(f"patience is a number of epochs, or 0 to train through all of them; found {patience}.")
    if patience and not validation:
        raise RunError("patience needs validation images to judge on. Leave --validation above 0.")


def check_shares(plan: Plan, training: int, validation: int, processes: int) -> None:
    """Refuse a plan for which there are too few images.

    Raises:
        RunError: there are none to judge patience by, or fewer in the last batch than processes.
    """
    if plan.patience and not validation:
        raise RunError(f"{plan.validation:.2%} of the images are none, and patience needs some. Raise --validation.")
    last = training % plan.recipe.batch_size
    if 0 < last < processes:
        raise RunError(f"the last batch has {last} images for {processes} processes. Change --batch-size a little.")


def free_folder(name: str) -> Path:
    """`runs/<name>`, with a number if that exists; it is made at once, so that no other run takes it."""
    folder, number = Path("runs", name), 2
    while True:
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            folder, number = Path("runs", f"{name}-{number}"), number + 1
        else:
            return folder


def leave_no_trace(folder: Path) -> None:
    """Remove a folder that `free_folder` made, and `runs`, where a run has not come to be: if they are empty."""
    with suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()


def check_folder(folder: Path, dataset: str = "") -> None:
    """Refuse to train into what is there already, or into the data.

    Raises:
        RunError: the folder exists and is not empty, or is a file, or lies in the folder of the pictures.
    """
    if Path(dataset).is_absolute() and folder.resolve().is_relative_to(dataset):
        raise RunError(f"{folder} lies among the pictures of {dataset}, as if it were a class. Name another --out.")
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if (folder / "recipe.json").exists():
        raise RunError(
            f"{folder} exists: it holds a run. Continue it with `sutja train --resume {folder}`, or name another --out."
        )
    if folder.exists():
        raise RunError(f"{folder} exists and is not empty. Name another --out.")
