"""One hand wrote a page: what it shows of a digit elsewhere tells what a doubtful one is.

A hand whose 1s have long flags writes nothing that a network surely names 1, and its 1s, almost 7s, stand beside 7s
that are sure. On a page with digits enough each of the ten is likely to occur; so what is in doubt between two that
hands write alike, of which one has sure examples there and the other none, is the latter, in this hand's own way.

That digits by one hand tell of each other: Sarkar and Nagy, Style consistent classification of isogenous patterns,
2005.
"""

from dataclasses import replace

import numpy as np

from sutja.reading.naming import ALMOST_ZERO, NOT_A_DIGIT, Named

FEWEST = 20
"""Digits on a page of which each of the ten is likely to be one: it is missing in one of eight, 0.9 to this power."""
EXAMPLE, EXAMPLES = 0.995, 2
"""What has this share of the answer is a sure example of a digit; so many are needed of the likelier digit."""
PAIRS = ((1, 7), (3, 5), (3, 8), (4, 9), (5, 6))
"""One hand writes the one of these as another hand writes the other. What is in doubt between two others was left
unclear by its writer, and says nothing of a habit."""
IN_DOUBT = 20
"""It is in doubt where the likelier digit has less than so many times the share of the other."""


def as_one_hand_wrote(named: Named) -> Named:
    """The digits of a page, those in doubt named as the only one of both that has no sure example on it.

    Args:
        named: What is taken for digits. The probability of those that are named anew stays as it was.
    """
    count = len(named.label)
    if count < FEWEST:
        return named
    shares = named.answers[:, :NOT_A_DIGIT]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), ALMOST_ZERO)
    other, likelier = np.argsort(shares, axis=1, kind="stable")[:, -2:].T
    every = np.arange(count)
    most, second = shares[every, likelier], shares[every, other]
    examples = np.bincount(likelier[most > EXAMPLE], minlength=NOT_A_DIGIT)
    low, high = np.minimum(likelier, other), np.maximum(likelier, other)
    alike = np.isin(10 * low + high, [10 * first + last for first, last in PAIRS])
    anew = alike & (most < IN_DOUBT * second) & (examples[likelier] >= EXAMPLES) & (examples[other] == 0)
    if not anew.any():
        return named
    answers, label = named.answers.copy(), np.where(anew, other, named.label)
    answers[every[anew], other[anew]] = named.answers[every[anew], likelier[anew]]
    answers[every[anew], likelier[anew]] = named.answers[every[anew], other[anew]]
    return replace(named, answers=answers, label=label)
