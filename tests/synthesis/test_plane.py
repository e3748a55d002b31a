import numpy as np
import pytest

from sutja.synthesis.plane import Plane

PLACES = np.random.default_rng(0).uniform((0, 0), (300, 200), (40, 2))
TILTED = Plane(300, 200, angle=0.4, tilt=(0.3, -0.2))


def test_a_page_seen_from_straight_above_is_its_picture() -> None:
    assert Plane(300, 200).points(PLACES) == pytest.approx(PLACES)


def test_a_turn_is_clockwise_about_the_middle() -> None:
    turned = Plane(300, 200, angle=np.pi / 2)
    assert turned.point(150, 100) == pytest.approx((150, 100))
    assert turned.point(160, 100) == pytest.approx((150, 110))  # what was to the right is below


def test_in_perspective_one_side_is_smaller_and_lines_stay_straight() -> None:
    tilted = Plane(300, 200, tilt=(0.4, 0))
    near, far = (np.diff(tilted.points(np.array([[x, 50.0], [x, 150.0]]))[:, 1])[0] for x in (0, 300))
    assert near > 100 > far
    start, middle, end = TILTED.points(np.array([[10.0, 20], [120, 90], [230, 160]]))
    across, down = (end - start), (middle - start)
    assert across[0] * down[1] - across[1] * down[0] == pytest.approx(0, abs=1e-8)


def test_one_point_is_seen_where_many_are() -> None:
    assert [TILTED.seen(x, y)[0] for x, y in PLACES] == pytest.approx(TILTED.points(PLACES))


def test_small_steps_are_seen_as_the_numerical_derivative_says() -> None:
    step = 1e-4
    for x, y in PLACES:
        ends = TILTED.points(np.array([[x + step, y], [x - step, y], [x, y + step], [x, y - step]]))
        numerical = np.column_stack([ends[0] - ends[1], ends[2] - ends[3]]) / (2 * step)
        assert TILTED.seen(x, y)[1] == pytest.approx(numerical, abs=1e-6)
