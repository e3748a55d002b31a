import io

import numpy as np
import pytest
from rich.console import Console

from sutja.views import terminal
from sutja.views.terminal import draw, draw_gallery


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


def test_a_gallery_never_exceeds_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.full((20, 28, 28), 255, np.uint8)
    widths: list[int] = []
    monkeypatch.setattr(terminal, "draw", lambda image, _: widths.append(image.shape[1]))
    for width in (10, 30, 80, 200):
        draw_gallery(images, Console(file=io.StringIO(), width=width, color_system=None), 20)
        assert width / 2 < widths[-1] <= width


def test_a_terminal_without_half_blocks_or_without_width_is_drawn_to() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    image = np.array([[0, 255, 0, 255], [0, 0, 255, 255]], np.uint8)
    draw(image, Console(file=file, width=80, color_system=None))
    draw_gallery(image[None], Console(file=file, width=0, color_system=None), 1)
    file.flush()
    assert file.buffer.getvalue().decode("ascii").splitlines()[0] == " '.#"


def test_an_image_wider_than_the_terminal_is_reduced() -> None:
    console = Console(file=io.StringIO(), width=10, color_system=None)
    draw(np.full((28, 28), 255, np.uint8), console)
    assert set(console.file.getvalue().splitlines()) == {"█" * 10}  # type: ignore[attr-defined]
