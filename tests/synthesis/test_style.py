import numpy as np
import pytest

from sutja.errors import SutjaError
from sutja.synthesis.style import STYLES, Style, any_style, page_size, style_named


def test_any_style_comes_in_every_kind_and_keeps_its_bounds() -> None:
    styles = [any_style(np.random.default_rng(seed), 300, 200) for seed in range(300)]
    assert {style.arrangement for style in styles} == {"single", "rows", "scatter", "table", "boxes", "empty"}
    assert {style.ruling for style in styles} == {"none", "lines", "squares"}
    assert all((style.width, style.height) == (300, 200) for style in styles)
    assert all(10 <= style.digit <= 180 and 22 <= style.contrast <= 235 for style in styles)
    assert {style.habits for style in styles} == {0, 0.15, 0.5}
    assert 0.1 < np.mean([style.repeats > 0 for style in styles]) < 0.3
    assert {style.dark for style in styles} == {style.binary for style in styles} == {True, False}


@pytest.mark.parametrize("name", [*STYLES, "any"])
def test_a_seed_names_one_style(name: str) -> None:
    first, again, other = (style_named(name, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert isinstance(first, Style)
    assert first == again != other


def test_named_styles_differ_in_what_their_name_says() -> None:
    def style(name: str) -> Style:
        return style_named(name, np.random.default_rng(0))

    assert style("touching").gap <= 0 < style("tight").gap < style("clean").gap
    assert style("dark").dark
    assert style("tiny").digit < 17 < style("clean").digit
    assert (style("ruled").ruling, style("grid").ruling, style("clean").ruling) == ("lines", "squares", "none")
    assert abs(style("slanted").angle) > 0.14
    assert style("noisy").noise > 10
    assert style("photo").texture > 0


def test_pages_are_at_most_900_pixels_and_not_too_long() -> None:
    for seed in range(100):
        width, height = page_size(np.random.default_rng(seed))
        assert 160 <= width < 900
        assert 120 <= height <= 900
        assert height <= 1.4 * width
        assert height == 120 or height >= int(0.4 * width)


def test_the_pages_of_any_style_have_the_drawn_shape() -> None:
    """Width and height once came from two draws, and pages were up to eight times as high as wide."""
    for seed in range(40):
        style = style_named("any", np.random.default_rng(seed))
        assert (style.width, style.height) == page_size(np.random.default_rng(seed))


def test_an_unknown_style_is_told_with_the_known_ones() -> None:
    with pytest.raises(SutjaError, match="unknown style 'clear'. Did you mean 'clean'.* Known: clean, tight.*, any"):
        style_named("clear", np.random.default_rng(0))
