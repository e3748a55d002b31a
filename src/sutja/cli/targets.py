"""Where `sutja read` writes: names of their own for every picture, none of them a picture's."""

import os
from collections.abc import Iterable
from pathlib import Path

from sutja.files import expanded

Mark = Path | tuple[int, int]


def is_one_of(target: Path, pictures: Iterable[Path]) -> bool:
    """Whether a file that would be written is one of the pictures, by whatever name."""
    return not marks_of(target).isdisjoint(mark for picture in pictures for mark in marks_of(picture))


def targets_in(folder: Path, pictures: list[Path], ending: str) -> dict[Path, Path]:
    """What to write for each picture into a folder: a file, or a folder where there is no ending.

    Its name is the picture's. Of pictures with the same name the later ones get numbers. No file is replaced but what
    we have drawn before: in a folder of pictures names end in `-read`, and a folder that holds one is left alone.
    """
    homes: set[Mark] = {real(parent) for parent in {picture.parent for picture in pictures}}
    suffix = "-read" if real(folder) in homes else ""
    taken = homes.union(*map(marks_of, pictures))
    targets: dict[Path, Path] = {}
    for picture in dict.fromkeys(pictures):
        target, number = folder / f"{picture.stem}{suffix}{ending}", 2
        while not taken.isdisjoint(marks_of(target)) or _is_of_others(target):
            target, number = folder / f"{picture.stem}{suffix}-{number}{ending}", number + 1
        taken.add(real(target))
        targets[picture] = target
    return targets


def _is_of_others(target: Path) -> bool:
    """Whether there is a file that we have not drawn, or a folder with files in it but no drawing of ours."""
    from sutja.pictures.encode import is_ours

    try:
        if target.is_dir():
            return any(target.iterdir()) and not any(map(is_ours, target.glob("*.png")))
        return target.is_file() and not is_ours(target)
    except OSError:  # it has too long a name, or a folder that may not be looked into: told when it is written
        return False


def marks_of(path: Path) -> set[Mark]:
    """By what a file is known: its true path, and, if it exists, its number on its disk.

    Systems that do not tell `photo.PNG` from `photo.png` give both the same number; so have hard links.
    """
    place = real(path)
    try:
        status = place.stat()
    except (OSError, ValueError):
        return {place}
    return {place, (status.st_dev, status.st_ino)}


def real(path: Path) -> Path:
    """The absolute path without links; `~` is the home folder, as where pictures are opened."""
    return Path(os.path.realpath(expanded(path)))  # Path.resolve raises where links lead in a circle
