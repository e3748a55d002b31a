"""Whether a place shows a digit, by what stands around it: an o within a word is no 0, nor is a dollar an 8.

Each place is named from crops that show no more than a neighbour or two. Here it is described in numbers: what the
networks said of it, how its box differs from the boxes of the page's digits, what stands beside it in its row, and how
much ink no digit explains, in the run of signs that it belongs to and on the page. A perceptron of two hidden layers
says from these whether it is a digit; it has learned from composed pages, where that is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from jaxtyping import Float32, Float64, Int

from sutja.reading.drawings import in_drawings, without_outlines
from sutja.reading.naming import LARGE, NOT_A_DIGIT, Named, log_odds
from sutja.reading.neighbours import steps_from
from sutja.reading.overlaps import CERTAIN
from sutja.reading.page_ink import PageInk
from sutja.reading.places import Copy
from sutja.reading.words import spelled

FILE = "context.npz"
VALUES = 45
"""By so many numbers a place is described."""
LEAST = 0.2
"""A place that is a digit with less than this probability is left out."""
REACHES = (0.3, 0.8)
"""Signs of a run are no farther from each other, in heights of the page's digits: letters of a word, and words."""
AGAIN = 3
"""Letters that are found show others of their words: so often, at most, is looked again."""
NEAR = 4.0
"""Beside a place in its row is what is no farther than this, in heights of the larger."""
SURE = 3.0
"""From these log-odds on a digit counts as sure where they are counted."""


