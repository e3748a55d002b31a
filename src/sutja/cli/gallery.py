"""`sutja gallery`: images of a data set in the terminal, or as a picture."""

from pathlib import Path
from typing import Annotated

import typer

from sutja.cli.output import console, remark, say


def command(
    dataset: Annotated[str, typer.Argument(help="A data set, or a folder of pictures.")],
    label: Annotated[str | None, typer.Option(help="Only this label: its number or its name.")] = None,
    where: Annotated[str | None, typer.Option(help='Only where this holds, such as "label > 5".')] = None,
    test: Annotated[bool, typer.Option("--test", help="The test part instead of the training part.")] = False,
    index: Annotated[int | None, typer.Option(help="One image, large, with its label and class name.")] = None,
    start: Annotated[int, typer.Option(min=0, help="The first image to show.")] = 0,
    count: Annotated[
        int | None, typer.Option(min=1, help="How many to show; 100 in a picture, 3 rows in a terminal.")
    ] = None,
    columns: Annotated[
        int | None, typer.Option(min=1, help="Images in a row; 10 in a picture, what fits in a terminal.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a picture (.png, .jpg) instead.")] = None,
) -> None:
    """Show images of a data set, in the terminal itself or (-o) as a picture.

    Example: `sutja gallery mnist --label 5 -o fives.png`
    """  # fmt: skip
    from sutja.data.condition import label_number, matching
    from sutja.data.source import load
    from sutja.errors import DataError
    from sutja.pictures.encode import write_picture
    from sutja.views.gallery import gallery
    from sutja.views.terminal import draw, draw_gallery, fitting

    data = load(dataset)
    images, labels = data.test if test else data.train
    if index is not None:
        if where is not None or label is not None or start or count or columns:
            raise typer.BadParameter(
                "--index names one image; it goes with none of --label, --where, --start, --count and --columns."
            )
        if not 0 <= index < len(labels):
            raise DataError(f"there is no image {index}: they run from 0 to {len(labels) - 1}.")
        label_of = int(labels[index])
        if output:
            write_picture(images[index], output)
        else:
            draw(images[index], console())
        say(f"image {index}: label {label_of}, {data.classes[label_of]}")
        return
    conditions = [where] if where else []
    conditions += [f"label == {label_number(label, data.classes)}"] if label is not None else []
    for condition in conditions:
        chosen = matching(condition, labels, data.classes)
        images, labels = images[chosen], labels[chosen]
    if not len(labels):
        remark("no image fulfils the condition.")
        return
    if output:
        write_picture(gallery(images, start, count or 100, columns or 10), output)
        remark(f"{min(count or 100, len(labels) - start):,} of {len(labels):,} images in {output}")
        return
    if not 0 <= start < len(labels):
        raise DataError(f"start is {start}; the images run from 0 to {len(labels) - 1}.")
    columns = columns or fitting(console())
    draw_gallery(images[start:], console(), count or 3 * columns, columns)
    remark(f"{len(labels):,} images; shown from {start}")
