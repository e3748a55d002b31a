import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sutja.pictures.ink import ground_of, ink_of


def written(ground: np.ndarray, contrast: float) -> tuple[np.ndarray, np.ndarray]:
    """A grey picture with three strokes that differ from the ground by `contrast`, and where they are."""
    strokes = np.zeros(ground.shape, bool)
    for left in (40, 90, 140):
        strokes[30:90, left : left + 5] = True
    return np.clip(ground + contrast * strokes, 0, 255).astype(np.uint8), strokes


LIGHTS = {
    "even": np.full((120, 200), 200.0),
    "gradient": np.linspace(90, 230, 200)[None] * np.ones((120, 1)),
    "corner": 220 - 130 * np.hypot(*np.mgrid[0:120, 0:200]) / 233,
}


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("contrast", [-70, -40])
def test_strokes_are_found_in_any_light(light: str, contrast: float) -> None:
    noise = np.random.default_rng(0).normal(0, 2, (120, 200))
    picture, strokes = written(LIGHTS[light] + noise, contrast)
    found = ink_of(picture) > 100
    assert (found & strokes).sum() > 0.95 * strokes.sum()
    assert (found & ~strokes).sum() < 0.05 * strokes.sum()


def test_light_on_dark_is_dark_on_light_turned_over() -> None:
    picture, _ = written(LIGHTS["gradient"], -60)
    assert np.array_equal(ink_of(picture), ink_of(255 - picture))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_picture_has_no_ink(level: int) -> None:
    assert not ink_of(np.full((50, 70), level, np.uint8)).any()
    noise = np.random.default_rng(0).normal(level, 1.5, (200, 300))
    assert not ink_of(np.clip(noise, 0, 255).astype(np.uint8)).any()


def test_the_ground_is_smooth_under_the_strokes() -> None:
    picture, _ = written(LIGHTS["gradient"], -60)
    assert np.abs(ground_of(picture) - LIGHTS["gradient"])[10:110, 20:180].max() < 12


@settings(deadline=None, max_examples=60)
@given(height=st.integers(1, 70), width=st.integers(1, 400), seed=st.integers(0, 99), spread=st.integers(1, 256))
def test_any_picture_gives_ink_of_its_size(height: int, width: int, seed: int, spread: int) -> None:
    picture = np.random.default_rng(seed).integers(0, spread, (height, width)).astype(np.uint8)
    assert ink_of(picture).shape == picture.shape
