from dataclasses import replace

import numpy as np
import pytest

from sutja.reading.hand import as_one_hand_wrote, of_second_group
from sutja.reading.naming import Named, own_names
from tests.reading.pictures import named_places


def page(*digits: tuple[int, int, float]) -> Named:
    """A page of digits: the likeliest, the next likeliest, and the share of the first, the rest being the second's."""
    named = named_places(*((10.0 * number, 0.0, 8.0, 12.0, 0.9) for number in range(len(digits))))
    answers = np.zeros((len(digits), 11))
    for row, (first, second, share) in zip(answers, digits, strict=True):
        row[first], row[second] = 0.9 * share, 0.9 * (1 - share)
        row[10] = 0.1
    return replace(named, answers=answers, label=np.array([first for first, _, _ in digits]))


SURE_7, SURE_1, FLAGGED = (7, 1, 0.9999), (1, 7, 0.9999), (7, 1, 0.8)
OTHERS = [(digit, 9 - digit, 0.999) for digit in (0, 2, 3, 4, 5, 6, 8, 9)]


def test_flagged_1s_beside_sure_7s_are_1s() -> None:
    read = as_one_hand_wrote(page(*OTHERS, *[SURE_7] * 4, FLAGGED, FLAGGED))
    assert read.label.tolist() == [first for first, _, _ in OTHERS] + [7, 7, 7, 7, 1, 1]
    (label, probability), (second, _) = own_names(read)[-1][:2]
    assert (label, second) == ("1", "7")
    assert probability == pytest.approx(0.9)
    assert read.answers.sum() == pytest.approx(len(read.label))


@pytest.mark.parametrize(
    "digits",
    [
        [],
        [FLAGGED],
        [*OTHERS, FLAGGED, FLAGGED],  # all that is there of both is alike, and likelier a 7
        [*[SURE_7] * 4, *[SURE_1] * 4, FLAGGED],  # there are sure 1s, of another form
        [*[SURE_7] * 4, (7, 1, 0.995), (7, 1, 0.995)],  # hardly less sure than the others
        [*[SURE_7] * 4, (8, 1, 0.8), (2, 1, 0.8)],  # its 7s tell nothing of an 8
    ],
)
def test_else_digits_stay_as_they_are_named(digits: list[tuple[int, int, float]]) -> None:
    named = page(*digits)
    read = as_one_hand_wrote(named)
    assert read.label.tolist() == named.label.tolist()
    assert np.array_equal(read.answers, named.answers)


def test_what_may_be_a_third_digit_is_left_alone() -> None:
    named = page(*[SURE_7] * 4, FLAGGED, FLAGGED)
    answers = named.answers.copy()
    answers[-1, [1, 7, 9]] = 0.2, 0.5, 0.2
    assert as_one_hand_wrote(replace(named, answers=answers)).label[-2:].tolist() == [1, 7]


@pytest.mark.parametrize(
    ("odds", "second"),
    [
        ([-9.0, 9.0, -8.0, 8.0], [False, True, False, True]),
        ([1.0, 9.0, 9.0, 1.5, 9.0, 9.0], [False, True, True, False, True, True]),
        ([-1.0, -9.0, -9.0, -1.5, -9.0, -9.0], [True, False, False, True, False, False]),
        ([0.1], [True]),
        ([1.0, 1.5], [True, True]),
        ([0.5, -0.5], [True, False]),
        ([-1.0, 1.0], [False, True]),
    ],
)
def test_digits_are_of_two_groups_by_their_odds(odds: list[float], second: list[bool]) -> None:
    assert of_second_group(np.array(odds)[:, None]).tolist() == second


def test_broad_digits_are_no_1s() -> None:
    odds = np.array([-9.0, -8.0, -8.5, -3.0, 6.0, 7.0, 2.0])
    breadths = np.array([-1.8, -1.5, -1.6, -0.7, -0.6, -0.7, -0.5])
    alone, together = of_second_group(odds[:, None]), of_second_group(np.stack([odds, breadths], axis=1))
    assert alone.tolist() == [False, False, False, False, True, True, True]
    assert together.tolist() == [False, False, False, True, True, True, True]


@pytest.mark.parametrize(("other", "label"), [(1, 7), (9, 9)])
def test_breadth_tells_1s_from_other_digits_and_no_others(other: int, label: int) -> None:
    named = page(*[(other, 7, 0.9999)] * 3, (other, 7, 0.8), *[(7, other, 0.9999)] * 3)
    sizes = np.array([(3, 12)] * 3 + [(8, 12)] * 4, np.float32)
    read = as_one_hand_wrote(replace(named, found=replace(named.found, sizes=sizes)))
    assert read.label.tolist() == [other] * 3 + [label] + [7] * 3
