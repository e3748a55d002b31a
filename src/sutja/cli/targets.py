"""Where `sutja read` writes: names of their own for every picture, none of them a picture's."""

import os
from collections.abc import Iterable
from pathlib import Path

from sutja.files import expanded


def is_one_of(target: Path, pictures: Iterable[Path]) -> bool:
    """Whether a file that would be written is one of the pictures, by whatever name.

    Systems that do not tell `photo.PNG` from `photo.png` know it themselves.
    """
    place = real(target)
    for picture in map(real, pictures):
        if place == picture or (place.exists() and picture.exists() and place.samefile(picture)):
            return True
    return False


def targets_in(folder: Path, pictures: list[Path], ending: str) -> dict[Path, Path]:
    """What to write for each picture into a folder: a file, or a folder where there is no ending.

    Its name is the picture's. Of pictures with the same name the later ones get numbers. No file is replaced but what
    we have drawn before: in a folder of pictures names end in `-read`, and a folder that holds one is left alone.
    """
    from sutja.pictures.encode import is_ours

    homes = {real(picture.parent) for picture in pictures}
    mark = "-read" if real(folder) in homes else ""
    taken = homes | {real(picture) for picture in pictures}
    targets: dict[Path, Path] = {}
    for picture in dict.fromkeys(pictures):
        target, number = folder / f"{picture.stem}{mark}{ending}", 2
        while real(target) in taken or is_one_of(target, pictures) or (target.is_file() and not is_ours(target)):
            target, number = folder / f"{picture.stem}{mark}-{number}{ending}", number + 1
        taken.add(real(target))
        targets[picture] = target
    return targets


def real(path: Path) -> Path:
    """The absolute path without links; `~` is the home folder, as where pictures are opened."""
    return Path(os.path.realpath(expanded(path)))  # Path.resolve raises where links lead in a circle