@dataclass(frozen=True)
class Perceptron:
    """A network of full layers with rectifiers between them, small enough to be computed by NumPy.

    Attributes:
        weights: Of each layer, float32 `[inputs, outputs]`.
        biases: Of each layer, float32 `[outputs]`; the last has one output.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]

    def __call__(self, values: Float32[np.ndarray, "n f"]) -> Float64[np.ndarray, "n"]:
        """A probability for each row."""
        *hidden, (weight, bias) = zip(self.weights, self.biases, strict=True)
        for inner, shift in hidden:
            values = np.maximum(values @ inner + shift, 0)
        return np.asarray(1 / (1 + np.exp(-(values @ weight + bias)[:, 0].astype(np.float64).clip(-30, 30))))

    @classmethod
    def load(cls, content: bytes) -> "Perceptron":
        """From the bytes of an `.npz` file, as `to_bytes` gives them."""
        with np.load(BytesIO(content)) as arrays:
            numbers = range(len(arrays.files) // 2)
            return cls(tuple(arrays[f"weight{n}"] for n in numbers), tuple(arrays[f"bias{n}"] for n in numbers))

    def to_bytes(self) -> bytes:
        """An `.npz` file: `weight0`, `bias0`, `weight1` and so on."""
        named = {f"weight{number}": weight for number, weight in enumerate(self.weights)}
        named |= {f"bias{number}": bias for number, bias in enumerate(self.biases)}
        file = BytesIO()
        np.savez(file, **named)  # type: ignore[arg-type]  # its stub takes them for a setting
        return file.getvalue()


@cache
def bundled_context() -> Perceptron:
    """The perceptron that the package carries."""
    return Perceptron.load(files("sutja.classifier").joinpath("bundled", FILE).read_bytes())


def without_letters(named: Named, copies: list[Copy], context: Perceptron) -> Named:
    """The places but those that are parts of drawings or of words, or that their surroundings say are no digits.

    Args:
        named: What is taken for digits.
        copies: Of the picture.
        context: Says what the surroundings do.
    """
    named = without_outlines(named)
    for time in range(AGAIN):
        if not len(named.label):
            break
        ink = PageInk.around(named, copies)
        none = spelled(named, ink) | in_drawings(ink)
        if time == 0 and not is_all(named, copies):
            none |= context(described(named, ink)) < LEAST
        if not none.any():
            break
        named = named.chosen(~none)
    return named


def is_all(named: Named, copies: list[Copy]) -> bool:
    """Whether there is but one place, as large as a picture of one digit shows it: then nothing is around."""
    side = min(copies[0].grey.shape) / copies[0].scale[1]
    return len(named.label) == 1 and float(named.found.sizes.max()) >= LARGE * side


def described(named: Named, ink: PageInk) -> Float32[np.ndarray, "n 45"]:
    """Each place in numbers: itself, its runs of signs, the page, and its row."""
    odds = log_odds(named.probability)
    runs = [column for reach in REACHES for column in run_of_signs(odds, ink, reach)]
    columns = [*itself(named, odds), *runs, *page_of(odds, ink), *row_of(named, odds)]
    return np.stack(columns, axis=1).astype(np.float32)


def itself(named: Named, odds: Float64[np.ndarray, "n"]) -> Iterable[np.ndarray]:
    """How likely it is its label, any digit, none, and the next likeliest; how high and broad it is; which digit."""
    widths, heights = named.found.sizes.T
    certain = named.probability >= CERTAIN
    second = np.sort(named.answers[:, :NOT_A_DIGIT], axis=1)[:, -2]
    yield odds
    yield from map(log_odds, (named.presence, named.found.score, named.answers[:, NOT_A_DIGIT], second))
    yield np.log(heights / np.median(heights[certain] if certain.any() else heights))
    yield np.log(widths / heights)
    yield from (named.label == np.arange(NOT_A_DIGIT)[:, None]).astype(float)


def run_of_signs(odds: Float64[np.ndarray, "n"], ink: PageInk, reach: float) -> Iterable[np.ndarray]:
    """Of the run that it belongs to: the share of unexplained ink, its pieces, the digits, and how likely they are."""
    runs, count = ink.runs(reach)
    unexplained = np.bincount(runs[ink.unexplained], minlength=count)
    explained = np.bincount(runs[ink.digits], minlength=count)
    pieces = np.bincount(runs[ink.somewhere_in_pieces], minlength=count)
    own = ink.run_of_each(runs)
    for values in (unexplained / np.maximum(unexplained + explained, 1), np.log1p(pieces)):
        yield values[own]
    yield np.log1p(np.bincount(own, minlength=count))[own]
    yield from digits_of(own, odds)


def digits_of(own: Int[np.ndarray, "n"], odds: Float64[np.ndarray, "n"]) -> Float64[np.ndarray, "3 n"]:
    """The median, the mean and the least of the log-odds of the digits of each run."""
    _, which = np.unique(own, return_inverse=True)
    groups = [odds[which == number] for number in range(which.max() + 1)]
    return np.array([(np.median(group), group.mean(), group.min()) for group in groups]).T[:, which]


def page_of(odds: Float64[np.ndarray, "n"], ink: PageInk) -> Iterable[np.ndarray]:
    """Of the page: how much of its ink no digit explains, how many pieces and digits, and how likely these are."""
    unexplained = ink.unexplained.sum()
    values = (
        unexplained / max(1, unexplained + ink.digits.sum()), np.log1p(len(ink.somewhere_in_pieces[0])),
        np.log1p(len(odds)), np.median(odds), odds.mean(), np.mean(odds > SURE), ink.textured,
    )  # fmt: skip
    yield from (np.full(len(odds), value, np.float64) for value in values)


def row_of(named: Named, odds: Float64[np.ndarray, "n"]) -> Float64[np.ndarray, "9 n"]:
    """Of the nearest to either side how far it is, how likely and how much higher; of all near, how many and likely."""
    heights = named.found.sizes[:, 1]
    values = np.zeros((9, len(odds)))
    values[:2] = NEAR
    for number in range(len(odds)):
        gap, right, row = steps_from(number, named.found)
        near = row & (gap < NEAR)
        for side, which in enumerate((near & ~right, near & right)):
            if which.any():
                nearest = np.flatnonzero(which)[gap[which].argmin()]
                values[side:6:2, number] = gap[nearest], odds[nearest], np.log(heights[nearest] / heights[number])
        if near.any():
            values[6:, number] = np.median(odds[near]), np.log1p(near.sum()), odds[near].min()
    return values
