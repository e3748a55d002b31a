"""How many pictures are read right: `python -m benchmarks.reading` (needs the judging data beside the project).

Prints, for each kind of picture, the share read wholly right. With `--show DIR` the pictures that were read wrong are
written there with what was read in them.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from sutja.data.idx import decode, read_content
from sutja.pictures.decode import Picture
from sutja.pictures.encode import write_picture
from sutja.reading.reader import read

SHARED = Path(os.environ.get("SUTJA_SHARED", Path(__file__).parents[2] / "shared"))


def digit_pictures(name: str) -> Iterator[tuple[str, Picture, str]]:
    """Pictures of one digit each, as they are: name, grey levels, what is written."""
    folder = SHARED / "data" / name
    images, labels = (
        decode(read_content(folder / f"{kind}.gz"), kind) for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        yield f"{name}-{number}", image, str(label)


def photographs() -> Iterator[tuple[str, Picture, str]]:
    """The pictures with labels: name, path, what is written, lines separated by newlines."""
    for row in (SHARED / "pictures" / "labels.tsv").read_text("utf-8").splitlines():
        name, text = row.split("\t")
        yield name, SHARED / "pictures" / name, text.replace("|", "\n")


def main() -> None:
    """Read everything and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=Path, help="write the pictures that were read wrong into this folder")
    parser.add_argument("--model", default="digits")
    arguments = parser.parse_args()
    kinds: dict[str, list[tuple[str, Picture, str]]] = {
        name: list(digit_pictures(name)) for name in ("hwd-1000", "nsysu-digits")
    }
    kinds["pictures"] = list(photographs())
    for kind, pictures in kinds.items():
        right = 0
        for name, picture, text in pictures:
            reading = read(picture, arguments.model)
            right += reading.text == text
            if reading.text != text:
                if kind == "pictures":
                    print(f"  {name}: {text!r} read as {reading.text!r}")
                if arguments.show:
                    shown = f"{Path(name).stem}-is-{text}-read-{reading.text}".replace("\n", "_")[:80]
                    write_picture(reading.render(picture), arguments.show / f"{shown}.png")
        print(f"{kind}: {right} of {len(pictures)} right, {right / len(pictures):.2%}")


if __name__ == "__main__":
    main()
