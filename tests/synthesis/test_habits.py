import numpy as np
import pytest

from sutja.synthesis.glyphs import Stamp
from sutja.synthesis.habits import LONGER, clearance, joint, stretched, stretched_strokes
from sutja.synthesis.strokes import digit_strokes

LONGEST = float(np.exp(LONGER[1]))


def test_one_part_of_an_image_gets_longer_and_the_other_stays() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:14, 6:20] = 255  # an upper half of twice the width of the lower
    image[14:24, 6:13] = 255
    parts = []
    for seed in range(60):
        longer = stretched(image, np.random.default_rng(seed))
        assert longer.shape[1] == 14
        assert 20 < len(longer) <= round(20 * LONGEST)
        wide = int((longer[:, 10] > 127).sum())
        parts.append((wide, len(longer) - wide))
    upper, lower = np.array(parts).T
    assert (lower[upper == 10] > 11).any()
    assert (upper[lower == 10] > 11).any()
    assert (lower > upper).mean() > 0.5


def test_strokes_stay_one_high_and_get_narrower() -> None:
    for seed in range(40):
        random = np.random.default_rng(seed)
        strokes = digit_strokes(int(random.integers(10)), random)
        before, after = (np.concatenate(paths) for paths in (strokes, stretched_strokes(strokes, random)))
        assert after[:, 1].min() == pytest.approx(0, abs=1e-6)
        assert after[:, 1].max() == pytest.approx(1, abs=1e-6)
        assert (np.diff(after[:, 1])[np.diff(before[:, 1]) > 1e-3] > 0).all()
        assert np.ptp(before[:, 0]) / LONGEST <= np.ptp(after[:, 0]) < np.ptp(before[:, 0])


def test_a_joint_goes_from_the_last_ink_of_one_digit_to_the_first_of_the_next() -> None:
    ink = np.zeros((60, 100), np.float32)
    ink[10:50, 12:28] = 1
    ink[20:55, 44:60] = 1
    for seed in range(30):
        path = joint(ink, (10, 10, 20, 40), (40, 20, 25, 35), np.random.default_rng(seed))
        assert path is not None
        assert path[[0, -1], 0].tolist() == [27, 44]
        assert 10 <= path[0, 1] < 50
        assert 20 <= path[-1, 1] < 55
    assert joint(np.zeros_like(ink), (10, 10, 20, 40), (40, 20, 25, 35), np.random.default_rng(0)) is None


def test_clearance_is_between_ink_at_the_same_height() -> None:
    ink = np.zeros((60, 100), np.float32)
    ink[10:16, 10:40] = 1  # the hat of a 7
    ink[10:50, 10:14] = 1  # and what it stands on
    ink[10:50, 70:80] = 1  # of another digit
    low = Stamp(np.ones((40, 6), np.float32), 50, 10)
    low.mask[:10] = 0  # it begins below the hat
    tall = Stamp(np.ones((40, 6), np.float32), 50, 10)
    over = Stamp(np.ones((40, 6), np.float32), 34, 10)
    seven = (10, 10, 30, 40)
    assert clearance(ink, seven, low, 1) == 50 - 14
    assert clearance(ink, seven, low, 6) == 50 - 40
    assert clearance(ink, seven, tall, 1) == 50 - 40
    assert clearance(ink, seven, over, 1) == 34 - 40
    assert clearance(ink, seven, Stamp(np.ones((5, 5), np.float32), 50, 0), 1) is None
    assert clearance(np.zeros_like(ink), seven, tall, 1) is None
