"""`sutja runs`: list runs and compare them."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark, say


def command(
    places: Annotated[
        list[Path] | None, typer.Argument(help="Run folders, or folders that hold runs. [default: runs]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Draw the curves of all on one plot, into this PNG.")
    ] = None,
    column: Annotated[str, typer.Option(help="What the curves show: a column of history.csv.")] = "validation_accuracy",
) -> None:
    """List training runs: what was trained, how far, how well.

    Example: `sutja runs runs/mnist-dense runs/mnist-convnet -o curves.png`
    """
    from rich.console import Console
    from rich.table import Table

    from sutja.errors import RunError, unknown_name
    from sutja.training.history import COLUMNS
    from sutja.training.listing import runs_in

    if output is not None and output.suffix.lower() != ".png":
        raise RunError(f"{output} must end in .png: the curves are a PNG.")
    if column not in COLUMNS:
        raise RunError(unknown_name("column", column, COLUMNS))
    runs = runs_in(places or [Path("runs")])
    if not runs:
        raise RunError("there is no run in these folders. Train one with `sutja train mnist`.")
    table = Table("run", "data", "recipe", "seed", "epochs", "validation", "test", "time", box=None, pad_edge=False)
    for name in ("seed", "epochs", "validation", "test", "time"):
        next(one for one in table.columns if one.header == name).justify = "right"
    for run in runs:
        done = f"{len(run.history)}/{run.plan.recipe.epochs}" + ("" if run.state == "finished" else " …")
        shares = ["–" if value is None else f"{value:.2%}" for value in (run.validation_accuracy, run.test_accuracy)]
        data = Path(run.plan.dataset).name
        table.add_row(
            str(run.folder), data, run.plan.recipe.name, str(run.plan.seed), done, *shares, f"{run.seconds:,.0f} s"
        )
    console = Console(width=None if Console().is_terminal else 160, markup=False, emoji=False)
    with console.capture() as text:
        console.print(table)
    say("\n".join(line.rstrip() for line in text.get().rstrip().splitlines()))
    if any(run.state == "interrupted" for run in runs):
        remark("… is not finished: continue with `sutja train --resume RUN`.")
    if output is not None:
        from sutja.files import replacing
        from sutja.views.plots import plot_curves

        axes = plot_curves({str(run.folder): run.history[column] for run in runs}, column.replace("_", " "))
        with replacing(output) as temporary:
            axes.get_figure(root=True).savefig(temporary, format="png", dpi=150, bbox_inches="tight")  # type: ignore[union-attr]  # it has a figure
        remark(str(output))
