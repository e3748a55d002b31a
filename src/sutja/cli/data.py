"""`sutja data`: list, get, info."""

from typing import Annotated

import typer

from sutja.cli.output import say

app = typer.Typer(help="The data sets: which there are, getting them, what is in them.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the data sets, and where each is found on this machine.

    Example: `sutja data list`
    """
    from rich.table import Table

    from sutja.cli.output import console
    from sutja.data.catalog import CATALOG
    from sutja.data.fetch import existing, folders

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "what it is", "where"):
        table.add_column(heading, overflow="fold")
    for entry in CATALOG.values():
        places = [str(folder) for folder in folders(entry.name) if all(existing(folder, file) for file in entry.files)]
        where = "inside scikit-learn" if not entry.files else places[0] if places else "not here yet"
        table.add_row(entry.name, entry.title, where)
    console().print(table)


@app.command()
def get(
    name: Annotated[str, typer.Argument(help="A data set, such as mnist.")],
    force: Annotated[bool, typer.Option("--force", help="Download again even if it is cached.")] = False,
) -> None:
    """Fetch a data set into the cache, and verify it.

    Example: `sutja data get fashion-mnist`
    """
    from sutja.data.catalog import find
    from sutja.data.source import load_entry

    dataset = load_entry(find(name), again=force)
    say(f"{name}: {len(dataset.train.labels):,} training and {len(dataset.test.labels):,} test images, verified.")


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="A data set, or a folder of pictures with one subfolder per class.")],
) -> None:
    """Say what is in a data set: its images, classes, and where it comes from.

    Example: `sutja data info mnist`
    """
    import numpy as np

    from sutja.data.catalog import CATALOG
    from sutja.data.source import load

    dataset = load(name)
    entry = CATALOG.get(dataset.name)
    say(f"{dataset.name}: {entry.title if entry else 'a folder of pictures'}")
    if entry:
        say(f"licence {entry.licence}")
    counts = [np.bincount(part.labels, minlength=len(dataset.classes)) for part in dataset]
    width = max(len("class"), *(len(title) for title in dataset.classes))
    say(f"images of 28×28 bytes: {len(dataset.train.labels):,} for training, {len(dataset.test.labels):,} for testing")
    say(f"\nlabel  {'class':<{width}}  training    test")
    for label, title in enumerate(dataset.classes):
        say(f"{label:>5}  {title:<{width}}  {counts[0][label]:>8,}  {counts[1][label]:>6,}")
