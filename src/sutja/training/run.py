"""A training run and the folder that it leaves: recipe, history, checkpoints, model, report."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sutja.classifier.card import Card
from sutja.classifier.classifier import Classifier
from sutja.data.catalog import CATALOG
from sutja.data.dataset import Dataset
from sutja.data.source import load
from sutja.errors import RunError
from sutja.evaluation.report import Report, evaluate
from sutja.files import expanded, write_text
from sutja.training.callback import Callback, Callbacks
from sutja.training.history import History
from sutja.training.plan import (
    VALIDATION,
    Plan,
    check_folder,
    check_settings,
    check_shares,
    fingerprint,
    free_folder,
    held_out,
    leave_no_trace,
)
from sutja.training.progress import Progress
from sutja.training.recipe import Precision, Recipe, find_recipe

if TYPE_CHECKING:
    import torch
    from torch import nn

    from sutja.training.team import Team


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
    recipe: str | Recipe | None = None,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    precision: Precision | None = None,
    seed: int = 0,
    validation: float = VALIDATION,
    patience: int = 0,
    start: str | os.PathLike[str] | None = None,
    device: str = "auto",
    out: str | os.PathLike[str] | None = None,
    progress: bool = True,
    callbacks: Sequence[Callback] = (),
) -> Run:
    """Train a network and leave a run folder.

    The same seed on the same processor gives the same weights, bit for bit; graphics cards add in any order. A run that
    is interrupted keeps its checkpoint: `resume` continues it. Started by `torchrun`, several processes train together:
    each learns from its share of every batch.

    Args:
        dataset: A name such as "mnist", or a folder of pictures: each is framed as a digit, or as the model to start
            from has learned to see.
        recipe: The name of a recipe, or a `Recipe` of your own; by default "dense", the chapter's network, or a gentle
            form of the recipe of the model to start from.
        epochs: Passes over the training images; by default what the recipe says, as for the next three.
        batch_size: Images a step.
        learning_rate: Of each step, or the highest of a schedule.
        precision: "float32" or "bfloat16"; the recipe's own is used only where the device computes in it.
        seed: A whole number from 0.
        validation: Share of the training images to hold out for the validation figures, from the end; 0 holds out none.
        patience: End after this many epochs in which the validation accuracy has not grown, and keep the best; 0 never.
        start: A model of this recipe whose weights to start from: a file, a run folder, or a bundled name.
        device: "cpu", "cuda", "mps", or "auto" for a graphics card if there is one.
        out: The run folder, which must not exist; by default `runs/<data>-<recipe>`, with a number if that exists.
        progress: Whether to show progress on standard error.
        callbacks: Followers of the run, told of its start, its steps, its epochs and its end.

    Returns:
        The run, with `.history`, `.report`, `.classifier` and `.folder`.

    Raises:
        RunError: an unknown recipe, a setting out of range, no such device, or a folder that exists.
        DataError: the data cannot be loaded.
    """
    from sutja.training.device import device_named
    from sutja.training.start import card_of, place_of, tuned_recipe
    from sutja.training.team import assembled

    card = None if start is None else card_of(start)
    gently = recipe is None
    if recipe is None:
        recipe = card.recipe if card else "dense"
    settings = find_recipe(recipe) if isinstance(recipe, str) else recipe
    changes = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "precision": precision}
    settings = settings.with_changes(**changes)
    check_settings(seed, validation, patience)
    place = device_named(device)
    with assembled(place) as team:
        name = str(dataset) if dataset in CATALOG else str(expanded(dataset).resolve())
        ours = "" if not team.leads else str(out or free_folder(f"{Path(name).name}-{settings.name}"))
        folder = Path(team.agreed(ours))
        try:
            if team.leads:
                check_folder(folder, name)
            data = load(dataset, card.frame if card else "digit")
            if card and gently:
                settings = tuned_recipe(card, data.classes).with_changes(**changes)
            if not precision:
                settings = settings.on_this_machine(place)
            held_out(data, validation, settings.batch_size)
            source = None if start is None else place_of(start)
            plan = Plan(name, settings, seed, validation, fingerprint(data), patience, source, data.frame)
            return carried_out(plan, data, folder, Callbacks(Progress(progress), *callbacks), place, team)
        finally:
            if team.leads and out is None:
                leave_no_trace(folder)


def resume(
    folder: str | os.PathLike[str],
    *,
    device: str = "auto",
    progress: bool = True,
    callbacks: Sequence[Callback] = (),
) -> Run:
    """Continue a run that was interrupted, at whatever moment; it ends as if it never had been (see `train`).

    A run that is complete learns nothing more: it is judged again, and returned.

    Raises:
        RunError: no run folder, a damaged one, or the data has changed since.
    """
    from sutja.training.device import device_named
    from sutja.training.team import assembled

    folder = Path(folder)
    path = folder / "recipe.json"
    try:
        plan = Plan.from_json(path.read_bytes(), path)
    except OSError as error:
        raise RunError(f"{folder} is no run folder: cannot read {path} ({error.strerror}).") from error
    place = device_named(device)
    with assembled(place) as team:
        data = load(plan.dataset if not Path(plan.dataset).is_absolute() else Path(plan.dataset), plan.frame)
        if fingerprint(data) != plan.fingerprint:
            raise RunError(f"the data of {plan.dataset} has changed since {folder} was started. Train anew.")
        return carried_out(plan, data, folder, Callbacks(Progress(progress), *callbacks), place, team)


def carried_out(
    plan: Plan,
    data: Dataset,
    folder: Path,
    callback: Callback,
    device: "torch.device | None" = None,
    team: "Team | None" = None,
) -> Run:
    """Do what is left to do of a plan: the epochs after the last checkpoint, then the model and the report.

    Args:
        plan: What to do.
        data: On which images.
        folder: Where it is kept.
        callback: Who follows.
        device: Where to train; the processor unless said.
        team: The processes that train together.
    """
    from sutja.training.checkpoint import load_checkpoint, save_checkpoint
    from sutja.training.loop import CPU, Learner, Tensors, one_epoch
    from sutja.training.start import start_from
    from sutja.training.team import ALONE

    device, team = device or CPU, team or ALONE
    callback = callback if team.leads else Callback()
    training, validation = held_out(data, plan.validation, plan.recipe.batch_size)
    check_shares(plan, len(training.labels), len(validation.labels), team.size)
    last, best = folder / "checkpoint" / "last.npz", folder / "checkpoint" / "best.npz"
    learner, history = Learner.new(plan.recipe, len(data.classes), plan.seed, device), History()
    team.normalise_together(learner.network)
    if last.exists():
        history = load_checkpoint(last, learner)
    elif plan.start is not None:
        start_from(plan.start, plan.recipe, learner, data)
    team.agreed("the checkpoint is read")
    tensors = Tensors.of(training, device), Tensors.of(validation, device) if len(validation.labels) else None
    report = None
    try:
        callback.on_start(plan, folder, history)
        if team.leads and not last.exists():
            write_text(folder / "recipe.json", plan.to_json())
            save_checkpoint(last, learner, history)
        while learner.epoch < plan.recipe.epochs and not history.stalled(plan.patience):
            epoch = one_epoch(learner, plan.recipe, *tensors, data.frame, plan.seed, callback.on_step, team)
            history = history.followed_by(epoch)
            if team.leads and history.best == epoch.epoch:
                save_checkpoint(best, learner, history)
            if team.leads:
                save_checkpoint(last, learner, history)
            callback.on_epoch(epoch)
        if team.leads:
            if plan.patience:
                load_checkpoint(best, learner)
            history.save(folder / "history.csv")
            with learner.averaged() as network:
                report = finish(plan, data, network, history, folder)
    except KeyboardInterrupt as interruption:
        interruption.add_note(
            f"What was learned until the last whole epoch is kept: continue with `sutja train --resume {folder}`."
        )
        raise
    finally:
        learner.captured.clear()  # each holds the learner: the card's memory would wait for the garbage collector
        callback.on_end(report)
    team.agreed("the files are written")
    return Run(folder, plan, history, report)


def finish(plan: Plan, data: Dataset, network: "nn.Sequential", history: History, folder: Path) -> Report | None:
    """Export the model, judge it on the test part, and write both with the report."""
    from sutja.classifier.export import export, to_onnx

    def card(accuracy: float | None, images: int | None) -> Card:
        parameters = sum(parameter.numel() for parameter in network.parameters())
        return Card(
            data.classes, data.frame, plan.recipe.name, Path(plan.dataset).name, plan.seed, learned(plan, history),
            parameters, accuracy, images,
        )  # fmt: skip

    report = None
    if len(data.test.labels):
        unjudged = to_onnx(network, card(None, None)).SerializeToString()
        report = evaluate(Classifier(unjudged, str(folder)), data)
        write_report(plan, data, history, report, folder)
    # The model comes last: a run that has it is finished.
    judged = card(report.accuracy, report.images) if report else card(None, None)
    export(network, judged, folder / "model.onnx")
    return report


def learned(plan: Plan, history: History) -> int:
    """After how many epochs the weights are that a run keeps."""
    return history.best or len(history) if plan.patience else len(history)


def write_report(plan: Plan, data: Dataset, history: History, report: Report, folder: Path) -> None:
    """Write `report.json` and `report.html`."""
    from sutja.evaluation.page import page

    held = f"{plan.validation:.1%} of the training images held out" if plan.validation else "nothing held out"
    facts = f"{plan.recipe.name}, {learned(plan, history)} epochs, seed {plan.seed}, {held}"
    curves = {
        name: {"training": history[name], "validation": history[f"validation_{name}"]} for name in ("accuracy", "loss")
    }
    document = page(report, data.test.images, f"{plan.recipe.name} on {data.name}", facts, curves)
    write_text(folder / "report.json", json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n")
    write_text(folder / "report.html", document)
