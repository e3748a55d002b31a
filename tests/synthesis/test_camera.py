from dataclasses import replace

import numpy as np
import pytest

from sutja.synthesis.camera import coloured, photographed, shaken
from sutja.synthesis.style import Style

PLAIN = Style(width=120, height=80, digit=40, blur=0, noise=0)
PAGE = np.full((80, 120), 220, np.float32)
PAGE[20:60, 50:62] = 60


def taken(style: Style, seed: int = 0) -> np.ndarray:
    return photographed(PAGE, style, np.random.default_rng(seed))


def test_a_perfect_camera_changes_nothing() -> None:
    assert (taken(PLAIN) == PAGE).all()


def test_blur_and_fewer_pixels_soften_edges() -> None:
    for style in (replace(PLAIN, blur=1.5), replace(PLAIN, reduction=3.0)):
        picture = taken(style).astype(int)
        assert picture.shape == PAGE.shape
        assert np.abs(np.diff(picture, axis=1)).max() < 130


def test_noise_is_as_strong_as_asked() -> None:
    alone = [taken(replace(PLAIN, noise=6.0), seed)[:, :40].std() for seed in range(12)]
    assert 4 < np.mean(alone) < 8


def test_a_fax_is_black_and_white() -> None:
    assert set(np.unique(taken(replace(PLAIN, binary=True)))) == {0, 255}
    assert (taken(replace(PLAIN, binary=True))[25:55, 53:59] == 0).all()


def test_compression_changes_little() -> None:
    picture = taken(replace(PLAIN, quality=60))
    assert 0 < np.abs(picture - PAGE).mean() < 6


def test_a_shaken_camera_keeps_the_light_and_smears_edges() -> None:
    smeared = shaken(PAGE, 2.0, np.random.default_rng(1))
    assert smeared.mean() == pytest.approx(PAGE.mean(), rel=1e-3)
    assert np.ptp(np.diff(smeared, axis=0)) + np.ptp(np.diff(smeared, axis=1)) < 600


def test_colours_keep_the_brightness_of_every_pixel() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (60, 80), np.uint8)
    ink = np.random.default_rng(1).random((60, 80), np.float32)
    for seed in range(30):
        colours = coloured(grey, ink, np.random.default_rng(seed))
        assert np.abs(colours @ [0.299, 0.587, 0.114] - grey).max() < 1.5


def test_paper_is_mostly_pale_and_pens_differ() -> None:
    grey, ink = np.full((40, 60), 200, np.uint8), np.zeros((40, 60), np.float32)
    grey[10:30], ink[10:30] = 70, 1
    seen = [coloured(grey, ink, np.random.default_rng(seed)).astype(int) for seed in range(60)]
    paper = [np.ptp(picture[0].mean(axis=0)) for picture in seen]
    pens = [np.ptp(picture[20].mean(axis=0)) for picture in seen]
    assert np.median(paper) < 25
    assert max(paper) > 40
    assert min(pens) < 15
    assert max(pens) > 60
