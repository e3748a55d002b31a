"""A training run and the folder that it leaves: recipe, history, checkpoint, model, report."""

import json
import os
import zlib
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sutja.classifier.card import Card
from sutja.classifier.classifier import Classifier
from sutja.data.dataset import Dataset, Part
from sutja.data.source import load
from sutja.errors import RunError
from sutja.evaluation.report import Report, evaluate
from sutja.files import write_text
from sutja.training.history import History
from sutja.training.progress import Progress
from sutja.training.recipe import Recipe, find_recipe, recipe_from_dict

if TYPE_CHECKING:
    from torch import nn

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
    """

    dataset: str
    recipe: Recipe
    seed: int
    validation: float
    fingerprint: int

    def to_json(self) -> str:
        """The plan as it stands in `recipe.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, origin: Path) -> "Plan":
        """The inverse of `to_json`.

        Raises:
            RunError: not a plan.
        """
        try:
            fields = json.loads(text)
            return cls(**{**fields, "recipe": recipe_from_dict(fields["recipe"])})
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{origin} is damaged ({error}). Restore it, or train anew into another folder.") from error


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        folder: Where it lies.
        plan: What was asked for.
        history: Loss and accuracy after each epoch.
        report: How the model did on the test part; None if the data set has no test images.

    Example:
        >>> run = sutja.train("digits", recipe="dense", epochs=2)  # doctest: +SKIP
        >>> run.history["validation_accuracy"]  # doctest: +SKIP
        [0.78, 0.85]
    """

    folder: Path
    plan: Plan
    history: History
    report: Report | None

    @cached_property
    def classifier(self) -> Classifier:
        """The trained model, ready to use."""
        return Classifier.load(self.folder)


def train(
    dataset: str | os.PathLike[str],
    recipe: str | Recipe = "dense",
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    validation: float = VALIDATION,
    out: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Run:
    """Train a network and leave a run folder.

    The same seed on the same machine gives the same weights, bit for bit. A run that is interrupted keeps its
    checkpoint: `resume` continues it.

    Args:
        dataset: A name such as "mnist", or a folder of pictures.
        recipe: "dense" (the chapter's network), "convnet", or a `Recipe` of your own.
        epochs: Passes over the training images; by default what the recipe says, as for the next two.
        batch_size: Images a step.
        learning_rate: Of each step, or the highest of a schedule.
        seed: A whole number from 0.
        validation: Share of the training images to hold out for the validation figures, from the end; 0 holds out none.
        out: The run folder, which must not exist; by default `runs/<data>-<recipe>`, with a number if that exists.
        progress: Whether to show progress on standard error.

    Returns:
        The run, with `.history`, `.report`, `.classifier` and `.folder`.

    Raises:
        RunError: an unknown recipe, a setting out of range, or a folder that exists.
        DataError: the data cannot be loaded.
    """
    settings = find_recipe(recipe) if isinstance(recipe, str) else recipe
    settings = settings.with_changes(epochs=epochs, batch_size=batch_size, learning_rate=learning_rate)
    if not 0 <= validation < 1:
        raise RunError(f"validation is a share of the training images, from 0 to below 1; found {validation}.")
    if seed < 0:
        raise RunError(f"seed must be a whole number from 0; found {seed}.")
    folder = Path(out) if out else free_folder(f"{Path(dataset).name}-{settings.name}")
    check_folder(folder)
    data = load(dataset)
    held_out(data, validation, settings.batch_size)
    name = str(Path(data.name).resolve()) if Path(data.name).is_dir() else data.name
    plan = Plan(name, settings.on_this_machine(), seed, validation, fingerprint(data))
    write_text(folder / "recipe.json", plan.to_json())
    return carried_out(plan, data, folder, progress)


def resume(folder: str | os.PathLike[str], *, progress: bool = True) -> Run:
    """Continue a run that was interrupted, at whatever moment; it ends as if it never had been.

    A run that is complete is left as it is, and returned.

    Raises:
        RunError: no run folder, a damaged one, or the data has changed since.
    """
    folder = Path(folder)
    path = folder / "recipe.json"
    try:
        plan = Plan.from_json(path.read_text("utf-8"), path)
    except OSError as error:
        raise RunError(f"{folder} is no run folder: cannot read {path} ({error.strerror}).") from error
    data = load(plan.dataset if not Path(plan.dataset).is_absolute() else Path(plan.dataset))
    if fingerprint(data) != plan.fingerprint:
        raise RunError(f"the data of {plan.dataset} has changed since {folder} was started. Train anew.")
    return carried_out(plan, data, folder, progress)


def carried_out(plan: Plan, data: Dataset, folder: Path, show: bool) -> Run:
    """Do what is left to do of a plan: the epochs after the last checkpoint, then the model and the report."""
    from sutja.training.checkpoint import load_checkpoint, save_checkpoint
    from sutja.training.loop import Learner, Tensors, one_epoch

    training, validation = held_out(data, plan.validation, plan.recipe.batch_size)
    learner, history = Learner.new(plan.recipe, len(data.classes), plan.seed), History()
    path = folder / "checkpoint" / "last.npz"
    if path.exists():
        history = load_checkpoint(path, learner)
    else:
        save_checkpoint(path, learner, history)
    tensors = Tensors.of(training), Tensors.of(validation) if len(validation.labels) else None
    with Progress(plan.recipe.epochs, history, show) as progress:
        while learner.epoch < plan.recipe.epochs:
            epoch = one_epoch(learner, plan.recipe, *tensors, data.frame, plan.seed, progress.step)
            history = history.followed_by(epoch)
            save_checkpoint(path, learner, history)
            progress.epoch(epoch)
    history.save(folder / "history.csv")
    with learner.averaged() as network:
        report = finish(plan, data, network, history, folder)
    return Run(folder, plan, history, report)


def finish(plan: Plan, data: Dataset, network: "nn.Sequential", history: History, folder: Path) -> Report | None:
    """Export the model, judge it on the test part, and write both with the report."""
    from sutja.classifier.export import export

    def card(accuracy: float | None, images: int | None) -> Card:
        parameters = sum(parameter.numel() for parameter in network.parameters())
        return Card(
            data.classes, data.frame, plan.recipe.name, Path(plan.dataset).name, plan.seed, plan.recipe.epochs,
            parameters, accuracy, images,
        )  # fmt: skip

    path = folder / "model.onnx"
    export(network, card(None, None), path)
    if not len(data.test.labels):
        return None
    report = evaluate(path, data)
    export(network, card(report.accuracy, report.images), path)
    write_report(plan, data, history, report, folder)
    return report


def write_report(plan: Plan, data: Dataset, history: History, report: Report, folder: Path) -> None:
    """Write `report.json` and `report.html`."""
    from sutja.evaluation.page import page

    held = f"{plan.validation:.1%} of the training images held out" if plan.validation else "nothing held out"
    facts = f"{plan.recipe.name}, {plan.recipe.epochs} epochs, seed {plan.seed}, {held}"
    curves = {
        name: {"training": history[name], "validation": history[f"validation_{name}"]} for name in ("accuracy", "loss")
    }
    document = page(report, data.test.images, f"{plan.recipe.name} on {data.name}", facts, curves)
    write_text(folder / "report.json", json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n")
    write_text(folder / "report.html", document)


def held_out(data: Dataset, share: float, batch_size: int) -> tuple[Part, Part]:
    """The training images to learn from, and the last ones, held out for validation.

    Raises:
        RunError: fewer images are left than a batch has.
    """
    images, labels = data.train
    kept = len(labels) - round(len(labels) * share)
    if kept < batch_size:
        raise RunError(
            f"a batch of {batch_size} is larger than the {kept} images to learn from. "
            f"Use --batch-size {max(1, kept // 4)}."
        )
    return Part(images[:kept], labels[:kept]), Part(images[kept:], labels[kept:])


def fingerprint(data: Dataset) -> int:
    """A checksum of the training images and labels."""
    return zlib.crc32(data.train.labels.tobytes(), zlib.crc32(data.train.images.tobytes()))


def free_folder(name: str) -> Path:
    """`runs/<name>`, with a number if that exists."""
    folder, number = Path("runs", name), 2
    while folder.exists():
        folder, number = Path("runs", f"{name}-{number}"), number + 1
    return folder


def check_folder(folder: Path) -> None:
    """Refuse to train into what is there already.

    Raises:
        RunError: the folder exists and is not empty, or is a file.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if (folder / "recipe.json").exists():
        raise RunError(
            f"{folder} exists: it holds a run. Continue it with `sutja train --resume {folder}`, or name another --out."
        )
    if folder.exists():
        raise RunError(f"{folder} exists and is not empty. Name another --out.")
