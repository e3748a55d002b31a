import numpy as np
import pytest

from sutja.pictures.contrast import CROP, CROP_DIGIT, WINDOW, bright, evened, near_and_wide, patch_of


def test_light_and_contrast_do_not_matter() -> None:
    random = np.random.default_rng(0)
    pattern = random.integers(0, 2, (120, 160)) * 120
    gradient = np.linspace(0, 60, 160)[None]
    strong = evened((pattern + 20).astype(np.uint8))
    faint = evened((pattern * 0.5 + 40 + gradient).astype(np.uint8))
    inner = np.s_[30:-30, 30:-30]
    assert np.abs(strong[inner] - faint[inner]).mean() < 0.1


def test_it_is_the_difference_from_the_mean_in_units_of_the_deviation() -> None:
    random = np.random.default_rng(1)
    grey = random.integers(0, 256, (100, 100), np.uint8)
    half, y, x = WINDOW // 2, 50, 48
    window = grey[y - half : y + half + 1, x - half : x + half + 1].astype(float)
    mean = window.mean()
    around = np.array([[v - _mean(grey, i, j) for j, v in enumerate(row)] for i, row in enumerate(grey.astype(float))])
    power = (around[y - half : y + half + 1, x - half : x + half + 1] ** 2).mean()
    assert evened(grey)[y, x] == pytest.approx((grey[y, x] - mean) / np.sqrt(power + 25), rel=1e-3)


def _mean(grey: np.ndarray, y: int, x: int) -> float:
    half = WINDOW // 2
    padded = np.pad(grey.astype(float), half, mode="reflect")
    return float(padded[y : y + WINDOW, x : x + WINDOW].mean())


def test_bare_paper_stays_bare() -> None:
    assert not evened(np.full((60, 60), 200, np.uint8)).any()


def test_a_crop_shows_its_place_at_its_size() -> None:
    grey = np.full((200, 200), 220, np.uint8)
    grey[80:116, 90:96] = 40  # 36 high, 6 wide, middle (93, 98)
    crop = bright(patch_of(grey, (93.0, 98.0), 36.0))
    rows, columns = np.flatnonzero((crop > 150).any(axis=1)), np.flatnonzero((crop > 150).any(axis=0))
    assert crop.shape == (CROP, CROP)
    assert len(rows) == CROP_DIGIT
    assert (rows[0] + rows[-1], columns[0] + columns[-1]) == (CROP - 1, CROP - 1)


def test_around_a_place_three_times_as_much_is_shown_in_even_light() -> None:
    light = np.linspace(90, 200, 200)[None].repeat(200, 0)
    light[82:118, 97:103] -= 60
    light[82:118, 47:53] -= 60
    near, wide = near_and_wide(np.asarray(light, np.uint8), (100, 100), 36)
    assert np.array_equal(near, patch_of(np.asarray(light, np.uint8), (100, 100), 36))
    inked = bright(wide) > 200
    assert (np.flatnonzero(inked.any(axis=0)).tolist(), inked.any(axis=1).sum()) == ([5, 13, 14], 6)


def test_ink_is_bright_whichever_is_darker() -> None:
    patch = np.full((28, 28), 90, np.uint8)
    patch[6:22, 12:15] = 200
    assert np.array_equal(bright(patch), bright(255 - patch))
    assert bright(patch)[10, 13] > 200
    assert bright(patch)[2, 2] < 60


def test_noise_is_not_raised_to_ink() -> None:
    random = np.random.default_rng(0)
    patch = np.clip(128 + random.normal(0, 1, (28, 28)), 0, 255).astype(np.uint8)
    assert bright(patch).max() < 130
