"""`sutja read`: the numbers written in pictures."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sutja.cli.output import remark, say, tell
from sutja.cli.targets import is_one_of, targets_in

if TYPE_CHECKING:
    from sutja.classifier.classifier import Classifier
    from sutja.errors import SutjaError
    from sutja.pictures.decode import Picture
    from sutja.reading.reader import Rotation
    from sutja.reading.result import Reading

TURNS = ("0", "90", "180", "270", "auto")
MOST_BYTES = 2**28
"""So much of a pipe is taken at most; a photo of 400 million pixels has fewer."""
TABLE_LEAST = 0.9
"""Cells of a table that are less sure are listed, unless told otherwise."""


def command(
    pictures: Annotated[
        list[Path], typer.Argument(help="Pictures to read; - is one from standard input.", show_default=False)
    ],
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

    _check_words(rotate, method)
    if table:
        _check_table(pictures, json, drop or overlay is not None)
    elif drop and min_confidence is None:
        raise typer.BadParameter("--drop leaves out what is below --min-confidence. Give that too, as 0.9.")
    if out is not None and is_one_of(out, pictures):
        raise typer.BadParameter(f"{out} is one of the pictures. Give another name to --out.")
    turn: Rotation = rotate if rotate == "auto" else int(rotate)
    classifier = Classifier.load(model)
    held = _held(pictures)
    if table:
        least = TABLE_LEAST if min_confidence is None else min_confidence
        failures = _read_table(pictures[0], held[pictures[0]], classifier, method, turn, least, out)
    else:
        targets = targets_in(overlay, pictures, ".png") if overlay else {}
        failures, texts = 0, []
        for picture, reading in _readings(pictures, held, classifier, method, turn):
            sure = _sure(picture, reading, min_confidence or 0.0, drop)
            text = None if sure is None else _told(picture, sure, json, len(pictures) > 1)
            drawn = sure is None or picture not in targets or _drawn(held[picture], sure, targets[picture])
            failures += text is None or not drawn
            texts += [] if text is None else [text]
            if out is None and texts:
                say(texts.pop())
        if texts and out is not None:
            write_text(out, "\n".join(texts) + "\n")
    if explain is not None:
        for picture, folder in targets_in(explain, pictures, "").items():
            failures += not _explain(held[picture], classifier, method, turn, folder)
    if failures:
        raise typer.Exit(1)


def _sure(picture: Path, reading: "Reading | SutjaError", least: float, drop: bool) -> "Reading | None":
    """What was read, with what is below the least confidence marked or dropped; None if it failed, which is told."""
    from sutja.errors import SutjaError
    from sutja.reading.result import name_of

    if isinstance(reading, SutjaError):
        _tell(picture, reading)
        return None
    return replace(reading, picture=name_of(picture)).doubted(least, drop)


def _tell(picture: Path, error: Exception) -> None:
    """Tell an error on standard error, and of which picture it is where that came through a pipe."""
    tell(error, f"{picture}: {error}" if str(error).startswith("the picture") else "")


def _told(picture: Path, reading: "Reading", json: bool, named: bool) -> str:
    """What is printed of a picture: JSON, or its lines, each after its name where there are several."""
    if json:
        return reading.to_json()
    return "\n".join(f"{picture}\t{line}" if named else line for line in reading.text.split("\n"))


def _check_words(rotate: str, method: str) -> None:
    """Refuse words that mean nothing."""
    from sutja.reading.reader import METHODS

    for name, value, known in (("rotate", rotate, TURNS), ("method", method, METHODS)):
        if value not in known:
            raise typer.BadParameter(f"--{name} takes one of {', '.join(known)}; found {value}.")


def _check_table(pictures: list[Path], json: bool, others: bool) -> None:
    """Refuse what does not go with `--table`."""
    if len(pictures) > 1 or json:
        raise typer.BadParameter("--table takes one picture, and gives CSV.")
    if others:
        raise typer.BadParameter("--table lists doubtful cells; it goes with neither --drop nor --overlay.")


def _held(pictures: list[Path]) -> "dict[Path, Picture]":
    """The pictures as they are read: paths, but of what can be read once only, as a pipe, its content."""
    held: dict[Path, Picture] = {}
    for picture in dict.fromkeys(pictures):  # a pipe that is named twice has its content once
        place = Path("/dev/stdin") if str(picture) == "-" else picture
        try:
            mode = place.stat().st_mode
            held[picture] = place if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else _content(place)
        except (OSError, ValueError):  # told when it is read
            held[picture] = place
    return held


def _content(place: Path) -> bytes:
    """What comes through a pipe, but no more than any picture needs: there is no end to some."""
    with place.open("rb") as file:
        return file.read(MOST_BYTES)


def _readings(
    pictures: list[Path], held: "dict[Path, Picture]", classifier: "Classifier", method: str, turn: "Rotation"
) -> "Iterator[tuple[Path, Reading | SutjaError]]":
    """Each picture with what came of it; one alone uses all cores, several are read side by side."""
    from sutja.errors import SutjaError
    from sutja.reading.many import read_all
    from sutja.reading.reader import read

    if len(pictures) > 1:
        yield from zip(pictures, read_all([held[each] for each in pictures], classifier, method, turn), strict=True)
        return
    try:
        yield pictures[0], read(held[pictures[0]], classifier, method, turn)
    except SutjaError as error:
        yield pictures[0], error


def _drawn(picture: "Picture", reading: "Reading", target: Path) -> bool:
    """Whether what was read could be drawn into the picture and written; that it could not is told."""
    from sutja.errors import SutjaError
    from sutja.pictures.encode import write_picture

    try:
        write_picture(reading.render(picture), target)
    except SutjaError as error:
        tell(error)
        return False
    return True


def _read_table(
    name: Path,
    picture: "Picture",
    classifier: "Classifier",
    method: str,
    turn: "Rotation",
    least: float,
    out: Path | None,
) -> int:
    """Read a table; the number of failures. Cells that are not sure are told on standard error, and digits outside."""
    from sutja.errors import SutjaError
    from sutja.files import write_text
    from sutja.reading.reader import read_table

    try:
        found = read_table(picture, classifier, method, turn)
    except SutjaError as error:
        _tell(name, error)
        return 1
    if out is None:
        say(found.to_csv().rstrip("\n"))
    else:
        write_text(out, found.to_csv())
        remark(f"{out}: {len(found.rows)} rows of {len(found.rows[0]) if found.rows else 0} columns")
    for cell in found.doubtful(least):
        remark(f"check row {cell.row + 1}, column {cell.column + 1}: {cell.text} ({cell.confidence:.0%} sure)")
    if found.outside:
        remark(f"left out, as they are outside the table: {' '.join(digit.label for digit in found.outside)}")
    return 0


def _explain(picture: "Picture", classifier: "Classifier", method: str, turn: "Rotation", folder: Path) -> bool:
    """Whether what each stage saw could be written; a picture that cannot be read has been told already."""
    from sutja.errors import SutjaError
    from sutja.files import write_text
    from sutja.pictures.encode import write_picture
    from sutja.reading.explain import account, explain
    from sutja.reading.reader import stages_of

    try:
        stages = stages_of(picture, classifier, method, turn)
    except SutjaError:
        return True
    try:
        for name, image in explain(stages).items():
            write_picture(image, folder / f"{name}.png")
        write_text(folder / "account.txt", account(stages))
    except SutjaError as error:
        tell(error)
        return False
    remark(f"{folder}: what each stage saw")
    return True
