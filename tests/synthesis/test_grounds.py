import numpy as np
import pytest

from sutja.synthesis.grounds import _fine_print, light, ruled, shadow, smooth_noise, surroundings, texture
from sutja.synthesis.plane import Plane

SHAPE = (90, 140)


def test_noise_has_mean_0_and_changes_over_its_cell() -> None:
    fine, coarse = (smooth_noise((300, 300), cell, np.random.default_rng(0)) for cell in (1, 12))
    for noise in (fine, coarse):
        assert noise.shape == (300, 300)
        assert noise.dtype == np.float32
        assert abs(noise.mean()) < 0.15
        assert 0.6 < noise.std() < 1.2
    near, far = (float(np.corrcoef(noise[:, :-3].ravel(), noise[:, 3:].ravel())[0, 1]) for noise in (coarse, fine))
    assert near > 0.8
    assert abs(far) < 0.1


def test_light_is_even_or_uneven_as_asked() -> None:
    for seed in range(20):
        assert np.ptp(light(SHAPE, 0.0, np.random.default_rng(seed))) == 0
        uneven = light(SHAPE, 0.5, np.random.default_rng(seed))
        assert uneven.shape == SHAPE
        assert uneven.min() > 0
        assert uneven.max() <= 1.12
        assert np.ptp(uneven) > 0.2


def test_a_shadow_darkens_a_part() -> None:
    shadows = [shadow(SHAPE, np.random.default_rng(seed)) for seed in range(20)]
    assert all(each.min() > 0.34 and each.max() <= 1.001 for each in shadows)
    assert sum(each.min() < 0.86 and each.max() > 0.99 for each in shadows) > 10


def test_textures_of_all_kinds_are_of_like_strength() -> None:
    seen = [texture(SHAPE, np.random.default_rng(seed)) for seed in range(40)]
    assert {int(np.random.default_rng(seed).integers(9)) for seed in range(40)} == set(range(9))
    for each in seen:
        assert each.shape == SHAPE
        assert each.dtype == np.float32
        assert 0.15 < each.std() < 2.5


def test_a_word_in_fine_print_comes_again_and_again_darker_or_lighter_than_its_paper() -> None:
    printed = [_fine_print((120, 400), np.random.default_rng(seed)) for seed in range(20)]
    assert {float(np.sign(each.sum())) for each in printed} == {-1.0, 1.0}
    for each in printed:
        level = np.abs(each) > 0.5
        assert 0.01 < level.mean() < 0.5
        assert all(part.any() for part in np.array_split(level, 4, axis=1))


def test_surroundings_cover_a_side_or_lie_on_the_paper_and_leave_it() -> None:
    within = 0
    for seed in range(40):
        covered = surroundings(np.full(SHAPE, 700, np.float32), np.random.default_rng(seed)) < 300
        assert 0 < covered.mean() < 0.8
        if not (covered[[0, -1]].any() or covered[:, [0, -1]].any()):
            within += 1
            assert covered.mean() < 0.1  # a pen
    assert 0 < within < 12


@pytest.mark.parametrize("thickness", [1.0, 4.0])
def test_rulings_are_printed_where_the_plane_puts_them(thickness: float) -> None:
    plane = Plane(SHAPE[1], SHAPE[0], angle=0.3, tilt=(0.2, 0.1))
    line = np.array([[40.0, 30.0], [100.0, 60.0]])
    mask = ruled(SHAPE, plane, [line], thickness, np.random.default_rng(0))
    (x, y), (right, bottom) = plane.points(line)
    rows, columns = np.nonzero(mask > 0.5)
    away = np.abs((right - x) * (rows - y) - (bottom - y) * (columns - x)) / np.hypot(right - x, bottom - y)
    assert away.max() < thickness / 2 + 1.5
    assert np.hypot(right - x, bottom - y) * 0.8 < (mask > 0.5).any(axis=0).sum() * 1.5


def test_fine_rulings_are_faint_and_dashes_leave_gaps() -> None:
    plane, line = Plane(SHAPE[1], SHAPE[0]), np.array([[5.0, 40.0], [130.0, 40.0]])
    whole, fine, broken = (
        ruled(SHAPE, plane, [line], thickness, np.random.default_rng(0), dash=dash)
        for thickness, dash in ((1.0, False), (0.4, False), (1.0, True))
    )
    assert fine == pytest.approx(0.4 * whole, abs=1e-6)
    assert 0.3 * whole.sum() < broken.sum() < 0.9 * whole.sum()
    assert not ruled(SHAPE, plane, [], 2.0, np.random.default_rng(0)).any()
