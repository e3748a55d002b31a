"""One hand wrote a page: how it writes a digit elsewhere tells what a doubtful one is.

A hand whose 1s have long flags writes none that a network surely names 1. But its 1s are much alike, and its 7s, if
there are any, are surer 7s than they, and broader. So the page's digits that are named one or the other are two groups,
and where one ends and the other begins need not be where both digits are as likely.

That digits by one hand tell of each other: Sarkar and Nagy, Style consistent classification of isogenous patterns,
2005. How groups are found that nobody has named: Dempster, Laird and Rubin, Maximum likelihood from incomplete data via
the EM algorithm, 1977.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from sutja.reading.naming import ALMOST_ZERO, NOT_A_DIGIT, Named

ONE_OR_OTHER = 0.9
"""The share of a place's answer that two digits have together where it may be told by the page's others of both."""
NARROWEST = 1
"""The digit that is narrower than any other by the same hand."""
EXAMPLE = 6.0
"""Each group has one imagined example, of so many logarithms of odds: what any hand's digit would be."""
USUAL, EXAMPLES = (2.5, 0.2), 8
"""How far digits of a group usually spread, logarithms of odds and of breadths (standard deviations), and how many
imagined digits say so beside the page's own."""
ROUNDS, SETTLED = 20, 1e-6
"""So often at most the groups are drawn anew, until no digit's share of either changes by more."""


def as_one_hand_wrote(named: Named) -> Named:
    """The digits of a page, those in doubt between two named as the group to which they belong.

    Args:
        named: What is taken for digits. The probability of those that are named anew stays as it was.
    """
    shares = named.answers[:, :NOT_A_DIGIT]
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), ALMOST_ZERO)
    logarithms = np.log(np.maximum(shares, ALMOST_ZERO))
    breadths = np.log(named.found.sizes[:, 0] / named.found.sizes[:, 1])
    likeliest = np.argsort(shares, axis=1, kind="stable")[:, -2:]
    pairs = np.sort(likeliest, axis=1)
    answers, label = named.answers.copy(), named.label.copy()
    for first, last in np.unique(pairs, axis=0).tolist():
        either = np.isin(likeliest[:, 1], (first, last)) & (shares[:, [first, last]].sum(axis=1) >= ONE_OR_OTHER)
        between = either & (pairs == (first, last)).all(axis=1)
        if not between.any():
            continue
        values = np.stack([logarithms[:, last] - logarithms[:, first], breadths], axis=1)[either]
        second = of_second_group(values if NARROWEST in (first, last) else values[:, :1])
        label[between] = np.where(second[between[either]], last, first)
    anew = np.flatnonzero(label != named.label)
    answers[anew[:, None], likeliest[anew]] = named.answers[anew[:, None], likeliest[anew][:, ::-1]]
    return replace(named, answers=answers, label=label)


def of_second_group(values: Float[np.ndarray, "n d"]) -> Bool[np.ndarray, "n"]:
    """Which of some digits are of the second of two groups, each normally distributed, both with one spread.

    Args:
        values: Of each digit the logarithm of the odds that it is of the second, and perhaps that of its breadth, its
            width in heights.

    Example:
        >>> of_second_group(np.array([[1.0], [9.0], [9.0], [1.5], [9.0], [9.0]]))  # two are 1s with a flag, four are 7s
        array([False,  True,  True, False,  True,  True])
    """
    examples = np.repeat(values.mean(axis=0, keepdims=True), 2, axis=0)
    examples[:, 0] = -EXAMPLE, EXAMPLE
    usual = EXAMPLES * np.square(USUAL[: values.shape[1]])
    second = (values[:, 0] > 0).astype(np.float64)
    for _ in range(ROUNDS):
        shares = np.stack([1 - second, second])
        means = (shares @ values + examples) / (shares.sum(axis=1, keepdims=True) + 1)
        squares = np.square(values - means[:, None])
        spread = (shares[:, :, None] * squares).sum(axis=(0, 1)) + np.square(examples - means).sum(axis=0) + usual
        distances = (squares / (spread / (len(values) + len(examples) + EXAMPLES))).sum(axis=2)
        before, second = second, 0.5 + 0.5 * np.tanh((distances[0] - distances[1]) / 4)  # the logistic of half of that
        if np.abs(second - before).max() < SETTLED:
            break
    return second > 0.5
