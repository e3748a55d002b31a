"""`sutja classify`: what a single thing in a picture is."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import say, tell


def command(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures of one thing each.", show_default=False)],
    model: Annotated[str, typer.Option(help="fashion, digits, a model file, or a run folder.")] = "fashion",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each picture.")] = False,
) -> None:
    """Name the garment (or whatever the model knows) in a picture, with how sure it is and what else it may be.

    Example: `sutja classify boot.jpg --model fashion`
    """
    from sutja.classifier.classifier import Classifier
    from sutja.errors import SutjaError
    from sutja.reading.classify import classify

    classifier, failures = Classifier.load(model), 0
    for picture in pictures:
        try:
            answer = classify(picture, classifier)
        except SutjaError as error:
            tell(error)
            failures += 1
            continue
        if json:
            say(answer.to_json())
        else:
            before = f"{picture}\t" if len(pictures) > 1 else ""
            others = ", ".join(f"{name} {probability:.0%}" for name, probability in answer.ranking[1:3])
            say(f"{before}{answer.label}  {answer.probability:.0%}  ({others})")
    if failures:
        raise typer.Exit(1)
