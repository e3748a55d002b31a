"""`sutja train`: train a network, or continue an interrupted run."""

import os
from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark, say


def command(
    dataset: Annotated[
        str | None, typer.Argument(help="A data set, or a folder of pictures with one subfolder per class.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="dense (the chapter's network), dense-augmented, tiny, quick, quick-deep, convnet or resnet. "
            "[default: dense, or that of --from]"
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training images.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Images a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of each step, or the highest of a schedule.")] = None,
    precision: Annotated[
        str | None, typer.Option(help="float32 or bfloat16. [default: the recipe's, where the device computes in it]")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps, or auto for a graphics card if there is one.")] = "auto",
    start: Annotated[
        str | None,
        typer.Option("--from", help="Start from this model: digits, fashion, a run folder or a model file."),
    ] = None,
    patience: Annotated[
        int, typer.Option(min=0, help="Stop after so many epochs without better validation accuracy; keep the best.")
    ] = 0,
    log: Annotated[
        list[str] | None, typer.Option(help="Also write the figures for tensorboard or mlflow. May be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same weights.")] = 0,
    validation: Annotated[
        float | None,
        typer.Option(help="Share of the training images held out; 1/12 unless said, 0 for none."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The run folder; it must not exist. [default: runs/...]")] = None,
    resume: Annotated[Path | None, typer.Option(help="Continue this interrupted run.")] = None,
) -> None:
    """Train a network and leave a run folder: model, history, report.

    Example: `sutja train fashion-mnist --recipe dense --epochs 10 --out runs/fashion`
    """
    from sutja.errors import RunError
    from sutja.training import run as runs
    from sutja.training.logs import log_named
    from sutja.training.plan import VALIDATION

    if (dataset is None) == (resume is None):
        raise typer.BadParameter("give a data set to train on, or --resume RUN.")
    if resume is not None:
        _check_resumed(
            recipe=recipe, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, precision=precision,
            start=start, patience=patience or None, seed=seed or None, validation=validation, out=out,
        )  # fmt: skip
    followers = [log_named(name) for name in log or ()]
    try:
        if resume is not None:
            run = runs.resume(resume, device=device, callbacks=followers)
        else:
            run = runs.train(
                str(dataset),
                recipe,
                epochs=epochs,
                batch_size=batch_size,
                learning_rate=learning_rate,
                precision=precision,  # type: ignore[arg-type]  # the recipe checks the word
                patience=patience,
                start=start,
                device=device,
                callbacks=followers,
                seed=seed,
                validation=VALIDATION if validation is None else validation,
                out=out,
            )
    except KeyboardInterrupt as interruption:
        raise RunError(" ".join(["interrupted.", *getattr(interruption, "__notes__", ())])) from interruption
    if os.environ.get("RANK", "0") != "0":  # of the processes that torchrun starts, the first one speaks
        return
    if run.report:
        low, high = run.report.interval
        images = f"{run.report.images:,} images"
        say(f"test accuracy {run.report.accuracy:.2%}  (95 % interval {low:.2%} to {high:.2%}, {images})")
    remark(f"{run.folder / 'model.onnx'}, {run.folder / 'report.html'}")


def _check_resumed(**settings: object) -> None:
    """Refuse what a run that is continued has been told already: it goes on as it was begun."""
    given = [name for name, value in settings.items() if value is not None]
    if given:
        options = ", ".join("--" + {"start": "from"}.get(name, name).replace("_", "-") for name in given)
        raise typer.BadParameter(f"a run that is continued keeps its settings. Leave out {options}, or train anew.")
