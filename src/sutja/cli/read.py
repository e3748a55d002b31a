"""`sutja read`: the numbers written in pictures."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark, say


def command(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures to read.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each picture.")] = False,
    overlay: Annotated[
        Path | None, typer.Option(help="Write each picture with boxes and labels into this folder.")
    ] = None,
    model: Annotated[str, typer.Option(help="A model file, a run folder, or a bundled model.")] = "digits",
    method: Annotated[str, typer.Option(help="How digits are found: components.")] = "components",
) -> None:
    """Read the handwritten numbers in pictures, and print them.

    With several pictures each line is preceded by its picture. One that cannot be read does not stop the others.

    Example: `sutja read photo.jpg --overlay shown/`
    """
    from sutja.classifier.classifier import Classifier
    from sutja.errors import SutjaError
    from sutja.pictures.encode import write_picture
    from sutja.reading.reader import read

    classifier, failures = Classifier.load(model), 0
    targets = overlay_names(pictures, overlay) if overlay else {}
    for picture in pictures:
        try:
            reading = read(picture, classifier, method)
            if json:
                say(reading.to_json())
            elif len(pictures) == 1:
                say(reading.text)
            else:
                for line in reading.text.split("\n"):
                    say(f"{picture}\t{line}")
            if overlay:
                write_picture(reading.render(picture), targets[picture])
        except SutjaError as error:
            remark(f"sutja: {error}")
            failures += 1
    if failures:
        raise typer.Exit(1)


def overlay_names(pictures: list[Path], folder: Path) -> dict[Path, Path]:
    """A name in the overlay folder for each picture; pictures of one name get numbers, so that none is lost."""
    names: dict[Path, Path] = {}
    for picture in dict.fromkeys(pictures):
        target, number = folder / f"{picture.stem}.png", 2
        while target in names.values() or target.resolve() == picture.resolve():
            target, number = folder / f"{picture.stem}-{number}.png", number + 1
        names[picture] = target
    return names
