"""Places of a picture where digits may be, and the copies of the picture at halving sizes in which they were seen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from sutja.pictures.contrast import CROP_DIGIT, ground_and_reach, patch_of

MARGIN = 12
"""Pixels that each copy is continued by, beyond its border, so that a digit that touches it has ground around it."""
STRONG = 0.5
"""From this score of the detector on a place is a strong one."""
GRAIN = 0.25
"""A place that is not, and stands out by less than this share of what the strong ones do, is grain of the paper."""

OVERLAP = 0.55
"""Of two places that share more than this part of the smaller one's box, the less likely one is dropped."""


@dataclass(frozen=True)
class Copy:
    """The picture at one size.

    Attributes:
        grey: Grey levels, continued by `MARGIN` or more pixels all around.
        scale: Pixels of the copy a pixel of the picture, for x and y.
        heat: The highest score of any class at each place, for showing.
    """

    grey: UInt8[np.ndarray, "h w"]
    scale: tuple[float, float]
    heat: Float32[np.ndarray, "p q"]


@dataclass(frozen=True)
class Found:
    """Places where a digit may be, from the detector strongest first; lengths are pixels of the sheet's grey levels.

    Attributes:
        centres: float32 `[n, 2]`, x then y.
        sizes: float32 `[n, 2]`, width and height.
        score: float32 `[n]`, how likely any one digit is there, that of the likeliest.
    """

    centres: Float32[np.ndarray, "n 2"]
    sizes: Float32[np.ndarray, "n 2"]
    score: Float32[np.ndarray, "n"]

    def __len__(self) -> int:
        return len(self.centres)

    @classmethod
    def joined(cls, *parts: "Found") -> "Found":
        """All of several."""
        arrays = zip(*((part.centres, part.sizes, part.score) for part in parts), strict=True)
        return cls(*(np.concatenate(each) for each in arrays))

    def chosen(self, which: np.ndarray) -> "Found":
        """Some of the places."""
        return Found(self.centres[which], self.sizes[which], self.score[which])


def place_of(
    found: Found, number: int, copies: list[Copy]
) -> tuple[UInt8[np.ndarray, "h w"], tuple[float, float], float]:
    """A place in the copy from which it is cropped: its grey levels, and there the middle and the longer side."""
    size = float(found.sizes[number].max())
    copy = fitting(copies, size)
    scale = np.array(copy.scale)
    x, y = (found.centres[number] * scale + MARGIN).tolist()
    return copy.grey, (x, y), size * float(scale.mean())


def fitting(copies: list[Copy], size: float) -> Copy:
    """The copy from which a digit of that size is cropped: the smallest in which it is no smaller than in a crop."""
    for copy in reversed(copies):
        if size * copy.scale[1] >= CROP_DIGIT:
            return copy
    return copies[0]


def shared_with(
    number: int, centres: Float32[np.ndarray, "n 2"], sizes: Float32[np.ndarray, "n 2"]
) -> Float32[np.ndarray, "n"]:
    """What each box shares with one of them, as a part of the smaller of both."""
    left_top, right_bottom, area = centres - sizes / 2, centres + sizes / 2, sizes.prod(axis=1)
    shared = np.minimum(right_bottom, right_bottom[number]) - np.maximum(left_top, left_top[number])
    return np.asarray(shared.clip(0).prod(axis=1) / np.minimum(area, area[number]), np.float32)


def standing_out(found: Found, copies: list[Copy]) -> Float32[np.ndarray, "n"]:
    """By how many grey levels the ink of each place stands out from its ground."""
    if not len(found):
        return np.zeros(0, np.float32)
    places = [place_of(found, number, copies) for number in range(len(found))]
    _, reach = ground_and_reach(np.stack([patch_of(*place, side=CROP_DIGIT) for place in places]))
    return np.asarray(np.abs(reach.ravel()))


def without_grain(found: Found, copies: list[Copy]) -> Found:
    """The places but weak ones that are far fainter than the strong ones: a photo may have hundreds of them.

    On 132 composed pages with 7,800 digits no weak place below 0.4 is one.
    """
    strong = found.score >= STRONG
    if strong.all() or not strong.any():
        return found
    reach = standing_out(found, copies)
    return found.chosen(strong | (reach >= GRAIN * np.median(reach[strong])))
