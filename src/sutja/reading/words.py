"""Letters of words that look like digits: an o within a word is no 0.

How much of the ink of a page no digit explains, and of the run of signs that a digit belongs to, tells words from
numbers. What is around a place (`sutja.reading.context`) tells more, but has learned from pages of which few are
nothing but words.
"""

import numpy as np
from jaxtyping import Bool

from sutja.reading.naming import Named
from sutja.reading.page_ink import PageInk

TEXT = 0.25
"""A page has words on it where more than this share of the ink of its signs lies in no digit."""
WORD, SURE_WORD, SHORT_WORD = 0.1, 0.4, 0.55
"""On a page with words a digit is a letter where more than this share of the ink of its run lies in no digit: the
first; the second where the run's digits are mostly sure (`PLAIN`) and the page is not mostly words; the third where the
page has fewer than `MANY` signs that are no digit. There a run of mostly sure digits is no word: a short amount has
less ink than the currency before it."""
MANY = 10
"""Fewer signs are hardly words: a currency or a hash before a number."""
MOSTLY, PLAIN = 0.85, 0.985
"""A page is mostly words where more than the first share of that ink lies in no digit. There every run whose digits are
less probable than the second (their median) is a word: on a page of text "gig" is no 919. Of letters that handwriting
fonts have and that are given as digits three in ten are as probable, of digits in numbers beside them nine in ten."""
GAP, WORDS_GAP = 0.3, 0.45
"""Signs of a run are no farther from each other, in heights of the page's digits; the second on a page mostly of words,
whose letters that look like digits are its low ones."""


def spelled(named: Named, ink: PageInk) -> Bool[np.ndarray, "n"]:
    """Which places lie in runs of ink of which digits explain too little.

    Args:
        named: What is taken for digits, one or more.
        ink: Of the page, with these places.
    """
    unexplained, explained = int(ink.unexplained.sum()), int(ink.digits.sum())
    if unexplained <= TEXT * (unexplained + explained):
        return np.zeros(len(named.label), bool)
    few, mostly = ink.signs.sum() < MANY, unexplained > MOSTLY * (unexplained + explained)
    runs, count = ink.runs(WORDS_GAP if mostly and not few else GAP)
    others, whole = (
        np.bincount(runs[part], minlength=count) for part in (ink.unexplained, ink.unexplained | ink.digits)
    )
    own = ink.run_of_each(runs)
    several, which = np.unique(own, return_inverse=True)
    doubtful = np.array([np.median(named.probability[own == run]) < PLAIN for run in several])[which]
    if few:
        return np.asarray(doubtful & (others[own] > SHORT_WORD * whole[own]))
    in_words = others[own] > np.where(doubtful | mostly, WORD, SURE_WORD) * whole[own]
    return np.asarray(in_words | (doubtful & mostly))
