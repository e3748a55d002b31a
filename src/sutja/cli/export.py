"""`sutja export`: a trained model as a file for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import remark

FORMATS = ("onnx", "keras")


def command(
    model: Annotated[str, typer.Argument(help="A run folder, a model file, or a bundled model: digits, fashion.")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", help="onnx, which takes pixels of 0 to 255; or keras, of 0 to 1. [default: as the file ends]"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file to write. [default: the model's name, in this folder]")
    ] = None,
) -> None:
    """Write a model as one file: ONNX for any runtime, or .keras, which Keras loads without sutja.

    Example: `sutja export runs/mnist-dense --format keras -o mine.keras`
    """
    from sutja.classifier.classifier import Classifier, model_file
    from sutja.errors import ModelError, unknown_name
    from sutja.files import write_bytes

    ending = out.suffix.lower().lstrip(".") if out else ""
    kind = kind or (ending if ending in FORMATS else "onnx")
    if kind not in FORMATS:
        raise ModelError(unknown_name("format", kind, FORMATS))
    if ending in FORMATS and ending != kind:
        raise ModelError(f"{out} ends as if it were {ending}. Leave out --format {kind}, or name another file.")
    place = Path(model).resolve()
    target = out or Path(f"{place.name if place.is_dir() else place.stem}.{kind}")
    if out is None and target.exists():
        raise ModelError(f"{target} exists. Name another file with -o, or that one to replace it.")
    if kind == "keras":
        from sutja.classifier.keras_export import export_keras

        export_keras(model, target)
    else:
        content, origin = model_file(model)
        Classifier(content, origin)  # refuses what is not a whole model of sutja's
        write_bytes(target, content)
    remark(f"{target}")
