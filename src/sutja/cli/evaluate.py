"""`sutja evaluate`: how good a model is on a data set."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark, say


def command(
    model: Annotated[str, typer.Argument(help="A model file, a run folder, or a bundled model: digits, fashion.")],
    dataset: Annotated[str, typer.Argument(help="A data set, or a folder of pictures.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the report as a web page.")] = None,
    shifts: Annotated[
        bool,
        typer.Option(
            "--shifts",
            help="Take the mean of five places of each image, of garments mirrored too. For models that were trained "
            "on changed images: others are the worse for it.",
        ),
    ] = False,
) -> None:
    """Judge a model on the test part of a data set: accuracy, classes, confusion, calibration, mistakes.

    Example: `sutja evaluate digits mnist -o report.html`
    """
    from json import dumps

    from sutja.classifier.classifier import Classifier
    from sutja.data.source import load
    from sutja.evaluation.report import evaluate

    classifier = Classifier.load(model)
    data = load(dataset, classifier.card.frame)
    report = evaluate(classifier, data, shifts)
    say(dumps(report.to_dict(), ensure_ascii=False) if json else str(report))
    if output:
        from sutja.evaluation.page import page
        from sutja.files import write_text

        title = f"{model} on {data.name}{', with shifts' if shifts else ''}"
        write_text(output, page(report, data.test.images, title))
        remark(f"report in {output}")
