import io

import numpy as np
from rich.console import Console

from sutja.views.terminal import draw, draw_gallery, fitting


def drawn(image: np.ndarray, colours: bool) -> str:
    system = "truecolor" if colours else None
    console = Console(file=io.StringIO(), width=80, color_system=system, force_terminal=colours)  # type: ignore[arg-type]
    draw(image, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_without_colours_half_blocks_show_strong_ink() -> None:
    image = np.array([[0, 255, 0, 255], [0, 0, 255, 255], [255, 0, 0, 0]], np.uint8)
    assert drawn(image, False).splitlines() == [" ▀▄█", "▀   "]


def test_with_colours_both_halves_have_their_grey_level() -> None:
    text = drawn(np.array([[255], [0]], np.uint8), True)
    assert "▀" in text
    assert "38;2;255;255;255" in text
    assert "48;2;0;0;0" in text


def test_a_gallery_never_exceeds_the_terminal() -> None:
    images = np.full((20, 28, 28), 255, np.uint8)
    for width in (10, 30, 80, 200):
        console = Console(file=io.StringIO(), width=width, color_system=None)
        draw_gallery(images, console, 20)
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert max(map(len, lines)) <= width
        assert len(lines) >= 20 // fitting(console)
