from dataclasses import replace

import numpy as np
import pytest

from sutja.reading import words
from sutja.reading.naming import Named
from sutja.reading.page_ink import PageInk
from tests.reading.pictures import PITCH, copies_of, middle_of, named_rings, rings


def spelled(named: Named, picture: np.ndarray) -> list[bool]:
    """Which of these places are letters of words."""
    return [bool(letter) for letter in words.spelled(named, PageInk.around(named, copies_of(picture)))]


def doubtful(places: Named) -> Named:
    """These places, none of them quite sure: of a few signs a sure digit is no letter."""
    return replace(places, probability=np.full(len(places.label), 0.97))


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_what_stands_in_a_word_is_a_letter(light_on_dark: bool) -> None:
    picture = 255 - rings(5) if light_on_dark else rings(5)
    assert all(spelled(doubtful(named_rings(1, 3)), picture))
    assert not any(spelled(named_rings(0, 1, 2, 3, 4), picture))


@pytest.mark.parametrize(("others", "probability", "letters"), [(3, 1.0, False), (3, 0.97, True), (12, 1.0, True)])
def test_a_short_number_beside_a_currency_stays_where_it_is_certain(
    others: int, probability: float, letters: bool
) -> None:
    number = replace(named_rings(others), probability=np.array([probability]))
    assert spelled(number, rings(others + 1, width=900)) == [letters]


@pytest.mark.parametrize(("signs_in_all", "letter"), [(16, True), (9, False)])
def test_on_a_page_of_text_a_wider_gap_parts_no_word(signs_in_all: int, letter: bool) -> None:
    picture = rings(signs_in_all, width=900)
    after = middle_of(0)[0] + PITCH // 2
    apart = np.hstack([picture[:, :after], np.full((120, 11), 235, np.uint8), picture[:, after:]])
    assert spelled(named_rings(0), apart) == [letter]


def test_a_number_beside_a_word_stays() -> None:
    picture = rings(13)
    left = middle_of(6)[0] - PITCH // 2
    picture[:, left : left + PITCH] = 235  # a space in place of the seventh ring
    assert spelled(doubtful(named_rings(1, *range(7, 13))), picture) == [True, *[False] * 6]


@pytest.mark.parametrize(("words", "probability", "letter"), [(14, 0.97, True), (14, 0.99, False), (7, 0.97, False)])
def test_on_a_page_of_text_a_run_in_doubt_is_letters(words: int, probability: float, letter: bool) -> None:
    picture = rings(words + 2, width=900)
    picture[:, middle_of(0)[0] + PITCH // 2 : middle_of(1)[0] + PITCH // 2] = 235  # a space after the first ring
    alone = replace(named_rings(0), probability=np.array([probability]))
    assert spelled(alone, picture) == [letter]


@pytest.mark.parametrize(("probability", "letters"), [(1.0, False), (0.9, True)])
def test_on_a_page_of_words_a_sign_in_a_sure_number_is_a_sign(probability: float, letters: bool) -> None:
    picture = rings(20, width=900)
    picture[:, middle_of(5)[0] - PITCH // 2 : middle_of(5)[0] + PITCH // 2] = 235  # a space in place of the sixth ring
    number = replace(named_rings(*range(1, 5), 19), probability=np.full(5, probability))
    assert spelled(number, picture) == [*[letters] * 4, True]


def test_a_sign_or_two_make_no_word_of_a_page_of_digits() -> None:
    assert not any(spelled(named_rings(1, 2), rings(3)))
    assert not any(spelled(named_rings(*range(10)), rings(12)))
