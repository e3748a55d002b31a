"""`sutja demo`: the whole way from a data set to a read picture, in about half a minute."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sutja.cli.output import console, remark, say

if TYPE_CHECKING:
    from sutja.data.dataset import Dataset


def command(
    out: Annotated[Path, typer.Option(help="Folder for everything that the demo makes; it must not exist.")] = Path(
        "sutja-demo"
    ),
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training images.")] = 10,
) -> None:
    """Load MNIST, look at it, train the chapter's network, judge it, and read sample pictures.

    Example: `sutja demo`
    """
    from sutja.models.summary import summary
    from sutja.pictures.encode import write_picture
    from sutja.training.plan import check_folder
    from sutja.training.run import train
    from sutja.views.gallery import gallery
    from sutja.views.terminal import draw_gallery, fitting

    check_folder(out)
    name, data = data_at_hand()
    console().rule(f"1  The data: {name}")
    say(f"{len(data.train.labels):,} training and {len(data.test.labels):,} test images of 28×28 pixels")
    draw_gallery(data.train.images, console(), fitting(console()))
    write_picture(gallery(data.train.images, count=200, columns=20), out / "gallery.png")

    console().rule("2  The network")
    say(str(summary("dense")))

    console().rule(f"3  Learning, {epochs} epochs")
    run = train(name, "dense", epochs=epochs, out=out / "run")

    console().rule("4  Judging on the test images")
    say(str(run.report))

    console().rule("5  Reading pictures with the bundled reader")
    read_samples(out / "read")

    console().rule("Where everything is")
    for path, what in (
        (out / "gallery.png", "200 training images"),
        (out / "run" / "report.html", "curves, confusion matrix, mistakes: open it in a browser"),
        (out / "run" / "model.onnx", "the network you have just trained"),
        (out / "read", "the sample pictures with what was read in them"),
    ):
        say(f"{path!s:<{len(str(out)) + 18}}  {what}")
    say("\nNow your own: sutja read PHOTO.jpg --overlay shown/")


def data_at_hand() -> tuple[str, "Dataset"]:
    """MNIST if it can be had, else the embedded digits, with a line that says so."""
    from sutja.data.source import load
    from sutja.errors import DataUnavailableError

    try:
        return "mnist", load("mnist")
    except DataUnavailableError:
        remark("MNIST is not on this machine and cannot be downloaded: taking the embedded `digits` instead.")
        return "digits", load("digits")


def read_samples(folder: Path) -> None:
    """Read the pictures that the package carries, print what they say, and write them with boxes and labels."""
    from sutja.pictures.encode import write_picture
    from sutja.reading.reader import read

    for sample in sorted(files("sutja").joinpath("samples").iterdir(), key=lambda path: path.name):
        if sample.name.endswith(".png"):
            with as_file(sample) as path:
                reading = read(path)
                write_picture(reading.render(path), folder / sample.name)
            say(f"{sample.name:<12} {reading.text.replace(chr(10), ' | ')}")
