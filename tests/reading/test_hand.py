from dataclasses import replace

import numpy as np
import pytest

from sutja.reading.hand import as_one_hand_wrote
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


SURE_7, SURE_1, FLAGGED = (7, 1, 0.999), (1, 7, 0.999), (7, 1, 0.8)
OTHERS = [(digit, 9 - digit, 0.999) for digit in (0, 2, 3, 4, 5, 6, 8, 9)] * 2


def test_where_no_1_is_sure_and_7s_are_what_is_in_doubt_is_a_1() -> None:
    read = as_one_hand_wrote(page(*OTHERS, SURE_7, SURE_7, FLAGGED, FLAGGED))
    assert read.label[-4:].tolist() == [7, 7, 1, 1]
    (label, probability), (second, _) = own_names(read)[-1][:2]
    assert (label, second) == ("1", "7")
    assert probability == pytest.approx(0.9)
    assert read.answers.sum() == pytest.approx(len(read.label))


@pytest.mark.parametrize(
    "digits",
    [
        [*OTHERS, SURE_7, SURE_7, SURE_1, FLAGGED],  # there is a sure 1, of another form
        [*OTHERS, SURE_7, FLAGGED, FLAGGED, FLAGGED],  # one sure 7 is no habit
        [*OTHERS, SURE_7, SURE_7, (8, 1, 0.8), (2, 1, 0.8)],  # no hand writes 1s as others write 8s or 2s
        [*OTHERS, SURE_7, SURE_7, (7, 1, 0.96), (7, 1, 0.96)],  # nothing is in doubt
        [*OTHERS[:15], SURE_7, SURE_7, FLAGGED, FLAGGED],  # too few digits for a 1 to be expected
    ],
)
def test_else_digits_stay_as_they_are_named(digits: list[tuple[int, int, float]]) -> None:
    named = page(*digits)
    assert as_one_hand_wrote(named) is named
