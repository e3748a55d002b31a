"""`sutja predict`: what a model says about one image of a data set."""

from typing import Annotated

import typer

from sutja.cli.output import console, say


def command(
    model: Annotated[str, typer.Argument(help="A model file, a run folder, or a bundled model: digits, fashion.")],
    dataset: Annotated[str, typer.Argument(help="A data set, or a folder of pictures.")],
    index: Annotated[int, typer.Option(help="Which image of the test part.")] = 218,
    digits: Annotated[int, typer.Option(min=0, max=8, help="To how many digits probabilities are rounded.")] = 3,
) -> None:
    """Show one test image with its label, and the probabilities that a model gives it.

    Example: `sutja predict digits mnist --index 218`
    """
    from sutja.classifier.classifier import Classifier
    from sutja.data.source import load
    from sutja.errors import DataError
    from sutja.views.terminal import draw

    classifier = Classifier.load(model)
    data = load(dataset, classifier.card.frame)
    images, labels = data.test
    if not 0 <= index < len(labels):
        raise DataError(f"there is no test image {index}: they run from 0 to {len(labels) - 1}.")
    prediction = classifier.predict(images[index])
    if console().is_terminal:
        draw(images[index], console())
    label = int(labels[index])
    say(f"test image {index}: label {label}, {data.classes[label]}")
    say(f"prediction: {prediction.label}, {prediction.name}")
    width = max(map(len, classifier.classes))
    for name, probability in zip(classifier.classes, prediction.probabilities, strict=True):
        bar = "█" * round(float(probability) * 40)
        say(f"{name:>{width}}  {probability:.{digits}f}  {bar}".rstrip())
