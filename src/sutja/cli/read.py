"""`sutja read`: the numbers written in pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sutja.cli.output import remark, say

if TYPE_CHECKING:
    from sutja.classifier.classifier import Classifier
    from sutja.errors import SutjaError
    from sutja.reading.reader import Rotation
    from sutja.reading.result import Reading

TURNS = ("0", "90", "180", "270", "auto")
TABLE_LEAST = 0.9
"""Cells of a table that are less sure are listed, unless told otherwise."""


def command(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures to read.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each picture.")] = False,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Mark digits that are less sure than this as ?; of a table, list such cells (0.9)."
        ),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Leave such digits out instead.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Read a table, ruled or not, and give it as CSV.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the text, JSON or CSV into this file.")] = None,
    overlay: Annotated[
        Path | None, typer.Option(help="Write each picture with boxes and labels into this folder.")
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(help="Write what each stage saw into a folder for each picture in this one.")
    ] = None,
    rotate: Annotated[
        str, typer.Option(help="Turn clockwise by 0, 90, 180 or 270 degrees first; auto finds out by how many.")
    ] = "0",
    model: Annotated[
        str,
        typer.Option(help="What names the digits: digits, the reader's own; an .onnx or .keras file; a run folder."),
    ] = "digits",
    method: Annotated[str, typer.Option(help="How digits are found: auto, detector or components.")] = "auto",
) -> None:
    """Read the handwritten numbers in pictures, and print them.

    With several pictures each line is preceded by its picture. One that cannot be read does not stop the others.

    Example: `sutja read photo.jpg --overlay shown/`, `sutja read sheet.jpg --table -o marks.csv`
    """
    from sutja.classifier.classifier import Classifier
    from sutja.files import write_text

    if rotate not in TURNS:
        raise typer.BadParameter(f"rotate by one of {', '.join(TURNS)}; found {rotate}.")
    if table:
        _check_table(pictures, json, drop or overlay is not None)
    elif drop and min_confidence is None:
        raise typer.BadParameter("--drop leaves out what is below --min-confidence. Give that too, as 0.9.")
    _check_out(pictures, out)
    turn: Rotation = rotate if rotate == "auto" else int(rotate)
    classifier = Classifier.load(model)
    if table:
        least = TABLE_LEAST if min_confidence is None else min_confidence
        failures = _read_table(pictures[0], classifier, method, turn, least, out)
    else:
        texts: list[str] = []
        failures = 0
        targets = overlay_names(pictures, overlay) if overlay else {}
        for picture, reading in _readings(pictures, classifier, method, turn):
            failed = not _shown(picture, reading, targets.get(picture))
            failures += failed
            if failed:
                continue
            sure = reading.doubted(min_confidence or 0.0, drop)  # type: ignore[union-attr]  # errors were left out
            lines = [sure.to_json()] if json else sure.text.split("\n")
            texts += lines if json or len(pictures) == 1 else [f"{picture}\t{line}" for line in lines]
            if out is None:
                say("\n".join(texts))
                texts = []
        if out is not None and len(pictures) > failures:
            write_text(out, "\n".join(texts) + "\n")
    if explain is not None:
        for picture, folder in overlay_names(pictures, explain).items():
            _explain(picture, classifier, method, turn, folder.with_suffix(""))
    if failures:
        raise typer.Exit(1)


def _check_table(pictures: list[Path], json: bool, others: bool) -> None:
    """Refuse what does not go with `--table`."""
    if len(pictures) > 1 or json:
        raise typer.BadParameter("--table takes one picture, and gives CSV.")
    if others:
        raise typer.BadParameter("--table lists doubtful cells; it goes with neither --drop nor --overlay.")


def _check_out(pictures: list[Path], out: Path | None) -> None:
    """Refuse to write the text over a picture."""
    if out is not None and out.resolve() in {picture.resolve() for picture in pictures}:
        raise typer.BadParameter(f"{out} is one of the pictures. Give another name to --out.")


def _readings(
    pictures: list[Path], classifier: "Classifier", method: str, turn: "Rotation"
) -> "Iterator[tuple[Path, Reading | SutjaError]]":
    """Each picture with what came of it; one alone uses all cores, several are read side by side."""
    from sutja.errors import SutjaError
    from sutja.reading.reader import read, read_all

    if len(pictures) > 1:
        yield from zip(pictures, read_all(pictures, classifier, method, turn), strict=True)
        return
    try:
        yield pictures[0], read(pictures[0], classifier, method, turn)
    except SutjaError as error:
        yield pictures[0], error


def _shown(picture: Path, reading: "Reading | SutjaError", target: Path | None) -> bool:
    """Whether a picture was read; a failure is told, and what was read is drawn where that was asked for."""
    from sutja.errors import SutjaError
    from sutja.pictures.encode import write_picture

    try:
        if isinstance(reading, SutjaError):
            raise reading
        if target:
            write_picture(reading.render(picture), target)
    except SutjaError as error:
        remark(f"sutja: {error}")
        return False
    return True


def _read_table(
    picture: Path, classifier: "Classifier", method: str, turn: "Rotation", least: float, out: Path | None
) -> int:
    """Read a table; the number of failures. Cells that are not sure are told on standard error."""
    from sutja.errors import SutjaError
    from sutja.files import write_text
    from sutja.reading.reader import read_table

    try:
        found = read_table(picture, classifier, method, turn)
    except SutjaError as error:
        remark(f"sutja: {error}")
        return 1
    if out is None:
        say(found.to_csv().rstrip("\n"))
    else:
        write_text(out, found.to_csv())
        remark(f"{out}: {len(found.rows)} rows of {len(found.rows[0]) if found.rows else 0} columns")
    for cell in found.doubtful(least):
        remark(f"check row {cell.row + 1}, column {cell.column + 1}: {cell.text} ({cell.confidence:.0%} sure)")
    return 0


def _explain(picture: Path, classifier: "Classifier", method: str, turn: "Rotation", folder: Path) -> None:
    """Write what each stage saw; a picture that cannot be read has been told already."""
    from sutja.errors import SutjaError
    from sutja.files import write_text
    from sutja.pictures.encode import write_picture
    from sutja.reading.explain import account, explain
    from sutja.reading.reader import stages_of

    try:
        stages = stages_of(picture, classifier, method, turn)
    except SutjaError:
        return
    for name, image in explain(stages).items():
        write_picture(image, folder / f"{name}.png")
    write_text(folder / "account.txt", account(stages))
    remark(f"{folder}: what each stage saw")


def overlay_names(pictures: list[Path], folder: Path) -> dict[Path, Path]:
    """A name in the overlay folder for each picture; pictures of one name get numbers, so that none is lost.

    No name is that of one of the pictures.
    """
    taken = {picture.resolve() for picture in pictures}
    names: dict[Path, Path] = {}
    for picture in dict.fromkeys(pictures):
        target, number = folder / f"{picture.stem}.png", 2
        while target.resolve() in taken:
            target, number = folder / f"{picture.stem}-{number}.png", number + 1
        taken.add(target.resolve())
        names[picture] = target
    return names
