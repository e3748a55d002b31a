"""`sutja train`: train a network, or continue an interrupted run."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark, say


def command(
    dataset: Annotated[
        str | None, typer.Argument(help="A data set, or a folder of pictures with one subfolder per class.")
    ] = None,
    recipe: Annotated[str, typer.Option(help="dense (the chapter's network) or convnet.")] = "dense",
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training images.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Images a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Of each step, or the highest of a schedule.")] = None,
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

    if (dataset is None) == (resume is None):
        raise typer.BadParameter("give a data set to train on, or --resume RUN.")
    folder = resume
    try:
        if resume is not None:
            run = runs.resume(resume)
        else:
            folder = out or runs.free_folder(f"{Path(str(dataset)).name}-{recipe}")
            run = runs.train(
                str(dataset),
                recipe,
                epochs=epochs,
                batch_size=batch_size,
                learning_rate=learning_rate,
                seed=seed,
                validation=runs.VALIDATION if validation is None else validation,
                out=folder,
            )
    except KeyboardInterrupt as interruption:
        raise RunError(
            "interrupted. What was learned until the last whole epoch is kept: "
            f"continue with `sutja train --resume {folder}`."
        ) from interruption
    if run.report:
        low, high = run.report.interval
        images = f"{run.report.images:,} images"
        say(f"test accuracy {run.report.accuracy:.2%}  (95 % interval {low:.2%} to {high:.2%}, {images})")
    remark(f"{run.folder / 'model.onnx'}, {run.folder / 'report.html'}")
