"""Words that nobody knows, spelled as words are: vowels and consonants take turns, common letters are common.

Whether an o is a letter or a 0 its neighbours say, and so the letters of composed words must be neighbours as in real
ones: a g beside an o, two of the same, a capital first or throughout.
"""

import numpy as np

VOWELS = {"a": 8.2, "e": 12.0, "i": 7.0, "o": 7.8, "u": 2.8, "y": 1.6}
CONSONANTS = {
    "t": 9.1, "n": 6.8, "s": 6.6, "r": 6.0, "h": 6.0, "d": 4.3, "l": 4.2, "c": 2.8, "m": 2.4, "f": 2.2, "w": 2.2,
    "g": 2.4, "p": 2.0, "b": 2.0, "v": 1.0, "k": 0.9, "j": 0.3, "q": 0.3, "x": 0.3, "z": 0.4,
}  # fmt: skip
"""How often letters are used in English, in percent, roughly."""
SEVERAL = 0.25
"""So often a vowel or a consonant is followed by another, or by itself."""
LETTERS_OF_A_WORD = (2, 9)
CASES = ("lower", "capitalize", "upper")


def made_up_word(random: np.random.Generator) -> str:
    """A word of 2 to 8 Latin letters, small, with a capital, or all in capitals.

    Example:
        >>> [made_up_word(np.random.default_rng(seed)) for seed in range(4)]
        ['tpoba', 'tewiife', 'wc', 'Fah']
    """
    sounds = (VOWELS, CONSONANTS)
    turn, word = int(random.random() < 0.7), ""
    for _ in range(random.integers(*LETTERS_OF_A_WORD)):
        letters = sounds[turn]
        shares = np.array(list(letters.values()))
        again = bool(word) and word[-1] in letters and random.random() < 0.5
        word += word[-1] if again else str(random.choice(list(letters), p=shares / shares.sum()))
        turn = turn if random.random() < SEVERAL else 1 - turn
    return str(getattr(word, str(random.choice(CASES, p=[0.6, 0.25, 0.15])))())
