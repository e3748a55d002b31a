"""One hand wrote a page: how it writes a digit elsewhere tells what a doubtful one is.

A hand whose 1s have long flags writes none that a network surely names 1. But its 1s are much alike, and its 7s, if
there are any, are surer 7s than they. So the page's digits that are named one or the other are two groups, and where
one ends and the other begins need not be where both digits are as likely.

That digits by one hand tell of each other: Sarkar and Nagy, Style consistent classification of isogenous patterns,
2005. The best two groups of numbers: Fisher, On grouping for maximum homogeneity, 1958.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from sutja.reading.naming import ALMOST_ZERO, NOT_A_DIGIT, Named

ONE_OR_OTHER = 0.9
"""The share of a place's answer that two digits have together where it may be told by the page's others of both."""
EXAMPLE = 6.0
"""Each group has one imagined example, of so many logarithms of odds: what any hand's digit would be."""
EVEN = 2.0
"""A border between them that is so many logarithms from even odds costs as much as one digit that is 1 from its group's
mean. So even odds are the border where a page shows no two groups; but a few doubtful digits alone, all about as
doubtful, are one group."""


def as_one_hand_wrote(named: Named) -> Named:
    """The digits of a page, those in doubt between two named as the group to which they belong.

    Args:
        named: What is taken for digits. The probability of those that are named anew stays as it was.
    """
    shares = named.answers[:, :NOT_A_DIGIT]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), ALMOST_ZERO)
    logarithms = np.log(np.maximum(shares, ALMOST_ZERO))
    likeliest = np.argsort(shares, axis=1, kind="stable")[:, -2:]
    pairs = np.sort(likeliest, axis=1)
    answers, label = named.answers.copy(), named.label.copy()
    for first, last in np.unique(pairs, axis=0).tolist():
        either = np.isin(likeliest[:, 1], (first, last)) & (shares[:, [first, last]].sum(axis=1) >= ONE_OR_OTHER)
        odds = logarithms[:, last] - logarithms[:, first]
        border = border_between(odds[either])
        between = either & (pairs == (first, last)).all(axis=1)
        label[between] = np.where(odds[between] > border, last, first)
    anew = np.flatnonzero(label != named.label)
    answers[anew[:, None], likeliest[anew]] = named.answers[anew[:, None], likeliest[anew][:, ::-1]]
    return replace(named, answers=answers, label=label)


def border_between(odds: Float[np.ndarray, "n"]) -> float:
    """Where two groups of logarithms of odds are best divided: the one with the least squared distances from means.

    Example:
        >>> border_between(np.array([1.0, 9.0, 9.0, 1.5, 9.0, 9.0]))  # two are 1s with a flag, four are 7s
        3.75
    """
    values = np.sort(np.append(odds, (-EXAMPLE, EXAMPLE)))
    borders = (values[1:] + values[:-1]) / 2
    within = np.flatnonzero(np.abs(borders) < EXAMPLE).tolist()
    costs = [_spread(values[: k + 1]) + _spread(values[k + 1 :]) + (borders[k] / EVEN) ** 2 for k in within]
    return float(borders[within[int(np.argmin(costs))]])


def _spread(values: Float[np.ndarray, "n"]) -> float:
    """The sum of the squared distances from the mean."""
    return float(((values - values.mean()) ** 2).sum())
