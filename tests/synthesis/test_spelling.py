from collections import Counter
from itertools import pairwise

import numpy as np

from sutja.synthesis.signs import LETTERS
from sutja.synthesis.spelling import VOWELS, made_up_word


def test_words_are_spelled_as_words_are() -> None:
    random = np.random.default_rng(0)
    words = [made_up_word(random) for _ in range(2000)]
    assert all(2 <= len(word) <= 8 and set(word) <= set(LETTERS) for word in words)
    assert all(word in (word.lower(), word.upper(), word.capitalize()) for word in words)
    letters = Counter("".join(words).lower())
    assert letters["e"] > letters["u"] > letters["z"] > 0
    pairs = Counter((one in VOWELS) != (other in VOWELS) for word in words for one, other in pairwise(word.lower()))
    assert pairs[True] > 2 * pairs[False]
    assert any(one == other for word in words for one, other in pairwise(word.lower()))


def test_the_same_seed_makes_up_the_same_word() -> None:
    assert made_up_word(np.random.default_rng(7)) == made_up_word(np.random.default_rng(7))
